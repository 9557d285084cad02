#include "cli/verb.h"

#include "base/file.h"
#include "base/log.h"
#include "base/threads.h"
#include "cli/link_files.h"
#include "linkage/dice_ranks.h"
#include "linkage/encode_fields.h"
#include "table/csv.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static const verb_option match_options[] = {
    {.name = "threshold", .type = OPTION_TEXT, .metavar = "T", .preset = "0.8", .help = "lowest Dice coefficient, as 0.8 or 4/5; field by field: lowest probability (then 0.5 is usual)"},
    {.name = "out", .type = OPTION_TEXT, .metavar = "PAIRS.csv", .help = "the pairs", .required = true},
    {.name = "kernel", .type = OPTION_CHOICE, .metavar = "best|portable|avx2|avx512|amx", .preset = "best", .help = "instructions to use"},
    {.name = "unit", .type = OPTION_TEXT, .metavar = "UNIT.key", .help = "encodings sealed for this linkage unit: its key"},
    {.name = "delete", .type = OPTION_FLAG, .help = "overwrite and remove the encodings when the pairs are written"},
    {.name = "threads", .type = OPTION_INT, .metavar = "N", .lower = 0, .upper = 1024, .preset = "0", .help = "0: one per processor"},
    {0},
};

typedef struct writing {
    FILE *to;
    const encoded *a, *b;
    size_t pairs;
} writing;

static status
write_pairs(void *context, size_t n, const dice_pair pairs[])
{
    writing *w = context;
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    for (size_t i = 0; i < n; i++) {
        csv_put_field(&b, w->a->id[pairs[i].a]);
        text_put_char(&b, ',');
        csv_put_field(&b, w->b->id[pairs[i].b]);
        text_printf(&b, ",%.6f\n", 2.0 * pairs[i].common / pairs[i].bits);
    }
    text content;
    CHECK(text_builder_end(&b, &content));
    w->pairs += n;
    if (fwrite(content.bytes, 1, content.n, w->to) != content.n) FAIL(ST_IO, "the pairs cannot be written: %s", strerror(errno));
    return ST_OK;
}

static dice_kernel
kernel_of(const char *name)
{
    for (int k = DICE_BEST; k < DICE_KERNELS; k++)
        if (strcmp(dice_kernel_name((dice_kernel)k), name) == 0) return (dice_kernel)k;
    return DICE_BEST;
}

/* Into a neighbour that takes the name when all is written. */
static status
match_to(const dice_ranks *r, const char *neighbour, const encoded *a, const encoded *b, const options *o)
{
    const char *out = option_text(o, "out");
    dice_threshold t;
    CHECK(dice_threshold_parse(text_of(option_text(o, "threshold")), &t));
    writing w = {fopen(neighbour, "we"), a, b ? b : a, 0};
    if (!w.to) FAIL(ST_IO, "%s: %s", neighbour, strerror(errno));
    status code = fputs("id_a,id_b,dice\n", w.to) < 0 ? status_fail(ST_IO, "%s: cannot be written", out) : ST_OK;
    dice_options d = {.kernel = kernel_of(option_text(o, "kernel"))};
    if (code == ST_OK) code = dice_ranks_compare(r, &a->set, b ? &b->set : NULL, t, &d, write_pairs, &w);
    if ((fflush(w.to) != 0 || fsync(fileno(w.to)) != 0) && code == ST_OK) code = status_fail(ST_IO, "%s: %s", out, strerror(errno));
    fclose(w.to);
    if (code == ST_OK && rename(neighbour, out) != 0) code = status_fail(ST_IO, "%s: %s", out, strerror(errno));
    if (code != ST_OK) unlink(neighbour);
    CHECK(code);
    log_note("%zu pairs", w.pairs);
    return ST_OK;
}

/* A rank other than the first compares and sends; it writes nothing. */
static status
match_for(const dice_ranks *r, const encoded *a, const encoded *b, const options *o)
{
    dice_threshold t;
    dice_options d = {.kernel = kernel_of(option_text(o, "kernel"))};
    CHECK(dice_threshold_parse(text_of(option_text(o, "threshold")), &t));
    return dice_ranks_compare(r, &a->set, b ? &b->set : NULL, t, &d, NULL, NULL);
}

static status
read_both(arena *a, const options *o, encoded *left, encoded *right)
{
    dice_threshold t;
    CHECK(dice_threshold_parse(text_of(option_text(o, "threshold")), &t));
    CHECK(encoded_read(a, option_argument(o, 0), left));
    if (option_count(o) < 2) return ST_OK;
    CHECK(encoded_read(a, option_argument(o, 1), right));
    return encoded_comparable(left, right);
}

/* Field by field: the pairs that linkage takes for one person, with the probability in the place of Dice. */
static status
match_fields(arena *a, const options *o, const char *const path[])
{
    dice_threshold t = {1, 2}; /* a probability; the usual threshold is one for Dice */
    link_records r;
    link_result l;
    text out;
    size_t n = 0;
    text_builder b = text_builder_new(a);
    if (option_given(o, "threshold")) CHECK(dice_threshold_parse(text_of(option_text(o, "threshold")), &t));
    CHECK(link_read_encoded(a, option_count(o), path, option_text(o, "unit"), &r));
    CHECK(link_run_records(a, &r, &(link_options){.seed = 1}, &l));
    text_put(&b, "id_a,id_b,probability\n");
    for (size_t k = 0; k < l.pairs.n; k++) {
        if (l.pairs.p[k] * t.denominator < t.numerator) continue;
        csv_put_field(&b, l.records.id[l.pairs.a[k]]);
        text_put_char(&b, ',');
        csv_put_field(&b, l.records.id[l.pairs.b[k]]);
        text_printf(&b, ",%.6f\n", l.pairs.p[k]);
        n++;
    }
    CHECK(text_builder_end(&b, &out));
    CHECK(file_write(option_text(o, "out"), out));
    log_note("%zu pairs", n);
    if (l.quality.alarm) log_note("alarm: %s", l.quality.alarm);
    return ST_OK;
}

/* Diffusion makes likeness shrink: at a threshold for encodings without it, most pairs are missed. */
static void
warn(const encoded *e, const options *o)
{
    dice_threshold t;
    if (dice_threshold_parse(text_of(option_text(o, "threshold")), &t) != ST_OK) return;
    if (e->diffusion >= 4 && 10 * t.numerator > 7 * t.denominator)
        log_note("these encodings have diffusion %u: at %s only records that are nearly equal are found; 0.60 to 0.65 finds most, and inside the "
                 "linkage unit encodings made with --by field link as well as names do", e->diffusion, option_text(o, "threshold"));
}

static status
run(arena *a, const options *o)
{
    encoded left, right;
    dice_ranks r;
    bool two = option_count(o) == 2;
    const char *const path[2] = {option_argument(o, 0), two ? option_argument(o, 1) : NULL};
    threads_set((int)option_int(o, "threads"));
    CHECK(dice_ranks_join(a, &r));
    if (encoded_fields_are(path[0])) {
        if (r.rank) return ST_OK; /* one process does it */
        CHECK(match_fields(a, o, path));
        return option_flag(o, "delete") ? link_delete_encoded(option_count(o), path) : ST_OK;
    }
    CHECK(dice_ranks_agree(&r, read_both(a, o, &left, &right)));
    if (r.rank) return match_for(&r, &left, two ? &right : NULL, o);
    char *neighbour = arena_printf(a, "%s.%ld.part", option_text(o, "out"), (long)getpid());
    if (!neighbour) FAIL(ST_NO_MEMORY, "out of memory");
    CHECK(match_to(&r, neighbour, &left, two ? &right : NULL, o));
    warn(&left, o);
    return option_flag(o, "delete") ? link_delete_encoded(option_count(o), path) : ST_OK;
}

const verb verb_match = {
    .name = "match",
    .arguments = "A.enc [B.enc]",
    .least = 1,
    .most = 2,
    .summary = "Find the encoded records that are alike, comparing everyone with everyone.",
    .details = "One file: pairs within it; two files: pairs between them. Every pair is compared exactly; a pair at exactly the threshold "
               "is kept. The pairs are ordered by their places in the files. Encodings made with --by field are linked as peil link does: the third "
               "column is then the probability that both are one person.",
    .example = "peil match shelter.enc police.enc --threshold 0.8 --out pairs.csv",
    .options = match_options,
    .run = run,
};
