#include "protect/lattice_line.h"

#include <stdlib.h>

enum { MOST_TRIES = 200, MOST_PASSES = 4 };
static const size_t most_bytes = (size_t)3 << 30;


/* The loner behind each count of one: counts of one that contain each other are one person's. */
static uint32_t
chief(uint32_t boss[], uint32_t i)
{
    while (boss[i] != i) i = boss[i] = boss[boss[i]];
    return i;
}

/* Where each count stands in a row. */
static status
place(lattice *l)
{
    uint32_t next = (uint32_t)l->ones;
    for (uint32_t i = 0; i < l->s->n; i++) {
        uint32_t loner = l->loner[i];
        l->at[i] = loner == SYSTEM_NONE ? next++ : l->own_first[loner + 1]++;
        if (loner != SYSTEM_NONE) l->owner[l->at[i]] = loner;
    }
    return ST_OK;
}

static status
find_loners(lattice *l)
{
    SCRATCH(tmp);
    const protect_system *s = l->s;
    uint32_t *boss;
    ALLOC(tmp, boss, s->n);
    ALLOC(l->a, l->loner, s->n);
    ALLOC(l->a, l->own_first, s->n + 2);
    ALLOC(l->a, l->owner, s->n);
    for (uint32_t i = 0; i < s->n; i++) boss[i] = i, l->loner[i] = SYSTEM_NONE;
    for (size_t i = 0; i < s->rows; i++) {
        const system_row *r = &s->row[i];
        if (l->value[r->whole] != 1 || r->relation == SYSTEM_AT_MOST) continue;
        for (uint32_t k = 0; k < r->n; k++)
            if (l->value[r->part[k]] == 1) boss[chief(boss, r->part[k])] = chief(boss, r->whole);
    }
    if (l->against == LATTICE_OUTSIDERS) return place(l);
    for (uint32_t i = 0; i < s->n; i++)
        if (l->value[i] == 1 && chief(boss, i) == i) l->loner[i] = (uint32_t)l->loners++;
    for (uint32_t i = 0; i < s->n; i++)
        if (l->value[i] == 1) l->loner[i] = l->loner[chief(boss, i)], l->own_first[l->loner[i] + 2]++;
    for (size_t i = 2; i < l->loners + 2; i++) l->own_first[i] += l->own_first[i - 1];
    l->ones = l->own_first[l->loners + 1];
    l->words = (l->loners + 63) / 64;
    ALLOC(l->a, l->who, l->words);
    ALLOC(l->a, l->spare.moved, l->words);
    return place(l);
}


static int32_t
left_over(const lattice *l, const system_row *r, const int8_t v[])
{
    int32_t sum = v[l->at[r->whole]];
    for (uint32_t k = 0; k < r->n; k++) sum -= v[l->at[r->part[k]]];
    return sum;
}

/* The loners whose counts of one a line moves. */
static const uint64_t *
moved_by(const lattice *l, lattice_line *r)
{
    if (r->known) return r->moved;
    memset(r->moved, 0, l->words * sizeof *r->moved);
    for (size_t k = 0; k < l->ones;) {
        uint64_t eight;
        memcpy(&eight, r->v + k, sizeof eight); /* a row has room behind the counts of one: it is as wide as whole lanes */
        if (eight == 0) {
            k += sizeof eight;
            continue;
        }
        for (size_t end = k + sizeof eight < l->ones ? k + sizeof eight : l->ones; k < end; k++)
            if (r->v[k]) r->moved[l->owner[k] / 64] |= UINT64_C(1) << l->owner[k] % 64;
    }
    r->known = true;
    return r->moved;
}

/* Into the spare line; false: it leaves `at` alone, or cannot be made. */
static bool
make_spare(lattice *l, uint32_t at, const lattice_keeper *k)
{
    const lattice_line *r = &l->line[k->line], *other = &l->line[k->other];
    if (r->v[at] == k->factor * other->v[at] || r->largest + abs(k->factor) * other->largest > INT8_MAX) return false;
    return lattice_subtract(l, &l->spare, r->v, k->factor, other->v, true);
}

/* Take the move among the keepers of a count if it helps; true: nobody is left who could know the count. */
static bool
keep_by(lattice *l, lattice_watched *w, lattice_keeper k)
{
    lattice_line *r = &l->line[k.line];
    if (r->out || (k.factor && l->line[k.other].out) || w->n == LATTICE_KEEPERS) return false;
    if (k.factor == 0 && !r->v[w->at]) return false;
    if (k.factor != 0) {
        if (!make_spare(l, w->at, &k)) return false;
        r = &l->spare;
    }
    if (!r->up && !r->down) return false;
    if (l->words) {
        const uint64_t *moved = moved_by(l, r);
        uint64_t fewer = w->n == 0, left = 0;
        uint32_t own = w->own;
        for (size_t i = 0; i < l->words; i++) {
            uint64_t before = w->n == 0 ? moved[i] : l->who[i];
            fewer |= before & ~moved[i];
            l->who[i] = before & moved[i];
            if (own / 64 == i) l->who[i] &= ~(UINT64_C(1) << own % 64);
            left |= l->who[i];
        }
        if (fewer) w->keeper[w->n++] = k;
        return left == 0;
    }
    w->keeper[w->n++] = k;
    return true;
}

static bool
spares(const lattice *l, const lattice_line *r, int32_t factor, const lattice_line *other, uint32_t loner)
{
    for (uint32_t k = l->own_first[loner]; k < l->own_first[loner + 1]; k++)
        if (r->v[k] != factor * other->v[k]) return false;
    return true;
}

/* The factor that frees a count of the loner's of the two lines; 0: they share none. */
static int32_t
factor_for(const lattice *l, const lattice_line *r, const lattice_line *other, uint32_t loner)
{
    for (uint32_t k = l->own_first[loner]; k < l->own_first[loner + 1]; k++) {
        int a = r->v[k], b = other->v[k];
        if (b == 0 || a == 0) continue;
        return a % b == 0 ? a / b : 0;
    }
    return 0;
}

static uint32_t
first_loner(const lattice *l)
{
    for (size_t i = 0; i < l->words; i++)
        if (l->who[i]) return (uint32_t)(64 * i) + (uint32_t)__builtin_ctzll(l->who[i]);
    return SYSTEM_NONE;
}

/* Two lines that move a loner's counts make one that does not. */
static bool
keep_by_two(lattice *l, lattice_watched *w)
{
    size_t n = 0;
    int tries = MOST_TRIES;
    for (size_t i = 0; i < l->alive; i++)
        if (l->line[l->list[i]].v[w->at]) l->through[n++] = l->list[i];
    for (;;) {
        uint32_t loner = first_loner(l);
        bool helped = false;
        for (size_t j = 0; j < l->alive && !helped; j++) {
            const lattice_line *other = &l->line[l->list[j]];
            if (!(moved_by(l, &l->line[l->list[j]])[loner / 64] >> loner % 64 & 1)) continue;
            for (size_t i = 0; i < n && !helped; i++) {
                const lattice_line *r = &l->line[l->through[i]];
                if (r == other) continue;
                int32_t factor = factor_for(l, r, other, loner);
                if (factor == 0 || r->v[w->at] == factor * other->v[w->at] || !spares(l, r, factor, other, loner)) continue;
                if (keep_by(l, w, (lattice_keeper){l->through[i], l->list[j], factor})) return true;
                if (w->n == LATTICE_KEEPERS || --tries == 0) return false;
                helped = !(l->who[loner / 64] >> loner % 64 & 1);
            }
        }
        if (!helped) return false;
    }
}

static bool
find_keepers(lattice *l, lattice_watched *w)
{
    lattice_watched old = *w;
    w->n = 0;
    for (uint32_t k = 0; k < old.n; k++)
        if (keep_by(l, w, old.keeper[k])) return true;
    for (size_t i = 0; i < l->alive; i++)
        if (l->line[l->list[i]].v[w->at] && keep_by(l, w, (lattice_keeper){l->list[i], 0, 0})) return true;
    return l->words && w->n > 0 && keep_by_two(l, w);
}

/* Find keepers for the watched counts that lost one; false: some count has none. */
static bool
renew(lattice *l)
{
    size_t saved = 0;
    bool good = true;
    size_t first = l->last_failed;
    for (uint32_t k = 0; k < l->watches && good; k++) {
        uint32_t i = k == 0 ? (uint32_t)first : k <= first ? k - 1 : k;
        lattice_watched *w = &l->watch[i];
        bool lost = false;
        for (uint32_t j = 0; j < w->n; j++) lost |= l->mark[w->keeper[j].line] || (w->keeper[j].factor && l->mark[w->keeper[j].other]);
        if (!lost) continue;
        l->saved_at[saved] = i;
        l->saved[saved++] = *w;
        good = find_keepers(l, w);
        if (!good) l->last_failed = i;
    }
    while (!good && saved-- > 0) l->watch[l->saved_at[saved]] = l->saved[saved];
    return good;
}

status
lattice_show(lattice *l, uint32_t cell, int tries, bool *shown)
{
    *shown = false;
    lattice_touch_cell(l, cell);
    if (l->touches == 0) *shown = true;
    for (int k = 0; k < tries && l->touches > 0 && !*shown; k++) {
        bool done;
        CHECK(lattice_eliminate(l, k, &done));
        if (!done) break;
        *shown = renew(l);
        if (*shown) lattice_commit(l);
        else lattice_undo(l);
    }
    lattice_forget_touched(l);
    return ST_OK;
}

static status
settle(lattice *l)
{
    bool done;
    CHECK(lattice_eliminate(l, 0, &done));
    lattice_commit(l);
    (void)renew(l);
    lattice_forget_touched(l);
    return ST_OK;
}

status
lattice_fix(lattice *l, uint32_t cell)
{
    lattice_touch_cell(l, cell);
    return l->touches ? settle(l) : ST_OK;
}

status
lattice_watch(lattice *l, uint32_t cell, bool *kept)
{
    if (l->watches == l->most_watches) FAIL(ST_INTERNAL, "more counts to watch than there are");
    lattice_watched *w = &l->watch[l->watches++];
    *w = (lattice_watched){.at = l->at[cell], .own = l->loner[cell]};
    *kept = find_keepers(l, w);
    return ST_OK;
}

/* The first two lines that make a move of the count. */
static bool
any_two(lattice *l, lattice_watched *w)
{
    for (size_t i = 0; i < l->alive; i++) {
        if (!l->line[l->list[i]].v[w->at]) continue;
        for (size_t j = 0; j < l->alive; j++)
            for (int32_t factor = -1; factor <= 1 && i != j; factor += 2)
                if (keep_by(l, w, (lattice_keeper){l->list[i], l->list[j], factor}) || w->n) return true;
    }
    return false;
}

status
lattice_hold(lattice *l, size_t n, const uint32_t cell[])
{
    for (size_t i = 0; i < n; i++) {
        bool done;
        lattice_touch_cell(l, cell[i]);
        CHECK(lattice_eliminate(l, 0, &done));
        lattice_forget_touched(l);
    }
    return ST_OK;
}

void
lattice_let_go(lattice *l)
{
    lattice_undo(l);
}

/* Take `other` from a row or add it, if that makes it shorter. */
static bool
shorten(lattice *l, uint32_t i, uint32_t other)
{
    lattice_line *r = &l->line[i];
    const lattice_line *o = &l->line[other];
    if (r->largest + o->largest > INT8_MAX) return false;
    for (int32_t factor = -1; factor <= 1; factor += 2) {
        (void)lattice_subtract(l, &l->spare, r->v, factor, o->v, false);
        if (l->spare.n >= r->n) continue;
        (void)lattice_subtract(l, r, r->v, factor, o->v, false);
        return true;
    }
    return false;
}

void
lattice_shorten(lattice *l)
{
    bool more = true;
    for (int pass = 0; pass < MOST_PASSES && more; pass++) {
        more = false;
        for (size_t i = 0; i < l->alive; i++)
            for (size_t k = 0; k < l->alive; k++)
                if (i != k) more |= shorten(l, l->list[i], l->list[k]);
    }
}

void
lattice_seek(lattice *l, size_t i)
{
    lattice_watched *w = &l->watch[i];
    if (find_keepers(l, w) || w->n > 0) return;
    if (any_two(l, w) && l->words && first_loner(l) != SYSTEM_NONE) (void)keep_by_two(l, w);
}

size_t
lattice_kept(const lattice *l, size_t i)
{
    return l->watch[i].n;
}

void
lattice_keeper_move(const lattice *l, size_t i, size_t k, int8_t move[])
{
    const lattice_keeper *keeper = &l->watch[i].keeper[k];
    for (size_t j = 0; j < l->s->n; j++) {
        int other = keeper->factor ? keeper->factor * l->line[keeper->other].v[l->at[j]] : 0;
        move[j] = (int8_t)(l->line[keeper->line].v[l->at[j]] - other);
    }
}

size_t
lattice_loners(const lattice *l)
{
    return l->loners;
}

uint32_t
lattice_loner(const lattice *l, uint32_t cell)
{
    return l->loner[cell];
}

bool
lattice_complete(const lattice *l)
{
    return !l->lossy;
}

size_t
lattice_rows(const lattice *l)
{
    return l->alive;
}

void
lattice_move(const lattice *l, size_t i, int8_t move[])
{
    for (size_t j = 0; j < l->s->n; j++) move[j] = l->line[l->list[i]].v[l->at[j]];
}

/* Into the finest counts: `at` gets one for each way it is a part of `cell`. */
static void
expand(const lattice *l, const uint32_t divided[], const uint32_t line[], uint32_t cell, uint32_t in)
{
    if (divided[cell] == SYSTEM_NONE) {
        if (line[cell] != SYSTEM_NONE) l->line[line[cell]].v[l->at[in]]++;
        return;
    }
    const system_row *r = &l->s->row[divided[cell]];
    for (uint32_t k = 0; k < r->n; k++) expand(l, divided, line, r->part[k], in);
}

static status
first_lines(lattice *l, const uint32_t divided[], const uint8_t zero[])
{
    SCRATCH(tmp);
    uint32_t *line;
    int8_t *all;
    uint64_t *moved;
    ALLOC(tmp, line, l->s->n);
    for (size_t i = 0; i < l->s->n; i++) line[i] = divided[i] == SYSTEM_NONE && !zero[i] ? (uint32_t)l->lines++ : SYSTEM_NONE;
    if (l->width * (l->lines + 1) > most_bytes)
        FAIL(ST_LIMIT, "too many counts to hide any: %zu, of which %zu are the finest; publish fewer tables at once", l->s->n, l->lines);
    ALLOC(l->a, l->line, l->lines);
    ALLOC(l->a, l->list, l->lines);
    ALLOC(l->a, l->factor, l->lines);
    ALLOC(l->a, l->mark, l->lines);
    ALLOC(l->a, l->touched, l->lines);
    ALLOC(l->a, l->through, l->lines);
    ALLOC(l->a, moved, l->words * l->lines);
    ALLOC(l->a, all, l->width * l->lines);
    for (uint32_t i = 0; i < l->lines; i++) {
        l->line[i].v = all + i * l->width;
        l->line[i].moved = moved + i * l->words;
        l->list[l->alive++] = i;
    }
    for (uint32_t i = 0; i < l->s->n; i++) expand(l, divided, line, i, i);
    return ST_OK;
}

/* Sums that divide one count in several ways tie the finest counts. */
static status
tie(lattice *l, const uint32_t divided[])
{
    for (uint32_t i = 0; i < l->s->rows; i++) {
        const system_row *r = &l->s->row[i];
        if (r->relation != SYSTEM_EQUAL || divided[r->whole] == i) continue;
        for (size_t k = 0; k < l->alive; k++) lattice_touch(l, l->list[k], left_over(l, r, l->line[l->list[k]].v));
        if (l->touches) CHECK(settle(l));
    }
    return ST_OK;
}

/* What is left over in a bound cannot fall below nothing, as a count cannot. */
static void
add_bounds(lattice *l)
{
    size_t at = l->s->n;
    for (size_t i = 0; i < l->s->rows; i++) {
        const system_row *r = &l->s->row[i];
        if (r->relation == SYSTEM_EQUAL) continue;
        int64_t left = l->value[r->whole];
        int sign = r->relation == SYSTEM_AT_LEAST ? 1 : -1;
        for (uint32_t k = 0; k < r->n; k++) left -= l->value[r->part[k]];
        left *= sign;
        l->room[at] = (int8_t)(left > INT8_MAX ? INT8_MAX : left);
        for (size_t k = 0; k < l->alive; k++) {
            lattice_line *line = &l->line[l->list[k]];
            int32_t change = sign * left_over(l, r, line->v);
            line->out = line->out || abs(change) > INT8_MAX;
            l->lossy |= line->out;
            line->v[at] = (int8_t)change;
        }
        at++;
    }
    lattice_commit(l);
}

/* Nobody falls below nothing; and where two or more are, each of them knows that he is there. */
static int8_t
room_of(const lattice *l, size_t i)
{
    int64_t v = l->value[i];
    if (l->against == LATTICE_LONERS && v > 1) v--;
    return (int8_t)(v > INT8_MAX ? INT8_MAX : v);
}

status
lattice_new(arena *a, const protect_system *s, const int64_t value[], const uint8_t zero[], lattice_against against, lattice **result)
{
    SCRATCH(tmp);
    lattice *l;
    uint32_t *divided;
    ALLOC(a, l, 1);
    *l = (lattice){.a = a, .s = s, .value = value, .against = against, .width = s->n, .most_watches = s->n};
    for (size_t i = 0; i < s->rows; i++) l->width += s->row[i].relation != SYSTEM_EQUAL;
    l->width = (l->width + LATTICE_ALIGNED - 1) / LATTICE_ALIGNED * LATTICE_ALIGNED;
    ALLOC(tmp, divided, s->n);
    ALLOC(a, l->room, l->width);
    ALLOC(a, l->at, s->n);
    ALLOC(a, l->watch, s->n);
    ALLOC(a, l->saved, s->n);
    ALLOC(a, l->saved_at, s->n);
    ALLOC(a, l->spare.v, l->width);
    memset(divided, 0xff, s->n * sizeof *divided);
    for (uint32_t i = 0; i < s->rows; i++)
        if (s->row[i].relation == SYSTEM_EQUAL && divided[s->row[i].whole] == SYSTEM_NONE) divided[s->row[i].whole] = i;
    CHECK(find_loners(l));
    CHECK(first_lines(l, divided, zero));
    for (size_t i = 0; i < s->n; i++) l->room[l->at[i]] = room_of(l, i);
    for (size_t i = 0; i < l->alive; i++) lattice_measure(l, &l->line[l->list[i]]);
    CHECK(tie(l, divided));
    add_bounds(l);
    for (size_t i = 0; i < l->alive; i++) lattice_measure(l, &l->line[l->list[i]]);
    for (uint32_t i = 0; i < s->n; i++)
        if (zero[i]) CHECK(lattice_fix(l, i));
    *result = l;
    return ST_OK;
}
