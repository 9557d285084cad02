#include "testing.h"

#include "base/rng.h"
#include "base/threads.h"
#include "linkage/dice.h"

typedef struct sink {
    dice_pair pair[800000];
    size_t n;
} sink;

static status
receive(void *context, size_t n, const dice_pair pairs[])
{
    sink *s = context;
    if (s->n + n > sizeof s->pair / sizeof *s->pair) FAIL(ST_LIMIT, "more pairs than the test holds");
    if (n) memcpy(s->pair + s->n, pairs, n * sizeof *pairs);
    s->n += n;
    return ST_OK;
}

/* Records in families, so that every coefficient occurs; some empty, some full, some alike. */
static void
draw(rng *r, size_t n, uint64_t *words)
{
    for (size_t i = 0; i < n; i++)
        for (size_t w = 0; w < DICE_WORDS; w++) {
            uint64_t x = rng_next64(r) & rng_next64(r), old = i ? words[(i - 1 - rng_below(r, i < 5 ? i : 5)) * DICE_WORDS + w] : x;
            uint64_t *to = &words[i * DICE_WORDS + w];
            *to = i % 11 == 3 ? 0 : i % 17 == 5 ? UINT64_MAX : rng_below(r, 4) ? old : x;
        }
}

static void
naive(const dice_set *a, const dice_set *b, dice_threshold t, sink *s)
{
    for (uint32_t i = 0; i < a->n; i++)
        for (uint32_t j = b ? 0 : i + 1; j < (b ? b : a)->n; j++) {
            uint32_t common = 0, bits = 0;
            for (size_t w = 0; w < DICE_WORDS; w++) {
                uint64_t x = a->words[i * DICE_WORDS + w], y = (b ? b : a)->words[j * DICE_WORDS + w];
                common += (uint32_t)__builtin_popcountll(x & y);
                bits += (uint32_t)(__builtin_popcountll(x) + __builtin_popcountll(y));
            }
            if (bits && 2ull * common * t.denominator >= (uint64_t)bits * t.numerator)
                assert_int_equal(receive(s, 1, &(dice_pair){i, j, common, bits}), ST_OK);
        }
}

static void
every_kernel_finds_what_a_naive_count_finds(void **state)
{
    (void)state;
    static const dice_threshold thresholds[] = {{4, 5}, {3, 4}, {19, 20}, {1, 2}, {1, 1}, {777, 1000}};
    static const struct {
        size_t a, b; /* b = 0: within a */
    } sizes[] = {{1, 0}, {2, 0}, {33, 0}, {150, 0}, {70, 3}, {3, 70}, {0, 5}, {64, 64}, {1100, 0}, {530, 600}};
    static sink want, got;
    uint64_t *words = calloc(1200 * DICE_WORDS, sizeof *words);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        rng r = rng_new(5, k);
        draw(&r, sizes[k].a + sizes[k].b, words);
        dice_set a = {sizes[k].a, words}, b = {sizes[k].b, words + sizes[k].a * DICE_WORDS};
        for (size_t t = 0; t < sizeof thresholds / sizeof *thresholds; t++) {
            want.n = 0;
            naive(&a, sizes[k].b ? &b : NULL, thresholds[t], &want);
            for (int kernel = DICE_BEST; kernel < DICE_KERNELS; kernel++) {
                if (!dice_kernel_usable((dice_kernel)kernel)) continue;
                for (int prefix = 0; prefix <= 16; prefix += sizes[k].a > 500 ? 8 : 3) {
                    got.n = 0;
                    threads_set(1 + prefix % 2);
                    ASSERT_OK(linkage_dice_compare(&a, sizes[k].b ? &b : NULL, thresholds[t],
                                                   &(dice_options){(dice_kernel)kernel, prefix}, receive, &got));
                    if (got.n != want.n || (want.n && memcmp(got.pair, want.pair, want.n * sizeof *want.pair)))
                        fail_msg("%s, prefix %d, sizes %zu %zu, threshold %u/%u: %zu pairs, want %zu",
                                 dice_kernel_name((dice_kernel)kernel), prefix, a.n, b.n, thresholds[t].numerator,
                                 thresholds[t].denominator, got.n, want.n);
                }
            }
        }
    }
    free(words);
}

/* Encodings as names give them, at thresholds from none to all: packed tiles read their counts on a wheel and must not lose its turn. */
static void
no_pair_is_lost_at_any_likeness(void **state)
{
    (void)state;
    enum { N = 96 };
    static sink want, got;
    uint64_t words[N * DICE_WORDS];
    for (uint64_t fill = 1; fill < 16; fill += 2) {
        rng r = rng_new(6, fill);
        for (size_t i = 0; i < N; i++)
            for (size_t bit = 0; bit < DICE_BITS; bit++) {
                bool fresh = i % 8 == 0 || rng_below(&r, 8) < i % 8; /* less and less like the first of eight */
                size_t at = bit % 64, w = bit / 64;
                uint64_t old = words[i / 8 * 8 * DICE_WORDS + w] >> at & 1, x = fresh ? rng_below(&r, 16) < fill : old;
                words[i * DICE_WORDS + w] = (at ? words[i * DICE_WORDS + w] : 0) | x << at;
            }
        dice_set set = {N, words};
        for (uint32_t t = 1; t <= 20; t++) {
            want.n = 0;
            naive(&set, NULL, (dice_threshold){t, 20}, &want);
            for (int kernel = DICE_BEST; kernel < DICE_KERNELS; kernel++)
                for (int prefix = 0; prefix <= 16 && dice_kernel_usable((dice_kernel)kernel); prefix += 8) {
                    got.n = 0;
                    ASSERT_OK(linkage_dice_compare(&set, NULL, (dice_threshold){t, 20}, &(dice_options){(dice_kernel)kernel, prefix}, receive, &got));
                    if (got.n != want.n || (want.n && memcmp(got.pair, want.pair, want.n * sizeof *want.pair)))
                        fail_msg("%s, prefix %d, fill %u/16, threshold %u/20: %zu pairs, want %zu", dice_kernel_name((dice_kernel)kernel),
                                 prefix, (unsigned)fill, t, got.n, want.n);
                }
        }
    }
}

/* 3 of 4 bits in common twice is 0.75 exactly: kept at 3/4, lost at 0.7501. */
static void
a_pair_at_the_threshold_is_kept(void **state)
{
    (void)state;
    uint64_t words[2 * DICE_WORDS] = {0x0f};
    words[DICE_WORDS] = 0x17;
    dice_set a = {2, words};
    static sink got;
    static const struct {
        const char *threshold;
        size_t want;
    } rows[] = {{"0.75", 1}, {"3/4", 1}, {"0.7501", 0}, {"0.7499", 1}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        for (int kernel = DICE_BEST; kernel < DICE_KERNELS; kernel++) {
            dice_threshold t;
            ASSERT_OK(dice_threshold_parse(text_of(rows[k].threshold), &t));
            if (!dice_kernel_usable((dice_kernel)kernel)) continue;
            got.n = 0;
            ASSERT_OK(linkage_dice_compare(&a, NULL, t, &(dice_options){(dice_kernel)kernel, 0}, receive, &got));
            assert_int_equal(got.n, rows[k].want);
        }
}

static void
thresholds_are_fractions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        status want;
        uint32_t up, down;
    } rows[] = {{"0.8", ST_OK, 4, 5}, {"4/5", ST_OK, 4, 5}, {"1", ST_OK, 1, 1}, {".95", ST_OK, 19, 20}, {"0.7777", ST_OK, 7777, 10000},
                {"0", ST_USAGE, 0, 0}, {"1.1", ST_USAGE, 0, 0}, {"5/4", ST_USAGE, 0, 0}, {"0.12345", ST_USAGE, 0, 0},
                {"x", ST_USAGE, 0, 0}, {"", ST_USAGE, 0, 0}, {"-0.5", ST_USAGE, 0, 0}, {"1/0", ST_USAGE, 0, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        dice_threshold t = {0, 0};
        status code = dice_threshold_parse(text_of(rows[i].text), &t);
        if (code != rows[i].want || t.numerator != rows[i].up || t.denominator != rows[i].down) fail_msg("%s", rows[i].text);
    }
}

typedef struct portions {
    size_t n, most, times;
    uint64_t last;
    bool ordered;
} portions;

static status
weigh(void *context, size_t n, const dice_pair pairs[])
{
    portions *p = context;
    for (size_t i = 0; i < n; i++) {
        uint64_t place = (uint64_t)pairs[i].a << 32 | pairs[i].b;
        p->ordered = p->ordered && (place > p->last || (p->n + i == 0));
        p->last = place;
    }
    p->n += n, p->times++;
    if (n > p->most) p->most = n;
    return ST_OK;
}

/* Thousands of equal records have millions of pairs: they come in portions that fit in memory, in order, none lost. */
static void
equal_records_come_in_portions(void **state)
{
    (void)state;
    enum { N = 5000 };
    uint64_t *words = calloc((size_t)N * DICE_WORDS, sizeof *words);
    for (size_t i = 0; i < (size_t)N * DICE_WORDS; i++) words[i] = 0x0123456789abcdefu * (i % DICE_WORDS + 1);
    portions p = {.ordered = true};
    const dice_set set = {N, words};
    ASSERT_OK(linkage_dice_compare(&set, NULL, (dice_threshold){4, 5}, NULL, weigh, &p));
    assert_int_equal(p.n, (size_t)N * (N - 1) / 2);
    assert_true(p.ordered && p.times > 1);
    assert_in_range(p.most, 1, 1 << 22);
    free(words);
}

static void
memory_may_run_out(void **state)
{
    (void)state;
    static sink got;
    uint64_t words[40 * DICE_WORDS];
    rng r = rng_new(5, 99);
    draw(&r, 40, words);
    threads_set(1);
    ASSERT_SURVIVES_NO_MEMORY((got.n = 0, linkage_dice_compare(&(dice_set){40, words}, NULL, (dice_threshold){1, 2}, NULL, receive, &got)));
    assert_true(got.n > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_finds_what_a_naive_count_finds),
        cmocka_unit_test(no_pair_is_lost_at_any_likeness),
        cmocka_unit_test(a_pair_at_the_threshold_is_kept),
        cmocka_unit_test(thresholds_are_fractions),
        cmocka_unit_test(equal_records_come_in_portions),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
