#include "estimate/decomposable.h"

#include "base/threads.h"
#include "estimate/elementary.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

enum { COARSE = 1024, NODES = 16, STRIPES = 16, FACTOR = 25, SETS = 64, PERSONS = 10000000 };

/* In log units below the best: all graphs together leave out less than 1e-9 of the posterior. */
static const double NEGLIGIBLE = 32;

/* A graph as the sets its likelihood is made of: cliques with +1, separators with -1, summed up along an elimination. */
typedef struct graph {
    uint16_t edges;
    uint8_t n, components;
    uint8_t set[11];
    int8_t power[11];
} graph;

/* log gamma for x > 0. */
static inline double
log_gamma(double x)
{
    double shift = 1;
    while (x < 12) shift *= x++;
    double v = 1 / (x * x);
    double series = (1.0 / 12 - v * (1.0 / 360 - v * (1.0 / 1260 - v * (1.0 / 1680 - v * (1.0 / 1188 - v * (691.0 / 360360)))))) / x;
    return (x - 0.5) * log_plain(x) - x + 0.91893853320467274178 + series - log_plain(shift);
}

static bool
is_clique(const unsigned around[], unsigned set)
{
    for (unsigned left = set; left; left &= left - 1)
        if (set & ~(around[__builtin_ctz(left)] | (left & -left))) return false;
    return true;
}

/* The neighbours of each vertex; edges are numbered 12 13 .. 23 .. */
static void
find_neighbours(unsigned edges, int lists, unsigned around[])
{
    for (int i = 0; i < lists; i++) around[i] = 0;
    for (int i = 0, e = 0; i < lists; i++)
        for (int j = i + 1; j < lists; j++, e++)
            if (edges >> e & 1) around[i] |= 1u << j, around[j] |= 1u << i;
}

static void
add_power(int power[SETS], unsigned set, int by)
{
    if (set) power[set] += by;
}

/* Take away vertices whose neighbours are all joined; false when none is left to take: not decomposable. */
static bool
decompose(unsigned edges, int lists, graph *g)
{
    int power[SETS] = {0};
    unsigned left = (1u << lists) - 1, neighbours[ESTIMATE_LISTS];
    *g = (graph){.edges = (uint16_t)edges};
    find_neighbours(edges, lists, neighbours);
    while (left) {
        unsigned taken = 0;
        for (int v = 0; v < lists && !taken; v++) {
            unsigned around = neighbours[v] & left;
            if (!(left >> v & 1) || !is_clique(neighbours, around)) continue;
            add_power(power, around | 1u << v, 1);
            add_power(power, around, -1);
            taken = 1u << v;
        }
        if (!taken) return false;
        left &= ~taken;
    }
    for (unsigned s = 1; s < SETS; s++)
        if (power[s]) {
            g->set[g->n] = (uint8_t)s;
            g->power[g->n++] = (int8_t)power[s];
            g->components = (uint8_t)(g->components + power[s]);
        }
    return true;
}

/* What does not change with N: for each set of lists its observed persons on none of it, and the sum over the rest. */
typedef struct setting {
    const overlap *o;
    double delta, all;    /* all = delta * 2^lists */
    double off[SETS];     /* observed persons on no list of the set */
    double prior[SETS];   /* delta * 2^(lists - size) */
    double fixed[SETS];   /* log gamma of the other cells, less the prior's */
    double log_gamma_all;
} setting;

static void
set_margins(setting *s)
{
    size_t cells = s->o->cells;
    s->all = s->delta * (double)cells;
    s->log_gamma_all = log_gamma(s->all);
    for (unsigned set = 1; set < cells; set++) {
        double margin[SETS] = {0};
        for (size_t c = 1; c < cells; c++) margin[c & set] += s->o->count[c];
        s->prior[set] = s->delta * (double)(cells >> __builtin_popcount(set));
        s->off[set] = margin[0];
        s->fixed[set] = -log_gamma(s->prior[set]);
        for (unsigned part = set; part; part = (part - 1) & set)
            s->fixed[set] += log_gamma(margin[part] + s->prior[set]) - log_gamma(s->prior[set]);
    }
}

/* For one number of unseen: what each set adds, and what every graph shares. The last entry is per component. */
static void
set_values(const setting *s, double unseen, double value[SETS])
{
    double n = s->o->total + unseen;
    for (unsigned set = 1; set < s->o->cells; set++)
        value[set] = s->fixed[set] + log_gamma(s->off[set] + unseen + s->prior[set]);
    value[0] = s->log_gamma_all - log_gamma(n + s->all);
}

static double
shared_value(const setting *s, double unseen)
{
    double n = s->o->total + unseen;
    return log_gamma(n + 1) - log_gamma(unseen + 1) - log_plain(n);
}

static status
list_graphs(arena *a, int lists, size_t *n, graph **list)
{
    size_t count = 0, all = (size_t)1 << (lists * (lists - 1) / 2);
    ALLOC(a, *list, all);
    for (size_t edges = 0; edges < all; edges++) count += decompose((unsigned)edges, lists, &(*list)[count]);
    *n = count;
    return ST_OK;
}

/* Where over a coarse grid of N a graph matters: from .. to, in unseen persons. */
typedef struct span {
    size_t from, to;
} span;

/* Values over a coarse grid of N: 0, 1, and from there by a ratio. */
typedef struct coarse {
    double grid[COARSE], value[SETS][COARSE], shared[COARSE];
} coarse;

static void
fill_coarse(const setting *s, size_t most, coarse *c)
{
    double ratio = exp_clamped(log_plain((double)most) / (COARSE - 2)), value[SETS];
    for (int i = 0; i < COARSE; i++) {
        c->grid[i] = i > 1 ? c->grid[i - 1] * ratio : i;
        c->shared[i] = shared_value(s, c->grid[i]);
        set_values(s, c->grid[i], value);
        for (size_t set = 0; set < s->o->cells; set++) c->value[set][i] = value[set];
    }
}

/* A graph's log posterior over points of N, up to a constant: n a multiple of four. */
static inline void
value_graph(const graph *g, size_t n, const double *restrict value, const double *restrict shared, double *restrict sum)
{
    for (size_t i = 0; i < n; i++) sum[i] = shared[i] + g->components * value[i];
    for (int k = 0; k < g->n; k++) {
        const double *restrict of_set = value + g->set[k] * n;
        double power = g->power[k];
        for (size_t i = 0; i < n; i++) sum[i] += power * of_set[i];
    }
}

static void
find_span(const graph *g, const coarse *c, double least, size_t most, span *result)
{
    double sum[COARSE];
    value_graph(g, COARSE, c->value[0], c->shared, sum);
    for (int i = 0; i < COARSE; i++) {
        if (sum[i] < least) continue;
        if (!result->to) result->from = (size_t)c->grid[i > 0 ? i - 1 : 0];
        result->to = i + 1 < COARSE ? (size_t)c->grid[i + 1] + 1 : most;
    }
}

/* The best value of all graphs over the grid, and where each is not negligible beside it (one grid point more on both
 * sides); graphs that nowhere matter get an empty span. */
static status
scan_coarse(const setting *s, size_t graphs, const graph *list, size_t most, span spans[], double *top)
{
    SCRATCH(tmp);
    coarse *c;
    double *best;
    ALLOC(tmp, c, 1);
    ALLOC(tmp, best, graphs);
    fill_coarse(s, most, c);
#pragma omp parallel for schedule(static) num_threads(threads_count())
    for (size_t g = 0; g < graphs; g++) {
        double sum[COARSE];
        value_graph(&list[g], COARSE, c->value[0], c->shared, sum);
        best[g] = sum[0];
        for (int i = 1; i < COARSE; i++) best[g] = sum[i] > best[g] ? sum[i] : best[g];
    }
    *top = -INFINITY;
    for (size_t g = 0; g < graphs; g++) *top = best[g] > *top ? best[g] : *top;
#pragma omp parallel for schedule(static) num_threads(threads_count())
    for (size_t g = 0; g < graphs; g++)
        if (best[g] >= *top - NEGLIGIBLE) find_span(&list[g], c, *top - NEGLIGIBLE, most, &spans[g]);
    return ST_OK;
}

/* Whole numbers from .. from + n - 1, seen at NODES points: all of them, or the Chebyshev points of the range. As wide as the
 * root of the unseen, a range is no wider than a few standard deviations of any posterior, and the polynomial through the
 * points is exact to the last digits. */
typedef struct block {
    size_t from, n, points;
    double at[NODES], barycentric[NODES];
    double value[SETS][NODES], shared[NODES], sum[NODES], posterior[NODES], share[NODES];
} block;

static size_t
block_width(size_t from)
{
    size_t root = (size_t)sqrt((double)from);
    return root > NODES ? root : NODES;
}

/* What each node gives to a whole number of the range; they sum to 1. */
static void
find_shares(const block *b, double x, double share[NODES])
{
    double sum = 0;
    for (size_t j = 0; j < b->points; j++) {
        if (x == b->at[j]) {
            memset(share, 0, NODES * sizeof *share);
            share[j] = 1;
            return;
        }
        sum += share[j] = b->barycentric[j] / (x - b->at[j]);
    }
    for (size_t j = 0; j < b->points; j++) share[j] /= sum;
}

/* cos(i pi / (NODES - 1)), from multiplications alone: the same bits on any machine. */
static void
chebyshev_points(double at[NODES])
{
    const double c = 0.97814760073380563793, s = 0.20791169081775933710; /* of 12 degrees */
    double x = 1, y = 0;
    for (int i = 0; i < NODES; i++) {
        at[i] = x;
        double next = x * c - y * s;
        y = x * s + y * c;
        x = next;
    }
}

static void
place_nodes(block *b)
{
    memset(b->share, 0, sizeof b->share);
    if (b->n <= NODES) {
        b->points = b->n;
        for (size_t j = 0; j < NODES; j++) b->at[j] = (double)(b->from + (j < b->n ? j : b->n - 1)), b->share[j] = j < b->n;
        return;
    }
    double unit[NODES], share[NODES], half = (double)(b->n - 1) / 2;
    chebyshev_points(unit);
    b->points = NODES;
    for (int j = 0; j < NODES; j++) {
        b->at[j] = (double)b->from + half * (1 + unit[j]);
        b->barycentric[j] = (j % 2 ? -1 : 1) * (j == 0 || j == NODES - 1 ? 0.5 : 1);
    }
    for (size_t i = 0; i < b->n; i++) {
        find_shares(b, (double)(b->from + i), share);
        for (int j = 0; j < NODES; j++) b->share[j] += share[j];
    }
}

static void
fill_block(const setting *s, double top, block *b)
{
    double value[SETS];
    place_nodes(b);
    memset(b->posterior, 0, sizeof b->posterior);
    for (size_t i = 0; i < NODES; i++) {
        set_values(s, b->at[i], value);
        for (size_t set = 0; set < s->o->cells; set++) b->value[set][i] = value[set];
        b->shared[i] = shared_value(s, b->at[i]) - top;
    }
}

/* The posterior of one graph over a block joins that of the others; gives its sum over the whole numbers. */
static double
add_graph(const graph *g, block *b)
{
    double *restrict sum = b->sum, weight = 0;
    value_graph(g, NODES, b->value[0], b->shared, sum);
    for (size_t i = 0; i < NODES; i++) sum[i] = exp_clamped(sum[i]);
    for (size_t i = 0; i < NODES; i++) b->posterior[i] += sum[i];
    for (size_t i = 0; i < NODES; i++) weight += sum[i] * b->share[i];
    return weight;
}

static void
spread_block(const block *b, double posterior[])
{
    double share[NODES];
    for (size_t i = 0; i < b->n; i++) {
        double sum = 0;
        if (b->n > NODES) {
            find_shares(b, (double)(b->from + i), share);
            for (size_t j = 0; j < NODES; j++) sum += share[j] * b->posterior[j];
        } else {
            sum = b->posterior[i];
        }
        posterior[b->from + i] = sum > 0 ? sum : 0;
    }
}

/* Every STRIPES-th block, in order: the sums do not depend on who does which stripe. */
static void
sum_stripe(const setting *s, size_t stripe, size_t most, size_t graphs, const graph *list, const span spans[], double top, block *b,
           double posterior[], double weight[])
{
    size_t number = 0, width;
    for (b->from = 0; b->from <= most; b->from += width, number++) {
        width = block_width(b->from);
        b->n = most + 1 - b->from < width ? most + 1 - b->from : width;
        if (number % STRIPES != stripe) continue;
        bool filled = false;
        for (size_t g = 0; g < graphs; g++) {
            if (spans[g].to < b->from || spans[g].from >= b->from + b->n) continue;
            if (!filled) fill_block(s, top, b);
            filled = true;
            weight[g] += add_graph(&list[g], b);
        }
        if (filled) spread_block(b, posterior);
    }
}

static double
find_quantile(size_t most, const double posterior[], double total, double p)
{
    double sum = 0;
    for (size_t u = 0; u <= most; u++) {
        sum += posterior[u];
        if (sum >= p * total) return (double)u;
    }
    return (double)most;
}

static model
graph_model(const graph *g, int lists)
{
    model m = model_independence(lists);
    unsigned neighbours[ESTIMATE_LISTS];
    find_neighbours(g->edges, lists, neighbours);
    for (unsigned set = 3; set < 1u << lists; set++)
        if (__builtin_popcount(set) > 1 && is_clique(neighbours, set)) m.term[m.n++] = (uint16_t)set;
    return m;
}

static void
summarise(const overlap *o, size_t most, const double posterior[], decomposable_result *r)
{
    double total = 0, mean = 0, peak = 0;
    for (size_t u = 0; u <= most; u++) {
        total += posterior[u];
        mean += posterior[u] * (double)u;
        if (posterior[u] > peak) peak = posterior[u];
    }
    r->mean = o->total + mean / total;
    r->lower = o->total + find_quantile(most, posterior, total, 0.025);
    r->median = o->total + find_quantile(most, posterior, total, 0.5);
    r->upper = o->total + find_quantile(most, posterior, total, 0.975);
    r->at_edge = posterior[most] / peak;
}

/* Keep the graphs that matter somewhere. */
static size_t
keep_spans(size_t graphs, graph *list, span spans[])
{
    size_t kept = 0;
    for (size_t g = 0; g < graphs; g++)
        if (spans[g].to) list[kept] = list[g], spans[kept++] = spans[g];
    return kept;
}

static void
find_likeliest(const setting *s, size_t graphs, const graph *list, double weight[], decomposable_result *r)
{
    double total = 0;
    size_t likeliest = 0;
    for (size_t g = 0; g < graphs; g++) {
        for (size_t stripe = 1; stripe < STRIPES; stripe++) weight[g] += weight[stripe * graphs + g];
        total += weight[g];
        if (weight[g] > weight[likeliest]) likeliest = g;
    }
    r->best = graph_model(&list[likeliest], s->o->lists);
    qsort(r->best.term, (size_t)r->best.n, sizeof *r->best.term, model_term_compare);
    r->best_probability = weight[likeliest] / total;
}

static status
average(arena *a, const setting *s, size_t graphs, graph *list, decomposable_result *r)
{
    size_t most = FACTOR * (size_t)s->o->total;
    span *spans;
    block *blocks;
    double *posterior, *weight, top;
    ALLOC(a, spans, graphs);
    CHECK(scan_coarse(s, graphs, list, most, spans, &top));
    size_t kept = keep_spans(graphs, list, spans);
    ALLOC(a, posterior, most + 1);
    ALLOC(a, weight, STRIPES * kept);
    ALLOC(a, blocks, STRIPES);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads_count())
    for (size_t stripe = 0; stripe < STRIPES; stripe++)
        sum_stripe(s, stripe, most, kept, list, spans, top, &blocks[stripe], posterior, weight + stripe * kept);
    summarise(s->o, most, posterior, r);
    r->graphs = graphs, r->kept = kept;
    find_likeliest(s, kept, list, weight, r);
    return ST_OK;
}

status
decomposable_average(const overlap *o, double delta, decomposable_result *result)
{
    SCRATCH(tmp);
    if (o->lists < 3 || o->lists > 6)
        FAIL(ST_UNSUPPORTED, "decomposable graphs are averaged for 3 to 6 lists, the table has %d: merge lists or use another method", o->lists);
    if (o->total > PERSONS) FAIL(ST_LIMIT, "decomposable graphs are averaged for at most %d persons", PERSONS);
    setting s = {.o = o, .delta = delta};
    decomposable_result r = {0};
    graph *list;
    size_t graphs;
    set_margins(&s);
    CHECK(list_graphs(tmp, o->lists, &graphs, &list));
    CHECK(average(tmp, &s, graphs, list, &r));
    *result = r;
    return ST_OK;
}
