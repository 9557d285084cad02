#include "protect/lattice_line.h"

#include <stdlib.h>

enum { LANES = 32 };

typedef int8_t lanes __attribute__((vector_size(LANES)));

/* What a pass over a row gathers, lane by lane. */
typedef struct gathered {
    lanes no_up, no_down, large, count;
} gathered;

static inline void
gather(gathered *g, lanes x, lanes room)
{
    lanes sign = x < 0;
    g->no_up |= -x > room;
    g->no_down |= x > room;
    g->large |= (x ^ sign) - sign;
    g->count -= x != 0;
}

static bool
any(lanes x)
{
    int8_t bits = 0;
    for (int k = 0; k < LANES; k++) bits |= x[k];
    return bits != 0;
}

/* Add up the counts, which would not fit much longer. */
static void
add_counts(gathered *g, lattice_line *r)
{
    for (int k = 0; k < LANES; k++) r->n += (uint32_t)g->count[k];
    g->count = (lanes){0};
}

static void
finish(const gathered *g, lattice_line *r)
{
    int bits = 0;
    for (int k = 0; k < LANES; k++) bits |= g->large[k];
    r->up = !any(g->no_up);
    r->down = !any(g->no_down);
    r->known = false;
    for (r->largest = 0; r->largest < bits;) r->largest = 2 * r->largest + 1; /* the bits of all together: no less */
}

enum { STRETCH = 32 }; /* lanes between two looks at what was gathered: at most 127 */

void
lattice_measure(const lattice *l, lattice_line *r)
{
    gathered g = {0};
    const lanes *v = (const lanes *)(const void *)r->v, *room = (const lanes *)(const void *)l->room;
    r->n = 0;
    for (size_t i = 0, n = l->width / LANES; i < n;) {
        for (size_t end = i + STRETCH < n ? i + STRETCH : n; i < end; i++) gather(&g, v[i], room[i]);
        add_counts(&g, r);
    }
    finish(&g, r);
}

bool
lattice_subtract(const lattice *l, lattice_line *to, const int8_t from[], int32_t factor, const int8_t other[], bool useful)
{
    gathered g = {0};
    lanes q = {0}, *v = (lanes *)(void *)to->v;
    const lanes *u = (const lanes *)(const void *)from, *w = (const lanes *)(const void *)other, *room = (const lanes *)(const void *)l->room;
    for (int k = 0; k < LANES; k++) q[k] = (int8_t)factor;
    to->n = 0;
    for (size_t i = 0, n = l->width / LANES; i < n;) {
        size_t end = i + STRETCH < n ? i + STRETCH : n;
        if (factor == 1)
            for (; i < end; i++) gather(&g, v[i] = u[i] - w[i], room[i]);
        else if (factor == -1)
            for (; i < end; i++) gather(&g, v[i] = u[i] + w[i], room[i]);
        else
            for (; i < end; i++) gather(&g, v[i] = u[i] - q * w[i], room[i]);
        if (useful && any(g.no_up) && any(g.no_down)) return false;
        add_counts(&g, to);
    }
    finish(&g, to);
    return true;
}

static void
step_out(lattice *l, uint32_t i)
{
    l->step[l->steps++] = (lattice_step){i, i, 0, l->line[i]};
    l->line[i].out = true;
}

static status
make_room(lattice *l)
{
    if (l->steps + l->lines + 1 < l->capacity) return ST_OK;
    lattice_step *more;
    ALLOC(l->a, more, 2 * l->capacity + l->lines + 2);
    if (l->steps) memcpy(more, l->step, l->steps * sizeof *more);
    l->capacity = 2 * l->capacity + l->lines + 2;
    l->step = more;
    return ST_OK;
}

static void
step_subtract(lattice *l, uint32_t i, int32_t factor, uint32_t other)
{
    lattice_line *r = &l->line[i];
    if (r->largest + abs(factor) * l->line[other].largest > INT8_MAX) { /* too large to be of use: we know a little less */
        step_out(l, i);
        l->lossy = true;
        return;
    }
    l->step[l->steps++] = (lattice_step){i, other, factor, *r};
    (void)lattice_subtract(l, r, r->v, factor, l->line[other].v, false);
    l->factor[i] -= factor * l->factor[other];
}

static bool
sooner(const lattice *l, uint32_t i, uint32_t than)
{
    int32_t a = abs(l->factor[i]), b = abs(l->factor[than]);
    if (a != b) return a < b;
    if (l->line[i].n != l->line[than].n) return l->line[i].n < l->line[than].n;
    return i < than;
}

/* The skip-th best line to take out: least factor, then fewest entries. SYSTEM_NONE: there are not so many. */
static uint32_t
choose_pivot(const lattice *l, int skip)
{
    uint32_t last = SYSTEM_NONE, best = SYSTEM_NONE;
    for (int k = 0; k <= skip; k++, last = best) {
        best = SYSTEM_NONE;
        for (size_t i = 0; i < l->touches; i++) {
            uint32_t t = l->touched[i];
            if (l->line[t].out || l->factor[t] == 0 || (last != SYSTEM_NONE && !sooner(l, last, t))) continue;
            if (best == SYSTEM_NONE || sooner(l, t, best)) best = t;
        }
        if (best == SYSTEM_NONE) return SYSTEM_NONE;
    }
    return best;
}

status
lattice_eliminate(lattice *l, int skip, bool *done)
{
    uint32_t pivot;
    *done = false;
    while ((pivot = choose_pivot(l, *done ? 0 : skip)) != SYSTEM_NONE) {
        bool alone = true;
        CHECK(make_room(l));
        *done = true;
        for (size_t i = 0; i < l->touches; i++) {
            uint32_t t = l->touched[i];
            if (t == pivot || l->line[t].out || l->factor[t] == 0) continue;
            step_subtract(l, t, l->factor[t] / l->factor[pivot], pivot);
            alone = alone && (l->line[t].out || l->factor[t] == 0);
        }
        if (!alone) continue;
        step_out(l, pivot);
    }
    return ST_OK;
}

void
lattice_undo(lattice *l)
{
    while (l->steps > 0) {
        const lattice_step *k = &l->step[--l->steps];
        lattice_line *r = &l->line[k->line];
        if (k->factor != 0) {
            l->factor[k->line] += k->factor * l->factor[k->other];
            (void)lattice_subtract(l, r, r->v, -k->factor, l->line[k->other].v, false);
        }
        *r = k->before;
        r->known = r->known && k->factor == 0;
    }
}

void
lattice_forget_touched(lattice *l)
{
    for (size_t i = 0; i < l->touches; i++) l->mark[l->touched[i]] = 0;
    l->touches = 0;
}

void
lattice_commit(lattice *l)
{
    size_t left = 0;
    for (size_t i = 0; i < l->alive; i++)
        if (!l->line[l->list[i]].out) l->list[left++] = l->list[i];
    l->alive = left;
    l->steps = 0;
}

void
lattice_touch(lattice *l, uint32_t line, int32_t factor)
{
    l->factor[line] = factor;
    if (factor == 0) return;
    l->mark[line] = 1;
    l->touched[l->touches++] = line;
}

void
lattice_touch_cell(lattice *l, uint32_t cell)
{
    for (size_t i = 0; i < l->alive; i++) lattice_touch(l, l->list[i], l->line[l->list[i]].v[l->at[cell]]);
}
