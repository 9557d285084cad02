/* Suppression of tables of synthetic persons at threshold 5: protect_suppress PERSONS.csv [TABLE...] [outsiders]
 *
 * After each line: hidden counts; beside them what GaussSuppression 1.0 (R) hides, its CPU s, and the least possible where it
 * is known. Limit set: 20 CPU s for the table of all five dimensions (GaussSuppression 213). */
#include "bench.h"

#include "protect/audit.h"
#include "protect/linked.h"
#include "protect/suppress.h"

typedef struct bench_table {
    const char *name;
    int ways;
    unsigned mask; /* form 1, unit 2, year 4, age 8, sex 16 */
    int gauss, least;
} bench_table;

static const bench_table tables[] = {
    {"form x year x age", 3, 13, 12, 8},
    {"form x unit x sex", 3, 19, 54, 54},
    {"form x year x unit", 3, 7, 135, 123},
    {"form x unit x age", 3, 11, 174, 0},
    {"form x unit x age x sex", 4, 27, 1075, 0},
    {"form x year x unit x age", 4, 15, 2418, 0},
    {"form x year x unit x age x sex", 5, 31, 9745, 0},
    {"ten tables of three", 3, 31, 0, 0},
};

/* Attack what is shown: as an outsider, and as everybody who is alone in a count and knows it. */
static void
attack(const bench_table *t, const protect_system *s, const suppression *r)
{
    SCRATCH(a);
    int64_t *lower = arena_alloc(a, s->n, sizeof *lower), *upper = arena_alloc(a, s->n, sizeof *upper);
    for (size_t i = 0; i < s->n; i++) {
        lower[i] = r->hidden[i] ? 0 : s->value[i];
        upper[i] = r->hidden[i] ? 20000 : s->value[i];
    }
    audit_input in = {.system = s, .lower = lower, .upper = upper, .start = s->value, .sensitive = r->sensitive, .against = AUDIT_LONERS, .seed = 1};
    audit_result found;
    bench b = bench_start("protect_suppress_audit");
    BENCH_OK(protect_audit(a, &in, &found));
    bench_stop(b, (double)found.n);
    printf("# %s: exposed %zu (only to loners %zu), narrowest %lld, programs %zu\n", t->name, found.exposed, found.inside,
           (long long)found.narrowest, found.programs);
}

int
main(int argc, char **argv)
{
    bool outsiders = argc > 2 && strcmp(argv[argc - 1], "outsiders") == 0;
    argc -= outsiders;
    if (argc < 2) return fprintf(stderr, "protect_suppress PERSONS.csv [TABLE...] [outsiders]\n"), 64;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        const bench_table *t = &tables[i];
        bool wanted = argc == 2;
        for (int k = 2; k < argc; k++) wanted |= (size_t)atoi(argv[k]) == i + 1;
        if (!wanted) continue;
        SCRATCH(a);
        protect_system s;
        suppress_options o = {.minimum = 5, .outsiders_only = outsiders};
        suppression r;
        BENCH_OK(linked_table(a, argv[1], t->ways, t->mask, &s));
        bench b = bench_start("protect_suppress");
        status code = protect_suppress(a, &s, &o, &r);
        bench_stop(b, (double)s.n);
        if (code != ST_OK) printf("# %s: %s\n", t->name, status_detail());
        else printf("# %s: sensitive %zu hidden %zu, GaussSuppression %d, least %d, proven here at least %zu\n", t->name, r.primary, r.suppressed, t->gauss,
                    t->least, r.least);
        fflush(stdout);
        if (code == ST_OK) attack(t, &s, &r);
    }
    return 0;
}
