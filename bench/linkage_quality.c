/* How good linkage is on made-up files of many kinds, and how well it knows: bench_linkage_quality [--fresh|--third] [[FROM-]SEEDS [KIND...]];
 * --fresh, --third: the second and the third list (kinds.h), by which nothing is chosen.
 * F1 over pairs at its own threshold, beside the best of all thresholds that the truth would choose, for clusters and for
 * single pairs, and the best of the simple rules "equal in at least k fields"; estimated precision and recall beside the true ones. All files are every-pair files. */
#include "bench.h"

#include "../tests/linkage/kinds.h"
#include "linkage/evaluate.h"
#include "linkage/link.h"

#include <math.h>
#include <string.h>

typedef struct outcome {
    double own, best, pairs, rule; /* F1 */
    double precision, recall;
    link_quality q;
    size_t records;
    double pairs_true;
} outcome;

static double
best_clusters(arena *a, const link_result *l, const int32_t entity[])
{
    double best = 0;
    for (int t = 1; t < 40; t++) {
        SCRATCH(tmp);
        link_clusters c;
        link_score s;
        const cluster_options o = {.threshold = t / 40.0, .decisions = l->decisions, .decision = l->decision};
        BENCH_OK(link_clusters_make(tmp, &l->records, &l->pairs, &o, &c));
        BENCH_OK(link_evaluate(l->records.n, c.cluster, entity, &s));
        best = fmax(best, s.f1);
    }
    (void)a;
    return best;
}

static double
best_pairs(const link_result *l, const int32_t entity[], double truth)
{
    double best = 0;
    for (int t = 1; t < 100; t++) {
        double n = 0, right = 0;
        for (size_t k = 0; k < l->pairs.n; k++)
            if (l->pairs.p[k] >= 0.01 * t) n++, right += entity[l->pairs.a[k]] == entity[l->pairs.b[k]];
        best = fmax(best, 2 * right / fmax(n + truth, 1));
    }
    return best;
}

static void
run(const kinds_list *from, size_t kind, int level, uint64_t seed, outcome *out)
{
    SCRATCH(tmp);
    people p;
    link_result l;
    link_score s;
    int32_t *entity;
    const link_options lo = {.seed = 1};
    BENCH_OK(from->make(tmp, kind, level, 1, seed, &p));
    const table *file[2] = {&p.file[0], &p.file[1]};
    BENCH_OK(link_run(tmp, &p.fields, p.files, file, &lo, &l));
    entity = arena_alloc(tmp, l.records.n, sizeof *entity);
    if (!entity) exit(1);
    for (size_t i = 0; i < l.records.n; i++) entity[i] = p.entity[i >= l.records.split][l.records.row[i]];
    BENCH_OK(link_evaluate(l.records.n, l.clusters.cluster, entity, &s));
    *out = (outcome){s.f1, best_clusters(tmp, &l, entity), best_pairs(&l, entity, s.true_pairs), kinds_best_rule(&l.records, entity), s.precision, s.recall, l.quality, l.records.n, s.true_pairs};
}

static bool
chosen(size_t kind, int n, char *const kinds[])
{
    for (int i = 0; i < n; i++)
        if (kind == (size_t)atoi(kinds[i])) return true;
    return n <= 0;
}

/* Fewer pairs of one person, and .03 is less than what the truth itself moves by from file to file: 1.96 sqrt(.97 x .03 / 150) = .027. */
enum { FEW = 150 };

/* Off by more than .03 and by more than the truth about so many pairs moves from file to file. */
static bool
off_beyond(double truth, double estimated, double pairs)
{
    double v = fmin(fmax(estimated, 0.03), 0.97);
    return fabs(truth - estimated) > 0.03 + 1.96 * sqrt(v * (1 - v) / fmax(pairs, 1));
}

int
main(int argc, char **argv)
{
    bool fresh = argc > 1 && !strcmp(argv[1], "--fresh"), third = argc > 1 && !strcmp(argv[1], "--third");
    const kinds_list *from = fresh ? &kinds_fresh : third ? &kinds_third : &kinds_first;
    argc -= fresh || third, argv += fresh || third;
    const char *dash = argc > 1 ? strchr(argv[1], '-') : NULL;
    uint64_t seeds = argc > 1 ? (uint64_t)atoi(dash ? dash + 1 : argv[1]) : 3, first = dash ? (uint64_t)atoi(argv[1]) : 1;
    double own = 0, best = 0, gap = 0, files = 0, paired = 0, off = 0, silent = 0, beyond = 0, covered = 0, alarms = 0, needless = 0;
    printf("kind,errors,records,pairs,linked,f1_best_rule,f1,f1_best_threshold,f1_best_pairs,precision,estimated,low,high,recall,estimated,low,high,alarm\n");
    for (size_t kind = 0; kind < from->n; kind++)
        for (int level = 0; level < KINDS_ERRORS; level++)
            for (uint64_t seed = first; seed <= seeds; seed++) {
                outcome o;
                if (!chosen(kind, argc - 2, argv + 2)) continue;
                run(from, kind, level, seed, &o);
                const link_quality *q = &o.q;
                printf("%s,%d,%zu,%.0f,%zu,%.4f,%.4f,%.4f,%.4f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%s\n", from->name(kind), level, o.records, o.pairs_true, q->linked, o.rule, o.own, o.best, o.pairs,
                       o.precision, q->precision.value, q->precision.low, q->precision.high, o.recall, q->recall.value, q->recall.low, q->recall.high,
                       q->alarm ? "yes" : "");
                fflush(stdout);
                if (o.pairs_true > 0) own += o.own, best += o.best, gap = fmax(gap, o.best - o.own), paired++;
                files++;
                if (!q->alarm && o.pairs_true >= FEW)
                    beyond += off_beyond(o.precision, q->precision.value, (double)q->linked) + off_beyond(o.recall, q->recall.value, o.pairs_true);
                double wrong = (fabs(o.precision - q->precision.value) > .03) + (fabs(o.recall - q->recall.value) > .03);
                off += wrong, silent += q->alarm || o.pairs_true < FEW ? 0 : wrong;
                alarms += q->alarm != NULL, needless += q->alarm && wrong == 0;
                covered += (o.precision >= q->precision.low && o.precision <= q->precision.high) + (o.recall >= q->recall.low && o.recall <= q->recall.high);
            }
    printf("# %.0f files, %.0f with pairs: mean F1 %.4f, at the best threshold %.4f, largest gap %.4f; of %.0f estimates %.0f off by more than .03, %.0f of them without an alarm and of %d pairs or more (%.0f by more than the truth itself may move); "
           "%.0f intervals cover; %.0f alarms, %.0f where both are within .03\n",
           files, paired,
           own / fmax(paired, 1), best / fmax(paired, 1), gap, 2 * files, off, silent, FEW, beyond, covered, alarms, needless);
    return 0;
}
