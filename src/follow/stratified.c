#include "follow/stratified.h"

#include <math.h>
#include <string.h>
#define MATHLIB_STANDALONE
#include <Rmath.h>

enum { EACH = 2, MOVING = 4 * EACH, MOST = 96 }; /* strata that give and take; counts of the first kind the exact test goes up to */

struct follow_stratified {
    int64_t sum[4];
    size_t moving;
    int64_t own[MOVING][4];
    mh_sums fixed;           /* of the other strata */
    double chance[MOST];     /* that the others have so many of the first kind */
};

static bool
among(size_t n, const size_t list[], size_t i)
{
    for (size_t k = 0; k < n; k++)
        if (list[k] == i) return true;
    return false;
}

/* The strata with most of each kind of person. */
static size_t
choose_moving(size_t n, const int64_t *tables, size_t list[MOVING])
{
    size_t chosen = 0;
    for (size_t kind = 0; kind < 4; kind++)
        for (int k = 0; k < EACH; k++) {
            size_t best = n;
            for (size_t i = 0; i < n; i++)
                if (!among(chosen, list, i) && (best == n || tables[4 * i + kind] > tables[4 * best + kind])) best = i;
            if (best < n) list[chosen++] = best;
        }
    return chosen;
}

/* chance[] = that of the sum with a further stratum: hypergeometric given its margins. */
static void
add_chances(const int64_t t[4], double chance[MOST])
{
    double cases = (double)(t[0] + t[1]), others = (double)(t[2] + t[3]), yes = (double)(t[0] + t[2]);
    double low = fmax(0, yes - others), high = fmin(fmin(cases, yes), MOST - 1), made[MOST] = {0};
    for (double k = low; k <= high; k++) {
        double p = dhyper(k, cases, others, yes, 0);
        for (size_t i = 0; i + (size_t)k < MOST; i++) made[i + (size_t)k] += p * chance[i];
        if (p < 1e-15 && k > yes * cases / (cases + others)) break;
    }
    memcpy(chance, made, sizeof made);
}

status
follow_stratified_new(arena *a, size_t n, const int64_t *tables, follow_stratified **result)
{
    follow_stratified *x;
    size_t list[MOVING];
    ALLOC(a, x, 1);
    x->moving = choose_moving(n, tables, list);
    x->chance[0] = 1;
    for (size_t k = 0; k < x->moving; k++) memcpy(x->own[k], tables + 4 * list[k], sizeof x->own[k]);
    for (size_t i = 0; i < n; i++) {
        const int64_t *t = tables + 4 * i;
        for (int k = 0; k < 4; k++) x->sum[k] += t[k];
        if (among(x->moving, list, i) || t[0] + t[1] + t[2] + t[3] < 2) continue;
        follow_mh_add(t, &x->fixed);
        add_chances(t, x->chance);
    }
    *result = x;
    return ST_OK;
}

/* Take from, or put into, the strata that have most of a kind. */
static bool
shift(size_t n, int64_t own[][4], int kind, int64_t by)
{
    while (by != 0) {
        size_t best = 0;
        for (size_t i = 1; i < n; i++)
            if (own[i][kind] > own[best][kind]) best = i;
        int64_t step = by > 0 || own[best][kind] >= -by ? by : -own[best][kind];
        if (n == 0 || step == 0) return false;
        own[best][kind] += step;
        by -= step;
    }
    return true;
}

static double
exact_test(const follow_stratified *x, const int64_t own[][4], int64_t seen)
{
    double chance[MOST], p = 0;
    if (seen >= MOST) return NAN;
    memcpy(chance, x->chance, sizeof chance);
    for (size_t i = 0; i < x->moving; i++) add_chances(own[i], chance);
    for (int k = 0; k < MOST; k++)
        if (chance[k] <= chance[seen] * (1 + 1e-7)) p += chance[k];
    return fmin(p, 1);
}

/* So many of one group from yes to no, or back, each within her stratum: as many stay in it as were. What is left to do is taken from `left`. */
static void
turn(size_t n, int64_t own[][4], int yes, int64_t left[4])
{
    int loser = left[yes] < 0 ? yes : yes + 1, winner = loser == yes ? yes + 1 : yes;
    while (left[loser] < 0 && left[winner] > 0) {
        size_t best = 0;
        for (size_t i = 1; i < n; i++)
            if (own[i][loser] > own[best][loser]) best = i;
        int64_t step = left[winner] < -left[loser] ? left[winner] : -left[loser];
        if (n == 0 || own[best][loser] == 0) return;
        if (step > own[best][loser]) step = own[best][loser];
        own[best][loser] -= step, own[best][winner] += step;
        left[loser] += step, left[winner] -= step;
    }
}

/* Make the moving strata add up, with the others, from one sum to another; with as many in each stratum as before where the groups stay as large. */
static bool
move(size_t n, int64_t own[][4], const int64_t from[4], const int64_t to[4])
{
    int64_t left[4];
    for (int kind = 0; kind < 4; kind++) left[kind] = to[kind] - from[kind];
    for (int group = 0; group < 4; group += 2) turn(n, own, group, left);
    for (int kind = 0; kind < 4; kind++)
        if (!shift(n, own, kind, left[kind])) return false;
    return true;
}

static mantel_haenszel
test_of(const follow_stratified *x, const int64_t own[][4])
{
    mh_sums m = x->fixed;
    for (size_t i = 0; i < x->moving; i++)
        if (own[i][0] + own[i][1] + own[i][2] + own[i][3] >= 2) follow_mh_add(own[i], &m);
    return follow_mh_of(&m, 0.95);
}

bool
follow_stratified_at(const follow_stratified *x, const int64_t sum[4], const int64_t of[4], bool exact, stratified_test *result)
{
    int64_t own[MOVING][4];
    memcpy(own, x->own, sizeof own);
    if (!move(x->moving, own, x->sum, sum)) return false;
    mantel_haenszel r = test_of(x, (const int64_t(*)[4])own);
    *result = (stratified_test){r.chisq, r.p, NAN, r.risk_ratio};
    if (exact) result->exact = r.chisq > 100 && sum[0] >= 12 ? 0 : exact_test(x, (const int64_t(*)[4])own, sum[0]);
    if (!of) return true;
    result->risk_ratio = (effect){NAN, NAN, NAN};
    if (move(x->moving, own, sum, of)) result->risk_ratio = test_of(x, (const int64_t(*)[4])own).risk_ratio;
    return true;
}
