#include "cli/verb.h"

#include "base/log.h"
#include "linkage/encode.h"

static const verb_option encode_options[] = {
    {.name = "fields", .type = OPTION_TEXT, .metavar = "FIELDS.yaml", .help = "the columns and what they are", .required = true},
    {.name = "key", .type = OPTION_TEXT, .metavar = "DIR", .help = "the folder of the key", .required = true},
    {.name = "out", .type = OPTION_TEXT, .metavar = "FILE.enc", .help = "the encodings", .required = true},
    {0},
};

static status
run(arena *a, const options *o)
{
    (void)a;
    size_t rows;
    CHECK(encode_file(option_argument(o, 0), option_text(o, "fields"), option_text(o, "key"), option_text(o, "out"), &rows));
    log_note("%zu records encoded; encodings stay personal data: delete them after the linkage", rows);
    return ST_OK;
}

const verb verb_encode = {
    .name = "encode",
    .arguments = "FILE.csv",
    .least = 1,
    .most = 1,
    .summary = "Encode records so that others can compare them without reading them.",
    .details = "Each record becomes 1,024 bits. peil match finds the pairs that are alike. docs/methods/private-linkage.md says what each "
               "party learns and which attacks remain.",
    .example = "peil encode shelter.csv --fields fields.yaml --key key --out shelter.enc",
    .options = encode_options,
    .run = run,
};
