#include "base/log.h"
#include "base/threads.h"
#include "cli/verb.h"
#include "protect/release.h"

#include <string.h>

static status
run(arena *a, const options *o)
{
    const char **path;
    const char *mode = option_text(o, "mode");
    protect_certificate c;
    release_options r = {.spec = option_text(o, "spec"), .out = option_text(o, "out"), .earlier = option_text(o, "earlier"),
                         .explain = option_text(o, "explain"), .seed = (uint64_t)option_int(o, "seed")};
    r.mode = strcmp(mode, "suppress") == 0 ? PROTECT_SUPPRESS : strcmp(mode, "round") == 0 ? PROTECT_ROUND : PROTECT_CONVENTIONAL;
    threads_set((int)option_int(o, "threads"));
    ALLOC(a, path, option_count(o));
    for (int i = 0; i < option_count(o); i++) path[i] = option_argument(o, i);
    CHECK(release_protect(a, (size_t)option_count(o), path, &r, &c));
    log_note("%zu counts, %zu sensitive, %zu hidden, %zu not at their nearest multiple, mean deviation %.3f, at most %d; attacked: "
             "%zu exposed, narrowest interval %d", c.cells, c.sensitive, c.hidden, c.moved, c.mean_deviation, c.largest_deviation,
             c.exposed, c.narrowest);
    return ST_OK;
}

static const verb_option protect_options_list[] = {
    {"spec", OPTION_TEXT, "FILE", .help = "protect.yaml: dimensions, groups of codes, rules", .required = true},
    {"mode", OPTION_CHOICE, "round|suppress|conventional", .preset = "round", .help = "round all counts together, hide the small ones, or round each by itself"},
    {"out", OPTION_TEXT, "DIR", .help = "folder of the release; replaces an earlier release there", .required = true},
    {"earlier", OPTION_TEXT, "DIR", .help = "a release that is public already: its counts are kept where they are still true"},
    {"explain", OPTION_TEXT, "FILE", .help = "for inside only: why each count was hidden or moved"},
    {"seed", OPTION_INT, "N", 0, 9007199254740991.0, "0", "a number of your own, mixed into the key made from the counts"},
    {"threads", OPTION_INT, "N", 0, 1024, "0", "threads; 0: one per processor; the result is the same"},
    {0},
};

const verb verb_protect = {
    .name = "protect",
    .arguments = "TABLE.csv...",
    .least = 1,
    .most = -1,
    .summary = "Protect linked tables of counts, attack the result, and release it with a certificate.",
    .details = "A table has a column for each dimension and a column count. All tables are protected as one system: equal codes are "
               "the same count. Nothing is written unless the attack finds nobody (exit code 1).",
    .example = "peil protect forms.csv units.csv --spec protect.yaml --mode round --out release",
    .options = protect_options_list,
    .run = run,
};
