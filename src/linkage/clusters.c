#include "linkage/clusters.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>

#define CLIP 12.0
#define LEAST_P 1e-3
enum { MANY = 32 };

double
link_log_odds(double p)
{
    return p <= 0 ? -40 : p >= 1 ? 40 : fmin(fmax(log(p) - log1p(-p), -40), 40);
}

/* Candidate pairs of each record. */
typedef struct neighbours {
    size_t *start;    /* [records + 1] */
    uint32_t *other;
    float *log_odds;
} neighbours;

static status
neighbours_new(arena *a, size_t records, const link_pairs *pairs, neighbours *result)
{
    neighbours g;
    size_t *next;
    ALLOC(a, g.start, records + 1);
    ALLOC(a, next, records + 1);
    ALLOC(a, g.other, 2 * pairs->n);
    ALLOC(a, g.log_odds, 2 * pairs->n);
    for (size_t k = 0; k < pairs->n; k++) g.start[pairs->a[k] + 1]++, g.start[pairs->b[k] + 1]++;
    for (size_t i = 0; i < records; i++) g.start[i + 1] += g.start[i];
    memcpy(next, g.start, (records + 1) * sizeof *next);
    for (size_t k = 0; k < pairs->n; k++) {
        float w = (float)link_log_odds(pairs->p[k]);
        size_t x = next[pairs->a[k]]++, y = next[pairs->b[k]]++;
        g.other[x] = pairs->b[k], g.log_odds[x] = w;
        g.other[y] = pairs->a[k], g.log_odds[y] = w;
    }
    *result = g;
    return ST_OK;
}

/* Members of a cluster form a ring; its root holds what the cluster is. */
typedef struct building {
    const link_records *r;
    neighbours g;
    uint32_t *parent, *next, *size;
    int32_t *number[LINK_FIELDS]; /* [records] of a root: valid number of the cluster, -1 none; NULL: no such attribute */
    double least;                 /* the threshold's log-odds */
    uint32_t *apart_start, *apart; /* [records + 1], by record: those decided to be another person; NULL: none */
    link_clusters out;
} building;

static uint32_t
find(uint32_t parent[], uint32_t i)
{
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

static double
clipped(double w)
{
    return fmin(fmax(w, -CLIP), CLIP);
}

static double
mean_cross(const building *b, uint32_t x, uint32_t y)
{
    if (b->size[x] > b->size[y]) {
        uint32_t z = x;
        x = y, y = z;
    }
    double sum = 0, known = 0, all = (double)b->size[x] * b->size[y];
    uint32_t i = x, looked = 0;
    if (b->size[x] > MANY) all = (double)MANY * b->size[y]; /* equal records by the thousand: some speak for all */
    do {
        for (size_t k = b->g.start[i]; k < b->g.start[i + 1]; k++)
            if (find(b->parent, b->g.other[k]) == y) sum += clipped(b->g.log_odds[k]), known++;
        i = b->next[i];
    } while (i != x && ++looked < MANY);
    return (sum - CLIP * (all - known)) / all;
}

static bool
numbers_clash(const building *b, uint32_t x, uint32_t y)
{
    for (size_t f = 0; f < b->r->attributes; f++)
        if (b->number[f] && b->number[f][x] >= 0 && b->number[f][y] >= 0 && b->number[f][x] != b->number[f][y]) return true;
    return false;
}

/* Has anybody decided that somebody of x is not somebody of y? */
static bool
decided_apart(const building *b, uint32_t x, uint32_t y)
{
    if (!b->apart) return false;
    if (b->size[x] > b->size[y]) {
        uint32_t z = x;
        x = y, y = z;
    }
    uint32_t i = x;
    do {
        for (uint32_t k = b->apart_start[i]; k < b->apart_start[i + 1]; k++)
            if (find(b->parent, b->apart[k]) == y) return true;
        i = b->next[i];
    } while (i != x);
    return false;
}

static void
join(building *b, uint32_t x, uint32_t y)
{
    if (b->size[x] < b->size[y]) {
        uint32_t z = x;
        x = y, y = z;
    }
    b->parent[y] = x;
    b->size[x] += b->size[y];
    uint32_t z = b->next[x];
    b->next[x] = b->next[y], b->next[y] = z;
    for (size_t f = 0; f < b->r->attributes; f++)
        if (b->number[f] && b->number[f][x] < 0) b->number[f][x] = b->number[f][y];
}

static status
building_new(arena *tmp, const link_records *r, const link_pairs *pairs, const cluster_options *o, building *b)
{
    *b = (building){.r = r, .least = link_log_odds(o->threshold > 0 ? o->threshold : 0.5)};
    CHECK(neighbours_new(tmp, r->n, pairs, &b->g));
    ALLOC(tmp, b->parent, r->n);
    ALLOC(tmp, b->next, r->n);
    ALLOC(tmp, b->size, r->n);
    for (size_t i = 0; i < r->n; i++) b->parent[i] = b->next[i] = (uint32_t)i, b->size[i] = 1;
    for (size_t f = 0; f < r->attributes; f++) {
        const attribute *at = &r->attribute[f];
        if (!at->identifies) continue;
        ALLOC(tmp, b->number[f], r->n);
        for (size_t i = 0; i < r->n; i++) b->number[f][i] = at->of[i] >= 0 && r->set[at->set].valid[at->of[i]] ? at->of[i] : -1;
    }
    return ST_OK;
}

static status
index_apart(arena *tmp, const cluster_options *o, building *b)
{
    uint32_t *next;
    size_t n = b->r->n;
    if (!o->decisions) return ST_OK;
    ALLOC(tmp, b->apart_start, n + 2);
    ALLOC(tmp, next, n + 2);
    ALLOC(tmp, b->apart, 2 * o->decisions);
    for (size_t k = 0; k < o->decisions; k++)
        if (!o->decision[k].same) b->apart_start[o->decision[k].a + 1]++, b->apart_start[o->decision[k].b + 1]++;
    for (size_t i = 0; i < n; i++) b->apart_start[i + 1] += b->apart_start[i];
    memcpy(next, b->apart_start, (n + 1) * sizeof *next);
    for (size_t k = 0; k < o->decisions; k++) {
        if (o->decision[k].same) continue;
        b->apart[next[o->decision[k].a]++] = o->decision[k].b;
        b->apart[next[o->decision[k].b]++] = o->decision[k].a;
    }
    return ST_OK;
}

/* What people decided comes first; decisions that contradict each other are an error, not a guess. */
static status
join_decided(building *b, const cluster_options *o)
{
    for (size_t k = 0; k < o->decisions; k++) {
        const link_decision *d = &o->decision[k];
        uint32_t x = find(b->parent, d->a), y = find(b->parent, d->b);
        if (!d->same || x == y) continue;
        if (decided_apart(b, x, y)) FAIL(ST_INVALID, "%s says same, but others say that these persons are different: correct one of them", d->name);
        if (b->r->split < b->r->n && (b->size[x] > 1 || b->size[y] > 1))
            FAIL(ST_INVALID, "%s says same, but one of the two has a partner in the other file already: correct one of the decisions", d->name);
        join(b, x, y);
        b->out.merge[b->out.merges++] = (link_merge){d->a, d->b, HUGE_VAL};
    }
    for (size_t k = 0; k < o->decisions; k++)
        if (!o->decision[k].same && find(b->parent, o->decision[k].a) == find(b->parent, o->decision[k].b))
            FAIL(ST_INVALID, "%s says different, but others say that these are one person: correct one of them", o->decision[k].name);
    return ST_OK;
}

/* Two clusters that failed to join need no second look until one of them grows: links come in descending order. */
typedef struct failures {
    uint64_t *pair, *sizes;
    size_t slots;
} failures;

static size_t
slot_of(const failures *f, uint64_t pair)
{
    uint64_t h = pair * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (h ^ h >> 32) & (f->slots - 1);
    while (f->pair[at] && f->pair[at] != pair) at = (at + 1) & (f->slots - 1);
    return at;
}

typedef struct link_by_odds {
    double w;
    uint32_t k;
} link_by_odds;

static int
compare_links(const void *x, const void *y)
{
    const link_by_odds *a = x, *b = y;
    if (a->w != b->w) return a->w > b->w ? -1 : 1;
    return (a->k > b->k) - (a->k < b->k);
}

/* Noise with a logistic distribution: a score of ln p / (1 - p) then exceeds 0 with probability p. */
static double
lot(const cluster_options *o, uint32_t a, uint32_t b)
{
    if (!o->draw) return 0;
    uint32_t bits[4];
    rng_block(o->seed, o->draw, (uint64_t)a << 32 | b, bits);
    double u = ((double)bits[0] + 0.5) / 4294967296.0;
    return log(u) - log1p(-u);
}

static status
sorted_links(arena *a, const link_pairs *pairs, const cluster_options *o, link_by_odds **result, size_t *n)
{
    link_by_odds *links;
    size_t k = 0;
    ALLOC(a, links, pairs->n);
    for (size_t i = 0; i < pairs->n; i++)
        if (pairs->p[i] >= LEAST_P) links[k++] = (link_by_odds){link_log_odds(pairs->p[i]) + lot(o, pairs->a[i], pairs->b[i]), (uint32_t)i};
    qsort(links, k, sizeof *links, compare_links);
    *result = links;
    *n = k;
    return ST_OK;
}

static void
try_link(building *b, const link_pairs *pairs, link_by_odds l, bool draw, failures *failed)
{
    uint32_t i = pairs->a[l.k], j = pairs->b[l.k], x = find(b->parent, i), y = find(b->parent, j);
    if (x == y) return;
    uint64_t pair = x < y ? (uint64_t)x << 32 | y : (uint64_t)y << 32 | x, sizes = (uint64_t)b->size[x] + b->size[y];
    size_t at = slot_of(failed, pair);
    if (failed->pair[at] && failed->sizes[at] == sizes) return;
    /* a draw moves the link, and a pair of single records is but its link */
    double noise = draw ? l.w - link_log_odds(pairs->p[l.k]) : 0;
    double score = 0.5 * clipped(l.w - noise) + 0.5 * mean_cross(b, x, y) + noise - b->least;
    bool clash = score > 0 && numbers_clash(b, x, y);
    if (score > 0 && !clash && !decided_apart(b, x, y)) {
        join(b, x, y);
        b->out.merge[b->out.merges++] = (link_merge){i, j, score};
        return;
    }
    if (clash) b->out.clash[b->out.clashes++] = (link_clash){i, j};
    failed->pair[at] = pair;
    failed->sizes[at] = sizes;
}

static status
join_links(building *b, const link_pairs *pairs, const link_by_odds links[], size_t n, const cluster_options *o)
{
    SCRATCH(tmp);
    failures failed = {.slots = 64};
    while (failed.slots < 2 * n) failed.slots *= 2;
    ALLOC(tmp, failed.pair, failed.slots);
    ALLOC(tmp, failed.sizes, failed.slots);
    for (size_t i = 0; i < n; i++) try_link(b, pairs, links[i], o->draw != 0, &failed);
    return ST_OK;
}

static void
join_one_to_one(building *b, const link_pairs *pairs, const link_by_odds links[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t x = pairs->a[links[i].k], y = pairs->b[links[i].k];
        double score = links[i].w - b->least;
        if (score <= 0 || decided_apart(b, find(b->parent, x), find(b->parent, y)) || b->size[find(b->parent, x)] > 1 || b->size[find(b->parent, y)] > 1) continue;
        if (numbers_clash(b, x, y)) {
            b->out.clash[b->out.clashes++] = (link_clash){x, y};
            continue;
        }
        join(b, x, y);
        b->out.merge[b->out.merges++] = (link_merge){x, y, score};
    }
}

static size_t
number_clusters(size_t n, uint32_t parent[], int32_t cluster[])
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) cluster[i] = -1;
    for (size_t i = 0; i < n; i++) {
        uint32_t root = find(parent, (uint32_t)i);
        int32_t id = cluster[root] < 0 ? (int32_t)count++ : cluster[root];
        cluster[root] = cluster[i] = id;
    }
    return count;
}

status
link_clusters_make(arena *a, const link_records *r, const link_pairs *pairs, const cluster_options *options, link_clusters *result)
{
    SCRATCH(tmp);
    building b;
    link_by_odds *links;
    size_t n;
    CHECK(building_new(tmp, r, pairs, options, &b));
    CHECK(sorted_links(tmp, pairs, options, &links, &n));
    ALLOC(a, b.out.merge, r->n);
    ALLOC(a, b.out.clash, n);
    ALLOC(a, b.out.cluster, r->n);
    CHECK(index_apart(tmp, options, &b));
    CHECK(join_decided(&b, options));
    if (r->split < r->n) join_one_to_one(&b, pairs, links, n);
    else CHECK(join_links(&b, pairs, links, n, options));
    b.out.records = r->n;
    b.out.clusters = number_clusters(r->n, b.parent, b.out.cluster);
    *result = b.out;
    return ST_OK;
}

status
link_clusters_replay(const link_clusters *c, size_t merges, int32_t cluster[], size_t *clusters)
{
    SCRATCH(tmp);
    if (merges > c->merges) FAIL(ST_INVALID, "the log has %zu steps, not %zu", c->merges, merges);
    uint32_t *parent;
    ALLOC(tmp, parent, c->records);
    for (size_t i = 0; i < c->records; i++) parent[i] = (uint32_t)i;
    for (size_t i = 0; i < merges; i++) parent[find(parent, c->merge[i].b)] = find(parent, c->merge[i].a);
    *clusters = number_clusters(c->records, parent, cluster);
    return ST_OK;
}
