#include "base/log.h"
#include "base/threads.h"
#include "cli/certificate_page.h"
#include "cli/verb.h"
#include "follow/crosstab.h"
#include "protect/release.h"

#include <string.h>

static status
run(arena *a, const options *o)
{
    const char **path;
    const char *mode = option_text(o, "mode");
    release_facts f;
    release_options r = {.spec = option_text(o, "spec"), .out = option_text(o, "out"), .earlier = option_text(o, "earlier"),
                         .explain = option_text(o, "explain"), .key = option_text(o, "key"), .page = certificate_page, .find = follow_statistic_find, .seed = (uint64_t)option_int(o, "seed")};
    r.mode = strcmp(mode, "suppress") == 0 ? PROTECT_SUPPRESS : strcmp(mode, "round") == 0 ? PROTECT_ROUND : PROTECT_CONVENTIONAL;
    threads_set((int)option_int(o, "threads"));
    ALLOC(a, path, option_count(o));
    for (int i = 0; i < option_count(o); i++) path[i] = option_argument(o, i);
    CHECK(release_protect(a, (size_t)option_count(o), path, &r, &f));
    const protect_certificate c = f.c;
    log_note("%zu counts, %zu sensitive, %zu hidden, %zu not at their nearest multiple, mean deviation %.3f, at most %d; attacked: "
             "%zu exposed, narrowest interval %d", c.cells, c.sensitive, c.hidden, c.moved, c.mean_deviation, c.largest_deviation,
             c.exposed, c.narrowest);
    if (c.beyond) log_note("%zu counts are further than a neighbouring multiple%s%s", c.beyond, f.conflict ? ": no rounding to neighbours keeps " : "",
                           f.conflict ? f.conflict : "");
    if (f.changed) log_note("%zu counts were put on their other neighbouring multiple so that the attack fails", f.changed);
    for (size_t i = 0; i < f.merges; i++) log_note("%s %s stands for %zu small codes", f.merge[i].dimension, f.merge[i].code, f.merge[i].parts);
    if (f.revised && !f.reasons) log_note("%zu counts of the earlier release are no longer true: say why under revisions in protect.yaml", f.revised);
    return ST_OK;
}

static const verb_option protect_options_list[] = {
    {"spec", OPTION_TEXT, "FILE", .help = "protect.yaml: dimensions, groups of codes, rules", .required = true},
    {"mode", OPTION_CHOICE, "round|suppress|conventional", .preset = "round", .help = "round all counts together, hide the small ones, or round each by itself"},
    {"out", OPTION_TEXT, "DIR", .help = "folder of the release; replaces an earlier release there", .required = true},
    {"earlier", OPTION_TEXT, "DIR", .help = "a release that is public already: its counts are kept where they are still true"},
    {"explain", OPTION_OUT, "FILE", .help = "for inside only: why each count was hidden or moved"},
    {"key", OPTION_TEXT, "FILE", .help = "a secret of at least 32 bytes: the certificate then holds a keyed hash of the exact counts"},
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
