#include "base/log.h"
#include "base/threads.h"
#include "cli/verb.h"
#include "follow/crosstab.h"
#include "protect/release.h"

#include <stdio.h>

static status
run(arena *a, const options *o)
{
    const char **truth;
    release_verdict v;
    size_t n = 0;
    text report;
    ALLOC(a, truth, option_count(o) + 1);
    if (option_given(o, "truth")) truth[n++] = option_text(o, "truth");
    else if (option_count(o) > 1) FAIL(ST_USAGE, "expected: peil audit DIR [--truth TABLE.csv...]");
    for (int i = 1; i < option_count(o); i++) truth[n++] = option_argument(o, i);
    release_audit_options r = {.truths = n, .truth = truth, .earlier = option_text(o, "earlier"), .json = option_flag(o, "json"), .find = follow_statistic_find};
    threads_set((int)option_int(o, "threads"));
    CHECK(release_audit(a, option_argument(o, 0), &r, &report, &v));
    if (n > 0) log_note("intervals of small counts, made with the exact ones: for use inside the secure environment only");
    if (fwrite(report.bytes, 1, report.n, stdout) != report.n || fflush(stdout) != 0) FAIL(ST_IO, "standard output: cannot write");
    if (v.exposed > 0) FAIL(ST_EXPOSED, "%zu counts can be recovered from %s", v.exposed, option_argument(o, 0));
    if (v.narrow > 0) FAIL(ST_EXPOSED, "%zu counts of %s are known to within less than the interval that its protect.yaml asks for", v.narrow, option_argument(o, 0));
    if (v.groups > 0) FAIL(ST_EXPOSED, "%s tells of %zu groups that nobody, or everybody, is in", option_argument(o, 0), v.groups);
    return ST_OK;
}

static const verb_option audit_options_list[] = {
    {"truth", OPTION_TEXT, "TABLE.csv...", .help = "the exact tables: attack the sensitive counts only, and say so exactly"},
    {"earlier", OPTION_TEXT, "DIR", .help = "an earlier release that an outsider has too"},
    {"json", OPTION_FLAG, .help = "JSON instead of CSV"},
    {"threads", OPTION_INT, "N", 0, 1024, "0", "threads; 0: one per processor; the result is the same"},
    {0},
};

const verb verb_audit = {
    .name = "audit",
    .arguments = "DIR [TABLE.csv...]",
    .least = 1,
    .most = -1,
    .summary = "Attack a release: the interval that an outsider can derive for each count.",
    .details = "Everything released is taken together, with the sums that protect.yaml in the folder declares. Exit code 1 when a count "
               "can be recovered exactly, by an outsider or by somebody who knows that he is in it.",
    .example = "peil audit release --truth forms.csv units.csv",
    .options = audit_options_list,
    .run = run,
};
