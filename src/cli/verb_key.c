#include "cli/verb.h"

#include "linkage/encode.h"
#include "linkage/encode_seal.h"

#include <stdio.h>
#include <string.h>

static const verb_option key_options[] = {
    {.name = "domain", .type = OPTION_TEXT, .metavar = "NAME", .help = "new: what the encodings are for"},
    {.name = "out", .type = OPTION_TEXT, .metavar = "DIR", .help = "new, unit: the folder of the key"},
    {.name = "epoch", .type = OPTION_INT, .metavar = "N", .lower = 1, .upper = 1e9,
     .help = "new: which key of this domain; without it the first, or the one after that which ended"},
    {.name = "diffusion", .type = OPTION_INT, .metavar = "N", .lower = 1, .upper = 16, .preset = "8",
     .help = "new: bits behind each bit: more hides more and forgives fewer errors"},
    {.name = "key", .type = OPTION_TEXT, .metavar = "DIR", .help = "end: the folder of the key"},
    {0},
};

static status
new(const options *o)
{
    uint32_t epoch = option_given(o, "epoch") ? (uint32_t)option_int(o, "epoch") : 0;
    if (!option_given(o, "domain") || !option_given(o, "out")) FAIL(ST_USAGE, "expected: peil key new --domain NAME --out DIR");
    CHECK(encode_key_new(option_text(o, "out"), option_text(o, "domain"), (uint32_t)option_int(o, "diffusion"), &epoch));
    printf("%s/key: epoch %u of %s, for the organisations that encode, and nobody else\n", option_text(o, "out"), epoch, option_text(o, "domain"));
    return ST_OK;
}

static status
end(const options *o)
{
    char domain[ENCODE_DOMAIN];
    uint32_t epoch;
    if (!option_given(o, "key")) FAIL(ST_USAGE, "expected: peil key end --key DIR");
    CHECK(encode_key_end(option_text(o, "key"), domain, &epoch));
    printf("epoch %u of %s has ended: its key is destroyed here; end it at every organisation, and delete the encodings\n", epoch, domain);
    return ST_OK;
}

static status
unit(const options *o)
{
    const char *out = option_text(o, "out");
    if (!out) FAIL(ST_USAGE, "expected: peil key unit --out DIR");
    CHECK(encode_unit_new(out));
    printf("%s/unit.key stays with the linkage unit; %s/unit.public is for the organisations that encode\n", out, out);
    return ST_OK;
}

static status
run(arena *a, const options *o)
{
    (void)a;
    if (strcmp(option_argument(o, 0), "new") == 0) return new(o);
    if (strcmp(option_argument(o, 0), "end") == 0) return end(o);
    if (strcmp(option_argument(o, 0), "unit") == 0) return unit(o);
    FAIL(ST_USAGE, "expected: peil key new --domain NAME --out DIR, peil key end --key DIR, or peil key unit --out DIR");
}

const verb verb_key = {
    .name = "key",
    .arguments = "new|end|unit",
    .least = 1,
    .most = 1,
    .summary = "Draw a secret key for encodings, or end its epoch.",
    .details = "Organisations that encode share the key; who compares the encodings must not have it. Each linkage has an epoch and a key of its "
               "own. Afterwards the epoch is ended: the key is overwritten and removed, nothing can be encoded with it any more, and the "
               "next key of the folder is of the next epoch. unit makes the keys of a linkage unit, for whom encodings field by field are sealed.",
    .example = "peil key new --domain cosm-2020 --out key\n"
               "  peil key end --key key",
    .options = key_options,
    .run = run,
};
