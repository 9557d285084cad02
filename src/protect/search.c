#include "protect/search.h"

#include "protect/setter.h"

#include <math.h>
#include <string.h>

/* RESTART: contradictions until it starts again from the top. */
enum { RESTART = 150 };
static const double growth = 1.02, largest = 1e100;

/* A decision. */
typedef struct choice {
    size_t mark;      /* of the trail, before it */
    uint32_t column;
    bool both;        /* the other value has failed already */
} choice;

typedef struct searcher {
    setter s;
    const double *fraction;
    double *score;    /* [n] how sure, and what its rows are to blame for */
    double gain;      /* what the next contradiction adds */
    choice *stack;
    size_t depth;
    int conflicts;
} searcher;

static uint32_t
next_column(const searcher *t)
{
    uint32_t best = UINT32_MAX;
    double most = -1;
    for (uint32_t j = 0; j < t->s.p->n; j++)
        if (t->s.value[j] < 0 && t->score[j] > most) {
            most = t->score[j];
            best = j;
        }
    return best;
}

/* The row in the way: its variables come sooner from now on. */
static void
blame(searcher *t)
{
    const binary_problem *p = t->s.p;
    uint32_t i = t->s.blamed;
    for (uint32_t k = p->start[i]; k < p->start[i + 1]; k++) t->score[p->column[k]] += t->gain;
    t->gain *= growth;
    t->conflicts++;
    if (t->gain < largest) return;
    for (size_t j = 0; j < p->n; j++) t->score[j] /= largest;
    t->gain /= largest;
}

/* False on a contradiction, which is taken back. */
static bool
try_value(searcher *t, uint32_t column, int8_t value)
{
    size_t mark = t->s.set;
    setter_set(&t->s, column, value);
    if (setter_follow(&t->s, false)) return true;
    blame(t);
    setter_undo(&t->s, mark);
    return false;
}

/* The last choice that has another value left takes it; false: there is none. */
static bool
turn_round(searcher *t)
{
    for (;;) {
        while (t->depth > 0 && t->stack[t->depth - 1].both) setter_undo(&t->s, t->stack[--t->depth].mark);
        if (t->depth == 0) return false;
        choice *c = &t->stack[t->depth - 1];
        int8_t other = !t->s.value[c->column];
        setter_undo(&t->s, c->mark);
        c->both = true;
        if (try_value(t, c->column, other)) return true;
        t->depth--;
    }
}

/* Once from the top. done: a solution, or none exists. */
static bool
descend(searcher *t, int most, search_result *r)
{
    int until = t->conflicts + RESTART < most ? t->conflicts + RESTART : most;
    t->depth = 0;
    setter_clear(&t->s);
    while (t->conflicts < until) {
        uint32_t j = next_column(t);
        if (j == UINT32_MAX) {
            r->found = true;
            return true;
        }
        int8_t first = t->fraction[j] > 0.5;
        t->stack[t->depth] = (choice){t->s.set, j, false};
        if (try_value(t, j, first)) {
            t->depth++;
            continue;
        }
        t->stack[t->depth].both = true;
        if (try_value(t, j, !first)) {
            t->depth++;
            continue;
        }
        if (turn_round(t)) continue;
        r->infeasible = true;
        return true;
    }
    return false;
}

status
search_solve(const binary_problem *p, const double fraction[], int most, int8_t value[], search_result *result)
{
    SCRATCH(tmp);
    searcher t = {.fraction = fraction, .gain = 0.05};
    search_result r = {.found = false};
    CHECK(setter_new(tmp, p, &t.s));
    ALLOC(tmp, t.stack, p->n + 1);
    ALLOC(tmp, t.score, p->n);
    for (size_t j = 0; j < p->n; j++) t.score[j] = fabs(fraction[j] - 0.5);
    while (t.conflicts < most && !descend(&t, most, &r)) continue;
    if (r.found) memcpy(value, t.s.value, p->n);
    r.conflicts = t.conflicts;
    *result = r;
    return ST_OK;
}
