#include "protect/lattice.h"

#include <stdlib.h>

enum { LANES = 32, ALIGNED = 64 /* the arena aligns blocks of that size */, MOST_KEEPERS = 8, MOST_TRIES = 200 };
static const size_t most_bytes = (size_t)3 << 30;

typedef int8_t lanes __attribute__((vector_size(LANES)));

/* What is known of a row. */
typedef struct lattice_line {
    int8_t *v;
    int32_t largest; /* no entry is larger, either way */
    uint32_t n;      /* entries that are not 0 */
    bool up, down;   /* may be added to the table, may be taken from it */
    bool out;        /* no longer in the lattice */
    bool known;      /* `moved` is up to date */
    uint64_t *moved; /* [words] a bit for each loner whose counts of one it moves */
} lattice_line;

/* A move: line - factor * other. */
typedef struct lattice_keeper {
    uint32_t line, other;
    int32_t factor; /* 0: the line by itself */
} lattice_keeper;

/* A watched count and the moves that keep it. */
typedef struct lattice_watched {
    uint32_t at, own, n; /* where it stands, whose count of one it is */
    lattice_keeper keeper[MOST_KEEPERS];
} lattice_watched;

/* line -= factor * other; factor 0: the line was left out. */
typedef struct lattice_step {
    uint32_t line, other;
    int32_t factor;
    lattice_line before;
} lattice_step;

struct lattice {
    arena *a;
    const protect_system *s;
    const int64_t *value;
    lattice_against against;
    uint32_t *at;            /* [n] where a count stands in a row: the counts of one in front, by loner */
    size_t width;            /* counts, then what is left over in each bound; a multiple of ALIGNED */
    int8_t *room;            /* [width] how far a count may fall */
    size_t lines, alive;
    lattice_line *line;      /* [lines] */
    uint32_t *list;          /* [alive] the lines that are not out */
    int32_t *factor;         /* [lines] what the touched lines have where the others shall have 0 */
    uint8_t *mark;           /* [lines] touched */
    size_t touches;
    uint32_t *touched;       /* [lines] */
    size_t steps, capacity;
    lattice_step *step;
    size_t loners, ones, words;
    uint32_t *own_first;     /* [loners + 1] his counts of one stand in a row at own_first[i] .. */
    uint32_t *owner;         /* [ones] whose they are */
    uint32_t *loner;         /* [n] whose count of one it is; SYSTEM_NONE: of nobody alone */
    size_t watches, most_watches;
    lattice_watched *watch, *saved;
    uint32_t *saved_at;
    lattice_line spare;      /* for a move of two lines */
    uint64_t *who;           /* [words] loners from whom a count is not yet kept */
    uint32_t *through;       /* [lines] that move the count at hand */
    size_t last_failed;      /* the watch that stopped the last trial: likely the next one's too */
};

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

static void
measure(const lattice *l, lattice_line *r)
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

/* to = from - factor * other, and what is known of it; to and from may be one. What no longer fits wraps, and comes back
 * when it is undone. useful: stop where the move can be made neither way; false: it cannot. */
static bool
subtract(const lattice *l, lattice_line *to, const int8_t from[], int32_t factor, const int8_t other[], bool useful)
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
        return;
    }
    l->step[l->steps++] = (lattice_step){i, other, factor, *r};
    (void)subtract(l, r, r->v, factor, l->line[other].v, false);
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

/* Leave the moves that are 0 where `factor` is what the touched lines have: Euclid's algorithm over all of them. False:
 * there is no skip-th way. */
static status
eliminate(lattice *l, int skip, bool *done)
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

static void
undo(lattice *l)
{
    while (l->steps > 0) {
        const lattice_step *k = &l->step[--l->steps];
        lattice_line *r = &l->line[k->line];
        if (k->factor != 0) {
            l->factor[k->line] += k->factor * l->factor[k->other];
            (void)subtract(l, r, r->v, -k->factor, l->line[k->other].v, false);
        }
        *r = k->before;
        r->known = r->known && k->factor == 0;
    }
}

static void
forget_touched(lattice *l)
{
    for (size_t i = 0; i < l->touches; i++) l->mark[l->touched[i]] = 0;
    l->touches = 0;
}

static void
commit(lattice *l)
{
    size_t left = 0;
    for (size_t i = 0; i < l->alive; i++)
        if (!l->line[l->list[i]].out) l->list[left++] = l->list[i];
    l->alive = left;
    l->steps = 0;
}

static void
touch(lattice *l, uint32_t line, int32_t factor)
{
    l->factor[line] = factor;
    if (factor == 0) return;
    l->mark[line] = 1;
    l->touched[l->touches++] = line;
}

static void
touch_cell(lattice *l, uint32_t cell)
{
    for (size_t i = 0; i < l->alive; i++) touch(l, l->list[i], l->line[l->list[i]].v[l->at[cell]]);
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
        memcpy(&eight, r->v + k, sizeof eight); /* a row has room behind the counts of one: it is as wide as whole LANES */
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
    return subtract(l, &l->spare, r->v, k->factor, other->v, true);
}

/* Take the move among the keepers of a count if it helps; true: nobody is left who could know the count. */
static bool
keep_by(lattice *l, lattice_watched *w, lattice_keeper k)
{
    lattice_line *r = &l->line[k.line];
    if (r->out || (k.factor && l->line[k.other].out) || w->n == MOST_KEEPERS) return false;
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
                if (w->n == MOST_KEEPERS || --tries == 0) return false;
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
    touch_cell(l, cell);
    if (l->touches == 0) *shown = true;
    for (int k = 0; k < tries && l->touches > 0 && !*shown; k++) {
        bool done;
        CHECK(eliminate(l, k, &done));
        if (!done) break;
        *shown = renew(l);
        if (*shown) commit(l);
        else undo(l);
    }
    forget_touched(l);
    return ST_OK;
}

static status
settle(lattice *l)
{
    bool done;
    CHECK(eliminate(l, 0, &done));
    commit(l);
    (void)renew(l);
    forget_touched(l);
    return ST_OK;
}

status
lattice_fix(lattice *l, uint32_t cell)
{
    touch_cell(l, cell);
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
        for (size_t k = 0; k < l->alive; k++) touch(l, l->list[k], left_over(l, r, l->line[l->list[k]].v));
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
            line->v[at] = (int8_t)change;
        }
        at++;
    }
    commit(l);
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
    l->width = (l->width + ALIGNED - 1) / ALIGNED * ALIGNED;
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
    for (size_t i = 0; i < l->alive; i++) measure(l, &l->line[l->list[i]]);
    CHECK(tie(l, divided));
    add_bounds(l);
    for (size_t i = 0; i < l->alive; i++) measure(l, &l->line[l->list[i]]);
    for (uint32_t i = 0; i < s->n; i++)
        if (zero[i]) CHECK(lattice_fix(l, i));
    *result = l;
    return ST_OK;
}
