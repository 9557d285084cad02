#include "testing.h"

#include "base/rng.h"
#include "linkage/compare_text.h"
#include "linkage/compare_many.h"
#include "linkage/signs.h"

#include <math.h>

/* The table of Wagner and Fischer with swaps of neighbours. */
static int
edits_by_table(text a, text b)
{
    int d[66][66];
    for (int i = 0; i <= (int)a.n; i++) d[i][0] = i;
    for (int j = 0; j <= (int)b.n; j++) d[0][j] = j;
    for (int i = 1; i <= (int)a.n; i++)
        for (int j = 1; j <= (int)b.n; j++) {
            int best = d[i - 1][j - 1] + (a.bytes[i - 1] != b.bytes[j - 1]);
            if (d[i - 1][j] + 1 < best) best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best) best = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a.bytes[i - 1] == b.bytes[j - 2] && a.bytes[i - 2] == b.bytes[j - 1] && d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    return d[a.n][b.n];
}

/* Jaro as it is defined, with arrays. */
static double
jaro_by_definition(text a, text b)
{
    if (a.n > b.n || (a.n == b.n && text_compare(a, b) > 0)) {
        text c = a;
        a = b, b = c;
    }
    int n = (int)a.n, m = (int)b.n, reach = (n > m ? n : m) / 2 - 1, common = 0, moved = 0;
    bool x[64] = {false}, y[64] = {false};
    if (reach < 0) reach = 0;
    for (int i = 0; i < n; i++)
        for (int j = i - reach < 0 ? 0 : i - reach; j <= i + reach && j < m; j++)
            if (!y[j] && a.bytes[i] == b.bytes[j]) {
                x[i] = y[j] = true, common++;
                break;
            }
    if (!common) return 0;
    for (int i = 0, j = 0; i < n; i++) {
        if (!x[i]) continue;
        while (!y[j]) j++;
        moved += a.bytes[i] != b.bytes[j++];
    }
    double k = common;
    return (k / n + k / m + (k - moved / 2) / k) / 3;
}

static text
draw(rng *g, char out[64], size_t most, unsigned letters)
{
    size_t n = rng_below(g, most + 1);
    for (size_t i = 0; i < n; i++) out[i] = (char)('a' + rng_below(g, letters));
    return (text){out, n};
}

static void
comparators_agree_with_their_definitions(void **state)
{
    (void)state;
    rng g = rng_new(7, 1);
    for (int i = 0; i < 200000; i++) {
        char x[64], y[64];
        size_t most = i % 10 == 0 ? 64 : 9;
        unsigned letters = i % 3 == 0 ? 2 : 5;
        text a = draw(&g, x, most, letters), b = draw(&g, y, most, letters);
        word p, q;
        word_sign s = word_make(a, 2, &p), t = word_make(b, 2, &q);
        int want = edits_by_table(a, b), got = compare_edits(&p, s.n, &q, t.n);
        if (want != got) fail_msg("'%.*s' '%.*s': %d edits, want %d", (int)a.n, x, (int)b.n, y, got, want);
        if (compare_one_edit(&p, s.n, &q, t.n) != (want <= 1)) fail_msg("one edit '%.*s' '%.*s'", (int)a.n, x, (int)b.n, y);
        if (want <= 2 && !compare_two_edits_may(&p, s.n, &q, t.n)) fail_msg("two edits '%.*s' '%.*s'", (int)a.n, x, (int)b.n, y);
        double j = jaro_by_definition(a, b);
        if (fabs(j - compare_jaro(&p, s.n, &q, t.n)) > 1e-12) fail_msg("jaro '%.*s' '%.*s'", (int)a.n, x, (int)b.n, y);
        if (compare_jaro(&p, s.n, &q, t.n) != compare_jaro(&q, t.n, &p, s.n)) fail_msg("jaro is not symmetric");
        if (word_common(s, t) < 0 || (want == 0 && a.n && word_common(s, t) < (int)a.n)) fail_msg("common letters");
    }
}

enum { OTHERS = 90 };

/* One word against others, 32 at a time, gives what one by one gives: to the bit, at every length. */
static void
many_compare_as_one_by_one(void **state)
{
    (void)state;
    rng g = rng_new(9, 1);
    for (int round = 0; round < 3000; round++) {
        word words[OTHERS];
        word_sign signs[OTHERS];
        uint32_t w[OTHERS];
        uint8_t edits[OTHERS];
        double jw[OTHERS];
        const size_t most = round % 3 ? 16 : 40, n = rng_below(&g, OTHERS);
        for (size_t i = 0; i < OTHERS; i++) {
            char x[64];
            text a = draw(&g, x, most, round % 2 ? 2 : 6);
            signs[i] = word_make(a, 2, &words[i]), w[i] = (uint32_t)rng_below(&g, OTHERS);
        }
        const double least = 0.24 * (double)(round % 5);
        compare_edits_many(&(word_list){words, signs}, 0, n, w, edits);
        compare_jaro_winkler_many(&(word_list){words, signs}, 0, n, w, least, jw);
        for (size_t i = 0; i < n; i++) {
            const word *a = &words[0], *b = &words[w[i]];
            int na = signs[0].n, nb = signs[w[i]].n, want = compare_edits(a, na, b, nb);
            if (edits[i] != want) fail_msg("'%.*s' '%.*s': %d edits, want %d", na, a->s, nb, b->s, edits[i], want);
            double one = compare_jaro_winkler(a, na, b, nb);
            if (one >= least ? jw[i] != one : jw[i] >= least) fail_msg("'%.*s' '%.*s': jaro-winkler %.17g, want %.17g", na, a->s, nb, b->s, jw[i], one);
        }
    }
}

static void
known_values(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        double jw; /* Winkler 1990, table of examples, three digits */
        int edits;
    } rows[] = {{"martha", "marhta", 0.961, 1}, {"dwayne", "duane", 0.840, 2}, {"dixon", "dicksonx", 0.813, 4},
                {"jones", "johnson", 0.832, 4}, {"abroms", "abrams", 0.922, 1}, {"", "", 0, 0}, {"a", "", 0, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double jw = compare_text_jaro_winkler(text_of(rows[i].a), text_of(rows[i].b));
        if (fabs(jw - rows[i].jw) > 0.0006) fail_msg("%s %s: %.4f", rows[i].a, rows[i].b, jw);
        assert_int_equal(compare_text_edits(text_of(rows[i].a), text_of(rows[i].b)), rows[i].edits);
    }
    assert_true(fabs(compare_dice(TEXT("night"), TEXT("nacht"), 2) - 0.5) < 1e-12); /* _n ht t_ of 6 and 6 */
    assert_true(compare_dice(TEXT("aa"), TEXT("aa"), 3) == 1);
    assert_true(compare_dice(TEXT(""), TEXT(""), 2) == 0);
}

enum { WORDS = 500 };

static int
compare_drawn(const void *x, const void *y)
{
    return text_compare(*(const text *)x, *(const text *)y);
}

/* Leading signs in common, at most four. */
static int
alike(word_sign a, word_sign b)
{
    uint32_t x = a.head ^ b.head;
    return x ? __builtin_ctz(x) >> 3 : 4;
}

/* Letters needed by chance, fewer for words that begin more alike. */
static signs_needs *
draw_needs(arena *a, rng *g, size_t most)
{
    signs_needs *t = arena_alloc(a, 1, sizeof *t);
    const size_t cells = sizeof t->need[0];
    for (size_t p = 0; p < 5; p++)
        for (size_t i = 0; i < cells; i++) {
            uint8_t *cell = &t->need[p][0][0] + i, drawn = (uint8_t)(rng_below(g, 8) ? rng_below(g, most / 2) : SIGNS_NEVER);
            *cell = p && cell[-(ptrdiff_t)cells] < drawn ? cell[-(ptrdiff_t)cells] : drawn;
        }
    return t;
}

/* Words in vectors against words one by one: of all lengths, with leading letters in common, all of them or every third. */
static void
words_in_groups_pass_as_one_by_one(void **state)
{
    (void)state;
    rng g = rng_new(8, 1);
    for (int round = 0; round < 20; round++) {
        SCRATCH(tmp);
        static char room[WORDS][64];
        text drawn[WORDS];
        word w;
        word_sign sign[WORDS], some[WORDS];
        uint32_t pick[WORDS];
        const size_t most = round % 4 ? 12 : 64, n = round % 3 ? WORDS : WORDS / 3;
        for (size_t i = 0; i < WORDS; i++) drawn[i] = draw(&g, room[i], most, round % 2 ? 3 : 20);
        qsort(drawn, WORDS, sizeof *drawn, compare_drawn);
        for (size_t i = 0; i < WORDS; i++) sign[i] = word_make(drawn[i], 2, &w), pick[i] = (uint32_t)(3 * i % WORDS);
        for (size_t i = 0; i < n; i++) some[i] = sign[n < WORDS ? pick[i] : i];
        signs_needs *need = draw_needs(tmp, &g, most);
        signs s;
        ASSERT_OK(signs_new(tmp, n, sign, n < WORDS ? pick : NULL, &s));
        for (size_t v = 0; v < WORDS; v++) {
            uint32_t pass[WORDS / SIGNS_GROUP + 1];
            const size_t from = v % 2 ? 0 : 64;
            signs_pass(&s, need, sign[v], from, n - from, pass);
            for (size_t i = from; i < (n + SIGNS_GROUP - 1) / SIGNS_GROUP * SIGNS_GROUP; i++) {
                size_t first = i / SIGNS_GROUP * SIGNS_GROUP, last = first + SIGNS_GROUP < n ? first + SIGNS_GROUP - 1 : n - 1;
                bool want = i < n && signs_may(need, sign[v], some[i]), got = pass[(i - from) / SIGNS_GROUP] >> i % SIGNS_GROUP & 1;
                bool mixed = alike(some[first], some[last]) <= alike(some[first], sign[v]) || alike(some[first], sign[v]) != alike(some[last], sign[v]);
                bool most_may = i < n && word_common(sign[v], some[i]) >= need->need[4][sign[v].n][some[i].n];
                if (want && !got) fail_msg("'%.*s' and word %zu do not pass", (int)drawn[v].n, drawn[v].bytes, i);
                if (got && !want && !(mixed && most_may)) fail_msg("'%.*s' and word %zu pass", (int)drawn[v].n, drawn[v].bytes, i);
            }
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparators_agree_with_their_definitions),
        cmocka_unit_test(many_compare_as_one_by_one), cmocka_unit_test(known_values),
        cmocka_unit_test(words_in_groups_pass_as_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
