#include "cli/verb.h"

#include "base/file.h"
#include "base/log.h"
#include "linkage/encode_fields.h"

#include <sys/stat.h>

static const verb_option encode_options[] = {
    {.name = "fields", .type = OPTION_TEXT, .metavar = "FIELDS.yaml", .help = "the columns and what they are", .required = true},
    {.name = "key", .type = OPTION_TEXT, .metavar = "DIR", .help = "the folder of the key", .required = true},
    {.name = "out", .type = OPTION_OUT, .metavar = "FILE.enc", .help = "the encodings", .required = true},
    {.name = "by", .type = OPTION_CHOICE, .metavar = "record|field",
     .help = "field (usual when there is a linkage unit): sealed for the unit, who links as well as with names; record: 1,024 bits a record for "
             "whoever compares"},
    {.name = "unit", .type = OPTION_TEXT, .metavar = "UNIT.public",
     .help = "field: seal the file for this linkage unit, who alone can open it (none given: unit.public beside the key)"},
    {0},
};

static status
run(arena *a, const options *o)
{
    size_t rows;
    const char *csv = option_argument(o, 0), *fields = option_text(o, "fields"), *key = option_text(o, "key"), *out = option_text(o, "out");
    const char *by = option_text(o, "by"), *unit = option_text(o, "unit"), *beside = path_join(a, key, "unit.public");
    const char *own = path_join(a, key, "key");
    if (!beside || !own) FAIL(ST_NO_MEMORY, "out of memory (key)");
    if (!unit && file_exists(beside)) unit = beside;
    bool apart = by ? strcmp(by, "field") == 0 : unit != NULL;
    if (option_given(o, "unit") && !apart) FAIL(ST_USAGE, "encode: --unit goes with --by field: whole records are for whoever compares");
    if (file_same(own, out)) FAIL(ST_USAGE, "--out %s: would overwrite what is read: take another name", out);
    umask(077); /* encodings are for who made them, until they are sent */
    CHECK(apart ? encode_fields_file(csv, fields, key, unit, out, &rows) : encode_file(csv, fields, key, out, &rows));
    log_note("%zu records encoded%s; encodings stay personal data: delete them after the linkage", rows,
             !apart ? " as wholes" : unit ? " field by field, sealed for the linkage unit" : " field by field, for the linkage unit alone");
    return ST_OK;
}

const verb verb_encode = {
    .name = "encode",
    .arguments = "FILE.csv",
    .least = 1,
    .most = 1,
    .summary = "Encode records so that others can compare them without reading them.",
    .details = "Field by field, the file is sealed for the linkage unit that the key came with; peil match and peil link then link as well as "
               "plain records do, and nobody else can open it. With --by record each record becomes 1,024 bits that anybody can compare: they "
               "hide more and find fewer pairs. docs/methods/private-linkage.md says what each party learns and which attacks remain.",
    .example = "peil encode shelter.csv --fields fields.yaml --key key --out shelter.enc",
    .options = encode_options,
    .run = run,
};
