/* Take in one delivery; what is said holds counts only. */
#include "base/file.h"
#include "cli/verb.h"
#include "register/intake.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

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

/* The key goes where the user says, else to the user's own configuration: never beside the store without being told. */
static status
load_key(arena *a, const options *o, const char *store, register_key **key)
{
    char *path = NULL;
    if (option_given(o, "key")) {
        const char *given = option_text(o, "key");
        path = arena_copy(a, given, strlen(given));
        if (!path) FAIL(ST_NO_MEMORY, "out of memory (key)");
    } else {
        CHECK(register_key_path(a, &path));
    }
    bool fresh = !file_exists(store);
    return register_key_load(a, path, fresh, key);
}

static status
run(arena *a, const options *o)
{
    /* a limit on file sizes shows as an error like a full disk, not as a signal */
    signal(SIGXFSZ, SIG_IGN);
    const register_source *source;
    register_key *key;
    register_store *store;
    intake_result result;
    const char *store_path = option_text(o, "store");
    CHECK(register_source_load(a, option_argument(o, 0), NULL, &source));
    if (!file_exists(option_argument(o, 1))) FAIL(ST_NOT_FOUND, "%s: there is no such file", option_argument(o, 1));
    CHECK(load_key(a, o, store_path, &key));
    CHECK(register_store_open(a, store_path, source->definition, key, &store));
    CHECK(register_intake(store, source, option_argument(o, 1), option_text(o, "rejections"), &result));
    say(source->name, &result);
    return ST_OK;
}

static const verb_option intake_options[] = {
    {.name = "store", .type = OPTION_TEXT, .metavar = "FILE", .help = "the store; made when it is not there", .required = true},
    {.name = "rejections", .type = OPTION_TEXT, .metavar = "FILE", .help = "where rejected and repaired rows are named (CSV)", .required = true},
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
