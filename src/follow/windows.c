#include "follow/windows.h"

#include "base/date.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 4096, STEP = 32 };

/* Neighbours that descend among [from, to): a block at a time, so that compilers count by vectors. */
static size_t
count_descents(const int32_t *v, size_t from, size_t to)
{
    size_t descents = 0;
    for (size_t at = from; at < to; at += BLOCK) {
        size_t end = to - at < BLOCK ? to : at + BLOCK;
        int32_t here = 0;
        for (size_t i = at > from ? at : at + 1; i < end; i++) here += v[i] < v[i - 1];
        descents += (size_t)here;
    }
    return descents;
}

static bool
is_person_major(size_t n, const int32_t *person)
{
    for (size_t at = 0; at + 1 < n; at += BLOCK) /* a block and the first of the next */
        if (count_descents(person, at, n - at < BLOCK + 1 ? n : at + BLOCK + 1) > 0) return false;
    return true;
}

/* Dates may descend only where the next person begins. */
static bool
is_sorted(const follow_incidents *in)
{
    size_t n = in->first[in->persons], between = 0;
    for (size_t p = 1; p < in->persons; p++) {
        size_t i = in->first[p];
        between += i > 0 && i < in->first[p + 1] && in->date[i] < in->date[i - 1];
    }
    return count_descents(in->date, 0, n) == between;
}

static status
count_persons(arena *out, size_t n, const int32_t *person, size_t persons, size_t **result)
{
    size_t *first;
    ALLOC(out, first, persons + 1);
    for (size_t i = 0; i < n; i++) {
        if (person[i] < 0 || (size_t)person[i] >= persons) FAIL(ST_INVALID, "incident %zu: expected a person from 0 to %zu", i + 1, persons - 1);
        first[person[i] + 1]++;
    }
    for (size_t p = 0; p < persons; p++) first[p + 1] += first[p];
    *result = first;
    return ST_OK;
}

/* Starts of runs of a person-major column, without touching memory per incident. */
static status
find_runs(arena *out, size_t n, const int32_t *person, size_t persons, size_t **result)
{
    size_t *first;
    ALLOC(out, first, persons + 1);
    if (n && (person[0] < 0 || (size_t)person[n - 1] >= persons))
        FAIL(ST_INVALID, "incidents: expected persons from 0 to %zu", persons ? persons - 1 : 0);
    size_t p = 0;
    for (size_t i = 0; i < n; i++) {
        while (i + STEP < n && person[i + STEP] < (int32_t)p) i += STEP; /* nobody new in between */
        while (p <= (size_t)person[i]) first[p++] = i;
    }
    while (p <= persons) first[p++] = n;
    *result = first;
    return ST_OK;
}

status
follow_incidents_of(arena *out, size_t n, const int32_t *person, const int32_t *date, const int8_t *type, size_t persons,
                    follow_incidents *result)
{
    follow_incidents in = {.persons = persons, .date = date, .type = type};
    size_t *first;
    if (is_person_major(n, person)) {
        CHECK(find_runs(out, n, person, persons, &first));
        in.first = first;
    } else {
        SCRATCH(tmp);
        int32_t *by_person;
        int8_t *type_by_person = NULL;
        size_t *next;
        CHECK(count_persons(out, n, person, persons, &first));
        ALLOC(out, by_person, n);
        if (type) ALLOC(out, type_by_person, n);
        ALLOC(tmp, next, persons);
        if (persons) memcpy(next, first, persons * sizeof *next);
        for (size_t i = 0; i < n; i++) {
            size_t at = next[person[i]]++;
            by_person[at] = date[i];
            if (type) type_by_person[at] = type[i];
        }
        in.first = first, in.date = by_person, in.type = type_by_person;
    }
    in.sorted = is_sorted(&in);
    *result = in;
    return ST_OK;
}

typedef struct dated {
    int32_t date;
    int8_t type;
} dated;

static int
by_date(const void *a, const void *b)
{
    const dated *x = a, *y = b;
    if (x->date != y->date) return x->date < y->date ? -1 : 1;
    return (x->type > y->type) - (x->type < y->type);
}

typedef struct pass {
    const follow_cohort *c;
    const follow_incidents *in;
    const follow_window_options *o;
    follow_window *window; /* [groups * windows] */
    int64_t *days;         /* [groups * windows * span] persons by days to the first incident */
    size_t span;
    int32_t *date;         /* [most incidents of a person] scratch for unsorted ones */
    int8_t *type;
    dated *pairs;
} pass;

/* What one person's incidents come to, by the narrowest window they fall into. */
typedef struct person_sums {
    int64_t counted[FOLLOW_WINDOWS];
    uint32_t types[FOLLOW_WINDOWS];
    int32_t first; /* days to the first counted incident; -1: none */
} person_sums;

static void
count_person(const pass *w, int32_t index, size_t n, const int32_t *date, const int8_t *type, const int32_t *end, person_sums *s,
             int64_t type_incidents[FOLLOW_WINDOWS][FOLLOW_TYPES])
{
    int windows = w->o->windows;
    int32_t case_end = index + w->o->same_case, last = case_end;
    for (size_t i = 0; i < n; i++) {
        int32_t day = date[i];
        if (day <= case_end) continue;
        if (day > end[windows - 1]) break;
        int k = 0;
        while (day > end[k]) k++;
        int t = type ? type[i] : 0;
        if (t >= 0) {
            s->types[k] |= 1u << t;
            type_incidents[k][t]++;
        }
        if (day <= last) continue;
        last = day + w->o->same_case;
        s->counted[k]++;
        if (s->first < 0) s->first = day - index;
    }
}

typedef struct eligible {
    bool anniversary, calendar, left;
} eligible;

static eligible
is_eligible(const pass *w, size_t person, int32_t end, int year, int years, int end_year)
{
    int32_t complete = w->o->data_end - w->o->lag, until = w->c->until ? w->c->until[person] : DATE_MISSING;
    eligible e = {end <= complete, year + years <= end_year, false};
    if (until != DATE_MISSING && until < end) e.left = e.anniversary, e.anniversary = false;
    return e;
}

/* Unsorted incidents of a person, sorted into scratch. */
static void
sort_person(const pass *w, size_t from, size_t n)
{
    for (size_t i = 0; i < n; i++) w->pairs[i] = (dated){w->in->date[from + i], w->in->type ? w->in->type[from + i] : 0};
    qsort(w->pairs, n, sizeof *w->pairs, by_date);
    for (size_t i = 0; i < n; i++) w->date[i] = w->pairs[i].date, w->type[i] = w->pairs[i].type;
}

static void
add_person(const pass *w, size_t p, int end_year)
{
    const follow_window_options *o = w->o;
    int32_t index = w->c->index[p], end[FOLLOW_WINDOWS];
    if (index == DATE_MISSING) return;
    int year = date_to_parts(index).year;
    size_t from = w->in->first[p], n = w->in->first[p + 1] - from;
    const int32_t *date = w->in->date + from;
    const int8_t *type = w->in->type ? w->in->type + from : NULL;
    if (!w->in->sorted && n > 1) {
        sort_person(w, from, n);
        date = w->date, type = w->type;
    }
    for (int k = 0; k < o->windows; k++) end[k] = date_add_years(index, o->years[k]);
    person_sums s = {.first = -1};
    int64_t type_incidents[FOLLOW_WINDOWS][FOLLOW_TYPES];
    memset(type_incidents, 0, (size_t)o->windows * sizeof *type_incidents);
    count_person(w, index, n, date, type, end, &s, type_incidents);
    int64_t counted = 0;
    uint32_t types = 0;
    size_t group = w->c->group ? (size_t)w->c->group[p] : 0;
    for (int k = 0; k < o->windows; k++) {
        follow_window *to = &w->window[group * (size_t)o->windows + (size_t)k];
        counted += s.counted[k];
        types |= s.types[k];
        for (int t = 0; types && t < FOLLOW_TYPES && k > 0; t++) type_incidents[k][t] += type_incidents[k - 1][t];
        eligible e = is_eligible(w, p, end[k], year, o->years[k], end_year);
        to->by_anniversary += e.anniversary, to->by_calendar += e.calendar, to->left_early += e.left;
        if (!(o->eligibility == ELIGIBLE_ANNIVERSARY ? e.anniversary : e.calendar)) continue;
        to->eligible++;
        to->none += counted == 0, to->once += counted == 1, to->several += counted > 1;
        to->incidents += counted;
        for (uint32_t left = types; left; left &= left - 1) {
            int t = __builtin_ctz(left);
            to->type_persons[t]++;
            to->type_incidents[t] += type_incidents[k][t];
        }
        if (counted) w->days[(group * (size_t)o->windows + (size_t)k) * w->span + (size_t)s.first]++;
    }
}

/* Median, mean and standard deviation of days by their counts. */
static void
summarise(const int64_t *days, size_t span, follow_window *to)
{
    double n = 0, sum = 0, square = 0, middle[2] = {NAN, NAN};
    for (size_t d = 0; d < span; d++) n += (double)days[d], sum += (double)d * (double)days[d];
    to->first_n = (int64_t)n;
    to->first_median = to->first_mean = to->first_sd = NAN;
    if (n == 0) return;
    double mean = sum / n, seen = 0;
    for (size_t d = 0; d < span; d++) {
        if (!days[d]) continue;
        double off = (double)d - mean, before = seen;
        square += (double)days[d] * off * off;
        seen += (double)days[d];
        if (before < (n + 1) / 2 && seen >= floor((n + 1) / 2) && isnan(middle[0])) middle[0] = (double)d;
        if (seen >= ceil((n + 1) / 2) && isnan(middle[1])) middle[1] = (double)d;
    }
    to->first_mean = mean;
    to->first_median = (middle[0] + middle[1]) / 2;
    to->first_sd = n > 1 ? sqrt(square / (n - 1)) : NAN;
}

static status
check_options(const follow_cohort *c, const follow_incidents *i, const follow_window_options *o)
{
    if (o->windows < 1 || o->windows > FOLLOW_WINDOWS) FAIL(ST_INVALID, "expected 1 to %d windows", FOLLOW_WINDOWS);
    for (int k = 0; k < o->windows; k++)
        if (o->years[k] < 1 || o->years[k] > 100 || (k && o->years[k] <= o->years[k - 1]))
            FAIL(ST_INVALID, "expected windows from 1 to 100 years, ascending");
    if (o->same_case < 0 || o->lag < 0) FAIL(ST_INVALID, "expected days from 0 for the same case and the registration lag");
    if (c->n != i->persons) FAIL(ST_INVALID, "expected as many persons in the incidents as in the cohort");
    return ST_OK;
}

status
follow_windows(arena *out, const follow_cohort *c, const follow_incidents *i, const follow_window_options *o, follow_window **result)
{
    SCRATCH(tmp);
    CHECK(check_options(c, i, o));
    size_t cells = (size_t)(c->group ? c->groups : 1) * (size_t)o->windows, most = 0;
    pass w = {.c = c, .in = i, .o = o, .span = (size_t)o->years[o->windows - 1] * 366 + 2};
    ALLOC(out, w.window, cells);
    ALLOC(tmp, w.days, cells * w.span);
    if (!i->sorted) {
        for (size_t p = 0; p < i->persons; p++)
            if (i->first[p + 1] - i->first[p] > most) most = i->first[p + 1] - i->first[p];
        ALLOC(tmp, w.date, most);
        ALLOC(tmp, w.type, most);
        ALLOC(tmp, w.pairs, most);
    }
    int end_year = date_to_parts(o->data_end).year;
    for (size_t p = 0; p < c->n; p++) add_person(&w, p, end_year);
    for (size_t k = 0; k < cells; k++) summarise(w.days + k * w.span, w.span, &w.window[k]);
    *result = w.window;
    return ST_OK;
}

void
follow_index(const follow_incidents *i, uint32_t types, int32_t from, int32_t to, int32_t *index)
{
    for (size_t p = 0; p < i->persons; p++) {
        index[p] = DATE_MISSING;
        for (size_t k = i->first[p]; k < i->first[p + 1]; k++) {
            int t = i->type ? i->type[k] : 0;
            if (t < 0 || !(types >> t & 1) || i->date[k] < from || i->date[k] > to) continue;
            if (index[p] == DATE_MISSING || i->date[k] < index[p]) index[p] = i->date[k];
        }
    }
}
