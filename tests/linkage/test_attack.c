/* Attacks with a full dictionary: they break filters without diffusion, which shows that they can; with it they find at most one
 * person in two hundred. */
#include "testing.h"

#include "attack.h"
#include "base/rng.h"
#include "linkage/encode_fields.h"
#include "linkage/encode_levels.h"

#include <sodium.h>

enum { PERSONS = 1000, FIELDS = 3 };

/* Names from syllables with the skewed frequencies of real ones, dates of birth over fifty years. */
static void
draw_name(text_builder *b, rng *r, int syllables, uint64_t variety)
{
    static const char *const begin[] = {"an", "be", "chi", "da", "e", "fa", "gre", "ho", "i", "ja", "ka", "li", "ma", "no", "o", "pe"};
    static const char *const end[] = {"na", "lla", "ko", "ri", "wska", "nen", "sen", "ta", "vic", "ra", "del", "mo", "lin", "ger", "ba", "ju"};
    double u = rng_uniform(r);
    rng name = rng_new(11, (uint64_t)((double)variety * u * u * u) + variety); /* the same name for the same rank */
    for (int i = 0; i < syllables; i++) text_put(b, i ? end[rng_below(&name, 16)] : begin[rng_below(&name, 16)]);
}

static status
draw_people(arena *a, table *t)
{
    text_column *columns[FIELDS];
    CHECK(table_new(a, "people", PERSONS, FIELDS, t));
    for (int k = 0; k < FIELDS; k++) CHECK(text_column_new(a, PERSONS, &columns[k]));
    for (size_t i = 0; i < PERSONS; i++) {
        rng r = rng_new(12, i);
        for (int k = 0; k < FIELDS; k++) {
            text_builder b = text_builder_new(a);
            text value;
            if (k < 2)
                draw_name(&b, &r, 2 + k + (int)rng_below(&r, 2), k ? 800 : 150);
            else
                text_printf(&b, "%d-%02d-%02d", 1955 + (int)rng_below(&r, 50), 1 + (int)rng_below(&r, 12), 1 + (int)rng_below(&r, 28));
            CHECK(text_builder_end(&b, &value));
            CHECK(text_column_put(columns[k], i, value));
        }
    }
    for (int k = 0; k < FIELDS; k++) CHECK(text_column_end(columns[k], &t->column[k]));
    return ST_OK;
}

static link_field fields_of[] = {{"given", KIND_given_name, NULL}, {"family", KIND_family_name, NULL}, {"born", KIND_date_of_birth, "%Y-%m-%d"}};

/* Share found by graph matching with encodings of this diffusion, under the `pair`-th pair of keys. */
static double
attacked_under(uint32_t diffusion, int pair)
{
    SCRATCH(a);
    table t;
    link_fields fields = {"id", FIELDS, fields_of};
    encode_key secret = {.domain = "a", .epoch = 1, .diffusion = diffusion}, own = secret;
    memset(secret.master, 2 * pair + 1, sizeof secret.master);
    memset(own.master, 2 * pair + 2, sizeof own.master);
    uint64_t *words = calloc(PERSONS * DICE_WORDS, 8), *shuffled = calloc(PERSONS * DICE_WORDS, 8), *dictionary = calloc(PERSONS * DICE_WORDS, 8);
    uint32_t order[PERSONS];
    size_t truth[PERSONS];
    ASSERT_OK(draw_people(a, &t));
    ASSERT_OK(encode_records(&t, &fields, &secret, words));
    ASSERT_OK(encode_records(&t, &fields, &own, dictionary));
    rng r = rng_new(13, diffusion);
    rng_shuffle(&r, PERSONS, order);
    for (size_t i = 0; i < PERSONS; i++) {
        memcpy(shuffled + i * DICE_WORDS, words + order[i] * DICE_WORDS, DICE_WORDS * 8);
        truth[i] = order[i];
    }
    double share = attack_graph_matching(PERSONS, shuffled, dictionary, truth);
    free(words), free(shuffled), free(dictionary);
    return share;
}

static double
attacked(uint32_t diffusion)
{
    return attacked_under(diffusion, 0);
}

static void
graph_matching_finds_nobody(void **state)
{
    (void)state;
    double open = attacked(1), safe = attacked(ENCODE_DIFFUSION_USUAL);
    print_message("# re-identified: %.1f %% without diffusion, %.1f %% with 2, %.1f %% with 4, %.1f %% with %d\n", 100 * open, 100 * attacked(2),
                  100 * attacked(4), 100 * safe, ENCODE_DIFFUSION_USUAL);
    assert_true(open > 0.3); /* the attack works */
    assert_true(safe <= 0.005);
    for (int pair = 1; pair < 4; pair++) { /* not by luck with one key */
        double again = attacked_under(ENCODE_DIFFUSION_USUAL, pair);
        print_message("# under other keys: %.1f %%\n", 100 * again);
        assert_true(again <= 0.005);
    }
}

/* The most frequent given name sets the same bits in all its encodings: without diffusion those bits are more often set together
 * than chance allows, and the attacker who knows how frequent the name is finds who bears it. */
static double
mined(uint32_t diffusion)
{
    SCRATCH(a);
    table t;
    link_fields fields = {"id", FIELDS, fields_of};
    encode_key secret = {.domain = "a", .epoch = 1, .diffusion = diffusion};
    memset(secret.master, 1, sizeof secret.master);
    uint64_t *words = calloc(PERSONS * DICE_WORDS, 8);
    ASSERT_OK(draw_people(a, &t));
    ASSERT_OK(encode_records(&t, &fields, &secret, words));
    const int32_t *given = column_int32(&t.column[0]);
    size_t count[PERSONS] = {0}, top = 0;
    for (size_t i = 0; i < PERSONS; i++) count[given[i]]++;
    for (size_t v = 0; v < t.column[0].dictionary->n; v++)
        if (count[v] > count[top]) top = v;
    /* pairs of bits by how much more often than independent they are set together; grow a set from the best pair */
    static int ones[DICE_BITS], both[DICE_BITS];
    memset(ones, 0, sizeof ones);
    for (size_t i = 0; i < PERSONS; i++)
        for (int b = 0; b < DICE_BITS; b++) ones[b] += (int)(words[i * DICE_WORDS + (size_t)b / 64] >> (b % 64) & 1);
    double best = 0;
    int lead = 0;
    for (int x = 0; x < DICE_BITS; x++) {
        memset(both, 0, sizeof both);
        for (size_t i = 0; i < PERSONS; i++)
            if (words[i * DICE_WORDS + (size_t)x / 64] >> (x % 64) & 1)
                for (int b = 0; b < DICE_BITS; b++) both[b] += (int)(words[i * DICE_WORDS + (size_t)b / 64] >> (b % 64) & 1);
        double lift = 0;
        for (int b = 0; b < DICE_BITS; b++) {
            double expect = (double)ones[x] * ones[b] / PERSONS;
            if (b != x && both[b] > expect) lift += (both[b] - expect) * (both[b] - expect) / (expect + 1);
        }
        if (lift > best) best = lift, lead = x;
    }
    /* score the records by the bits that go with the leading one; call the `count` highest bearers of the name */
    memset(both, 0, sizeof both);
    for (size_t i = 0; i < PERSONS; i++)
        if (words[i * DICE_WORDS + (size_t)lead / 64] >> (lead % 64) & 1)
            for (int b = 0; b < DICE_BITS; b++) both[b] += (int)(words[i * DICE_WORDS + (size_t)b / 64] >> (b % 64) & 1);
    static struct { float score; size_t i; } ranked[PERSONS];
    for (size_t i = 0; i < PERSONS; i++) {
        ranked[i].score = 0, ranked[i].i = i;
        for (int b = 0; b < DICE_BITS; b++) {
            double expect = (double)ones[lead] * ones[b] / PERSONS, more = (both[b] - expect) / sqrt(expect + 1);
            if (more > 3 && (words[i * DICE_WORDS + (size_t)b / 64] >> (b % 64) & 1)) ranked[i].score += (float)more;
        }
    }
    qsort(ranked, PERSONS, sizeof *ranked, attack_compare);
    size_t right = 0;
    for (size_t k = 0; k < count[top]; k++) right += given[ranked[k].i] == (int32_t)top;
    free(words);
    double share = (double)right / (double)count[top], chance = (double)count[top] / PERSONS;
    return (share - chance) * (double)count[top] / PERSONS; /* of all persons, beyond guessing */
}

static void
pattern_mining_finds_nobody(void **state)
{
    (void)state;
    double open = mined(2), safe = mined(ENCODE_DIFFUSION_USUAL);
    print_message("# names found beyond guessing, of all persons: %.2f %% with diffusion 2, %.2f %% with %d\n", 100 * open, 100 * safe,
                  ENCODE_DIFFUSION_USUAL);
    assert_true(open > 0.01); /* the attack works */
    assert_true(safe <= 0.005);
}

/* Encodings field by field, and nothing but counting: how often each value stands there, how many tokens it has. Whoever has the
 * dictionary knows both of the plain values; a record whose numbers nobody else has is found. */
static uint64_t
signature_put(uint64_t signature, uint64_t count, uint64_t length)
{
    return (signature ^ (count << 8 | length)) * 0x9e3779b97f4a7c15u;
}

static void
count_values(const attribute *at, size_t n, size_t count[PERSONS])
{
    memset(count, 0, PERSONS * sizeof *count);
    for (size_t i = 0; i < n; i++) count[at->of[i]]++;
}

static void
field_by_field_is_for_inside(void **state)
{
    (void)state;
    SCRATCH(a);
    table t, named;
    text_column *ids;
    encoded_fields e;
    link_records plain;
    link_fields fields = {"id", FIELDS, fields_of};
    encode_key secret = {.domain = "a", .epoch = 1, .diffusion = ENCODE_DIFFUSION_USUAL};
    memset(secret.master, 1, sizeof secret.master);
    ASSERT_OK(draw_people(a, &t));
    ASSERT_OK(table_new(a, "people", PERSONS, FIELDS + 1, &named));
    ASSERT_OK(text_column_new(a, PERSONS, &ids));
    for (size_t i = 0; i < PERSONS; i++) {
        char id[8];
        snprintf(id, sizeof id, "%04zu", i);
        ASSERT_OK(text_column_put(ids, i, text_of(arena_copy(a, id, 4))));
    }
    ASSERT_OK(text_column_end(ids, &named.column[FIELDS]));
    named.column[FIELDS].name = "id";
    for (size_t k = 0; k < FIELDS; k++) named.column[k] = t.column[k], named.column[k].name = fields_of[k].column;
    const table *file = &named;
    ASSERT_OK(link_records_new(a, &fields, 1, &file, &plain));
    ASSERT_OK(encode_fields(a, file, &fields, &secret, &e));
    static uint64_t open[PERSONS], closed[PERSONS];
    for (size_t f = 0; f < plain.attributes; f++) {
        size_t count[PERSONS], count_coded[PERSONS];
        const attribute *x = &plain.attribute[f], *y = &e.records.attribute[f];
        const value_set *coded = &e.records.set[y->set];
        count_values(x, PERSONS, count);
        count_values(y, PERSONS, count_coded);
        for (size_t i = 0; i < PERSONS; i++) {
            uint64_t length = x->kind == KIND_date_of_birth ? 0 : plain.set[x->set].plain[x->of[i]].n + 1, tokens = 0;
            for (int w = 0; w < DICE_WORDS && coded->coded->filter; w++)
                tokens += (uint64_t)__builtin_popcountll(coded->coded->filter[y->of[i]].words[w]);
            if (coded->coded->filter) tokens = (uint64_t)(coded->coded->tokens[tokens] + 128) / 256;
            open[i] = signature_put(open[i], count[x->of[i]], length);
            closed[i] = signature_put(closed[i], count_coded[y->of[i]], tokens);
        }
    }
    size_t found = 0;
    for (size_t i = 0; i < PERSONS; i++) {
        size_t as_i = 0, right = 0; /* who in the dictionary looks like encoded record i? */
        for (size_t j = 0; j < PERSONS; j++) as_i += open[j] == closed[i], right += open[j] == closed[i] && j == i;
        found += as_i == 1 && right;
    }
    print_message("# field by field, counting alone: %.1f %% re-identified\n", 100.0 * (double)found / PERSONS);
    assert_true(found > PERSONS / 20); /* so the file is no encoding for outside */
}

int
main(void)
{
    if (sodium_init() < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(graph_matching_finds_nobody),
        cmocka_unit_test(pattern_mining_finds_nobody),
        cmocka_unit_test(field_by_field_is_for_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
