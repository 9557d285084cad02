#include "cli/stat.h"

#include "base/date.h"
#include "follow/paths.h"
#include "table/csv.h"

#include <math.h>
#include <stdlib.h>

typedef struct person_key {
    text key;
    int32_t row;
} person_key;

static int
by_key(const void *a, const void *b)
{
    return text_compare(((const person_key *)a)->key, ((const person_key *)b)->key);
}

typedef struct cohort {
    size_t n;
    const int32_t *from;
    person_key *key;
    size_t keys;
    int64_t no_person, no_date;
} cohort;

static status
read_cohort(arena *a, const options *o, cohort *c)
{
    const char *file = option_text(o, "cohort");
    table t;
    csv_column spec[] = {{.name = "person", .type = COLUMN_TEXT}, {.name = "from", .type = COLUMN_DATE}};
    CHECK(csv_read_table(a, file, NULL, 2, spec, &t));
    if (t.rows == 0) FAIL(ST_INVALID, "%s: an empty cohort; expected a row a person", file);
    int32_t *from = t.column[1].data;
    ALLOC(a, c->key, t.rows);
    for (size_t i = 0; i < t.rows; i++) {
        text key = column_text(&t.column[0], i);
        c->no_date += key.n && from[i] == DATE_MISSING;
        c->no_person += key.n == 0;
        if (key.n == 0)
            from[i] = DATE_MISSING;
        else
            c->key[c->keys++] = (person_key){key, (int32_t)i};
    }
    qsort(c->key, c->keys, sizeof *c->key, by_key);
    for (size_t i = 1; i < c->keys; i++)
        if (text_equal(c->key[i].key, c->key[i - 1].key))
            FAIL(ST_INVALID, "%s: row %d: a person again; expected each person once", file,
                 (c->key[i].row > c->key[i - 1].row ? c->key[i].row : c->key[i - 1].row) + 2);
    c->n = t.rows, c->from = from;
    return ST_OK;
}

static int32_t
find_person(const cohort *c, text key)
{
    person_key want = {key, 0}, *found = c->keys && key.n ? bsearch(&want, c->key, c->keys, sizeof want, by_key) : NULL;
    return found ? found->row : -1;
}

typedef struct spells {
    follow_spells of;
    const char **type;
    int64_t rows, not_in_cohort, incomplete;
    int32_t data_end;
} spells;

static status
read_spells(arena *a, const options *o, const cohort *c, spells *s)
{
    const char *file = option_text(o, "trajectories");
    table t;
    csv_column spec[] = {{.name = "person", .type = COLUMN_TEXT}, {.name = "start", .type = COLUMN_DATE}, {.name = "end", .type = COLUMN_DATE, .optional = true},
                         {.name = "type", .type = COLUMN_TEXT}};
    CHECK(csv_read_table(a, file, NULL, 4, spec, &t));
    const dictionary *types = t.column[3].dictionary;
    if (types->n > PATHS_TYPES) FAIL(ST_INVALID, "%s: more than %d types", file, PATHS_TYPES);
    ALLOC(a, s->type, types->n + 1);
    for (size_t k = 0; k < types->n; k++) {
        s->type[k] = arena_copy(a, dictionary_get(types, (int32_t)k).bytes, dictionary_get(types, (int32_t)k).n);
        if (!s->type[k]) FAIL(ST_NO_MEMORY, "out of memory (types)");
    }
    int32_t *person, *start, *end;
    int8_t *type;
    ALLOC(a, person, t.rows);
    ALLOC(a, start, t.rows);
    ALLOC(a, end, t.rows);
    ALLOC(a, type, t.rows);
    size_t n = 0;
    for (size_t i = 0; i < t.rows; i++) {
        int32_t row = find_person(c, column_text(&t.column[0], i)), from = column_int32(&t.column[1])[i], kind = column_int32(&t.column[3])[i];
        int32_t to = column_int32(&t.column[2])[i];
        if (to != DATE_MISSING && to < from) FAIL(ST_INVALID, "%s: row %zu: the trajectory ends before it starts", file, i + 2);
        if (from > s->data_end) s->data_end = from;
        if (to > s->data_end) s->data_end = to;
        s->incomplete += from == DATE_MISSING || kind < 0;
        s->not_in_cohort += row < 0 && from != DATE_MISSING && kind >= 0;
        if (row < 0 || from == DATE_MISSING || kind < 0) continue;
        person[n] = row, start[n] = from, end[n] = to, type[n++] = (int8_t)kind;
    }
    s->rows = (int64_t)t.rows;
    return follow_spells_of(a, n, person, start, end, type, c->n, (int)types->n, &s->of);
}

static status
put_costs(arena *a, const options *o, const cohort *c, json_t *all)
{
    const char *file = option_text(o, "costs");
    if (!file) return ST_OK;
    table t;
    csv_column spec[] = {{.name = "person", .type = COLUMN_TEXT}, {.name = "year", .type = COLUMN_INT32}, {.name = "amount", .type = COLUMN_DOUBLE}};
    CHECK(csv_read_table(a, file, NULL, 3, spec, &t));
    int32_t *person, *year;
    double *amount;
    int64_t others = 0, incomplete = 0;
    size_t n = 0;
    ALLOC(a, person, t.rows);
    ALLOC(a, year, t.rows);
    ALLOC(a, amount, t.rows);
    for (size_t i = 0; i < t.rows; i++) {
        int32_t row = find_person(c, column_text(&t.column[0], i));
        bool usable = column_int32(&t.column[1])[i] != INT32_MIN && !isnan(column_double(&t.column[2])[i]);
        incomplete += !usable;
        others += usable && row < 0;
        if (row < 0 || !usable) continue;
        person[n] = row, year[n] = column_int32(&t.column[1])[i], amount[n++] = column_double(&t.column[2])[i];
    }
    follow_cost_result r;
    CHECK(follow_cost(n, person, year, amount, c->n, c->from, &r));
    json_t *cost = json_object();
    json_object_set_new(cost, "persons", json_integer(r.n));
    json_object_set_new(cost, "mean_year", stat_number(r.mean[0]));
    json_object_set_new(cost, "sd_year", stat_number(r.sd[0]));
    json_object_set_new(cost, "mean_year_after", stat_number(r.mean[1]));
    json_object_set_new(cost, "sd_year_after", stat_number(r.sd[1]));
    json_object_set_new(cost, "rows_not_in_cohort", json_integer(others));
    json_object_set_new(cost, "rows_without_year_or_amount", json_integer(incomplete));
    json_object_set_new(all, "cost", cost);
    return ST_OK;
}

/* Rows: start, then the types; columns: the types, then end. */
static json_t *
transitions(const spells *s, const int64_t passage[])
{
    json_t *table = json_object(), *from = json_array(), *to = json_array(), *n = json_array();
    int w = s->of.types + 1;
    json_array_append_new(from, json_string("start"));
    for (int t = 0; t < s->of.types; t++) json_array_append_new(from, json_string(s->type[t])), json_array_append_new(to, json_string(s->type[t]));
    json_array_append_new(to, json_string("end"));
    for (int r = 0; r < w; r++) {
        json_t *row = json_array();
        for (int c = 1; c <= w; c++) json_array_append_new(row, json_integer(passage[r * w + c % w]));
        json_array_append_new(n, row);
    }
    json_object_set_new(table, "from", from);
    json_object_set_new(table, "to", to);
    json_object_set_new(table, "n", n);
    return table;
}

static void
put_types(const spells *s, const follow_paths_result *r, json_t *all)
{
    json_t *types = json_array(), *passages = json_array(), *moves = json_array();
    int w = s->of.types + 1;
    for (int t = 0; t < s->of.types; t++) {
        json_t *one = json_object();
        json_object_set_new(one, "type", json_string(s->type[t]));
        json_object_set_new(one, "persons", json_integer(r->persons[t]));
        json_object_set_new(one, "share", stat_number(r->eligible ? (double)r->persons[t] / (double)r->eligible : 0));
        json_array_append_new(types, one);
    }
    for (int from = 0; from < w; from++)
        for (int to = 0; to < w; to++) {
            if (!r->passage[from * w + to]) continue;
            json_t *one = json_object();
            json_object_set_new(one, "from", from ? json_string(s->type[from - 1]) : json_null());
            json_object_set_new(one, "to", to ? json_string(s->type[to - 1]) : json_null());
            json_object_set_new(one, "n", json_integer(r->passage[from * w + to]));
            json_array_append_new(passages, one);
        }
    for (int m = 0; m < PATHS_MOVES; m++) json_array_append_new(moves, json_integer(r->moved[m]));
    json_object_set_new(all, "types", types);
    json_object_set_new(all, "passages", passages);
    json_object_set_new(all, "transitions", transitions(s, r->passage));
    json_object_set_new(all, "transitions_soon", transitions(s, r->soon));
    json_object_set_new(all, "persons_by_moves", moves);
}

static status
run(arena *a, const options *o)
{
    cohort c = {0};
    spells s = {.data_end = DATE_MISSING};
    follow_paths_result r;
    CHECK(read_cohort(a, o, &c));
    CHECK(read_spells(a, o, &c, &s));
    if (option_text(o, "until") && !date_parse(text_of(option_text(o, "until")), "%Y-%m-%d", &s.data_end))
        FAIL(ST_USAGE, "--until: expected a date as YYYY-MM-DD that exists");
    follow_paths(&s.of, c.from, &(follow_paths_options){(int32_t)option_int(o, "within"), (int32_t)option_int(o, "moves-within"), s.data_end}, &r);
    json_t *all = json_object(), *left = json_object();
    json_object_set_new(left, "no_person", json_integer(c.no_person));
    json_object_set_new(left, "no_date", json_integer(c.no_date));
    json_object_set_new(left, "not_followed_long_enough", json_integer(r.not_followed));
    json_object_set_new(left, "trajectories_not_in_cohort", json_integer(s.not_in_cohort));
    json_object_set_new(left, "trajectories_without_start_or_type", json_integer(s.incomplete));
    json_object_set_new(all, "excluded", left);
    json_object_set_new(all, "persons", json_integer(r.eligible));
    json_object_set_new(all, "any", json_integer(r.any));
    json_object_set_new(all, "share", stat_number(r.eligible ? (double)r.any / (double)r.eligible : 0));
    put_types(&s, &r, all);
    status code = put_costs(a, o, &c, all);
    if (code == ST_OK) return stat_print(all);
    json_decref(all);
    return code;
}

static const verb_option paths_options[] = {
    {"cohort", OPTION_TEXT, "C.csv", 0, 0, NULL, "person,from: the last day of the offence period, each person once", true},
    {"trajectories", OPTION_TEXT, "T.csv", 0, 0, NULL, "person,start,end,type: help, places or statuses; no end: still going on", true},
    {"costs", OPTION_TEXT, "K.csv", 0, 0, NULL, "person,year,amount", false},
    {"within", OPTION_INT, "DAYS", 1, 36600, "365", "days after `from` in which help counts", false},
    {"moves-within", OPTION_INT, "DAYS", 1, 36600, "56", "days after the first place in which moves count", false},
    {"until", OPTION_TEXT, "DATE", 0, 0, NULL, "last day the trajectories cover; without it the last date in them", false},
    {0},
};

const verb verb_paths = {
    .name = "paths",
    .arguments = "",
    .summary = "Help within a year, chains of places and statuses, and yearly cost.",
    .details = "JSON: persons, share with help and per type, passages from one trajectory to the next (null: begins or ends), the same as a\n"
               "table, whole and cut after --moves-within days, persons by number of moves (0 to 4, 5 or more), mean yearly cost in the year of `from` and the year after.",
    .example = "peil paths --cohort victims.csv --trajectories help.csv --costs cost.csv",
    .options = paths_options,
    .run = run,
};
