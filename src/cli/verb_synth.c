#include "cli/verb.h"

#include "base/file.h"
#include "base/log.h"
#include "synth/delivery.h"
#include "synth/registers.h"

#include <stdio.h>

/* The sources lie beside the folder of monitors: MONITOR/../../sources. */
static status
find_sources(arena *a, const char *monitor, const char *given, const char **result)
{
    *result = given ? given : arena_printf(a, "%s/../../sources", monitor);
    if (!*result) FAIL(ST_NO_MEMORY, "out of memory (sources)");
    char *file = path_join(a, *result, "notifications.yaml");
    if (!file) FAIL(ST_NO_MEMORY, "out of memory (sources)");
    if (!file_exists(file)) FAIL(ST_NOT_FOUND, "%s: not there: say with --sources where the sources lie", file);
    return ST_OK;
}

static status
write_registers(arena *a, const options *o, const synth_published *p, const char *sources)
{
    synth_registers_options r = {(uint64_t)option_int(o, "seed"), option_int(o, "population"), sources};
    double started = clock_wall();
    hash content;
    if (!r.population) return ST_OK;
    char *folder = path_join(a, option_text(o, "out"), "registers");
    if (!folder) FAIL(ST_NO_MEMORY, "out of memory (registers)");
    status code = synth_registers_write(p, &r, folder, &content);
    if (code != ST_OK) return status_prefix(code, "registers (--population 0 draws none): ");
    log_note("registers of %lld persons in %s (%.1f s); they hold pseudonyms of persons who do not exist", (long long)r.population, folder,
             clock_wall() - started);
    return ST_OK;
}

static status
run(arena *a, const options *o)
{
    const char *monitor = option_argument(o, 0), *sources, *folder = option_text(o, "out");
    synth_options s = {.seed = (uint64_t)option_int(o, "seed"), .noise = option_double(o, "noise"), .scale = (int)option_int(o, "scale")};
    synth_published p;
    synth_register g;
    double started = clock_wall();
    CHECK(synth_published_read(a, monitor, &p));
    CHECK(find_sources(a, monitor, option_text(o, "sources"), &sources));
    CHECK(synth_notifications_draw(a, &p, &s, &g));
    CHECK(synth_deliveries_write(&g, sources, folder));
    log_note("%zu notifications of %zu persons in %s (%.1f s); all of them are made up", g.rows, g.persons, folder, clock_wall() - started);
    return write_registers(a, o, &p, sources);
}

static const verb_option synth_verb_options[] = {
    {"seed", OPTION_INT, "N", 0, 9007199254740992.0, "1", "another number, another population", false},
    {"out", OPTION_TEXT, "DIR", 0, 0, NULL, "folder for the deliveries and truth.csv", true},
    {"noise", OPTION_DOUBLE, "R", 0, 1, "0", "share of the fields that are mistyped, swapped, respelt or left out", false},
    {"scale", OPTION_INT, "K", 1, 1000, "1", "copies of the population, each drawn anew", false},
    {"population", OPTION_INT, "N", 0, REGISTERS_MOST, "17400000",
     "persons in the registers that are drawn too (at least 100000); 0: no registers", false},
    {"sources", OPTION_TEXT, "DIR", 0, 0, NULL, "folder of the reporters' layouts (default: sources beside monitors)", false},
    {0},
};

const verb verb_synth = {
    .name = "synth",
    .arguments = "MONITOR",
    .least = 1,
    .most = 1,
    .summary = "Draw synthetic deliveries that give the published figures.",
    .details = "Reads MONITOR/margins.csv and MONITOR/facts.csv and draws persons and notifications so that every published count "
               "comes out exactly when the deliveries run through the monitor. Writes one delivery per reporter in the layout of "
               "sources/REPORTER.yaml, truth.csv (delivery,row,person), and the snapshot registers: population, police incidents, youth care, "
               "shelter, residence, cost, suspects and convictions as sources/registers.yaml declares them, pseudonymised. The same seed "
               "gives the same bytes.",
    .example = "peil synth monitors/nl-2016-2020 --seed 1 --out deliveries",
    .options = synth_verb_options,
    .run = run,
};
