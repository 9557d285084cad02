#include "follow/aj.h"

#include <float.h>
#include <math.h>

/* All influences of a group advance together: U' = U B + c for those at risk, U' = U B for those gone, B = I + dA.
 * So the sum of squares M = sum U'U needs no person, only V = sum of U over those at risk, and the U of who leaves. */
typedef struct jackknife {
    int k;         /* states */
    double *m;     /* [k * k] sum of U'U over all persons of the group */
    double *most;  /* [k] the largest its diagonal has been */
    double *v;     /* [k] sum of U over those at risk */
    double *shared; /* [k] U of somebody at risk from the start */
    double *hazard; /* [k] dA to each cause; [0] the total */
    double *c;     /* [k] what everybody at risk gains at this time */
    double *u, *before;
} jackknife;

static status
jackknife_new(arena *tmp, int k, jackknife *j)
{
    j->k = k;
    ALLOC(tmp, j->m, k * k);
    ALLOC(tmp, j->most, k);
    ALLOC(tmp, j->v, k);
    ALLOC(tmp, j->shared, k);
    ALLOC(tmp, j->hazard, k);
    ALLOC(tmp, j->c, k);
    ALLOC(tmp, j->u, k);
    ALLOC(tmp, j->before, k);
    return ST_OK;
}

static void
jackknife_clear(jackknife *j)
{
    memset(j->m, 0, sizeof(double) * (size_t)j->k * (size_t)j->k);
    memset(j->most, 0, sizeof(double) * (size_t)j->k);
    memset(j->v, 0, sizeof(double) * (size_t)j->k);
    memset(j->shared, 0, sizeof(double) * (size_t)j->k);
}

/* x B in place: state 0 loses what the causes gain. */
static void
transport(const jackknife *j, double *x)
{
    for (int s = 1; s < j->k; s++) x[s] += x[0] * j->hazard[s];
    x[0] *= 1 - j->hazard[0];
}

/* M = B' M B, then the shared gain of `present` persons. */
static void
advance(jackknife *j, double p0, double present)
{
    int k = j->k;
    for (int s = 1; s < k; s++) j->c[s] = -p0 * j->hazard[s] / present;
    j->c[0] = p0 * j->hazard[0] / present;
    for (int a = 0; a < k; a++) transport(j, j->m + a * k); /* M B */
    for (int b = 0; b < k; b++) {
        for (int s = 1; s < k; s++) j->m[s * k + b] += j->m[b] * j->hazard[s];
        j->m[b] *= 1 - j->hazard[0];
    }
    transport(j, j->v);
    transport(j, j->shared);
    for (int a = 0; a < k; a++)
        for (int b = 0; b < k; b++) j->m[a * k + b] += j->v[a] * j->c[b] + j->c[a] * j->v[b] + present * j->c[a] * j->c[b];
    for (int a = 0; a < k; a++) {
        j->v[a] += present * j->c[a];
        j->shared[a] += j->c[a];
    }
}

/* `count` persons with influence u (already advanced) leave with this status. */
static void
leave(jackknife *j, int cause, double jump, double count)
{
    int k = j->k;
    for (int a = 0; a < k; a++) j->v[a] -= count * j->u[a];
    if (cause == 0) return;
    memcpy(j->before, j->u, sizeof(double) * (size_t)k);
    j->u[0] -= jump;
    j->u[cause] += jump;
    for (int a = 0; a < k; a++)
        for (int b = 0; b < k; b++) j->m[a * k + b] += count * (j->u[a] * j->u[b] - j->before[a] * j->before[b]);
}

/* The spans of a group in the order they end, and the row after which each enters. Who comes back after a break brings her influence along. */
typedef struct late {
    const size_t *begin;  /* [rows + 1] */
    const size_t *member; /* [n] */
    const size_t *entry;  /* [n] rows of the group (absolute) at or before the start */
    const double *p, *shared; /* [rows * k] so far */
    const size_t *next;   /* [n] 1 + the person's next span, 0: none; NULL: nobody comes back */
    const size_t *back_begin, *back; /* [rows + 1] spans of those who come back, by the row they enter after */
    size_t *left;         /* [n] 1 + the row of the exit before this span, 0: the person's first */
    double *carried;      /* [n * k] her influence at that exit */
} late;

static size_t
row_at_or_before(const follow_counts *c, int32_t g, double time)
{
    size_t low = c->first[g], high = c->first[g + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->time[middle] <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low; /* number of rows up to the time, absolute */
}

/* Link the spans of a person (in their order, within a group), and sort those who come back by the row they enter after. */
static status
link_spans(arena *tmp, const follow_counts *c, const spans *s, late *l)
{
    size_t *next, *begin, *back, k = (size_t)c->causes + 1, returns = 0;
    if (!s->person) return ST_OK;
    for (size_t i = 1; i < s->n; i++) {
        if (s->person[i] < s->person[i - 1]) FAIL(ST_INVALID, "expected the spans of a person together, in their order");
        if (s->person[i] != s->person[i - 1]) continue;
        if (s->status[i - 1] != 0) FAIL(ST_INVALID, "a person has a span after an event; expected the first event of each person to end her follow-up");
        returns += !s->group || s->group[i] == s->group[i - 1];
    }
    if (!returns) return ST_OK;
    ALLOC(tmp, next, s->n);
    ALLOC(tmp, begin, c->rows + 2);
    ALLOC(tmp, back, s->n);
    ALLOC(tmp, l->left, s->n);
    ALLOC(tmp, l->carried, s->n * k);
    for (size_t i = 1; i < s->n; i++) {
        if (s->person[i] != s->person[i - 1] || (s->group && s->group[i] != s->group[i - 1])) continue;
        next[i - 1] = i + 1;
        begin[l->entry[i] + 1]++;
    }
    for (size_t r = 0; r <= c->rows; r++) begin[r + 1] += begin[r];
    for (size_t i = 1; i < s->n; i++)
        if (next[i - 1]) back[begin[l->entry[i]]++] = i;
    for (size_t r = c->rows + 1; r > 0; r--) begin[r] = begin[r - 1];
    begin[0] = 0;
    l->next = next, l->back_begin = begin, l->back = back;
    return ST_OK;
}

static status
sort_late(arena *tmp, const follow_counts *c, const spans *s, late *l)
{
    size_t *begin, *member, *entry, *next;
    ALLOC(tmp, begin, c->rows + 2);
    ALLOC(tmp, next, c->rows + 1);
    ALLOC(tmp, member, s->n);
    ALLOC(tmp, entry, s->n);
    for (size_t i = 0; i < s->n; i++) begin[row_at_or_before(c, s->group ? s->group[i] : 0, s->time[i])]++;
    for (size_t r = 1; r <= c->rows; r++) begin[r] += begin[r - 1];
    for (size_t r = 0; r < c->rows; r++) next[r] = begin[r];
    for (size_t i = 0; i < s->n; i++) {
        int32_t g = s->group ? s->group[i] : 0;
        member[next[row_at_or_before(c, g, s->time[i]) - 1]++] = i;
        entry[i] = row_at_or_before(c, g, s->start[i]);
    }
    l->begin = begin, l->member = member, l->entry = entry;
    return link_spans(tmp, c, s, l);
}

/* What an influence carried away from row `from` has become at a row with probabilities p_now. */
static void
carry(const jackknife *j, const late *l, size_t from, const double *carried, const double *p_now, double *to)
{
    const double *p = l->p + from * (size_t)j->k;
    double share = p[0] > 0 ? carried[0] / p[0] : 0;
    to[0] += share * p_now[0];
    for (int s = 1; s < j->k; s++) to[s] += carried[s] + share * (p_now[s] - p[s]);
}

/* U of span i just after the shared step of row r: that of one at risk from the start less what it had at entry, and what the person brought. */
static void
influence_late(const jackknife *j, const late *l, size_t group_first, size_t i, const double *p_now, double *u)
{
    size_t k = (size_t)j->k;
    memcpy(u, j->shared, sizeof(double) * k);
    if (l->entry[i] != group_first) {
        const double *p = l->p + (l->entry[i] - 1) * k, *shared = l->shared + (l->entry[i] - 1) * k;
        if (p[0] <= 0) {
            memset(u, 0, sizeof(double) * k);
        } else {
            u[0] -= shared[0] * p_now[0] / p[0];
            for (size_t s = 1; s < k; s++) u[s] -= shared[s] + shared[0] * (p_now[s] - p[s]) / p[0];
        }
    }
    if (l->left && l->left[i]) carry(j, l, l->left[i] - 1, l->carried + i * k, p_now, u);
}

/* Who comes back after row r is at risk from here on, with what she brings. */
static void
come_back(jackknife *j, const late *l, size_t r, const double *p_now)
{
    if (!l->next) return;
    for (size_t m = l->back_begin[r + 1]; m < l->back_begin[r + 2]; m++) {
        size_t i = l->back[m];
        memset(j->u, 0, sizeof(double) * (size_t)j->k);
        carry(j, l, l->left[i] - 1, l->carried + i * (size_t)j->k, p_now, j->u);
        for (int a = 0; a < j->k; a++) j->v[a] += j->u[a];
    }
}

static void
leave_row(jackknife *j, const follow_counts *c, const late *l, const spans *s, size_t r, const double *p_now, double p0, int32_t g)
{
    double jump = p0 / (double)c->at_risk[r];
    if (l) {
        for (size_t m = l->begin[r]; m < l->begin[r + 1]; m++) {
            size_t i = l->member[m];
            influence_late(j, l, c->first[g], i, p_now, j->u);
            if (l->next && l->next[i]) {
                size_t k = (size_t)j->k, n = l->next[i] - 1;
                memcpy(l->carried + n * k, j->u, sizeof(double) * k);
                l->left[n] = r + 1;
            }
            leave(j, s->status[i], jump, 1);
        }
        come_back(j, l, r, p_now);
        return;
    }
    const int64_t *exits = c->exits + r * (size_t)j->k;
    for (int cause = 0; cause < j->k; cause++) {
        memcpy(j->u, j->shared, sizeof(double) * (size_t)j->k);
        if (exits[cause]) leave(j, cause, jump, (double)exits[cause]);
    }
}

static void
note_most(jackknife *j)
{
    for (size_t a = 0; a < (size_t)j->k; a++) j->most[a] = fmax(j->most[a], j->m[a * (size_t)j->k + a]);
}

/* Squares that cancel (all were at risk of the same, or nobody can be anywhere else any more) leave rounding, which a root would blow up. */
static double
error_of(const jackknife *j, size_t a)
{
    double square = j->m[a * (size_t)j->k + a];
    return square > 32 * DBL_EPSILON * j->most[a] ? sqrt(square) : 0;
}

typedef struct states_arrays {
    double *p, *error, *shared;
} states_arrays;

static void
fill_group(const follow_counts *c, const spans *s, const late *l, jackknife *j, int32_t g, const states_arrays *to)
{
    size_t k = (size_t)j->k;
    double p0 = 1;
    jackknife_clear(j);
    for (size_t r = c->first[g]; r < c->first[g + 1]; r++) {
        double *p = to->p + r * k, n = (double)c->at_risk[r];
        const int64_t *exits = c->exits + r * k;
        j->hazard[0] = (double)counts_events(c, r) / n;
        for (size_t a = 1; a < k; a++) {
            j->hazard[a] = (double)exits[a] / n;
            p[a] = (r > c->first[g] ? p[a - k] : 0) + p0 * j->hazard[a];
        }
        p[0] = p0 * (1 - j->hazard[0]);
        if (counts_events(c, r) == (int64_t)c->at_risk[r]) p[0] = 0;
        advance(j, p0, n);
        note_most(j); /* what the events of this time may take away again */
        leave_row(j, c, l, s, r, p, p0, g);
        note_most(j);
        for (size_t a = 0; a < k; a++) {
            to->error[r * k + a] = error_of(j, a);
            if (to->shared) to->shared[r * k + a] = j->shared[a];
        }
        p0 = p[0];
    }
}

status
follow_aj(arena *out, const follow_counts *c, const spans *s, follow_states *result)
{
    SCRATCH(tmp);
    states_arrays to = {0};
    size_t k = (size_t)c->causes + 1;
    late l = {0};
    bool delayed = s && s->start;
    ALLOC(out, to.p, c->rows * k);
    ALLOC(out, to.error, c->rows * k);
    if (delayed) {
        ALLOC(tmp, to.shared, c->rows * k);
        CHECK(sort_late(tmp, c, s, &l));
        l.p = to.p, l.shared = to.shared;
    }
    jackknife j;
    CHECK(jackknife_new(tmp, (int)k, &j));
    for (int32_t g = 0; g < c->groups; g++) fill_group(c, s, delayed ? &l : NULL, &j, g, &to);
    *result = (follow_states){(int32_t)k, to.p, to.error};
    return ST_OK;
}
