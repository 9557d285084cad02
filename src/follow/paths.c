#include "follow/paths.h"

#include "base/date.h"

#include <math.h>
#include <stdlib.h>

typedef struct spell {
    int32_t person, start, end;
    int8_t type;
} spell;

static int
by_start(const void *a, const void *b)
{
    const spell *x = a, *y = b;
    if (x->person != y->person) return x->person < y->person ? -1 : 1;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    if (x->end != y->end) return (uint32_t)x->end - 1u < (uint32_t)y->end - 1u ? -1 : 1; /* going on comes last */
    return (x->type > y->type) - (x->type < y->type);
}

status
follow_spells_of(arena *out, size_t n, const int32_t *person, const int32_t *start, const int32_t *end, const int8_t *type, size_t persons,
                 int types, follow_spells *result)
{
    SCRATCH(tmp);
    spell *s;
    size_t *first;
    int32_t *starts, *ends;
    int8_t *kinds;
    ALLOC(tmp, s, n);
    ALLOC(out, first, persons + 1);
    ALLOC(out, starts, n);
    ALLOC(out, ends, n);
    ALLOC(out, kinds, n);
    if (types > PATHS_TYPES) FAIL(ST_INVALID, "more than %d types of trajectory", PATHS_TYPES);
    for (size_t i = 0; i < n; i++) {
        if (person[i] < 0 || (size_t)person[i] >= persons || type[i] < 0 || type[i] >= types || start[i] == DATE_MISSING)
            FAIL(ST_INVALID, "row %zu: expected a known person, a start and a known type", i + 2);
        if (end[i] != DATE_MISSING && end[i] < start[i]) FAIL(ST_INVALID, "row %zu: the trajectory ends before it starts", i + 2);
        s[i] = (spell){person[i], start[i], end[i], type[i]};
        first[person[i] + 1]++;
    }
    for (size_t p = 0; p < persons; p++) first[p + 1] += first[p];
    qsort(s, n, sizeof *s, by_start);
    for (size_t i = 0; i < n; i++) starts[i] = s[i].start, ends[i] = s[i].end, kinds[i] = s[i].type;
    *result = (follow_spells){persons, types, first, starts, ends, kinds};
    return ST_OK;
}

static void
add_person(const follow_spells *s, size_t p, int32_t from, const follow_paths_options *o, follow_paths_result *r)
{
    int width = s->types + 1, before = 0, last_soon = 0, moves = 0;
    uint32_t types = 0;
    int32_t opened = 0;
    for (size_t i = s->first[p]; i < s->first[p + 1]; i++) {
        if (s->start[i] > from + o->within) break;
        if (s->end[i] != DATE_MISSING && s->end[i] <= from) continue;
        int here = s->type[i] + 1;
        r->passage[before * width + here]++;
        if (before == 0) opened = s->start[i] > from ? s->start[i] : from;
        bool soon = s->start[i] <= opened + o->moves; /* the first always is */
        if (soon) r->soon[last_soon * width + here]++, last_soon = here;
        moves += before != 0 && soon;
        before = here;
        types |= 1u << s->type[i];
    }
    if (!types) return;
    r->passage[before * width]++;
    r->soon[last_soon * width]++;
    r->any++;
    r->moved[moves < PATHS_MOVES - 1 ? moves : PATHS_MOVES - 1]++;
    for (uint32_t left = types; left; left &= left - 1) r->persons[__builtin_ctz(left)]++;
}

void
follow_paths(const follow_spells *s, const int32_t *from, const follow_paths_options *o, follow_paths_result *result)
{
    memset(result, 0, sizeof *result);
    for (size_t p = 0; p < s->persons; p++) {
        if (from[p] == DATE_MISSING) continue;
        if (from[p] + o->within > o->data_end) {
            result->not_followed++;
            continue;
        }
        result->eligible++;
        add_person(s, p, from[p], o, result);
    }
}

status
follow_cost(size_t n, const int32_t *person, const int32_t *year, const double *amount, size_t persons, const int32_t *from,
            follow_cost_result *result)
{
    SCRATCH(tmp);
    double *sum[2];
    for (int k = 0; k < 2; k++) ALLOC(tmp, sum[k], persons);
    for (size_t i = 0; i < n; i++) {
        if (person[i] < 0 || (size_t)person[i] >= persons) FAIL(ST_INVALID, "row %zu: expected a known person", i + 2);
        if (from[person[i]] == DATE_MISSING || isnan(amount[i])) continue;
        int k = year[i] - date_to_parts(from[person[i]]).year;
        if (k == 0 || k == 1) sum[k][person[i]] += amount[i];
    }
    follow_cost_result r = {.n = 0};
    for (size_t p = 0; p < persons; p++) r.n += from[p] != DATE_MISSING;
    for (int k = 0; k < 2; k++) {
        double all = 0, square = 0;
        for (size_t p = 0; p < persons; p++)
            if (from[p] != DATE_MISSING) all += sum[k][p];
        r.mean[k] = r.n ? all / (double)r.n : NAN;
        for (size_t p = 0; p < persons; p++)
            if (from[p] != DATE_MISSING) square += (sum[k][p] - r.mean[k]) * (sum[k][p] - r.mean[k]);
        r.sd[k] = r.n > 1 ? sqrt(square / (double)(r.n - 1)) : NAN;
    }
    *result = r;
    return ST_OK;
}

follow_order
follow_order_of(size_t persons, const int32_t *first, const int32_t *second)
{
    follow_order o = {0};
    for (size_t p = 0; p < persons; p++) {
        bool a = first[p] != DATE_MISSING, b = second[p] != DATE_MISSING;
        o.only_first += a && !b, o.only_second += b && !a;
        if (a && b) o.first_before += first[p] < second[p], o.second_before += first[p] > second[p], o.same_day += first[p] == second[p];
    }
    return o;
}
