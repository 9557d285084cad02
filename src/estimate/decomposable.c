#include "estimate/decomposable.h"

#include "base/threads.h"
#include "estimate/elementary.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

enum { COARSE = 1024, BLOCK = 256, STRIPES = 16, FACTOR = 25, SETS = 64, PERSONS = 10000000 };

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

static unsigned
neighbours(unsigned edges, int lists, int v, unsigned among)
{
    unsigned found = 0;
    for (int i = 0, e = 0; i < lists; i++)
        for (int j = i + 1; j < lists; j++, e++)
            if (edges >> e & 1) {
                if (i == v) found |= 1u << j;
                if (j == v) found |= 1u << i;
            }
    return found & among;
}

static bool
is_clique(unsigned edges, int lists, unsigned set)
{
    for (unsigned left = set; left; left &= left - 1) {
        int v = __builtin_ctz(left);
        if ((neighbours(edges, lists, v, set) | 1u << v) != set) return false;
    }
    return true;
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
    unsigned left = (1u << lists) - 1;
    *g = (graph){.edges = (uint16_t)edges};
    while (left) {
        unsigned taken = 0;
        for (int v = 0; v < lists && !taken; v++) {
            unsigned around = neighbours(edges, lists, v, left);
            if (!(left >> v & 1) || !is_clique(edges, lists, around)) continue;
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

static inline double
graph_value(const graph *g, const double value[SETS])
{
    double sum = g->components * value[0];
    for (int i = 0; i < g->n; i++) sum += g->power[i] * value[g->set[i]];
    return sum;
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

static void
value_graphs(const setting *s, size_t graphs, const graph *list, double unseen, double value_of[])
{
    double value[SETS], shared = shared_value(s, unseen);
    set_values(s, unseen, value);
    for (size_t g = 0; g < graphs; g++) value_of[g] = graph_value(&list[g], value) + shared;
}

/* The best value of all graphs over the grid, and where each is not negligible beside it (one grid point more on both
 * sides); graphs that nowhere matter get an empty span. */
static status
scan_coarse(const setting *s, size_t graphs, const graph *list, size_t most, span spans[], double *top)
{
    SCRATCH(tmp);
    double *value, ratio = exp_clamped(log_plain((double)most) / (COARSE - 2)), grid[COARSE];
    ALLOC(tmp, value, graphs);
    *top = -INFINITY;
    for (int i = 0; i < COARSE; i++) {
        grid[i] = i > 1 ? grid[i - 1] * ratio : i; /* 0, 1, and from there by a ratio */
        value_graphs(s, graphs, list, grid[i], value);
        for (size_t g = 0; g < graphs; g++)
            if (value[g] > *top) *top = value[g];
    }
    for (int i = 0; i < COARSE; i++) {
        value_graphs(s, graphs, list, grid[i], value);
        for (size_t g = 0; g < graphs; g++) {
            if (value[g] < *top - NEGLIGIBLE) continue;
            if (!spans[g].to) spans[g].from = (size_t)grid[i > 0 ? i - 1 : 0];
            spans[g].to = i + 1 < COARSE ? (size_t)grid[i + 1] + 1 : most;
        }
    }
    return ST_OK;
}

/* Tables over a block of N: one row a set, as set_values gives them, and what all graphs share. */
typedef struct block {
    size_t from, n;
    double value[SETS][BLOCK], shared[BLOCK], sum[BLOCK];
} block;

static void
fill_block(const setting *s, double top, block *b)
{
    double value[SETS];
    for (size_t i = 0; i < b->n; i++) {
        set_values(s, (double)(b->from + i), value);
        for (size_t set = 0; set < s->o->cells; set++) b->value[set][i] = value[set];
        b->shared[i] = shared_value(s, (double)(b->from + i)) - top;
    }
}

/* The posterior of one graph over a block joins `posterior`; gives its sum. */
static double
add_graph(const graph *g, block *b, double posterior[])
{
    double *restrict sum = b->sum, weight = 0;
    for (size_t i = 0; i < BLOCK; i++) sum[i] = b->shared[i] + g->components * b->value[0][i];
    for (int k = 0; k < g->n; k++) {
        const double *restrict value = b->value[g->set[k]];
        double power = g->power[k];
        for (size_t i = 0; i < BLOCK; i++) sum[i] += power * value[i];
    }
    for (size_t i = 0; i < BLOCK; i++) sum[i] = exp_clamped(sum[i]);
    for (size_t i = 0; i < b->n; i++) posterior[i] += sum[i];
    for (size_t i = 0; i < b->n; i++) weight += sum[i];
    return weight;
}

/* Every STRIPES-th block, in order: the sums do not depend on who does which stripe. */
static void
sum_stripe(const setting *s, size_t stripe, size_t most, size_t graphs, const graph *list, const span spans[], double top, block *b,
           double posterior[], double weight[])
{
    for (b->from = stripe * BLOCK; b->from <= most; b->from += STRIPES * BLOCK) {
        b->n = most + 1 - b->from < BLOCK ? most + 1 - b->from : BLOCK;
        bool filled = false;
        for (size_t g = 0; g < graphs; g++) {
            if (spans[g].to < b->from || spans[g].from >= b->from + b->n) continue;
            if (!filled) fill_block(s, top, b);
            filled = true;
            weight[g] += add_graph(&list[g], b, posterior + b->from);
        }
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
    for (unsigned set = 3; set < 1u << lists; set++)
        if (__builtin_popcount(set) > 1 && is_clique(g->edges, lists, set)) m.term[m.n++] = (uint16_t)set;
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
