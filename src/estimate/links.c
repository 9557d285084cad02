#include "estimate/links.h"

#include "base/rng.h"
#include "estimate/elementary.h"

#include <math.h>
#include <stdlib.h>

/* Persons of one set of lists before j who move to be on list j as well (negative: off it), within those there are. */
static double
moving(double missed, double falsely, double without, double with, bool *fits)
{
    double all = without + with, linked = (with - falsely * all) / (1 - missed - falsely);
    *fits &= linked >= 0 && linked <= all;
    return (linked < 0 ? 0 : linked > all ? all : linked) - with;
}

/* Link list j again: records of list j that find their person come from those on list j alone; when these are too few,
 * fewer move. */
static bool
correct_list(int lists, int j, double missed, double falsely, double count[])
{
    size_t cells = (size_t)1 << lists, bit = (size_t)1 << j;
    double gained = 0, share = 1;
    bool fits = true;
    for (size_t s = 1; s < cells; s++)
        if (!(s & bit) && s & (bit - 1)) gained += moving(missed, falsely, count[s], count[s | bit], &fits);
    if (gained > count[bit]) share = count[bit] / gained, fits = false;
    for (size_t s = 1; s < cells; s++) {
        if (s & bit || !(s & (bit - 1))) continue;
        double by = share * moving(missed, falsely, count[s], count[s | bit], &fits);
        count[s | bit] += by, count[s] -= by;
    }
    count[bit] = share < 1 ? 0 : count[bit] - gained;
    return fits;
}

bool
links_correct(int lists, double missed, double falsely, double count[])
{
    bool fits = true;
    for (int j = lists - 1; j > 0; j--) fits &= correct_list(lists, j, missed, falsely, count);
    return fits;
}

static uint32_t
root_of(uint32_t parent[], uint32_t i)
{
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

status
links_draw(const links *l, uint64_t seed, uint64_t draw, double count[])
{
    SCRATCH(tmp);
    uint32_t *parent;
    uint16_t *mask;
    if (l->draws) {
        memcpy(count, l->drawn + ((draw % l->draws) << l->lists), sizeof *count << l->lists);
        return ST_OK;
    }
    rng r = rng_new(seed, draw);
    ALLOC(tmp, parent, l->records);
    ALLOC(tmp, mask, l->records);
    for (size_t i = 0; i < l->records; i++) parent[i] = (uint32_t)i;
    for (size_t i = 0; i < l->pairs; i++) {
        if (rng_uniform(&r) >= l->probability[i]) continue;
        uint32_t a = root_of(parent, l->a[i]), b = root_of(parent, l->b[i]);
        if (a != b) parent[a < b ? b : a] = a < b ? a : b;
    }
    memset(count, 0, sizeof *count << l->lists);
    for (size_t i = 0; i < l->records; i++) mask[root_of(parent, (uint32_t)i)] |= (uint16_t)(1u << l->list_of[i]);
    for (size_t i = 0; i < l->records; i++)
        if (mask[i]) count[mask[i]]++;
    return ST_OK;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Between and within variance of log(unseen), after Rubin. */
typedef struct variance {
    double sum, squares, within;
    size_t n;
} variance;

static void
add_draw(variance *v, double observed, const finding *f)
{
    double centre = log_plain(f->estimate - observed), sum = 0, squares = 0, n = 0;
    if (!isfinite(centre)) return;
    for (size_t i = 0; i < f->resample.n; i++) {
        double x = log_plain(f->resample.estimate[i] - observed);
        if (!isfinite(x)) continue;
        sum += x, squares += x * x, n++;
    }
    v->sum += centre, v->squares += centre * centre, v->n++;
    if (n > 1) v->within += (squares - sum * sum / n) / (n - 1);
}

static double
share_between(const variance *v)
{
    double n = (double)v->n;
    if (v->n < 2) return NAN;
    double between = (1 + 1 / n) * (v->squares - v->sum * v->sum / n) / (n - 1), within = v->within / n;
    return between + within > 0 ? between / (between + within) : 0;
}

status
links_estimate(arena *out, const links *l, method m, size_t draws, const method_options *options, links_result *result)
{
    SCRATCH(tmp);
    links_result r = {.draws = draws};
    method_options each = *options;
    overlap o;
    variance v = {0};
    double *pool;
    size_t pooled = 0;
    if (l->draws && draws > l->draws) FAIL(ST_INVALID, "%zu draws of the links wanted, the file has %zu", draws, l->draws);
    each.given = 0;
    each.replicates = options->replicates / draws > 0 ? options->replicates / draws : 1;
    CHECK(overlap_new(tmp, l->lists, l->list, &o));
    ALLOC(out, r.estimate, draws);
    ALLOC(out, r.observed, draws);
    ALLOC(tmp, pool, draws * each.replicates);
    for (size_t d = 0; d < draws; d++) {
        finding f;
        CHECK(links_draw(l, options->seed, d, o.count));
        CHECK(overlap_check(&o));
        each.seed = options->seed + 1 + d; /* replicates of a draw from their own streams */
        CHECK(method_run(tmp, &o, m, &each, &f));
        r.estimate[d] = f.estimate, r.observed[d] = o.total;
        for (size_t i = 0; i < each.replicates; i++) {
            double x = i < f.resample.n ? f.resample.estimate[i] : NAN;
            r.failed += isnan(x);
            pool[pooled++] = isnan(x) ? INFINITY : x;
        }
        if (!isnan(f.estimate)) add_draw(&v, o.total, &f);
    }
    qsort(pool, pooled, sizeof *pool, compare);
    r.lower = resample_quantile(pooled, pool, 0.025);
    r.median = resample_quantile(pooled, pool, 0.5);
    r.upper = resample_quantile(pooled, pool, 0.975);
    r.share = share_between(&v);
    *result = r;
    return ST_OK;
}
