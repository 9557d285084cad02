/* The exact counts of figures, for use inside the secure environment. */
#include "base/log.h"
#include "base/threads.h"
#include "cli/verb.h"
#include "monitor/run.h"

#include <stdio.h>
#include <string.h>

/* The codes between commas. */
static status
split(arena *a, const char *list, size_t *n, const char ***code)
{
    char *rest = NULL, *copy;
    ALLOC(a, copy, strlen(list) + 1);
    memcpy(copy, list, strlen(list));
    ALLOC(a, *code, strlen(list) / 2 + 1);
    *n = 0;
    for (char *c = strtok_r(copy, ",", &rest); c; c = strtok_r(NULL, ",", &rest)) (*code)[(*n)++] = c;
    if (!*n) FAIL(ST_USAGE, "--figure names no figure: give codes with commas between, such as 2.1,2.2");
    return ST_OK;
}

static status
run(arena *a, const options *o)
{
    monitor_definition *d;
    const char **figure;
    exact_table *t;
    text csv;
    size_t n;
    threads_set((int)option_int(o, "threads"));
    run_options options = {.deliveries = option_text(o, "deliveries")};
    CHECK(monitor_definition_read(a, option_argument(o, 0), &d));
    CHECK(split(a, option_text(o, "figure"), &n, &figure));
    ALLOC(a, t, n);
    CHECK(monitor_tabulate(a, d, &options, n, figure, t));
    CHECK(monitor_tabulate_csv(a, n, t, &csv));
    log_note("figure %s: exact counts, for use inside the secure environment only: do not publish or send them", option_text(o, "figure"));
    if (fwrite(csv.bytes, 1, csv.n, stdout) != csv.n || fflush(stdout) != 0) FAIL(ST_IO, "standard output cannot be written");
    return ST_OK;
}

static const verb_option tabulate_options[] = {
    {.name = "figure", .type = OPTION_TEXT, .metavar = "CODE[,CODE...]", .help = "the figures, as the definition codes them", .required = true},
    {.name = "deliveries", .type = OPTION_TEXT, .metavar = "DIR", .help = "folder with the deliveries; not for a monitor of frequency tables"},
    {.name = "threads", .type = OPTION_INT, .metavar = "N", .lower = 0, .upper = 1024, .preset = "0",
     .help = "threads to use, 0: one a processor; the result does not depend on it"},
    {0}};

const verb verb_tabulate = {
    .name = "tabulate",
    .arguments = "MONITOR",
    .least = 1,
    .most = 1,
    .summary = "Print the exact counts of figures, for inside the secure environment.",
    .details = "Goes the way of run up to the exact tables of the figures and prints them as CSV: figure,row,column,value, with the codes "
               "of the definition. Shares are percentages. These numbers are not protected: they must not leave the secure "
               "environment.",
    .example = "peil tabulate monitors/nl-2016-2020 --deliveries deliveries --figure 2.2",
    .options = tabulate_options,
    .run = run,
};
