#include "estimate/lanes.h"

#include "estimate/elementary.h"

#include <stdalign.h>

/* A fit that takes longer is left to fit_poisson. */
enum { LANES_STEPS = 25, HALVING_LIMIT = 30 };

#define WIDTH 4
#define WANTS
#define NAME(x) narrow_##x
#include "estimate/lanes_kernel.h"

#if defined(__x86_64__)
#define WIDTH 8
#define WANTS __attribute__((target("avx512f,avx512dq,avx512vl")))
#define NAME(x) wide_##x
#include "estimate/lanes_kernel.h"
#endif

static bool
machine_is_wide(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}

status
lanes_space_new(arena *out, const model_family *f, size_t slots, lanes_space *result)
{
    lanes_space w = {.lists = f->lists, .parameters = 1 + f->lists + f->candidates, .cells = (size_t)1 << f->lists, .slots = slots,
                     .small = FIT_ROUGH, .wide = machine_is_wide()};
    size_t n = (size_t)w.parameters, row = n * LANES;
    for (int i = 0; i < f->lists; i++) w.term[1 + i] = (uint16_t)(1u << i);
    for (int i = 0; i < f->candidates; i++) w.term[1 + f->lists + i] = f->candidate[i];
    ALLOC(out, w.seen, row);
    ALLOC(out, w.floor, row);
    ALLOC(out, w.unit, row);
    ALLOC(out, w.beta, slots * row);
    ALLOC(out, w.expected, slots * row);
    ALLOC(out, w.member, slots);
    ALLOC(out, w.cell, (w.cells + 1) * LANES);
    ALLOC(out, w.whole, (n + 1) * (n + 2) / 2 * LANES);
    ALLOC(out, w.divided, (n + 1) * (n + 2) / 2 * LANES);
    ALLOC(out, w.at, row);
    ALLOC(out, w.step, row);
    ALLOC(out, w.trial, row);
    *result = w;
    return ST_OK;
}

/* Independence for one table, its beta and superset sums into lane l of slot 0. */
static void
set_root(lanes_space *w, size_t l, const fit_data *d, fit_space *fits)
{
    model m = model_independence(w->lists);
    fit f;
    fit_poisson(fits, d, &m, NULL, &f);
    if (f.converged) fit_expected_sums(fits, d);
    for (int p = 0; p < w->parameters; p++) {
        bool known = f.converged && p <= w->lists && isfinite(f.beta[p]);
        w->beta[p * LANES + (int)l] = known ? f.beta[p] : 0;
        w->expected[p * LANES + (int)l] = f.converged ? fits->sums[w->term[p]] : 0;
    }
}

void
lanes_set(lanes_space *w, size_t n, const fit_data d[], fit_space *fits)
{
    for (size_t l = 0; l < LANES; l++) {
        const fit_data *table = &d[l < n ? l : 0]; /* lanes without a table run along with the first */
        w->constant[l] = table->log_constant;
        w->log_people[l] = log_plain(table->sums[0]);
        for (int p = 0; p < w->parameters; p++) {
            double seen = table->sums[w->term[p]];
            w->seen[p * LANES + (int)l] = seen;
            w->floor[p * LANES + (int)l] = seen > 0 ? 0 : -1e6;
            w->unit[p * LANES + (int)l] = seen > 0 ? 0 : 1;
        }
        set_root(w, l, table, fits);
    }
}

/* Parameters the two models share start where the other ended, new ones at their observed to expected ratio. */
static void
set_start(lanes_space *w, int n, const uint8_t parameter[], size_t from, uint64_t shared)
{
    const double *beta = w->beta + from * (size_t)w->parameters * LANES, *expected = w->expected + from * (size_t)w->parameters * LANES;
    for (int i = 0; i < n; i++) {
        int at = parameter[i] * LANES;
        for (int l = 0; l < LANES; l++) {
            double s = w->seen[at + l], e = expected[at + l];
            w->at[at + l] = shared >> parameter[i] & 1 ? beta[at + l] : s > 0 && e > 0 ? log_plain(s / e) : 0;
        }
    }
}

/* A slot holds where the fit started until it has come to something better. */
static void
keep_start(lanes_space *w, int n, const uint8_t parameter[], size_t from, size_t to)
{
    size_t row = (size_t)w->parameters * LANES;
    for (int i = 0; i < n; i++)
        memcpy(w->beta + to * row + parameter[i] * LANES, w->at + parameter[i] * LANES, LANES * sizeof *w->at);
    if (from != to) memcpy(w->expected + to * row, w->expected + from * row, row * sizeof *w->expected);
}

static void
keep_fitted(lanes_space *w, int n, const uint8_t parameter[], size_t to, const int64_t fitted[LANES])
{
    double *beta = w->beta + to * (size_t)w->parameters * LANES, *expected = w->expected + to * (size_t)w->parameters * LANES;
    for (int i = 0; i < n; i++)
        for (int at = parameter[i] * LANES, l = 0; l < LANES; l++)
            if (fitted[l]) beta[at + l] = w->at[at + l];
    for (int p = 0; p < w->parameters; p++)
        for (int l = 0; l < LANES; l++)
            if (fitted[l]) expected[p * LANES + l] = w->cell[w->term[p] * LANES + l];
}

/* The member's parameters in order of elimination: the intercept last. */
static int
list_parameters(const lanes_space *w, uint32_t member, uint8_t parameter[])
{
    int n = 0;
    for (uint32_t left = member; left;) {
        int i = 31 - __builtin_clz(left);
        left &= ~(1u << i);
        parameter[n++] = (uint8_t)(1 + w->lists + i);
    }
    for (int i = w->lists; i >= 0; i--) parameter[n++] = (uint8_t)i;
    return n;
}

void
lanes_fit_member(lanes_space *w, uint32_t member, size_t from, size_t to, const bool wanted[LANES], lanes_fit *result)
{
    alignas(64) int64_t state[LANES];
    alignas(64) double level[LANES];
    uint8_t parameter[LANES_PARAMETERS];
    int n = list_parameters(w, member, parameter);
    uint64_t lists = ((uint64_t)2 << w->lists) - 1, shared = lists | (uint64_t)(w->member[from] & member) << (1 + w->lists);
    for (int l = 0; l < LANES; l++) state[l] = wanted[l] ? -1 : 0;
    set_start(w, n, parameter, from, shared);
    keep_start(w, n, parameter, from, to);
    w->member[to] = member;
#if defined(__x86_64__)
    if (w->wide) wide_fit(w, n, parameter, 0, level, state);
    else
#endif
        for (size_t off = 0; off < LANES; off += 4) narrow_fit(w, n, parameter, off, level, state);
    keep_fitted(w, n, parameter, to, state);
    for (int l = 0; l < LANES; l++) {
        result->converged[l] = state[l] != 0;
        result->bic[l] = -2 * (level[l] - w->constant[l]) + n * w->log_people[l];
    }
}
