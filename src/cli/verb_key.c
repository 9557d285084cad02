#include "cli/verb.h"

#include "linkage/encode.h"

#include <stdio.h>

static const verb_option key_options[] = {
    {.name = "domain", .type = OPTION_TEXT, .metavar = "NAME", .help = "what the encodings are for", .required = true},
    {.name = "out", .type = OPTION_TEXT, .metavar = "DIR", .help = "the folder of the key", .required = true},
    {.name = "epoch", .type = OPTION_INT, .metavar = "N", .lower = 1, .upper = 1e9, .preset = "1", .help = "which key of this domain, a new one each linkage"},
    {.name = "diffusion", .type = OPTION_INT, .metavar = "N", .lower = 1, .upper = 16, .preset = "8",
     .help = "bits behind each bit: more hides more and forgives fewer errors"},
    {0},
};

static status
run(arena *a, const options *o)
{
    (void)a;
    if (strcmp(option_argument(o, 0), "new") != 0) FAIL(ST_USAGE, "expected: peil key new --domain NAME --out DIR");
    CHECK(encode_key_new(option_text(o, "out"), option_text(o, "domain"), (uint32_t)option_int(o, "epoch"),
                         (uint32_t)option_int(o, "diffusion")));
    printf("%s/key: for the organisations that encode, and nobody else\n", option_text(o, "out"));
    return ST_OK;
}

const verb verb_key = {
    .name = "key",
    .arguments = "new",
    .least = 1,
    .most = 1,
    .summary = "Draw a secret key for encodings.",
    .details = "Organisations that encode share the key; who compares the encodings must not have it. Draw a new key for each linkage and "
               "delete key and encodings afterwards.",
    .example = "peil key new --domain cosm-2020 --out key",
    .options = key_options,
    .run = run,
};
