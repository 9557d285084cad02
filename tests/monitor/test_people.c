/* Populations of the registers: a cohort by hand with its windows, help, costs, order and controls; registers that are not as they should. */
#include "registers.h"

#include "base/file.h"
#include "monitor/load.h"
#include "monitor/strata.h"
#include "monitor/tested.h"

#include <unistd.h>

#define HEAD \
    "monitor: small\nname: {nl: n, en: n}\ntitle: {nl: t, en: t}\nfrom: 2016-01-01\nuntil: 2020-12-31\n" \
    "registers: {source: ../../sources/registers.yaml, folder: registers}\n"
#define COHORT \
    "populations:\n" \
    "  - name: again\n    kind: persons\n    table: incidents\n    day: day\n    from: 2010-01-01\n    until: 2020-12-31\n" \
    "    title: {nl: p, en: p}\n    people: population\n    data_end: 2020-12-31\n" \
    "    where: [{variable: role, any: [victim]}, {variable: group, any: [trafficking]}]\n" \
    "    windows:\n" \
    "      - {variable: again_2, years: 2, table: incidents, day: day, types: group, same: case, where: [{variable: role, any: [victim]}]}\n" \
    "      - {variable: again_5, years: 5, table: incidents, day: day, eligibility: calendar, where: [{variable: role, any: [victim]}]}\n" \
    "    help: [{variable: care, table: youth_care, start: start, after: period_end, days: 365, moves: 364, collect: [type]}]\n" \
    "    costs: [{variable: cost, table: cost, year: year, value: mental_health, after: period_end, from: 2016, until: 2018}]\n" \
    "    orders: [{variable: suspect, table: suspects, day: day}]\n" \
    "    derived: [{variable: age, kind: birth_age, of: [birth_year], at: day}]\n" \
    "    exclusions: [{name: not_followed, title: {nl: x, en: x}, where: [{variable: identified, any: [none]}]}]\n" \
    "  - name: events\n    kind: events\n    of: again\n    window: again_2\n    title: {nl: e, en: e}\n"
#define CONTROLS \
    "    controls: {variable: compared, table: population, match: [sex, birth_year], per_case: 2, seed: 3, on: 2016-01-01, " \
    "where: [{variable: identified, any: [person_number]}], items: [{code: victim}, {code: control}]}\n"
#define FIGURES \
    "figures:\n" \
    "  - {figure: \"1\", population: again, title: {nl: f, en: f}, rows: {blocks: [{variable: again_2}]}, columns: {blocks: [{variable: sex}]}}\n"

typedef struct incident {
    int32_t person;
    const char *identified, *group, *role;
    int year, month, day, number;
} incident;

/* 0: again after 1 month (same case 7) and after 13 months; 1: never, died in 2018; 2: only linked; 3: cannot be followed; 4: late */
static const incident incidents[] = {
    {0, "person_number", "trafficking", "victim", 2016, 3, 1, 7},  {0, "person_number", "violence", "victim", 2016, 4, 1, 7},
    {0, "person_number", "property", "victim", 2017, 4, 1, 8},     {0, "person_number", "property", "suspect", 2017, 5, 1, 9},
    {1, "person_number", "trafficking", "victim", 2017, 6, 1, 10}, {2, "linkage", "trafficking", "victim", 2015, 1, 1, 11},
    {2, "linkage", "trafficking", "victim", 2015, 2, 1, 12},       {2, "linkage", "sexual", "victim", 2016, 2, 1, 13},
    {3, "none", "trafficking", "victim", 2016, 1, 1, 14},          {4, "person_number", "trafficking", "victim", 2019, 7, 1, 15},
    {5, "person_number", "violence", "victim", 2016, 1, 1, 16},
};
enum { INCIDENTS = sizeof incidents / sizeof *incidents };

static void
put_incidents(table *t, const int order[])
{
    for (size_t k = 0; k < INCIDENTS; k++) {
        const incident *i = &incidents[order ? order[k] : (int)k];
        put(t, "person", k, i->person);
        put(t, "identified", k, code_of(t, "identified", i->identified));
        put(t, "sex", k, i->person % 2);
        put(t, "birth_year", k, 1990);
        put(t, "day", k, day_of(i->year, i->month, i->day));
        put(t, "period_start", k, day_of(i->year, i->month, i->day) - 40);
        put(t, "period_end", k, day_of(i->year, i->month, i->day) - 10);
        put(t, "offence", k, 0);
        put(t, "group", k, code_of(t, "group", i->group));
        put(t, "role", k, code_of(t, "role", i->role));
        put(t, "case", k, i->number);
    }
}

static void
put_people(table *t, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        put(t, "person", i, (int64_t)i);
        put(t, "sex", i, (int64_t)i % 2);
        put(t, "birth_year", i, 1990);
        put(t, "left", i, i == 1 ? day_of(2018, 6, 1) : i == 8 ? day_of(2015, 12, 31) : NONE);
        put(t, "reason", i, i == 1 ? 0 : i == 8 ? 1 : NONE);
    }
}

static void
put_care(arena *a, const declared *d)
{
    table *t = fill(a, d, "youth_care", 4), *cost = fill(a, d, "cost", 3), *suspects = fill(a, d, "suspects", 2);
    /* person 0: the offence ended on 2016-02-20; on that day, the day after, 365 and 366 days after */
    const int after[] = {0, 1, 365, 366};
    for (size_t i = 0; i < 4; i++) {
        put(t, "person", i, 0);
        put(t, "start", i, day_of(2016, 2, 20) + after[i]);
        put(t, "end", i, NONE);
        for (size_t k = 3; k < t->columns; k++) put(t, t->column[k].name, i, t->column[k].name[0] == 't' ? (int64_t)i : 0);
    }
    const int years[] = {2016, 2017, 2018};
    for (size_t i = 0; i < 3; i++) {
        put(cost, "person", i, 0);
        put(cost, "year", i, years[i]);
        put(cost, "mental_health", i, 1000 * (int64_t)(i + 1));
        put(cost, "total", i, 0);
    }
    const int who[] = {0, 1};
    for (size_t i = 0; i < 2; i++) {
        put(suspects, "person", i, who[i]);
        put(suspects, "day", i, day_of(i ? 2016 : 2017, 5, 1));
        put(suspects, "birth_year", i, 1990);
        put(suspects, "decision_day", i, NONE);
        put(suspects, "verdict_day", i, NONE);
    }
}

static monitor_definition *
read_definition(arena *a, const char *yaml)
{
    monitor_definition *d;
    ASSERT_OK(monitor_definition_read_bytes(a, source_path(a, "monitors/nl-2016-2020"), text_of(yaml), &d));
    return d;
}

/* All declared tables as registers; what is not filled has no rows. */
static registers
as_registers(arena *a, const declared *d)
{
    registers r = {d->n, arena_alloc(a, d->n, sizeof *r.table), {{0}}};
    for (size_t i = 0; i < d->n; i++) r.table[i].table = d->table[i];
    return r;
}

static registers
small_registers(arena *a, const int order[], size_t people)
{
    declared d = read_declared(a);
    put_incidents(fill(a, &d, "incidents", INCIDENTS), order);
    put_people(fill(a, &d, "population", people), people);
    put_care(a, &d);
    return as_registers(a, &d);
}

static int64_t
at(const table *t, const char *name, size_t row)
{
    const column *c = table_column(t, name);
    if (!c) fail_msg("no column %s", name);
    if (c->type == COLUMN_SET) return column_set(c)[row];
    if (c->type == COLUMN_DOUBLE) return isnan(column_double(c)[row]) ? NONE : (int64_t)column_double(c)[row];
    int64_t v = column_value(c, row);
    return v == INT64_MIN ? NONE : v;
}

static void
by_hand(void **state)
{
    (void)state;
    SCRATCH(a);
    monitor_definition *d = read_definition(a, HEAD COHORT FIGURES);
    registers r = small_registers(a, NULL, 9);
    populations p;
    ASSERT_OK(populations_build(a, d, &r, NULL, &p));
    const table *t = &p.item[0].table;
    enum { TRAFFICKING = 1, SEXUAL = 2, VIOLENCE = 4, PROPERTY = 8, AGAIN = 0, DIED = 1, FOLLOWED = 3 };
    const struct {
        const char *variable;
        int64_t want[5]; /* persons 0 to 4 */
    } columns[] = {
        {"person", {0, 1, 2, 3, 4}},
        {"case", {7, 10, 11, 14, 15}},
        {"again_2", {1, NONE, 2, 0, NONE}},      /* 1 died within the window, 4 is not followed long enough */
        {"again_2_new", {1, NONE, 2, 0, NONE}},
        {"again_2_types", {PROPERTY, 0, TRAFFICKING | SEXUAL, 0, 0}},
        {"again_2_days", {396, NONE, 31, NONE, NONE}},
        {"again_2_followed", {3, 2, 3, 3, 0}},   /* 1: anniversary, 2: calendar */
        {"again_2_end", {AGAIN, DIED, AGAIN, FOLLOWED, FOLLOWED}},
        {"again_2_year", {1, 0, 0, 1, 1}},
        {"again_5", {NONE, NONE, 2, NONE, NONE}}, /* by calendar: only 2015 + 5 <= 2020 */
        {"left", {NONE, day_of(2018, 6, 1), NONE, NONE, NONE}},
        {"care", {1, 0, 0, 0, 0}},
        {"care_days", {1, NONE, NONE, NONE, NONE}},
        {"care_type", {1 << 1 | 1 << 2, 0, 0, 0, 0}},
        {"care_moves", {1, NONE, NONE, NONE, NONE}}, /* 364 days after the first, and 365 days */
        {"cost", {1500, 0, NONE, NONE, NONE}},   /* 2: its offence ended in 2014; 3: in 2015 */
        {"suspect", {3, 1, 0, 0, 0}},
        {"age", {25, 26, 24, 25, 28}},           /* on 1 January of the year */
    };
    assert_int_equal(t->rows, 5);
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
        for (size_t i = 0; i < 5; i++)
            if (at(t, columns[k].variable, i) != columns[k].want[i])
                fail_msg("%s of person %zu: %ld, want %ld", columns[k].variable, i, (long)at(t, columns[k].variable, i), (long)columns[k].want[i]);
    assert_int_equal(p.item[1].table.rows, 3); /* the new incidents within two years of who was followed for them */
    exact_table e;
    figure_source s = {.d = d, .populations = &p};
    ASSERT_OK(figure_exclusions(a, &s, "again", &e));
    assert_string_equal(e.figure, "provenance-again");
    assert_int_equal(e.count[0], 1);
    assert_int_equal(e.count[1], 4);
    assert_int_equal(e.count[2], 5);
}

/* A row a person and calendar year: 0 has incidents in 2016 and 2017, 2 in 2015 and 2016. */
static void
person_years(void **state)
{
    (void)state;
    SCRATCH(a);
    monitor_definition *d = read_definition(a, HEAD
        "populations: [{name: again, kind: person_years, table: incidents, day: day, title: {nl: a, en: b}}]\n"
        "figures: [{figure: \"1\", population: again, title: {nl: f, en: f}, rows: {blocks: [{variable: sex}]}, columns: {blocks: [{variable: role}]}}]\n");
    registers r = small_registers(a, NULL, 9);
    populations p;
    ASSERT_OK(populations_build(a, d, &r, NULL, &p));
    static const int64_t want[][2] = {{0, 7}, {0, 8}, {1, 10}, {2, 11}, {2, 13}, {3, 14}, {4, 15}, {5, 16}};
    assert_int_equal(p.item[0].table.rows, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(at(&p.item[0].table, "person", i), want[i][0]);
        assert_int_equal(at(&p.item[0].table, "case", i), want[i][1]);
    }
}

/* The order of rows within a person does not show. */
static void
any_order(void **state)
{
    (void)state;
    static const int order[INCIDENTS] = {3, 1, 2, 0, 4, 7, 6, 5, 8, 9, 10};
    SCRATCH(a);
    monitor_definition *d = read_definition(a, HEAD COHORT FIGURES);
    registers one = small_registers(a, NULL, 9), two = small_registers(a, order, 9);
    populations p, q;
    ASSERT_OK(populations_build(a, d, &one, NULL, &p));
    ASSERT_OK(populations_build(a, d, &two, NULL, &q));
    assert_int_equal(p.item[0].table.columns, q.item[0].table.columns);
    for (size_t k = 0; k < p.item[0].table.columns; k++) {
        const column *c = &p.item[0].table.column[k];
        assert_memory_equal(c->data, q.item[0].table.column[k].data, 5 * column_type_size(c->type));
    }
}

/* Two controls a case, of the same sex and year of birth, who had not left; a case is nobody's control; a short stratum says so. */
static void
with_controls(void **state)
{
    (void)state;
    SCRATCH(a);
    char *yaml = arena_printf(a, "%s", HEAD COHORT);
    char *place = strstr(yaml, "    derived:");
    yaml = arena_printf(a, "%.*s%s%s%s", (int)(place - yaml), yaml, CONTROLS, place, FIGURES);
    monitor_definition *d = read_definition(a, yaml);
    registers r = small_registers(a, NULL, 12); /* even: 0, 2, 4, 6, 10 (8 had left); odd: 1, 3, 5, 7, 9, 11 */
    populations p;
    ASSERT_OK(populations_build(a, d, &r, NULL, &p));
    const table *t = &p.item[0].table;
    size_t cases = 0, controls = 0;
    for (size_t i = 0; i < t->rows; i++) {
        bool control = at(t, "compared", i) == 1;
        cases += !control, controls += control;
        assert_int_equal(control, p.item[0].control[i]);
        if (i) assert_true(at(t, "person", i) > at(t, "person", i - 1));
        if (!control) continue;
        int64_t who = at(t, "person", i);
        if (who == 0 || who == 1 || who == 4 || who == 8) fail_msg("person %ld cannot be a control", (long)who);
        assert_int_equal(at(t, "sex", i), who % 2);
        assert_true(at(t, "case", i) == (who % 2 ? 10 : 7) || at(t, "case", i) == 15);
    }
    assert_int_equal(cases, 5);
    /* odd: 1 is the one case with a number: 2 of 5, 7, 9, 11; even: 0 and 4 want four, 6 and 10 are there (2 is in the cohort) */
    assert_int_equal(controls, 4);
    assert_int_equal(p.item[0].short_of, 2);
}

enum { BEGIN = 0, END = 9, NO_DAYS = -1, BOTH = 3, ALL = 1, CUT = 2 };

/* Steps of person 0: care began on the last day of the offence, 1, 365 and 366 days after it; types 1 to 4 of the places. */
static void
moves(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        size_t n;
        int64_t row[6][4]; /* from, to, days, chains */
    } cases[] = {
        {"days: 365, soon: 56", 4, {{BEGIN, 2, NO_DAYS, BOTH}, {2, END, NO_DAYS, CUT}, {2, 3, 364, ALL}, {3, END, NO_DAYS, ALL}}},
        {"days: 365, soon: 364", 3, {{BEGIN, 2, NO_DAYS, BOTH}, {2, 3, 364, BOTH}, {3, END, NO_DAYS, BOTH}}},
        {"days: 400, soon: 56, same_day: true", 6, {{BEGIN, 1, NO_DAYS, BOTH}, {1, 2, 1, BOTH}, {2, END, NO_DAYS, CUT}, {2, 3, 364, ALL}, {3, 4, 1, ALL}, {4, END, NO_DAYS, ALL}}},
        {"days: 1, soon: 56", 2, {{BEGIN, 2, NO_DAYS, BOTH}, {2, END, NO_DAYS, BOTH}}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        SCRATCH(a);
        char *yaml = arena_printf(a, "%s%s%s%s%s", HEAD, COHORT,
            "  - {name: chain, kind: moves, of: again, title: {nl: m, en: m}, after: period_end, ", cases[k].keys,
            ", places: [{table: youth_care, start: start, variable: type}]}\n" FIGURES);
        monitor_definition *d = read_definition(a, yaml);
        registers r = small_registers(a, NULL, 9);
        populations p;
        ASSERT_OK(populations_build(a, d, &r, NULL, &p));
        const table *t = &p.item[2].table;
        assert_int_equal(t->rows, cases[k].n);
        for (size_t i = 0; i < t->rows; i++) {
            int64_t days = at(t, "days", i);
            const int64_t got[] = {at(t, "from", i), at(t, "to", i), days < 0 ? NO_DAYS : days, ((const uint32_t *)table_column(t, "chain")->data)[i]};
            for (int c = 0; c < 4; c++)
                if (got[c] != cases[k].row[i][c]) fail_msg("%s, row %zu, column %d: %ld", cases[k].keys, i, c, (long)got[c]);
            assert_int_equal(at(t, "case", i), 7); /* the columns of the person */
        }
    }
}

/* The counts of a figure by what was matched on add up to those of the figure. */
static void
strata(void **state)
{
    (void)state;
    SCRATCH(a);
    char *yaml = arena_printf(a, "%s", HEAD COHORT);
    char *place = strstr(yaml, "    derived:");
    yaml = arena_printf(a, "%.*s%s%s%s", (int)(place - yaml), yaml, CONTROLS, place,
        "figures:\n  - {figure: \"1\", population: again, measure: share, everybody: true, title: {nl: f, en: f}, rows: {blocks: [{variable: care}]}, "
        "columns: {blocks: [{variable: compared}]}, tests: [{of: rows, matched: instead}]}\n");
    monitor_definition *d = read_definition(a, yaml);
    registers r = small_registers(a, NULL, 12);
    populations p;
    exact_table e;
    figure_strata s;
    ASSERT_OK(populations_build(a, d, &r, NULL, &p));
    figure_source source = {.d = d, .populations = &p};
    ASSERT_OK(figure_make(a, &source, &d->figures[0], &e));
    ASSERT_OK(strata_count(a, &source, &d->figures[0], &s));
    assert_int_equal(s.n, 2); /* two sexes, one year of birth */
    for (size_t c = 0; c < 2; c++)
        for (size_t i = 0; i < s.rows; i++) {
            int64_t count = 0, base = 0;
            for (size_t k = 0; k < s.n; k++) count += s.count[(k * 2 + c) * s.rows + i], base += s.base[(k * 2 + c) * s.rows + i];
            assert_int_equal(count, e.count[i * 2 + c]);
            assert_int_equal(base, e.base[i * 2 + c]);
        }
    assert_non_null(strata_controls(d, "again"));
    assert_null(strata_controls(d, "victim_year"));
}

static void
survives(void **state)
{
    (void)state;
    SCRATCH(a);
    monitor_definition *d = read_definition(a, HEAD COHORT FIGURES);
    registers r = small_registers(a, NULL, 9);
    populations p;
    SCRATCH(b);
    ASSERT_SURVIVES_NO_MEMORY(populations_build(b, d, &r, NULL, &p));
}

typedef struct wrong {
    const char *label;
    const char *table, *column;
    size_t row;
    int64_t value;
    status want;
    const char *says;
} wrong;

static void
write_registers(arena *a, const wrong *w, char *folder)
{
    declared d = read_declared(a);
    put_incidents(fill(a, &d, "incidents", INCIDENTS), NULL);
    put_people(fill(a, &d, "population", 9), 9);
    put_care(a, &d);
    if (w->table) put(find_declared(&d, w->table), w->column, w->row, w->value);
    char *inside = path_join(a, folder, "registers");
    hash content;
    ASSERT_OK(snapshot_write(inside, d.n, d.table, NULL, &content));
}

static void
not_as_they_should(void **state)
{
    (void)state;
    static const wrong rows[] = {
        {"nothing", NULL, NULL, 0, 0, ST_OK, ""},
        {"a person twice", "population", "person", 4, 3, ST_INVALID, "population, row 5: the person stands in the row before too"},
        {"persons out of order", "incidents", "person", 4, 9, ST_INVALID, "incidents, row 6: persons must stand in order: sort"},
        {"no person", "cost", "person", 0, NONE, ST_INVALID, "cost, row 1: a row without a person"},
        {"an unknown code", "incidents", "offence", 3, 120, ST_INVALID, "incidents, row 4, column offence: a code that is not declared"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(a);
        char folder[] = "/tmp/peil-registers-XXXXXX";
        registers r;
        assert_non_null(mkdtemp(folder));
        monitor_definition *d = read_definition(a, HEAD COHORT FIGURES);
        write_registers(a, &rows[i], folder);
        status got = registers_open(a, d, folder, &r);
        if (got != rows[i].want || (got != ST_OK && !strstr(status_detail(), rows[i].says)))
            fail_msg("%s: %s (%s)", rows[i].label, status_text(got), status_detail());
        ASSERT_OK(folder_remove(folder));
    }
    SCRATCH(a);
    registers r;
    monitor_definition *d = read_definition(a, HEAD COHORT FIGURES);
    ASSERT_STATUS(registers_open(a, d, "/nonexistent", &r), ST_NOT_FOUND);
    assert_non_null(strstr(status_detail(), "put the snapshot there (peil synth draws one)"));
}

/* Rows that cannot be: left out and counted, each under what is wrong with it. */
static void
faults(void **state)
{
    (void)state;
    SCRATCH(a);
    char folder[] = "/tmp/peil-registers-XXXXXX";
    assert_non_null(mkdtemp(folder));
    monitor_definition *d = read_definition(a, HEAD COHORT FIGURES);
    declared all = read_declared(a);
    table *t = fill(a, &all, "incidents", INCIDENTS);
    put_incidents(t, NULL);
    put(t, "day", 0, NONE);           /* person 0 then starts nowhere: no trafficking left */
    put(t, "birth_year", 4, 2018);    /* person 1: before birth */
    put(t, "period_end", 8, day_of(2010, 1, 1)); /* person 3 */
    put_people(fill(a, &all, "population", 9), 9);
    hash content;
    ASSERT_OK(snapshot_write(path_join(a, folder, "registers"), all.n, all.table, NULL, &content));
    registers r;
    populations p;
    exact_table e;
    ASSERT_OK(registers_open(a, d, folder, &r));
    ASSERT_OK(populations_build(a, d, &r, NULL, &p));
    assert_int_equal(p.item[0].table.rows, 2); /* persons 2 and 4 */
    ASSERT_OK(registers_figure(a, &r, &e));
    size_t row = 0;
    while (strcmp(e.rows.item[row].code.code, "incidents")) row++;
    const int64_t want[] = {INCIDENTS - 3, 1, 1, 1, INCIDENTS};
    for (size_t k = 0; k < 5; k++) assert_int_equal(e.count[row * e.columns.n + k], want[k]);
    ASSERT_OK(folder_remove(folder));
}

/* A comparison stacks parts of different populations; what is wrong in a definition is named. */
static void
definitions(void **state)
{
    (void)state;
    static const struct {
        const char *label, *yaml;
        status want;
        const char *says;
    } rows[] = {
        {"a comparison", HEAD COHORT "figures:\n  - {figure: \"1\", kind: compare, title: {nl: f, en: f}, columns: {title: {nl: x, en: x}}, rows: {blocks: [{name: times, variable: again_2, items: [{code: none}, {code: once}]}]}, "
         "parts: [{code: two, population: again, variable: again_2}, {code: five, population: again, variable: again_5}]}\n", ST_OK, ""},
        {"no such table", HEAD "populations: [{name: again, table: nothing, title: {nl: a, en: b}}]\n" FIGURES, ST_CONFIG, "has no table nothing"},
        {"of a later one", HEAD "populations: [{name: x, kind: part, of: x, title: {nl: a, en: b}}]\n" FIGURES, ST_CONFIG, "name a population that stands before it"},
        {"no registers", "monitor: m\nname: {nl: n, en: n}\ntitle: {nl: t, en: t}\nfrom: 2016-01-01\nuntil: 2020-12-31\n"
         "populations: [{name: x, table: incidents, title: {nl: a, en: b}}]\nfigures: [{figure: \"1\", population: x, title: {nl: f, en: f}, rows: {blocks: [{variable: sex}]}, columns: {blocks: [{variable: sex}]}}]\n",
         ST_CONFIG, "name the source and the folder"},
        {"a test of one row", HEAD COHORT "figures:\n  - {figure: \"1\", population: again, title: {nl: f, en: f}, tests: [{of: table}], rows: {blocks: [{everybody: true, code: all}]}, columns: {blocks: [{variable: sex}]}}\n",
         ST_CONFIG, "two rows and two columns or more"},
        {"matched without controls", HEAD COHORT "figures:\n  - {figure: \"1\", population: again, title: {nl: f, en: f}, tests: [{of: table, matched: instead}], rows: {blocks: [{variable: care}]}, columns: {blocks: [{variable: sex}]}}\n",
         ST_CONFIG, "of a population with controls"},
        {"matched how", HEAD COHORT "figures:\n  - {figure: \"1\", population: again, title: {nl: f, en: f}, tests: [{of: table, matched: maybe}], rows: {blocks: [{variable: care}]}, columns: {blocks: [{variable: sex}]}}\n",
         ST_CONFIG, "matched: expected instead or beside"},
        {"adjusted how", "adjust: bonferroni\n" HEAD COHORT FIGURES, ST_CONFIG, "adjust: expected holm"},
        {"a spread without a number", HEAD COHORT "figures:\n  - {figure: \"1\", kind: spread, title: {nl: f, en: f}, rows: {title: {nl: x, en: x}}, columns: {title: {nl: x, en: x}}, parts: [{code: all, population: again}]}\n",
         ST_CONFIG, "name the number whose mean"},
        {"a spread", HEAD COHORT "figures:\n  - {figure: \"1\", kind: spread, value: again_2_days, title: {nl: f, en: f}, rows: {title: {nl: x, en: x}}, columns: {title: {nl: x, en: x}}, parts: [{code: all, population: again}]}\n", ST_OK, ""},
        {"moves without days", HEAD COHORT "  - {name: m, kind: moves, of: again, title: {nl: m, en: m}, after: period_end, places: [{table: youth_care, start: start, variable: type}]}\n" FIGURES,
         ST_CONFIG, "how many days count"},
        {"a place twice", HEAD COHORT "  - {name: m, kind: moves, of: again, title: {nl: m, en: m}, after: period_end, days: 9, places: [{table: shelter, start: start, items: [{code: x}]}, {table: cosm, start: start, items: [{code: x}]}]}\n" FIGURES,
         ST_CONFIG, "x stands twice"},
        {"no such variable", HEAD COHORT "figures:\n  - {figure: \"1\", population: again, title: {nl: f, en: f}, rows: {blocks: [{variable: again_9}]}, columns: {blocks: [{variable: sex}]}}\n",
         ST_CONFIG, "has no variable again_9"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(a);
        monitor_definition *d;
        status got = monitor_definition_read_bytes(a, source_path(a, "monitors/nl-2016-2020"), text_of(rows[i].yaml), &d);
        if (got == ST_OK) got = monitor_check(d);
        if (got != rows[i].want || (got != ST_OK && !strstr(status_detail(), rows[i].says)))
            fail_msg("%s: %s (%s)", rows[i].label, status_text(got), status_detail());
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(person_years), cmocka_unit_test(any_order), cmocka_unit_test(with_controls),
                                       cmocka_unit_test(moves), cmocka_unit_test(strata),
                                       cmocka_unit_test(survives), cmocka_unit_test(not_as_they_should), cmocka_unit_test(faults),
                                       cmocka_unit_test(definitions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
