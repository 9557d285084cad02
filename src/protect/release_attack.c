#include "protect/release_attack.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_ROUNDS = 4 };

/* Sets of counts of nobody: that all of one are nobody is sensitive, not that one is. */
typedef struct others {
    size_t n;
    uint32_t *row; /* [n] rows in which one part holds the whole */
} others;

/* One part is all of a whole that is small: then the other parts are nobody, and that must not be seen. */
static bool
is_full(const protect_system *s, const protect_spec *spec, const int64_t exact[], const system_row *r)
{
    if (r->relation != SYSTEM_EQUAL || r->n < 2 || exact[r->whole] <= 0 || exact[r->whole] >= 10 * spec->minimum) return false;
    size_t holding = 0, possible = 0;
    for (uint32_t k = 0; k < r->n; k++) {
        holding += exact[r->part[k]] == exact[r->whole];
        possible += exact[r->part[k]] == 0 && !s->zero[r->part[k]];
    }
    return holding == 1 && possible > 0;
}

/* What is attacked: the sensitive counts, by the rules of group disclosure counts of nobody, and small counts that only two releases
 * together have. */
static status
choose(arena *a, const release_attack_input *in, const protect_system *joint, const int64_t start[], uint8_t **mask, others *full)
{
    const protect_system *s = &in->data->system;
    const protect_spec *spec = &in->data->spec;
    *mask = NULL;
    if (!in->sensitive || !in->exact) return ST_OK;
    ALLOC(a, *mask, joint->n);
    memcpy(*mask, in->sensitive, s->n);
    for (size_t i = s->n; i < joint->n; i++) (*mask)[i] = start[i] > 0 && start[i] < spec_minimum(spec, joint->population[system_key(joint, i)[0]]);
    if (in->suppressed) return ST_OK; /* the suppressor calls these sensitive itself */
    for (size_t i = 0; i < s->n; i++)
        if (spec->hide_zero && in->exact[i] == 0 && !s->zero[i]) (*mask)[i] = 1;
    if (!spec->hide_full) return ST_OK;
    ALLOC(a, full->row, s->rows);
    for (uint32_t i = 0; i < s->rows; i++) {
        const system_row *r = &s->row[i];
        if (!is_full(s, spec, in->exact, r)) continue;
        full->row[full->n++] = i;
        for (uint32_t k = 0; k < r->n; k++) (*mask)[r->part[k]] |= in->exact[r->part[k]] == 0 && !s->zero[r->part[k]];
    }
    return ST_OK;
}

static status
attack_once(arena *a, const release_attack_input *in, const int64_t start[], const uint8_t mask[], size_t clues, const audit_clue clue[], release_found *f)
{
    int64_t *guess = NULL;
    if (!start) {
        ALLOC(a, guess, f->system->n);
        for (size_t i = 0; i < f->system->n; i++) guess[i] = i < in->data->system.n && in->value[i] != TABLES_HIDDEN ? in->value[i] : f->lower[i];
    }
    audit_input audit = {.system = f->system, .lower = f->lower, .upper = f->upper, .start = start, .guess = guess, .sensitive = mask,
                         .seed = 1, .clues = clues, .clue = clue, .against = in->suppressed && in->exact ? AUDIT_LONERS : AUDIT_OUTSIDERS,
                         .zeros = in->suppressed && in->data->spec.hide_zero};
    return protect_audit(a, &audit, &f->audit);
}

/* The table from which the attack sets out: the exact counts, and of the earlier release's own ones some that fit. */
static status
find_start(arena *a, const release_attack_input *in, int64_t most, release_found *f, int64_t **start)
{
    const joint *j = &in->data->joint;
    bool found;
    *start = NULL;
    if (!in->exact) return ST_OK;
    ALLOC(a, *start, j->system.n);
    memcpy(*start, in->exact, j->own * sizeof **start);
    CHECK(joint_complete(j, most, f->lower, f->upper, *start, &f->unusable, &found));
    f->apart = !found;
    if (!found) f->system = &in->data->system;
    return ST_OK;
}

/* What programs proved of the attacked counts. */
static void
take_proofs(release_found *f)
{
    for (size_t i = 0; i < f->audit.n; i++) {
        const audit_cell *c = &f->audit.cell[i];
        if (c->outer_lower > f->lower[c->cell]) f->lower[c->cell] = c->outer_lower;
        if (c->outer_upper < f->upper[c->cell]) f->upper[c->cell] = c->outer_upper;
    }
}

static status
join_clues(arena *a, const release_attack_input *in, size_t *n, audit_clue **clue)
{
    size_t shares = 0;
    audit_clue *of = NULL;
    if (in->printed) CHECK(printed_clues(a, in->printed, &shares, &of));
    ALLOC(a, *clue, in->clues + shares);
    if (in->clues) memcpy(*clue, in->clue, in->clues * sizeof **clue);
    if (shares) memcpy(*clue + in->clues, of, shares * sizeof **clue);
    *n = in->clues + shares;
    return ST_OK;
}

static audit_cell *
found_cell(const audit_result *r, uint32_t cell)
{
    for (size_t least = 0, most = r->n; least < most;) {
        size_t middle = (least + most) / 2;
        if (r->cell[middle].cell == cell) return &r->cell[middle];
        if (r->cell[middle].cell < cell) least = middle + 1;
        else most = middle;
    }
    return NULL;
}

/* That one part is everybody is seen when all the others are seen to be nobody. */
static void
judge_full(const release_attack_input *in, const others *full, release_found *f)
{
    const protect_system *s = &in->data->system;
    f->full = full->n;
    for (size_t i = 0; i < full->n; i++) {
        const system_row *r = &s->row[full->row[i]];
        bool open = false;
        for (uint32_t k = 0; k < r->n; k++) {
            const audit_cell *c = in->exact[r->part[k]] == 0 ? found_cell(&f->audit, r->part[k]) : NULL;
            open |= c && c->upper > 0;
        }
        f->full_found += !open;
    }
}

/* The least width that protect.yaml asks for. */
static double
width_asked(const protect_spec *spec, const audit_cell *c)
{
    double percent = ceil(spec->interval_percent / 100 * (double)c->upper - 1e-9);
    return percent > spec->interval ? percent : spec->interval;
}

/* Counts of nobody leave the list of sensitive ones; the rest is judged by the interval asked for. */
static status
judge(arena *a, const release_attack_input *in, release_found *f)
{
    const protect_spec *spec = &in->data->spec;
    audit_result *r = &f->audit;
    size_t n = 0;
    r->exposed = r->inside = r->narrowed = 0;
    r->narrowest = r->widest = -1;
    ALLOC(a, f->narrow, r->n);
    for (size_t i = 0; i < r->n; i++) {
        audit_cell c = r->cell[i];
        bool own = c.cell < in->data->system.n;
        int minimum = spec_minimum(spec, f->system->population[system_key(f->system, c.cell)[0]]);
        bool small = c.upper > 0 && c.lower < minimum;
        if (!own && (!c.exposed || !small)) continue; /* of two releases together only what is small, and found */
        if (own && in->sensitive && !in->sensitive[c.cell]) {
            f->zeros += spec->hide_zero;
            f->zeros_found += spec->hide_zero && c.exposed;
            continue;
        }
        if (c.lower < f->lower[c.cell]) c.lower = f->lower[c.cell];
        if (c.upper > f->upper[c.cell]) c.upper = f->upper[c.cell];
        c.exposed |= c.lower >= c.upper;
        r->exposed += c.exposed;
        r->inside += c.inside;
        r->narrowed += c.narrowed;
        int64_t width = c.upper - c.lower;
        if (r->narrowest < 0 || width < r->narrowest) r->narrowest = width;
        if (width > r->widest) r->widest = width;
        f->narrow[n] = (double)width < width_asked(spec, &c);
        f->narrows += f->narrow[n];
        r->cell[n++] = c;
    }
    r->n = n;
    return ST_OK;
}

status
release_attack(arena *a, const release_attack_input *in, release_found *result)
{
    const release_data *d = in->data;
    release_found f = {.system = &d->joint.system};
    others full = {0};
    uint8_t *mask;
    size_t clues;
    audit_clue *clue;
    int64_t *start, most;
    bool more = true;
    CHECK(join_clues(a, in, &clues, &clue));
    CHECK(release_bounds(a, d, in->value, in->hidden, in->reach, in->exact, &f.lower, &f.upper, &most));
    CHECK(find_start(a, in, most, &f, &start));
    CHECK(choose(a, in, f.system, start, &mask, &full));
    while (more && f.rounds++ < MOST_ROUNDS) {
        more = false;
        CHECK(attack_once(a, in, start, mask, clues, clue, &f));
        if (!f.audit.consistent && f.system->n > d->system.n) { /* from outside: the releases contradict each other */
            f.apart = more = true;
            f.system = &d->system;
            continue;
        }
        if (!f.audit.consistent || !in->printed || in->printed->statistics == 0) break;
        take_proofs(&f);
        CHECK(printed_narrow(a, d, in->printed, in->exact, f.lower, f.upper, &more, &f.undecided));
    }
    take_proofs(&f);
    judge_full(in, &full, &f);
    CHECK(judge(a, in, &f));
    *result = f;
    return ST_OK;
}

bool
release_fails(const release_found *f)
{
    return f->audit.exposed || f->narrows || f->zeros_found || f->full_found;
}
