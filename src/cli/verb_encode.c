#include "cli/verb.h"

#include "base/log.h"
#include "linkage/encode_fields.h"

static const verb_option encode_options[] = {
    {.name = "fields", .type = OPTION_TEXT, .metavar = "FIELDS.yaml", .help = "the columns and what they are", .required = true},
    {.name = "key", .type = OPTION_TEXT, .metavar = "DIR", .help = "the folder of the key", .required = true},
    {.name = "out", .type = OPTION_TEXT, .metavar = "FILE.enc", .help = "the encodings", .required = true},
    {.name = "by", .type = OPTION_CHOICE, .metavar = "record|field", .preset = "record",
     .help = "record: 1,024 bits for peil match; field: for peil link, inside the linkage unit only"},
    {.name = "unit", .type = OPTION_TEXT, .metavar = "UNIT.public", .help = "field: seal the file for this linkage unit, who alone can open it"},
    {0},
};

static status
run(arena *a, const options *o)
{
    (void)a;
    size_t rows;
    const char *csv = option_argument(o, 0), *fields = option_text(o, "fields"), *key = option_text(o, "key"), *out = option_text(o, "out");
    bool apart = strcmp(option_text(o, "by"), "field") == 0;
    if (option_given(o, "unit") && !apart) FAIL(ST_USAGE, "encode: --unit goes with --by field: whole records are for whoever compares");
    CHECK(apart ? encode_fields_file(csv, fields, key, option_text(o, "unit"), out, &rows) : encode_file(csv, fields, key, out, &rows));
    log_note("%zu records encoded%s; encodings stay personal data: delete them after the linkage", rows,
             !apart ? "" : option_given(o, "unit") ? " field by field, sealed for the linkage unit" : " field by field, for the linkage unit alone");
    return ST_OK;
}

const verb verb_encode = {
    .name = "encode",
    .arguments = "FILE.csv",
    .least = 1,
    .most = 1,
    .summary = "Encode records so that others can compare them without reading them.",
    .details = "Each record becomes 1,024 bits, and peil match finds the pairs that are alike. With --by field each field is encoded by "
               "itself, and peil link links as well as it does plain records, but whoever holds the file learns more: it stays inside the "
               "linkage unit. docs/methods/private-linkage.md says what each party learns and which attacks remain.",
    .example = "peil encode shelter.csv --fields fields.yaml --key key --out shelter.enc",
    .options = encode_options,
    .run = run,
};
