#include "cli/verb.h"

#include <stdio.h>

static status
run(arena *a, const options *o)
{
    (void)a, (void)o;
    puts("peil " PEIL_VERSION);
    return ST_OK;
}

static const verb_option no_options[] = {{0}};

const verb verb_version = {
    .name = "version",
    .arguments = "",
    .summary = "Print the version.",
    .example = "peil version",
    .options = no_options,
    .run = run,
};
