#include "cli/stat.h"

#include "base/file.h"
#include "base/hash.h"
#include "follow/controls.h"
#include "table/csv.h"

#include <stdlib.h>
#include <string.h>

typedef struct match_list {
    const char *name[CONTROLS_MATCH];
    int n;
} match_list;

static status
read_match(arena *a, const options *o, match_list *m)
{
    const char *list = option_text(o, "match");
    while (*list) {
        size_t length = strcspn(list, ",");
        if (m->n == CONTROLS_MATCH) FAIL(ST_USAGE, "--match: at most %d columns", CONTROLS_MATCH);
        m->name[m->n] = arena_copy(a, list, length);
        if (!m->name[m->n++]) FAIL(ST_NO_MEMORY, "out of memory (options)");
        list += length + (list[length] == ',');
    }
    return ST_OK;
}

/* The number a key stands for: itself when it is one, as one writes it (007 is not 7), else a hash of its text. */
static uint64_t
key_of(text key)
{
    int64_t number;
    bool plain = key.n && key.bytes[0] >= '0' && key.bytes[0] <= '9' && (key.bytes[0] != '0' || key.n == 1);
    if (plain && text_to_int(key, &number)) return (uint64_t)number;
    return hash_seed(hash_of(key.bytes, key.n)) | 1ull << 63;
}

static status
read_side(arena *a, const char *file, const match_list *m, table *t, uint64_t **key)
{
    csv_column spec[1 + CONTROLS_MATCH] = {{.name = "person", .type = COLUMN_TEXT}};
    for (int i = 0; i < m->n; i++) spec[1 + i] = (csv_column){.name = m->name[i], .type = COLUMN_TEXT};
    CHECK(csv_read_table(a, file, NULL, 1 + (size_t)m->n, spec, t));
    if (t->rows == 0) FAIL(ST_INVALID, "%s: no rows; expected a row a person", file);
    if (t->column[0].dictionary->n < t->rows) { /* an empty one, or one twice */
        bool *seen;
        ALLOC(a, seen, t->column[0].dictionary->n);
        for (size_t i = 0; i < t->rows; i++) {
            int32_t p = column_int32(&t->column[0])[i];
            if (p >= 0 && seen[p]) FAIL(ST_INVALID, "%s: row %zu: a person again; expected each person once", file, i + 2);
            if (p >= 0) seen[p] = true;
        }
    }
    uint64_t *k;
    ALLOC(a, k, t->rows);
    for (size_t i = 0; i < t->rows; i++) {
        text person = column_text(&t->column[0], i);
        if (person.n == 0) FAIL(ST_INVALID, "%s: row %zu, column person: empty; expected a key of the person", file, i + 2);
        k[i] = key_of(person);
    }
    *key = k;
    return ST_OK;
}

typedef struct ranked {
    text value;
    int32_t index;
} ranked;

static int
by_text(const void *a, const void *b)
{
    return text_compare(((const ranked *)a)->value, ((const ranked *)b)->value);
}

/* The distinct values of the cases in byte order: strata are numbered alike whatever the order of rows. */
static status
sorted_values(arena *a, const dictionary *d, ranked **result)
{
    ranked *v;
    ALLOC(a, v, d->n);
    for (size_t i = 0; i < d->n; i++) v[i] = (ranked){dictionary_get(d, (int32_t)i), (int32_t)i};
    qsort(v, d->n, sizeof *v, by_text);
    *result = v;
    return ST_OK;
}

/* A column's values as their place among the values of the cases; -1 where no case has the value. */
static status
recode(arena *a, size_t n, const ranked *values, const column *from, size_t rows, column *result)
{
    int32_t *code, *value;
    ALLOC(a, code, from->dictionary->n);
    ALLOC(a, value, rows);
    for (size_t i = 0; i < from->dictionary->n; i++) {
        ranked want = {dictionary_get(from->dictionary, (int32_t)i), 0};
        const ranked *found = n ? bsearch(&want, values, n, sizeof want, by_text) : NULL;
        code[i] = found ? (int32_t)(found - values) : -1;
    }
    for (size_t r = 0; r < rows; r++) value[r] = column_int32(from)[r] < 0 ? -1 : code[column_int32(from)[r]];
    *result = *from;
    result->data = value;
    return ST_OK;
}

typedef struct sides {
    table cases, population;
    controls_side case_side, population_side;
    column case_coded[CONTROLS_MATCH], coded[CONTROLS_MATCH];
    ranked *values[CONTROLS_MATCH];
    ranked *order; /* the cases by their keys */
} sides;

static status
read_sides(arena *a, const options *o, const match_list *m, sides *s)
{
    uint64_t *key;
    CHECK(read_side(a, option_text(o, "cases"), m, &s->cases, &key));
    s->case_side = (controls_side){.n = s->cases.rows, .key = key};
    CHECK(read_side(a, option_text(o, "population"), m, &s->population, &key));
    s->population_side = (controls_side){.n = s->population.rows, .key = key};
    for (int i = 0; i < m->n; i++) {
        const column *cases = &s->cases.column[1 + i];
        CHECK(sorted_values(a, cases->dictionary, &s->values[i]));
        CHECK(recode(a, cases->dictionary->n, s->values[i], cases, s->cases.rows, &s->case_coded[i]));
        CHECK(recode(a, cases->dictionary->n, s->values[i], &s->population.column[1 + i], s->population.rows, &s->coded[i]));
        s->case_side.match[i] = &s->case_coded[i];
        s->population_side.match[i] = &s->coded[i];
    }
    ALLOC(a, s->order, s->cases.rows);
    for (size_t c = 0; c < s->cases.rows; c++) s->order[c] = (ranked){column_text(&s->cases.column[0], c), (int32_t)c};
    qsort(s->order, s->cases.rows, sizeof *s->order, by_text);
    return ST_OK;
}

static text
match_text(const sides *s, int i, int32_t value)
{
    return s->values[i][value].value;
}

static status
write_drawn(const options *o, const sides *s, const match_list *m, const controls_result *r)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    text_put(&b, "case,control");
    for (int i = 0; i < m->n; i++) text_printf(&b, ",%s", m->name[i]);
    text_put_char(&b, '\n');
    size_t *first;
    ALLOC(tmp, first, s->cases.rows + 1);
    for (size_t k = 0; k < r->n; k++) first[r->of[k] + 1]++;
    for (size_t c = 0; c < s->cases.rows; c++) first[c + 1] += first[c];
    for (size_t c = 0; c < s->cases.rows; c++)
        for (size_t k = first[s->order[c].index]; k < first[s->order[c].index + 1]; k++) {
            csv_put_field(&b, s->order[c].value);
            text_put_char(&b, ',');
            csv_put_field(&b, column_text(&s->population.column[0], r->control[k]));
            for (int i = 0; i < m->n; i++) {
                text_put_char(&b, ',');
                csv_put_field(&b, column_text(&s->population.column[1 + i], r->control[k]));
            }
            text_put_char(&b, '\n');
        }
    text all;
    CHECK(text_builder_end(&b, &all));
    return file_write(option_text(o, "out"), all);
}

static int
by_key(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* What stands behind every person of a stratum: match values and weight. */
static status
stratum_tail(arena *a, const sides *s, const match_list *m, const controls_stratum *t, text *tail)
{
    text_builder b = text_builder_new(a);
    for (int i = 0; i < m->n; i++) {
        text_put_char(&b, ',');
        csv_put_field(&b, match_text(s, i, t->value[i]));
    }
    text_put_char(&b, ',');
    text_put_double(&b, (double)t->cases / (double)t->population);
    text_put_char(&b, '\n');
    return text_builder_end(&b, tail);
}

/* Which stratum (0: none, else from 1) a combination of match values is, as digits of a number. */
static size_t
combination(const sides *s, const match_list *m, const int32_t value[])
{
    size_t place = 0;
    for (int i = 0; i < m->n; i++) place = place * s->cases.column[1 + i].dictionary->n + (size_t)value[i];
    return place;
}

/* Everybody of the strata, weighted so that strata count as among the cases. */
static status
write_whole(const options *o, const sides *s, const match_list *m, const controls_result *r)
{
    SCRATCH(tmp);
    size_t combinations = 1, cases = s->cases.rows, *stratum;
    uint64_t *key;
    text *tail;
    for (int i = 0; i < m->n; i++) combinations *= s->cases.column[1 + i].dictionary->n;
    ALLOC(tmp, stratum, combinations);
    ALLOC(tmp, tail, r->strata);
    for (size_t j = 0; j < r->strata; j++) {
        stratum[combination(s, m, r->stratum[j].value)] = j + 1;
        if (r->stratum[j].population > 0) CHECK(stratum_tail(tmp, s, m, &r->stratum[j], &tail[j]));
    }
    ALLOC(tmp, key, cases);
    memcpy(key, s->case_side.key, cases * sizeof *key);
    qsort(key, cases, sizeof *key, by_key);
    text_builder b = text_builder_new(tmp);
    text_put(&b, "control");
    for (int i = 0; i < m->n; i++) text_printf(&b, ",%s", m->name[i]);
    text_put(&b, ",weight\n");
    for (size_t k = 0; k < s->population.rows; k++) {
        int32_t value[CONTROLS_MATCH];
        bool missing = false;
        for (int i = 0; i < m->n; i++) value[i] = column_int32(&s->coded[i])[k], missing = missing || value[i] < 0;
        size_t j = missing ? 0 : stratum[combination(s, m, value)];
        if (j == 0 || bsearch(&s->population_side.key[k], key, cases, sizeof *key, by_key)) continue;
        csv_put_field(&b, column_text(&s->population.column[0], k));
        text_put_bytes(&b, tail[j - 1].bytes, tail[j - 1].n);
    }
    text all;
    CHECK(text_builder_end(&b, &all));
    return file_write(option_text(o, "out"), all);
}

/* What was drawn, and where it fell short. */
static status
report(const options *o, const sides *s, const match_list *m, const controls_result *r)
{
    json_t *all = json_object(), *short_of = json_array();
    int64_t wanted = 0, given = 0;
    for (size_t j = 0; j < r->strata; j++) {
        const controls_stratum *t = &r->stratum[j];
        wanted += t->wanted, given += t->given;
        if (t->given >= t->wanted && t->population > 0) continue;
        json_t *one = json_object();
        for (int i = 0; i < m->n; i++) {
            text v = match_text(s, i, t->value[i]);
            json_object_set_new(one, m->name[i], json_stringn(v.bytes, v.n));
        }
        json_object_set_new(one, "cases", json_integer(t->cases));
        json_object_set_new(one, "population", json_integer(t->population));
        json_object_set_new(one, "wanted", json_integer(t->wanted));
        json_object_set_new(one, "given", json_integer(t->given));
        json_array_append_new(short_of, one);
    }
    json_object_set_new(all, "cases", json_integer((json_int_t)s->cases.rows));
    json_object_set_new(all, "cases_without_match_values", json_integer(r->unmatched));
    json_object_set_new(all, "cases_in_population", json_integer(r->own));
    json_object_set_new(all, "strata", json_integer((json_int_t)r->strata));
    json_object_set_new(all, "method", json_string(option_flag(o, "whole") ? "whole strata, weighted" : "drawn without replacement"));
    if (!option_flag(o, "whole")) {
        json_object_set_new(all, "seed", json_integer(option_int(o, "seed")));
        json_object_set_new(all, "wanted", json_integer(wanted));
        json_object_set_new(all, "given", json_integer(given));
    }
    json_object_set_new(all, "short", short_of);
    return stat_print(all);
}

static status
run(arena *a, const options *o)
{
    match_list m = {0};
    sides s;
    controls_result r;
    CHECK(read_match(a, o, &m));
    CHECK(read_sides(a, o, &m, &s));
    bool whole = option_flag(o, "whole");
    controls_options draw = {m.n, whole ? 0 : option_int(o, "per-case"), (uint64_t)option_int(o, "seed")};
    status code = follow_controls(a, &s.case_side, &s.population_side, &draw, &r);
    if (code != ST_OK) return status_prefix(code, "%s: ", option_text(o, "cases"));
    CHECK(whole ? write_whole(o, &s, &m, &r) : write_drawn(o, &s, &m, &r));
    return report(o, &s, &m, &r);
}

static const verb_option controls_options_list[] = {
    {"cases", OPTION_TEXT, "C.csv", 0, 0, NULL, "person and the match columns, each case once", true},
    {"population", OPTION_TEXT, "P.csv", 0, 0, NULL, "person and the match columns", true},
    {"match", OPTION_TEXT, "COLUMNS", 0, 0, "sex,birth_year", "equal in case and control; age on 1 January is the year of birth", false},
    {"per-case", OPTION_INT, "N", 1, 1000000, "1000", "controls a case", false},
    {"seed", OPTION_INT, "N", 0, 9007199254740992.0, "1", "the draw depends on it and on the person keys alone", false},
    {"whole", OPTION_FLAG, NULL, 0, 0, NULL, "no draw: everybody of the cases' strata, with a weight", false},
    {"out", OPTION_OUT, "F.csv", 0, 0, NULL, "case,control and the match columns; with --whole control, match columns, weight", true},
    {0},
};

const verb verb_controls = {
    .name = "controls",
    .arguments = "",
    .summary = "Draw matched controls from the population, without replacement and reproducibly.",
    .details = "Prints how many were drawn and each stratum that fell short. The same seed and persons give the same controls, whatever the\n"
               "order of the rows; a case is never a control.",
    .example = "peil controls --cases cases.csv --population population.csv --match sex,birth_year --per-case 1000 --seed 1 --out controls.csv",
    .options = controls_options_list,
    .run = run,
};
