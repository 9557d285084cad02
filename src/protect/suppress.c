#include "protect/suppress.h"

#include "base/rng.h"
#include "protect/audit.h"
#include "protect/span.h"

#include <stdlib.h>

enum { MOST_ROUNDS = 30, MOST_ORDERS = 40 };

typedef struct candidate {
    double rank; /* shown in ascending rank */
    uint32_t cell;
} candidate;

typedef struct suppressor {
    const protect_system *s;
    const suppress_options *o;
    uint8_t *primary;  /* [n] */
    uint8_t *forced;   /* [n] hidden because an attack showed that it must be */
    size_t pairs;      /* a person alone in one part, and another sensitive part of the same sum */
    uint32_t (*pair)[2];
} suppressor;

static int
by_rank(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
    return x->cell < y->cell ? -1 : x->cell > y->cell;
}

static void
find_primary(suppressor *p)
{
    const protect_system *s = p->s;
    for (size_t i = 0; i < s->n; i++) {
        p->primary[i] = s->value[i] < p->o->minimum && (s->value[i] > 0 || (p->o->hide_zero && !s->zero[i]));
        p->primary[i] |= p->o->sensitive && p->o->sensitive[i];
    }
    for (size_t i = 0; i < s->rows && p->o->hide_full; i++) {
        const system_row *r = &s->row[i];
        if (r->relation != SYSTEM_EQUAL || r->n < 2 || s->value[r->whole] == 0 || s->value[r->whole] >= 10 * p->o->minimum) continue;
        for (uint32_t k = 0; k < r->n; k++)
            if (s->value[r->part[k]] == s->value[r->whole]) p->primary[r->part[k]] = 1;
    }
}

/* Who is alone in a part knows it: with the sum he must not find another part. */
static status
find_pairs(arena *a, suppressor *p)
{
    const protect_system *s = p->s;
    size_t most = 0;
    for (int fill = 0; fill < 2; fill++) {
        if (fill) ALLOC(a, p->pair, most);
        for (size_t i = 0; i < s->rows; i++) {
            const system_row *r = &s->row[i];
            for (uint32_t k = 0; k < r->n && r->relation == SYSTEM_EQUAL; k++)
                for (uint32_t j = 0; j < r->n; j++) {
                    uint32_t one = r->part[k], other = r->part[j];
                    if (one == other || s->value[one] != 1 || !p->primary[other] || (s->value[other] == 1 && j < k)) continue;
                    if (!fill) most++;
                    else {
                        p->pair[p->pairs][0] = one;
                        p->pair[p->pairs++][1] = other;
                    }
                }
        }
    }
    return ST_OK;
}

/* Zeros first, then from the largest down; later orders shuffle the middle a little. */
static double
rank_of(const protect_system *s, uint32_t cell, int order, rng *random)
{
    double value = (double)s->value[cell], noise = order == 0 ? 1 : 0.5 + rng_uniform(random);
    return value == 0 ? -1e18 : -value * noise;
}

static status
one_order(const suppressor *p, int order, uint8_t hidden[], size_t *count)
{
    SCRATCH(tmp);
    const protect_system *s = p->s;
    span *known;
    candidate *list;
    size_t n = 0, primary = 0;
    rng random = rng_new((uint64_t)order, 3);
    ALLOC(tmp, list, s->n);
    for (uint32_t i = 0; i < s->n; i++) primary += p->primary[i];
    CHECK(span_new(tmp, s, primary + p->pairs, &known));
    for (uint32_t i = 0; i < s->n; i++)
        if (p->primary[i]) CHECK(span_watch(known, i, SYSTEM_NONE));
    for (size_t i = 0; i < p->pairs; i++) CHECK(span_watch(known, p->pair[i][0], p->pair[i][1]));
    *count = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        hidden[i] = p->primary[i] || p->forced[i];
        *count += hidden[i];
        if (!hidden[i]) list[n++] = (candidate){rank_of(s, i, order, &random), i};
    }
    qsort(list, n, sizeof *list, by_rank);
    for (size_t i = 0; i < n; i++)
        if (!span_show(known, list[i].cell)) {
            hidden[list[i].cell] = 1;
            ++*count;
        }
    return ST_OK;
}

/* Several orders where that is cheap; the one that hides least. */
static status
best_order(const suppressor *p, uint8_t hidden[], size_t *count)
{
    SCRATCH(tmp);
    size_t n = p->s->n, orders = n < 1000 ? MOST_ORDERS : n < 3000 ? 4 : 1;
    uint8_t *tried;
    ALLOC(tmp, tried, n);
    *count = SIZE_MAX;
    for (size_t k = 0; k < orders; k++) {
        size_t found;
        CHECK(one_order(p, (int)k, tried, &found));
        if (found >= *count) continue;
        *count = found;
        memcpy(hidden, tried, n);
    }
    return ST_OK;
}

/* As the attack on the release will be, to the letter. */
static status
attack(arena *tmp, const suppressor *p, const uint8_t hidden[], audit_result *r)
{
    const protect_system *s = p->s;
    int64_t *lower, *upper, most = 100;
    uint8_t *sensitive;
    ALLOC(tmp, lower, s->n);
    ALLOC(tmp, upper, s->n);
    ALLOC(tmp, sensitive, s->n);
    for (size_t i = 0; i < s->n; i++)
        if (s->value[i] > most) most = s->value[i];
    for (size_t i = 0; i < s->n; i++) {
        lower[i] = hidden[i] ? 0 : s->value[i];
        upper[i] = hidden[i] ? 4 * most : s->value[i];
        sensitive[i] = p->primary[i] && s->value[i] > 0;
    }
    audit_input in = {.system = s, .lower = lower, .upper = upper, .start = s->value, .sensitive = sensitive, .seed = 1};
    return protect_audit(tmp, &in, r);
}

/* Is one of the row's counts in the set? */
static bool
touches(const system_row *r, const uint8_t set[])
{
    for (uint32_t k = 0; k < r->n; k++)
        if (set[r->part[k]]) return true;
    return set[r->whole];
}

/* The smallest shown count in a row that touches the set; SYSTEM_NONE: all are hidden. next: the set with these rows' counts. */
static uint32_t
smallest_beside(const suppressor *p, const uint8_t hidden[], const uint8_t set[], uint8_t next[])
{
    const protect_system *s = p->s;
    uint32_t best = SYSTEM_NONE;
    for (size_t i = 0; i < s->rows; i++) {
        const system_row *r = &s->row[i];
        if (!touches(r, set)) continue;
        for (uint32_t k = 0; k <= r->n; k++) {
            uint32_t c = k < r->n ? r->part[k] : r->whole;
            next[c] = 1;
            if (hidden[c] || p->forced[c] || s->value[c] == 0) continue;
            if (best == SYSTEM_NONE || s->value[c] < s->value[best]) best = c;
        }
    }
    return best;
}

/* Beside an exposed count the smallest shown one of its sums is hidden too, or of the sums of these. */
static status
hide_more(suppressor *p, const uint8_t hidden[], uint32_t exposed, bool *found)
{
    SCRATCH(tmp);
    uint8_t *set, *next;
    ALLOC(tmp, set, p->s->n);
    ALLOC(tmp, next, p->s->n);
    set[exposed] = 1;
    uint32_t best = SYSTEM_NONE;
    for (int distance = 0; distance < 4 && best == SYSTEM_NONE; distance++) {
        best = smallest_beside(p, hidden, set, next);
        memcpy(set, next, p->s->n);
    }
    *found = best != SYSTEM_NONE;
    if (*found) p->forced[best] = 1;
    return ST_OK;
}

status
protect_suppress(arena *out, const protect_system *s, const suppress_options *o, suppression *result)
{
    SCRATCH(tmp);
    suppression r = {.solver = "Gaussian elimination"};
    suppressor p = {.s = s, .o = o};
    audit_result found;
    ALLOC(out, r.hidden, s->n);
    ALLOC(tmp, p.primary, s->n);
    ALLOC(tmp, p.forced, s->n);
    find_primary(&p);
    CHECK(find_pairs(tmp, &p));
    for (size_t i = 0; i < s->n; i++) r.primary += p.primary[i];
    for (int round = 0; round < MOST_ROUNDS; round++) {
        CHECK(best_order(&p, r.hidden, &r.suppressed));
        CHECK(attack(tmp, &p, r.hidden, &found));
        if (found.exposed == 0) {
            *result = r;
            return ST_OK;
        }
        for (size_t i = 0; i < found.n; i++) {
            if (!found.cell[i].exposed) continue;
            bool more;
            CHECK(hide_more(&p, r.hidden, found.cell[i].cell, &more));
            if (!more)
                FAIL(ST_INFEASIBLE, "%s: a small count cannot be hidden (%s): every count near it is hidden already",
                     s->source[found.cell[i].cell], system_describe(tmp, s, found.cell[i].cell));
        }
    }
    FAIL(ST_EXPOSED, "%zu small counts can still be recovered after %d rounds of hiding more", found.exposed, MOST_ROUNDS);
}
