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

static const verb_option match_options[] = {
    {.name = "threshold", .type = OPTION_TEXT, .metavar = "T", .preset = "0.8", .help = "whole records: lowest Dice coefficient, as 0.8 or 4/5"},
    {.name = "probability", .type = OPTION_DOUBLE, .metavar = "P", .lower = 0.001, .upper = 1, .preset = "0.5", .help = "field by field: lowest probability that two records are one person"},
    {.name = "out", .type = OPTION_OUT, .metavar = "PAIRS.csv", .help = "the pairs", .required = true},
    {.name = "kernel", .type = OPTION_CHOICE, .metavar = "best|portable|avx2|avx512|amx", .preset = "best", .help = "instructions to use"},
    {.name = "unit", .type = OPTION_TEXT, .metavar = "UNIT.key", .help = "encodings sealed for this linkage unit: its key"},
    {.name = "delete", .type = OPTION_FLAG, .help = "overwrite and remove the encodings when the pairs are written"},
    {.name = "threads", .type = OPTION_INT, .metavar = "N", .lower = 0, .upper = 1024, .preset = "0", .help = "0: one per processor"},
    {0},
};

enum { PORTION = 1 << 14 }; /* pairs that are text at the same time */

typedef struct writing {
    FILE *to;
    const encoded *a, *b;
    size_t pairs;
} writing;

/* The end of a line; thousands of equal records have millions with the same: it is printed when it changes. */
typedef struct said {
    double value;
    char bytes[32];
    size_t n;
} said;

static void
put_value(text_builder *b, double value, said *last)
{
    if (!last->n || value != last->value) last->n = (size_t)snprintf(last->bytes, sizeof last->bytes, ",%.6f\n", value);
    last->value = value;
    text_put_bytes(b, last->bytes, last->n);
}

static status
write_portion(writing *w, size_t n, const dice_pair pairs[])
{
    SCRATCH(tmp);
    said dice = {0};
    text_builder b = text_builder_new(tmp);
    for (size_t i = 0; i < n; i++) {
        csv_put_field(&b, w->a->id[pairs[i].a]);
        text_put_char(&b, ',');
        csv_put_field(&b, w->b->id[pairs[i].b]);
        put_value(&b, 2.0 * pairs[i].common / pairs[i].bits, &dice);
    }
    text content;
    CHECK(text_builder_end(&b, &content));
    w->pairs += n;
    if (fwrite(content.bytes, 1, content.n, w->to) != content.n) FAIL(ST_IO, "the pairs cannot be written: %s", strerror(errno));
    return ST_OK;
}

static status
write_pairs(void *context, size_t n, const dice_pair pairs[])
{
    for (size_t at = 0; at < n; at += PORTION) CHECK(write_portion(context, n - at < PORTION ? n - at : PORTION, pairs + at));
    return ST_OK;
}

static dice_kernel
kernel_of(const char *name)
{
    for (int k = DICE_BEST; k < DICE_KERNELS; k++)
        if (strcmp(dice_kernel_name((dice_kernel)k), name) == 0) return (dice_kernel)k;
    return DICE_BEST;
}

/* Whole records, compared with everyone. */
typedef struct wholes {
    const dice_ranks *r;
    const encoded *a, *b; /* b NULL: within a */
    const options *o;
    writing w;
} wholes;

static status
fill_wholes(void *context, FILE *to)
{
    wholes *m = context;
    dice_threshold t;
    CHECK(dice_threshold_parse(text_of(option_text(m->o, "threshold")), &t));
    m->w = (writing){to, m->a, m->b ? m->b : m->a, 0};
    if (fputs("id_a,id_b,dice\n", to) < 0) FAIL(ST_IO, "the pairs cannot be written: %s", strerror(errno));
    dice_options d = {.kernel = kernel_of(option_text(m->o, "kernel"))};
    return dice_ranks_compare(m->r, &m->a->set, m->b ? &m->b->set : NULL, t, &d, write_pairs, &m->w);
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

/* How probable it is that both are one person: what the pair says, else the less sure of the two records. */
static double
pair_probability(const link_result *l, uint32_t i, uint32_t j)
{
    const link_pairs *p = &l->pairs;
    size_t low = 0, high = p->n;
    while (low < high) {
        size_t k = low + (high - low) / 2;
        if (p->a[k] < i || (p->a[k] == i && p->b[k] < j)) low = k + 1;
        else high = k;
    }
    if (low < p->n && p->a[low] == i && p->b[low] == j) return p->p[low];
    return l->probability[i] < l->probability[j] ? l->probability[i] : l->probability[j];
}

typedef struct persons {
    link_result l;
    size_t pairs;
} persons;

/* The pairs of a record with those after it in its chain. */
static status
write_chain(const persons *p, uint32_t i, const uint32_t next[], FILE *to, size_t *pairs)
{
    SCRATCH(tmp);
    text line;
    said probability = {0};
    text_builder b = text_builder_new(tmp);
    for (uint32_t j = next[i]; j; j = next[j - 1]) {
        csv_put_field(&b, p->l.records.id[i]);
        text_put_char(&b, ',');
        csv_put_field(&b, p->l.records.id[j - 1]);
        put_value(&b, pair_probability(&p->l, i, j - 1), &probability);
        ++*pairs;
    }
    CHECK(text_builder_end(&b, &line));
    if (fwrite(line.bytes, 1, line.n, to) != line.n) FAIL(ST_IO, "the pairs cannot be written: %s", strerror(errno));
    return ST_OK;
}

/* Records of one person stand in a chain, ascending; next: 0 none, else record + 1. */
static status
fill_persons(void *context, FILE *to)
{
    persons *p = context;
    SCRATCH(tmp);
    size_t n = p->l.records.n;
    uint32_t *next, *last;
    ALLOC(tmp, next, n + 1);
    ALLOC(tmp, last, p->l.clusters.clusters + 1);
    for (size_t i = n; i-- > 0;) {
        int32_t c = p->l.clusters.cluster[i];
        next[i] = last[c];
        last[c] = (uint32_t)i + 1;
    }
    if (fputs("id_a,id_b,probability\n", to) < 0) FAIL(ST_IO, "the pairs cannot be written: %s", strerror(errno));
    for (uint32_t i = 0; i < n; i++)
        if (next[i]) CHECK(write_chain(p, i, next, to, &p->pairs));
    return ST_OK;
}

/* Field by field: the pairs of each person, as linkage makes persons. What says whether two records are one is then a probability of
 * all fields together; a threshold for Dice is on another scale. */
static status
match_fields(arena *a, const options *o, const char *const path[])
{
    link_records r;
    persons p = {0};
    double least = option_double(o, "probability");
    CHECK(link_read_encoded(a, option_count(o), path, option_text(o, "unit"), &r));
    CHECK(link_run_records(a, &r, &(link_options){.seed = 1, .threshold = least}, &p.l));
    CHECK(file_write_by(option_text(o, "out"), fill_persons, &p));
    log_note("%zu pairs, of probability %g or more", p.pairs, least);
    if (option_given(o, "threshold")) log_note("--threshold is for whole records; for these encodings, field by field, it is --probability");
    if (p.l.quality.alarm) log_note("alarm: %s", p.l.quality.alarm);
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
        return option_flag(o, "delete") ? link_delete_encoded(option_count(o), path, LANGUAGE_EN) : ST_OK;
    }
    CHECK(dice_ranks_agree(&r, read_both(a, o, &left, &right)));
    if (r.rank) return match_for(&r, &left, two ? &right : NULL, o);
    wholes m = {&r, &left, two ? &right : NULL, o, {0}};
    CHECK(file_write_by(option_text(o, "out"), fill_wholes, &m));
    log_note("%zu pairs", m.w.pairs);
    warn(&left, o);
    return option_flag(o, "delete") ? link_delete_encoded(option_count(o), path, LANGUAGE_EN) : ST_OK;
}

const verb verb_match = {
    .name = "match",
    .arguments = "A.enc [B.enc]",
    .least = 1,
    .most = 2,
    .summary = "Find the encoded records that are alike, comparing everyone with everyone.",
    .details = "One file: pairs within it; two files: pairs between them. Every pair is compared exactly; a pair at exactly the threshold "
               "is kept. The pairs are ordered by their places in the files. Encodings field by field are linked as peil link does: the "
               "pairs are those of each person (--probability), and the third column is the probability that both are one.",
    .example = "peil match shelter.enc police.enc --threshold 0.8 --out pairs.csv",
    .options = match_options,
    .run = run,
};
