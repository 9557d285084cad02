#include "protect/release_making.h"

#include "protect/round.h"

#include <stdlib.h>

/* Attacks spent on finding fewer changes. */
enum { MOST_TRIES = 300 };

/* Counts that are on their other neighbour. */
typedef struct changes {
    making *m;
    size_t n;
    uint32_t *cell;
    size_t tries;
} changes;

static bool
can_change(const making *m, uint32_t cell)
{
    return cell < m->data.system.n && m->data.system.value[cell] % m->data.spec.base != 0;
}

static bool
is_changed(const changes *c, uint32_t cell)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->cell[i] == cell) return true;
    return false;
}

/* From one neighbour to the other. */
static void
flip(making *m, uint32_t cell)
{
    int base = m->data.spec.base;
    m->value[cell] += m->value[cell] > m->data.system.value[cell] ? -base : base;
}

static void
add(changes *c, uint32_t cell)
{
    flip(c->m, cell);
    c->cell[c->n++] = cell;
}

static uint32_t
take_away(changes *c, size_t i)
{
    uint32_t cell = c->cell[i];
    flip(c->m, cell);
    c->n--;
    memmove(c->cell + i, c->cell + i + 1, (c->n - i) * sizeof *c->cell);
    return cell;
}

static void
put_back(changes *c, size_t i, uint32_t cell)
{
    flip(c->m, cell);
    memmove(c->cell + i + 1, c->cell + i, (c->n - i) * sizeof *c->cell);
    c->cell[i] = cell;
    c->n++;
}

static status
passes(changes *c, bool *good)
{
    SCRATCH(tmp);
    release_found f;
    c->tries++;
    CHECK(making_attack(tmp, c->m, NULL, &f));
    *good = !release_fails(&f);
    return ST_OK;
}

/* A count that stands in a sum with this one and can still be changed; SYSTEM_NONE: there is none. */
static uint32_t
relative(const changes *c, uint32_t cell)
{
    const protect_system *s = c->m->found.system;
    for (size_t i = 0; i < s->rows; i++) {
        const system_row *r = &s->row[i];
        bool in = r->whole == cell;
        for (uint32_t k = 0; k < r->n; k++) in |= r->part[k] == cell;
        if (!in) continue;
        for (uint32_t k = 0; k <= r->n; k++) {
            uint32_t other = k < r->n ? r->part[k] : r->whole;
            if (other != cell && can_change(c->m, other) && !is_changed(c, other)) return other;
        }
    }
    return SYSTEM_NONE;
}

/* The first count that is found and can be changed, or else one beside it. */
static uint32_t
next_change(const changes *c)
{
    const release_found *f = &c->m->found;
    for (int beside = 0; beside < 2; beside++)
        for (size_t i = 0; i < f->audit.n; i++) {
            uint32_t cell = f->audit.cell[i].cell;
            if (!f->audit.cell[i].exposed && !f->narrow[i]) continue;
            if (!beside && can_change(c->m, cell) && !is_changed(c, cell)) return cell;
            uint32_t other = beside ? relative(c, cell) : SYSTEM_NONE;
            if (other != SYSTEM_NONE) return other;
        }
    return SYSTEM_NONE;
}

static status
until_nobody_is_found(arena *a, changes *c)
{
    while (release_fails(&c->m->found)) {
        uint32_t cell = next_change(c);
        if (cell == SYSTEM_NONE) return ST_OK;
        add(c, cell);
        CHECK(making_attack(a, c->m, NULL, &c->m->found));
    }
    return ST_OK;
}

/* Changes that are not needed once the later ones are made. One stays: else every number would be known to be the nearest. */
static status
drop_needless(changes *c)
{
    for (size_t i = 0; i < c->n && c->n > 1 && c->tries < MOST_TRIES;) {
        uint32_t cell = take_away(c, i);
        bool good;
        CHECK(passes(c, &good));
        if (good) continue;
        put_back(c, i++, cell);
    }
    return ST_OK;
}

/* One change in the place of two. all: every count was tried in the place of all changes, and two are needed. */
static status
exchange(changes *c, bool *better)
{
    const making *m = c->m;
    *better = false;
    for (size_t i = 0; i + 1 < c->n; i++) {
        uint32_t one = take_away(c, i), two = take_away(c, i);
        for (uint32_t other = 0; other < m->data.system.n && c->tries < MOST_TRIES; other++) {
            if (!can_change(m, other) || is_changed(c, other)) continue;
            add(c, other);
            CHECK(passes(c, better));
            if (*better) return ST_OK;
            (void)take_away(c, c->n - 1);
        }
        put_back(c, i, two);
        put_back(c, i, one);
    }
    return ST_OK;
}

status
making_change(arena *a, making *m)
{
    changes c = {.m = m};
    protect_rounding r = {.value = m->value};
    bool better = true;
    ALLOC(a, c.cell, m->data.system.n);
    m->reach = m->data.spec.base - 1; /* from now on nobody knows that a number is the nearest */
    CHECK(until_nobody_is_found(a, &c));
    if (release_fails(&m->found)) return ST_OK;
    CHECK(drop_needless(&c));
    while (better && c.n > 1) CHECK(exchange(&c, &better));
    CHECK(making_attack(a, m, NULL, &m->found));
    m->facts.changed = c.n;
    m->facts.least_changes = c.n < 2 || c.tries >= MOST_TRIES ? c.n > 0 : c.n == 2 ? 2 : 1;
    protect_round_measure(&m->data.system, m->data.spec.base, &r);
    m->facts.c.moved = r.moved;
    m->facts.c.mean_deviation = r.mean;
    m->facts.c.additive = r.additive;
    return ST_OK;
}
