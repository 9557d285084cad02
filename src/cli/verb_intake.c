/* Take in one delivery; what is said holds counts only. */
#include "base/file.h"
#include "cli/register_store.h"
#include "register/intake.h"

#include <stdio.h>

static void
say(const char *reporter, const intake_result *r)
{
    const delivery_counts *c = &r->counts;
    if (r->repeated) {
        printf("%s: this delivery was taken in before, nothing was changed\n", reporter);
        return;
    }
    printf("%s: %zu rows read\n", reporter, c->read);
    printf("  %zu kept, of which %zu replace an earlier delivery\n", c->kept, c->replaced);
    printf("  %zu counted without identity, of which %zu erased what was stored earlier\n", c->counted, c->erased);
    printf("  %zu rejected\n  %zu kept or counted after a repair\n", c->rejected, c->repaired);
}

/* No store is made for what is no delivery. */
static status
check_delivery(const char *path)
{
    SCRATCH(tmp);
    text there;
    CHECK(file_map(tmp, path, &there));
    if (!there.n) FAIL(ST_INVALID, "%s: the file is empty: expected a delivery", path);
    return ST_OK;
}

static status
run(arena *a, const options *o)
{
    const register_source *source;
    register_store *store;
    intake_result result;
    CHECK(register_source_load(a, option_argument(o, 0), NULL, &source));
    CHECK(check_delivery(option_argument(o, 1)));
    CHECK(cli_store_open(a, o, source->definition, true, &store));
    CHECK(register_intake(store, source, option_argument(o, 1), option_text(o, "rejections"), &result));
    say(source->name, &result);
    return ST_OK;
}

static const verb_option intake_options[] = {
    {.name = "store", .type = OPTION_TEXT, .metavar = "FILE", .help = "the store; made when it is not there", .required = true},
    {.name = "rejections", .type = OPTION_OUT, .metavar = "FILE", .help = "where rejected and repaired rows are named (CSV)", .required = true},
    {.name = "key", .type = OPTION_TEXT, .metavar = "FILE",
     .help = "the key of the store, made with a new store; without it ~/.config/peil/register.key"},
    {0}};

const verb verb_intake = {
    .name = "intake",
    .arguments = "SOURCE.yaml FILE",
    .least = 2,
    .most = 2,
    .summary = "Take a reporter's delivery into the register's store.",
    .details = "Reads FILE as SOURCE.yaml describes it. What may be kept of each report follows from legal basis, purpose and "
               "consent: a report without the consent it needs is counted by reporter, year and reason, and nothing of it is "
               "written anywhere. Names, date of birth, numbers and place are stored encrypted. Rows that cannot be read are "
               "named in the rejection file and do not stop the others. A delivery is taken in as a whole or not at all; "
               "the same file again changes nothing, and a corrected file replaces the rows it repeats.",
    .example = "peil intake sources/kmar.yaml deliveries/kmar.csv --store register.db --rejections rejections.csv",
    .options = intake_options,
    .run = run,
};
