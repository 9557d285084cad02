/* A yearly report: protect_report [TABLES [PERSONS]]. Synthetic persons over twelve dimensions, all two-way tables and then
 * three-way ones up to TABLES, rounded as one system and attacked. Limit set: 120 s for 150 tables. */
#include "bench.h"

#include "base/rng.h"
#include "protect/audit.h"
#include "protect/round.h"

enum { DIMENSIONS = 12, MOST_CODES = 9 };

/* Leaves of each dimension; three or more have a group of the first two. */
static const int leaves[DIMENSIONS] = {2, 5, 6, 4, 7, 3, 2, 4, 5, 3, 8, 2};

static status
name_dimensions(protect_system *s)
{
    uint16_t id, population, code[MOST_CODES + 1];
    CHECK(system_new(s->a, s));
    CHECK(system_population_find(s, "persons", &population));
    for (int d = 0; d < DIMENSIONS; d++) {
        char name[16];
        size_t n = 0;
        snprintf(name, sizeof name, "d%d", d);
        CHECK(system_dimension_find(s, name, &id));
        for (int c = 0; c < leaves[d] + (leaves[d] > 2); c++) {
            snprintf(name, sizeof name, "c%d", c);
            CHECK(system_code_find(s, id, name, &code[n++]));
        }
        if (leaves[d] > 2) {
            CHECK(system_partition_add(s, id, code[leaves[d]], true, 2, code));
            CHECK(system_partition_add(s, id, 0, true, n - 2, code + 2));
        } else {
            CHECK(system_partition_add(s, id, 0, true, n, code));
        }
    }
    return ST_OK;
}

/* Skewed codes that hang together: each dimension leans on the one before. */
static void
draw_person(rng *r, int person[])
{
    for (int d = 0; d < DIMENSIONS; d++) {
        double u = rng_uniform(r);
        int lean = d > 0 && rng_uniform(r) < 0.4 ? person[d - 1] % leaves[d] : 0;
        person[d] = (lean + (int)(u * u * u * u * leaves[d])) % leaves[d];
    }
}

static bool
belongs(int leaf, int code, int n)
{
    return code == 0 || code == leaf + 1 || (code == n + 1 && n > 2 && leaf < 2);
}

static status
add_table(protect_system *s, size_t persons, int (*person)[DIMENSIONS], int ways, const int dimension[])
{
    SCRATCH(tmp);
    size_t size = 1, width[3];
    for (int w = 0; w < ways; w++) size *= width[w] = s->dimension[dimension[w]].n;
    int64_t *count;
    ALLOC(tmp, count, size);
    for (size_t i = 0; i < persons; i++)
        for (size_t at = 0; at < size; at++) {
            bool in = true;
            size_t rest = at;
            for (int w = 0; w < ways && in; rest /= width[w], w++)
                in = belongs(person[i][dimension[w]], (int)(rest % width[w]), leaves[dimension[w]]);
            count[at] += in;
        }
    for (size_t at = 0; at < size; at++) {
        uint16_t key[DIMENSIONS + 1] = {0};
        uint32_t index;
        for (size_t w = 0, rest = at; w < (size_t)ways; rest /= width[w], w++) key[dimension[w] + 1] = (uint16_t)(rest % width[w]);
        CHECK(system_add(s, key, count[at], "bench", &index));
    }
    return ST_OK;
}

static status
make_report(protect_system *s, int tables, size_t persons)
{
    SCRATCH(tmp);
    int (*person)[DIMENSIONS], made = 0;
    rng r = rng_new(20201, 1);
    CHECK(name_dimensions(s));
    CHECK(system_counts(s, 200000));
    ALLOC(tmp, person, persons);
    for (size_t i = 0; i < persons; i++) draw_person(&r, person[i]);
    for (int a = 0; a < DIMENSIONS; a++)
        for (int b = a + 1; b < DIMENSIONS && made < tables; b++, made++) CHECK(add_table(s, persons, person, 2, (int[]){a, b}));
    for (int a = 0; a < DIMENSIONS; a++)
        for (int b = a + 1; b < DIMENSIONS; b++)
            for (int c = b + 1; c < DIMENSIONS && made < tables; c += 2, made++) CHECK(add_table(s, persons, person, 3, (int[]){a, b, c}));
    return system_rows(s, SYSTEM_STRICT);
}

static status
attack(arena *a, const protect_system *s, const protect_rounding *r)
{
    int64_t *lower, *upper, reach = r->largest < 4 ? 4 : r->largest;
    uint8_t *sensitive;
    audit_result result;
    ALLOC(a, lower, s->n);
    ALLOC(a, upper, s->n);
    ALLOC(a, sensitive, s->n);
    for (size_t i = 0; i < s->n; i++) {
        lower[i] = r->value[i] < reach ? 0 : r->value[i] - reach;
        upper[i] = r->value[i] + reach;
        sensitive[i] = s->value[i] > 0 && s->value[i] < 5;
    }
    audit_input in = {.system = s, .lower = lower, .upper = upper, .start = s->value, .sensitive = sensitive, .seed = 1};
    bench b = bench_start("protect_report_audit");
    CHECK(protect_audit(a, &in, &result));
    bench_stop(b, (double)result.n);
    printf("# exposed %zu narrowed %zu narrowest %lld programs %zu\n", result.exposed, result.narrowed, (long long)result.narrowest,
           result.programs);
    return ST_OK;
}

int
main(int argc, char **argv)
{
    SCRATCH(a);
    protect_system s = {.a = a};
    BENCH_OK(make_report(&s, argc > 1 ? atoi(argv[1]) : 150, argc > 2 ? (size_t)atoi(argv[2]) : 5000));
    size_t sensitive = 0;
    for (size_t i = 0; i < s.n; i++) sensitive += s.value[i] > 0 && s.value[i] < 5;
    printf("# cells %zu rows %zu sensitive %zu\n", s.n, s.rows, sensitive);
    fflush(stdout);
    protect_round_options o = {.base = 5};
    protect_rounding r;
    bench b = bench_start("protect_report_round");
    BENCH_OK(protect_round_controlled(a, &s, &o, &r));
    bench_stop(b, (double)s.n);
    printf("# additive %d solver %s mean %.4f bound %.4f largest %lld beyond %zu moved %zu unknowns %zu iterations %lld\n", r.additive,
           r.solver, r.mean, r.bound, (long long)r.largest, r.beyond, r.moved, r.unknowns, (long long)r.iterations);
    fflush(stdout);
    BENCH_OK(attack(a, &s, &r));
    return 0;
}
