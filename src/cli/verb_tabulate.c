/* The exact counts of one figure, for use inside the secure environment. */
#include "base/log.h"
#include "base/threads.h"
#include "cli/verb.h"
#include "monitor/run.h"

#include <stdio.h>

static status
run(arena *a, const options *o)
{
    monitor_definition *d;
    exact_table t;
    text csv;
    threads_set((int)option_int(o, "threads"));
    run_options options = {.deliveries = option_text(o, "deliveries")};
    CHECK(monitor_definition_read(a, option_argument(o, 0), &d));
    CHECK(monitor_tabulate(a, d, &options, option_text(o, "figure"), &t));
    CHECK(monitor_tabulate_csv(a, &t, &csv));
    log_note("figure %s: exact counts, for use inside the secure environment only: do not publish or send them", t.figure);
    if (fwrite(csv.bytes, 1, csv.n, stdout) != csv.n || fflush(stdout) != 0) FAIL(ST_IO, "standard output cannot be written");
    return ST_OK;
}

static const verb_option tabulate_options[] = {
    {.name = "figure", .type = OPTION_TEXT, .metavar = "CODE", .help = "the figure, as the definition codes it", .required = true},
    {.name = "deliveries", .type = OPTION_TEXT, .metavar = "DIR", .help = "folder with the deliveries; not for a monitor of frequency tables"},
    {.name = "threads", .type = OPTION_INT, .metavar = "N", .lower = 0, .upper = 1024, .preset = "0",
     .help = "threads to use, 0: one a processor; the result does not depend on it"},
    {0}};

const verb verb_tabulate = {
    .name = "tabulate",
    .arguments = "MONITOR",
    .least = 1,
    .most = 1,
    .summary = "Print the exact counts of one figure, for inside the secure environment.",
    .details = "Goes the way of run up to the exact table of one figure and prints it as CSV: figure,row,column,value, with the codes "
               "of the definition. Shares are percentages. These numbers are not protected: they must not leave the secure "
               "environment.",
    .example = "peil tabulate monitors/nl-2016-2020 --deliveries deliveries --figure 2.2",
    .options = tabulate_options,
    .run = run,
};
