#include "cli/follow_data.h"

#include "base/date.h"
#include "table/csv.h"

#include <stdlib.h>

const char *const follow_cohort_left[LEFT_COHORT] = {"no_person", "no_index_incident", "index_before_birth", "index_after_end",
                                                     "until_before_index"};
const char *const follow_events_left[LEFT_EVENTS] = {"no_person", "no_date", "not_in_cohort", "other_role", "unknown_code", "before_birth",
                                                     "after_end"};

/* Keys of the cohort in byte order, to find persons of the incidents. */
typedef struct keyed {
    text key;
    int32_t row;
} keyed;

static int
by_key(const void *a, const void *b)
{
    return text_compare(((const keyed *)a)->key, ((const keyed *)b)->key);
}

typedef struct reading {
    const options *o;
    table cohort, events;
    const int32_t *born;
    int32_t *index, *until;
    size_t n;
    keyed *keys;
    size_t keys_n;
} reading;

enum { C_PERSON, C_INDEX, C_BORN, C_UNTIL, C_BY };
enum { E_PERSON, E_DATE, E_CODE, E_ROLE };

static status
read_cohort(arena *a, reading *r)
{
    const char *file = option_text(r->o, "cohort"), *by = option_text(r->o, "by");
    csv_column spec[] = {{.name = "person", .type = COLUMN_TEXT},
                         {.name = "index_date", .type = COLUMN_DATE, .optional = true},
                         {.name = "born", .type = COLUMN_DATE, .optional = true},
                         {.name = "until", .type = COLUMN_DATE, .optional = true},
                         {.name = by, .type = COLUMN_TEXT}};
    CHECK(csv_read_table(a, file, NULL, by ? 5 : 4, spec, &r->cohort));
    r->n = r->cohort.rows;
    if (r->n == 0) FAIL(ST_INVALID, "%s: an empty cohort; expected a row a person", file);
    r->index = r->cohort.column[C_INDEX].data, r->until = r->cohort.column[C_UNTIL].data;
    r->born = column_int32(&r->cohort.column[C_BORN]);
    const column *person = &r->cohort.column[C_PERSON];
    int32_t *seen;
    ALLOC(a, r->keys, r->n);
    ALLOC(a, seen, person->dictionary->n);
    for (size_t i = 0; i < r->n; i++) {
        int32_t key = column_int32(person)[i];
        if (key < 0) continue;
        if (seen[key]) FAIL(ST_INVALID, "%s: row %zu: the person of row %d again; expected each person once", file, i + 2, seen[key] + 1);
        seen[key] = (int32_t)i + 1;
        r->keys[r->keys_n++] = (keyed){dictionary_get(person->dictionary, key), (int32_t)i};
    }
    qsort(r->keys, r->keys_n, sizeof *r->keys, by_key);
    return ST_OK;
}

/* Rows of the cohort for each distinct person of the incidents; -1: not there. */
static status
find_persons(arena *a, const reading *r, int32_t **result)
{
    const dictionary *d = r->events.column[E_PERSON].dictionary;
    int32_t *row;
    ALLOC(a, row, d->n);
    for (size_t i = 0; i < d->n; i++) {
        keyed want = {dictionary_get(d, (int32_t)i), 0}, *found = NULL;
        if (r->keys_n) found = bsearch(&want, r->keys, r->keys_n, sizeof want, by_key);
        row[i] = found ? found->row : -1;
    }
    *result = row;
    return ST_OK;
}

static bool
is_trafficking(text code)
{
    static const char *const codes[] = {"F5293", "F561", "F562", "F563", "F564", "F565"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (text_is(code, codes[i])) return true;
    return false;
}

/* Types of the codes: --types FILE (code,type), else trafficking and other. -1: no such code. */
static status
read_types(arena *a, const reading *r, follow_files *f, int8_t **result)
{
    const dictionary *codes = r->events.column[E_CODE].dictionary;
    const char *file = option_text(r->o, "types");
    int8_t *type;
    ALLOC(a, type, codes->n);
    ALLOC(a, f->type, FOLLOW_TYPES);
    if (!file) {
        f->type[0] = "trafficking", f->type[1] = "other", f->types = 2;
        for (size_t i = 0; i < codes->n; i++) type[i] = !is_trafficking(dictionary_get(codes, (int32_t)i));
        *result = type;
        return ST_OK;
    }
    table t;
    csv_column spec[] = {{.name = "code", .type = COLUMN_TEXT}, {.name = "type", .type = COLUMN_TEXT}};
    CHECK(csv_read_table(a, file, NULL, 2, spec, &t));
    const dictionary *types = t.column[1].dictionary;
    if (types->n > FOLLOW_TYPES) FAIL(ST_INVALID, "%s: more than %d types", file, FOLLOW_TYPES);
    f->types = types->n;
    for (size_t k = 0; k < types->n; k++) {
        f->type[k] = arena_copy(a, dictionary_get(types, (int32_t)k).bytes, dictionary_get(types, (int32_t)k).n);
        if (!f->type[k]) FAIL(ST_NO_MEMORY, "out of memory (types)");
    }
    for (size_t i = 0; i < codes->n; i++) {
        type[i] = -1;
        for (size_t k = 0; k < t.rows; k++)
            if (text_equal(column_text(&t.column[0], k), dictionary_get(codes, (int32_t)i))) type[i] = (int8_t)column_int32(&t.column[1])[k];
    }
    *result = type;
    return ST_OK;
}

static status
find_end(const reading *r, int32_t *end)
{
    const char *until = option_text(r->o, "until");
    if (until) {
        if (!date_parse(text_of(until), "%Y-%m-%d", end)) FAIL(ST_USAGE, "--until: expected a date as YYYY-MM-DD that exists");
        return ST_OK;
    }
    int32_t last = DATE_MISSING;
    for (size_t i = 0; i < r->events.rows; i++)
        if (column_int32(&r->events.column[E_DATE])[i] > last) last = column_int32(&r->events.column[E_DATE])[i];
    if (last == DATE_MISSING) FAIL(ST_INVALID, "%s: no incident has a date; name the last day they cover with --until", option_text(r->o, "events"));
    for (size_t i = 0; i < r->n; i++)
        if (r->index[i] > last) last = r->index[i];
    date_parts p = {date_to_parts(last).year, 12, 31};
    return date_from_parts(p, end) ? ST_OK : ST_INVALID;
}

/* Why an incident does not count, or -1. */
static int
reason_against(const reading *r, const follow_files *f, size_t i, const int32_t *row_of, const int8_t *type_of)
{
    int32_t person = column_int32(&r->events.column[E_PERSON])[i], date = column_int32(&r->events.column[E_DATE])[i];
    int32_t code = column_int32(&r->events.column[E_CODE])[i];
    text role = column_text(&r->events.column[E_ROLE], i);
    if (person < 0) return LEFT_EVENT_NO_PERSON;
    if (date == DATE_MISSING) return LEFT_EVENT_NO_DATE;
    if (row_of[person] < 0) return LEFT_EVENT_NOT_IN_COHORT;
    if (role.n && !text_is(role, option_text(r->o, "role"))) return LEFT_EVENT_OTHER_ROLE;
    if (code < 0 || type_of[code] < 0) return LEFT_EVENT_UNKNOWN_CODE;
    int32_t born = r->born[row_of[person]];
    if (born != DATE_MISSING && date < born) return LEFT_EVENT_BEFORE_BIRTH;
    if (date > f->data_end) return LEFT_EVENT_AFTER_END;
    return -1;
}

/* Who of the cohort is victim and suspect, and which came first. */
static status
find_order(const reading *r, const int32_t *row_of, follow_order *result)
{
    SCRATCH(tmp);
    int32_t *first[2];
    for (int k = 0; k < 2; k++) {
        ALLOC(tmp, first[k], r->n);
        for (size_t i = 0; i < r->n; i++) first[k][i] = DATE_MISSING;
    }
    for (size_t i = 0; i < r->events.rows; i++) {
        int32_t person = column_int32(&r->events.column[E_PERSON])[i], date = column_int32(&r->events.column[E_DATE])[i];
        text role = column_text(&r->events.column[E_ROLE], i);
        int k = text_is(role, "suspect") ? 1 : role.n == 0 || text_is(role, "victim") ? 0 : -1;
        if (k < 0 || person < 0 || date == DATE_MISSING || row_of[person] < 0) continue;
        int32_t *known = &first[k][row_of[person]];
        if (*known == DATE_MISSING || date < *known) *known = date;
    }
    *result = follow_order_of(r->n, first[0], first[1]);
    return ST_OK;
}

static status
read_events(arena *a, reading *r, follow_files *f)
{
    csv_column spec[] = {{.name = "person", .type = COLUMN_TEXT},
                         {.name = "date", .type = COLUMN_DATE},
                         {.name = "code", .type = COLUMN_TEXT},
                         {.name = "role", .type = COLUMN_TEXT, .optional = true}};
    CHECK(csv_read_table(a, option_text(r->o, "events"), NULL, 4, spec, &r->events));
    CHECK(find_end(r, &f->data_end));
    int32_t *row_of, *person, *date;
    int8_t *type_of, *type;
    CHECK(find_persons(a, r, &row_of));
    CHECK(find_order(r, row_of, &f->order));
    CHECK(read_types(a, r, f, &type_of));
    ALLOC(a, person, r->events.rows);
    ALLOC(a, date, r->events.rows);
    ALLOC(a, type, r->events.rows);
    size_t n = 0;
    for (size_t i = 0; i < r->events.rows; i++) {
        int why = reason_against(r, f, i, row_of, type_of);
        if (why >= 0) {
            f->events_left[why]++;
            continue;
        }
        person[n] = row_of[column_int32(&r->events.column[E_PERSON])[i]];
        date[n] = column_int32(&r->events.column[E_DATE])[i];
        type[n++] = type_of[column_int32(&r->events.column[E_CODE])[i]];
    }
    f->event_rows = (int64_t)r->events.rows, f->kept_events = (int64_t)n;
    return follow_incidents_of(a, n, person, date, type, r->n, &f->incidents);
}

/* The index incident where the cohort names none: the first one of trafficking. */
static status
find_index(arena *a, reading *r, follow_files *f)
{
    uint32_t wanted = 0;
    for (size_t k = 0; k < f->types; k++)
        if (strcmp(f->type[k], option_text(r->o, "index-type")) == 0) wanted |= 1u << k;
    if (!wanted) FAIL(ST_INVALID, "no type %s among the types of offence; see --types and --index-type", option_text(r->o, "index-type"));
    ALLOC(a, r->index, r->n);
    follow_index(&f->incidents, wanted, INT32_MIN + 1, f->data_end, r->index);
    f->index_from_events = true;
    return ST_OK;
}

static void
leave_out(const reading *r, follow_files *f)
{
    for (size_t i = 0; i < r->n; i++) {
        int why = -1;
        if (column_int32(&r->cohort.column[C_PERSON])[i] < 0)
            why = LEFT_NO_PERSON;
        else if (r->index[i] == DATE_MISSING)
            why = LEFT_NO_INDEX;
        else if (r->born[i] != DATE_MISSING && r->index[i] < r->born[i])
            why = LEFT_INDEX_BEFORE_BIRTH;
        else if (r->index[i] > f->data_end)
            why = LEFT_INDEX_AFTER_END;
        else if (r->until[i] != DATE_MISSING && r->until[i] < r->index[i])
            why = LEFT_UNTIL_BEFORE_INDEX;
        if (why < 0) {
            f->persons++;
            continue;
        }
        f->cohort_left[why]++;
        r->index[i] = DATE_MISSING;
    }
}

static status
read_groups(arena *a, const reading *r, follow_files *f)
{
    f->cohort.groups = 1;
    if (!option_text(r->o, "by")) return ST_OK;
    const column *c = &r->cohort.column[C_BY];
    size_t n = c->dictionary->n;
    int32_t *group;
    ALLOC(a, group, r->n);
    ALLOC(a, f->group, n + 1);
    for (size_t k = 0; k <= n; k++) {
        f->group[k] = k < n ? arena_copy(a, dictionary_get(c->dictionary, (int32_t)k).bytes, dictionary_get(c->dictionary, (int32_t)k).n) : "";
        if (!f->group[k]) FAIL(ST_NO_MEMORY, "out of memory (groups)");
    }
    bool missing = false;
    for (size_t i = 0; i < r->n; i++) {
        int32_t g = column_int32(c)[i];
        missing = missing || g < 0;
        group[i] = g < 0 ? (int32_t)n : g;
    }
    f->cohort.group = group;
    f->cohort.groups = (int32_t)n + missing;
    return ST_OK;
}

status
follow_files_read(arena *a, const options *o, follow_files *result)
{
    reading r = {.o = o};
    follow_files f = {0};
    CHECK(read_cohort(a, &r));
    CHECK(read_events(a, &r, &f));
    bool any = false;
    for (size_t i = 0; i < r.n; i++) any = any || r.index[i] != DATE_MISSING;
    if (!any) CHECK(find_index(a, &r, &f));
    leave_out(&r, &f);
    CHECK(read_groups(a, &r, &f));
    f.rows = (int64_t)r.n;
    f.cohort.n = r.n, f.cohort.index = r.index, f.cohort.until = r.until;
    *result = f;
    return ST_OK;
}
