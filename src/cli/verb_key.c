#include "cli/verb.h"

#include "base/file.h"
#include "cli/key_ring.h"
#include "linkage/encode.h"
#include "linkage/encode_seal.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const verb_option key_options[] = {
    {.name = "domain", .type = OPTION_TEXT, .metavar = "NAME", .help = "new: what the encodings are for"},
    {.name = "out", .type = OPTION_TEXT, .metavar = "DIR", .help = "new, unit: the folder of the key"},
    {.name = "epoch", .type = OPTION_INT, .metavar = "N", .lower = 1, .upper = 1e9,
     .help = "new: which key of this domain; without it the first, or the one after that which ended"},
    {.name = "diffusion", .type = OPTION_INT, .metavar = "N", .lower = 1, .upper = 16, .preset = "8",
     .help = "new: bits behind each bit of whole records: more hides more and forgives fewer errors"},
    {.name = "unit", .type = OPTION_TEXT, .metavar = "UNIT.public", .help = "new: the linkage unit that encodings are sealed for (none given: you)"},
    {.name = "key", .type = OPTION_TEXT, .metavar = "DIR", .help = "end: the folder of the key, of a linkage unit, or a unit's key itself"},
    {0},
};

/* A linkage unit of this user, when nobody named another: its key lies in the ring. */
static status
own_unit(arena *a, const char *domain, uint32_t epoch, const char *public)
{
    const char *ring;
    CHECK(cli_key_ring(a, &ring));
    if (!ring) return ST_OK; /* nowhere to keep it: encodings are then of whole records */
    if (sodium_init() < 0) FAIL(ST_INTERNAL, "libsodium cannot start on this machine");
    char *key = arena_printf(a, "%s/%s-%u-%08x.key", ring, domain, epoch, randombytes_random());
    if (!key) FAIL(ST_NO_MEMORY, "out of memory (key)");
    CHECK(folder_make_private(ring));
    CHECK(encode_unit_new(key, public));
    printf("%s: the key of the linkage unit, for now yours; %s goes with the key\n", key, public);
    return ST_OK;
}

static status
new(arena *a, const options *o)
{
    uint32_t epoch = option_given(o, "epoch") ? (uint32_t)option_int(o, "epoch") : 0;
    const char *domain = option_text(o, "domain"), *out = option_text(o, "out"), *unit = option_text(o, "unit");
    if (!domain || !out) FAIL(ST_USAGE, "expected: peil key new --domain NAME --out DIR");
    char *public = path_join(a, out, "unit.public");
    text tried;
    if (!public) FAIL(ST_NO_MEMORY, "out of memory (key)");
    if (unit && file_exists(public)) FAIL(ST_BUSY, "%s: this folder has its linkage unit: take another folder", public);
    if (unit) CHECK(encode_seal(a, unit, TEXT(""), &tried));
    CHECK(encode_key_new(out, domain, (uint32_t)option_int(o, "diffusion"), &epoch));
    printf("%s/key: epoch %u of %s, for the organisations that encode, and nobody else\n", out, epoch, domain);
    if (unit) return encode_unit_copy(unit, public);
    return file_exists(public) ? ST_OK : own_unit(a, domain, epoch, public);
}

/* A folder that peil key unit made, or the file of a unit's key. */
static status
end_unit(const char *key)
{
    CHECK(encode_unit_end(key));
    printf("%s is destroyed: what was sealed for this linkage unit opens for nobody any more, nor do copies of it\n", key);
    return ST_OK;
}

static status
end(arena *a, const options *o)
{
    char domain[ENCODE_DOMAIN];
    uint32_t epoch;
    const char *folder = option_text(o, "key");
    if (!folder) FAIL(ST_USAGE, "expected: peil key end --key DIR");
    char *key = path_join(a, folder, "key"), *unit_key = path_join(a, folder, "unit.key"), *here = path_join(a, folder, ".");
    if (!key || !unit_key || !here) FAIL(ST_NO_MEMORY, "out of memory (key)");
    if (file_exists(folder) && !file_exists(here)) return end_unit(folder);
    if (file_exists(unit_key) && !file_exists(key)) return end_unit(unit_key);
    CHECK(encode_key_end(folder, domain, &epoch));
    printf("epoch %u of %s has ended: its key is destroyed here; end it at every organisation, and delete the encodings\n", epoch, domain);
    return ST_OK;
}

static status
unit(arena *a, const options *o)
{
    const char *out = option_text(o, "out");
    if (!out) FAIL(ST_USAGE, "expected: peil key unit --out DIR");
    char *key = path_join(a, out, "unit.key"), *public = path_join(a, out, "unit.public");
    if (!key || !public) FAIL(ST_NO_MEMORY, "out of memory (key)");
    CHECK(folder_make_private(out));
    CHECK(encode_unit_new(key, public));
    printf("%s/unit.key stays with the linkage unit; %s/unit.public is for the organisations that encode\n", out, out);
    return ST_OK;
}

static status
run(arena *a, const options *o)
{
    if (strcmp(option_argument(o, 0), "new") == 0) return new(a, o);
    if (strcmp(option_argument(o, 0), "end") == 0) return end(a, o);
    if (strcmp(option_argument(o, 0), "unit") == 0) return unit(a, o);
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
               "next key of the folder is of the next epoch. A linkage unit ends by the same command: what was sealed for it, and every copy of it, "
               "then opens for nobody. Encodings field by field are sealed for a linkage unit: unit makes its keys, "
               "new --unit names it; when none is named, new makes you the unit and keeps its key among yours (PEIL_KEYS, or "
               "~/.local/share/peil/keys), where peil match and peil link find it.",
    .example = "peil key new --domain cosm-2020 --out key\n"
               "  peil key end --key key",
    .options = key_options,
    .run = run,
};
