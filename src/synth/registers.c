#include "synth/registers_internal.h"

#include "base/file.h"
#include "table/declared.h"
#include "table/snapshot.h"

#include <unistd.h>

enum { CARE_BORN_FROM = 1998, CARE_BORN_UNTIL = 2010, BORN_FROM = 1940, BORN_UNTIL = 2010 };

/* Everybody's shelter: what makes the printed chi-square of shelter with the printed victims about right (0.8 % "less than one"). */
#define SHELTER_SHARE 0.0077

static status
new_rows(registers *g, const char *name, size_t expected, registers_rows *rows)
{
    return registers_rows_new(g->memory, g->tables, g->declared, name, expected, rows);
}

static status
start(registers *g)
{
    CHECK(registers_codes_check(g->tables, g->declared));
    ALLOC(g->memory, g->member, (size_t)g->facts.revict_population + SUSPECTS + OFFENDERS_EARLIER + OFFENDERS_SAMPLE);
    CHECK(new_rows(g, "incidents", 16000, &g->incidents));
    CHECK(new_rows(g, "cosm", 1000, &g->cosm));
    CHECK(new_rows(g, "residence", 5000, &g->residence));
    CHECK(new_rows(g, "suspects", 2000, &g->suspects));
    return new_rows(g, "convictions", 60000, &g->convictions);
}

static status
draw_everybody(registers *g)
{
    SCRATCH(tmp);
    registers_rate rate[REGISTERS_DRAWS] = {
        [DRAW_CARE] = {g->facts.help_youth_care_controls_with / g->facts.help_youth_care_controls, CARE_BORN_FROM, CARE_BORN_UNTIL, 2018},
        [DRAW_SHELTER] = {SHELTER_SHARE, BORN_FROM, BORN_UNTIL, 2018},
    };
    if (rate[DRAW_CARE].share > 0.5) FAIL(ST_INFEASIBLE, "facts.csv: help_youth_care_controls_with: more than half of the controls");
    registers_selected selected[REGISTERS_DRAWS];
    for (int y = 0; y < 3; y++) rate[DRAW_COST + y] = (registers_rate){REGISTERS_COST_SHARE, BORN_FROM, BORN_UNTIL, 2016 + y};
    CHECK(registers_everybody_select(g, tmp, rate, selected));
    CHECK(registers_care_draw(g, &selected[DRAW_CARE]));
    CHECK(registers_shelter_draw(g, &selected[DRAW_SHELTER]));
    return registers_cost_draw(g, selected + DRAW_COST);
}

/* Tables in the declared order; those of single persons are sorted, the large ones were drawn in order. */
static status
collect(registers *g, arena *out, table tables[])
{
    registers_rows *rows[] = {&g->incidents, &g->cosm, &g->residence, &g->suspects, &g->convictions, &g->youth_care, &g->shelter, &g->cost};
    static const size_t day_column[] = {4, 1, 1, 1, 2};
    for (size_t i = 0; i < sizeof day_column / sizeof *day_column; i++) CHECK(registers_rows_sort(rows[i], day_column[i]));
    for (size_t i = 0; i < g->tables; i++) {
        bool found = strcmp(g->declared[i].name, "population") == 0;
        if (found) tables[i] = g->population;
        for (size_t k = 0; k < sizeof rows / sizeof *rows && !found; k++) {
            if (strcmp(g->declared[i].name, rows[k]->declared->name) != 0) continue;
            CHECK(registers_rows_table(out, rows[k], &tables[i]));
            found = true;
        }
        if (!found) FAIL(ST_CONFIG, "registers.yaml: table %s: nobody draws it", g->declared[i].name);
    }
    return ST_OK;
}

static status
draw_all(registers *g, int64_t persons)
{
    CHECK(start(g));
    CHECK(registers_victims_draw(g));
    CHECK(registers_again_draw(g));
    CHECK(registers_suspects_draw(g));
    CHECK(registers_population_draw(g, persons));
    CHECK(registers_incidents_write(g));
    CHECK(registers_suspects_write(g));
    CHECK(registers_residence_draw(g));
    return draw_everybody(g);
}

status
synth_registers_draw(arena *out, const synth_published *p, const synth_registers_options *o, size_t *n, table **tables)
{
    if (o->population < REGISTERS_LEAST || o->population > REGISTERS_MOST)
        FAIL(ST_INVALID, "population: expected %d to %d persons", REGISTERS_LEAST, REGISTERS_MOST);
    SCRATCH(tmp);
    registers *g;
    table *declared, *result;
    ALLOC(tmp, g, 1);
    *g = (registers){.seed = o->seed, .memory = out};
    char *path = path_join(tmp, o->sources, "registers.yaml");
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (registers)");
    CHECK(registers_facts_read(p, &g->facts));
    CHECK(table_declared_read(out, path, &g->tables, &declared));
    g->declared = declared;
    CHECK(draw_all(g, o->population));
    ALLOC(out, result, g->tables);
    CHECK(collect(g, out, result));
    *n = g->tables;
    *tables = result;
    return ST_OK;
}

static status
remove_file(arena *tmp, const char *folder, const char *name)
{
    char *path = name ? path_join(tmp, folder, name) : NULL;
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (registers)");
    if (file_exists(path) && unlink(path) != 0) FAIL(ST_IO, "%s: cannot be removed", path);
    return ST_OK;
}

/* Take away a snapshot that is there: the files its schema names, nothing else. */
static status
remove_snapshot(const char *folder)
{
    SCRATCH(tmp);
    static const char *const suffixes[] = {"bin", "offset", "text"};
    char *schema = path_join(tmp, folder, "schema.json");
    snapshot s;
    if (!schema) FAIL(ST_NO_MEMORY, "out of memory (registers)");
    if (!file_exists(schema)) return ST_OK;
    CHECK(snapshot_open(tmp, folder, &s));
    CHECK(remove_file(tmp, folder, "schema.json"));
    for (size_t i = 0; i < s.n; i++)
        for (size_t k = 0; k < s.table[i].columns; k++)
            for (int part = 0; part < 3; part++)
                CHECK(remove_file(tmp, folder, arena_printf(tmp, "%s.%s.%s", s.table[i].name, s.table[i].column[k].name, suffixes[part])));
    if (rmdir(folder) != 0) FAIL(ST_BUSY, "%s: holds other files too: take them away", folder);
    return ST_OK;
}

status
synth_registers_write(const synth_published *p, const synth_registers_options *o, const char *folder, hash *content)
{
    enum { TABLES_MOST = 64 };
    SCRATCH(tmp);
    size_t n;
    table *t;
    const char *order[TABLES_MOST];
    CHECK(synth_registers_draw(tmp, p, o, &n, &t));
    if (n > TABLES_MOST) FAIL(ST_LIMIT, "registers.yaml: more than %d tables", TABLES_MOST);
    for (size_t i = 0; i < n; i++) order[i] = "person";
    CHECK(remove_snapshot(folder));
    return snapshot_write(folder, n, t, order, content);
}
