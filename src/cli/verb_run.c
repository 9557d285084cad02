/* Make a monitor's publication. */
#include "base/log.h"
#include "base/threads.h"
#include "cli/verb.h"
#include "monitor/run.h"

#include <string.h>

static status
run(arena *a, const options *o)
{
    monitor_definition *d;
    run_times t;
    threads_set((int)option_int(o, "threads"));
    if (option_given(o, "key") && !option_given(o, "store")) FAIL(ST_USAGE, "run: --key is the key of --store: name the store too");
    run_options options = {.deliveries = option_text(o, "deliveries"), .out = option_text(o, "out"), .work = option_text(o, "work"),
                           .seed = (uint64_t)option_int(o, "seed"), .store = option_text(o, "store"), .key = option_text(o, "key"),
                           .official_symbols = strcmp(option_text(o, "symbols"), "official") == 0};
    CHECK(monitor_definition_read(a, option_argument(o, 0), &d));
    CHECK(monitor_run(d, &options, &t));
    log_note("%s is in %s: intake and persons %.2f s, figures %.2f s, protection %.2f s, pages %.2f s", d->monitor, options.out,
             t.load, t.tabulate, t.protect, t.publish);
    return ST_OK;
}

static const verb_option run_verb_options[] = {
    {.name = "deliveries", .type = OPTION_TEXT, .metavar = "DIR", .help = "folder with the deliveries; not for a monitor of frequency tables"},
    {.name = "out", .type = OPTION_TEXT, .metavar = "DIR", .help = "folder for the publication; an earlier publication there is replaced",
     .required = true},
    {.name = "work", .type = OPTION_TEXT, .metavar = "DIR",
     .help = "keep the encrypted store, the lists of rejected rows and the snapshot here (default: a private folder, removed)"},
    {.name = "store", .type = OPTION_TEXT, .metavar = "FILE",
     .help = "the register's store that stays: only new deliveries are taken in, persons keep their numbers, decisions hold"},
    {.name = "key", .type = OPTION_TEXT, .metavar = "FILE", .help = "the key of the store; without it ~/.config/peil/register.key"},
    {.name = "seed", .type = OPTION_INT, .metavar = "N", .lower = 0, .upper = 9007199254740992.0, .preset = "0",
     .help = "added to the key of the protection"},
    {.name = "symbols", .type = OPTION_CHOICE, .metavar = "accessible|official", .preset = "accessible",
     .help = "what stands for a number that cannot be shown: [c] and the like, or the signs of Statistics Netherlands"},
    {.name = "threads", .type = OPTION_INT, .metavar = "N", .lower = 0, .upper = 1024, .preset = "0",
     .help = "threads to use, 0: one a processor; the result does not depend on it"},
    {0}};

const verb verb_run = {
    .name = "run",
    .arguments = "MONITOR",
    .least = 1,
    .most = 1,
    .summary = "Make a monitor: deliveries in, protected publication out.",
    .details = "Reads MONITOR/monitor.yaml, takes in the deliveries through the legal gate, makes unique persons of them, drops what "
               "identifies, tabulates every figure, protects all of them together and writes the publication: pages in Dutch and "
               "English, tables as CSV with metadata, charts as SVG, and provenance.json. The folder appears as a whole or not "
               "at all. The same deliveries, definition and seed give the same bytes.",
    .example = "peil run monitors/nl-2016-2020 --deliveries deliveries --out out/nl-2016-2020",
    .options = run_verb_options,
    .run = run,
};
