#include "register/intake.h"

#include "base/date.h"
#include "base/file.h"
#include "base/log.h"

#include <stdio.h>

enum { FIRST_MARKS = 1 << 12, PROGRESS_ROWS = 4096 };

/* The marks of this delivery so far, to find a row that comes twice: an open-addressing table. Marks are hashes already. */
typedef struct mark_set {
    arena *a;
    size_t slots, n;
    unsigned char (*mark)[MARK_BYTES];
    uint32_t *row; /* 0: free */
} mark_set;

static size_t
slot_of(const mark_set *m, const unsigned char mark[MARK_BYTES])
{
    uint64_t h;
    memcpy(&h, mark, sizeof h);
    size_t at = h & (m->slots - 1);
    while (m->row[at] && memcmp(m->mark[at], mark, MARK_BYTES) != 0) at = (at + 1) & (m->slots - 1);
    return at;
}

static status
resize(mark_set *m, size_t slots)
{
    mark_set old = *m;
    m->slots = slots;
    ALLOC(m->a, m->mark, slots);
    ALLOC(m->a, m->row, slots);
    for (size_t i = 0; i < old.slots; i++) {
        if (!old.row[i]) continue;
        size_t at = slot_of(m, old.mark[i]);
        memcpy(m->mark[at], old.mark[i], MARK_BYTES);
        m->row[at] = old.row[i];
    }
    return ST_OK;
}

/* The row that had the mark before, 0 when there was none; the mark is then noted. */
static status
note_mark(mark_set *m, const unsigned char mark[MARK_BYTES], size_t row, uint32_t *before)
{
    if (2 * (m->n + 1) > m->slots) CHECK(resize(m, m->slots ? 2 * m->slots : FIRST_MARKS));
    size_t at = slot_of(m, mark);
    *before = m->row[at];
    if (*before) return ST_OK;
    memcpy(m->mark[at], mark, MARK_BYTES);
    m->row[at] = row < UINT32_MAX ? (uint32_t)row : UINT32_MAX;
    m->n++;
    return ST_OK;
}

typedef struct taking {
    register_store *store;
    const register_source *source;
    delivery *delivery;
    rejections notes;
    row_reader *reader;
    mark_set marks;
    delivery_counts counts;
} taking;

static const char *
row_header(const taking *t)
{
    return t->source->column[t->source->row[0]];
}

/* A row the file itself gets wrong: the detail reads "FILE: row N, column M: what was expected: how to mend it". */
static void
reject_record(taking *t)
{
    char said[256], column[32] = "";
    snprintf(said, sizeof said, "%s", status_detail());
    char *expected = strstr(said, ": row ");
    expected = expected ? strstr(expected + 2, ": ") : NULL;
    const char *at = strstr(said, ", column ");
    if (expected && at && at < expected) snprintf(column, sizeof column, "%.*s", (int)(expected - at - 2), at + 2);
    expected = expected ? expected + 2 : said;
    char *mend = strstr(expected, ": ");
    if (mend) *mend = '\0', mend += 2;
    register_note(&t->notes, NOTE_REJECTED, column, expected, mend ? mend : "correct the row and deliver it again");
    status_detail_clear();
}

/* False when the row has no number of its own, or one that came before. */
static status
mark_row(taking *t, const delivery_row *row, unsigned char mark[MARK_BYTES], bool *good)
{
    *good = register_store_mark(t->store, row, mark);
    if (!*good) {
        register_note(&t->notes, NOTE_REJECTED, row_header(t), "the reporter's own number of the row", "fill it in and deliver the row again");
        return ST_OK;
    }
    uint32_t before;
    CHECK(note_mark(&t->marks, mark, row->number, &before));
    if (!before) return ST_OK;
    *good = false;
    char expected[80];
    snprintf(expected, sizeof expected, "a number of its own: row %u of this delivery has the same", before);
    register_note(&t->notes, NOTE_REJECTED, row_header(t), expected, "give the row its own number or leave out the double");
    return ST_OK;
}

static status
take_row(taking *t, const delivery_row *row)
{
    unsigned char mark[MARK_BYTES];
    bool good, again;
    if (!register_row_read_gate(t->reader, row)) return ST_OK;
    CHECK(mark_row(t, row, mark, &good));
    if (!good) return ST_OK;
    legal_consent consent[PURPOSE_COUNT];
    legal_age age;
    register_row_gate_input(t->reader, consent, &age);
    legal_verdict verdict = register_legal_gate(t->source->basis, consent, age);
    if (!verdict.kept) {
        int year = date_to_parts((int32_t)t->reader->value[t->reader->received].number).year;
        CHECK(register_store_count(t->store, mark, year, verdict.reason, &again));
        t->counts.counted++;
        t->counts.erased += again;
        return ST_OK;
    }
    if (!register_row_read_rest(t->reader, row)) return ST_OK;
    CHECK(register_store_keep(t->store, mark, row->number, &verdict, t->reader->value, &again));
    t->counts.kept++;
    t->counts.replaced += again;
    return ST_OK;
}

static status
take_rows(taking *t)
{
    progress p = progress_new("intake", 0);
    for (;;) {
        bool more = true;
        delivery_row row = {0};
        status code = register_delivery_next(t->delivery, &more, &row);
        if (code != ST_OK && code != ST_INVALID) return code;
        if (code == ST_OK && !more) break;
        t->counts.read++;
        t->notes.row = row.number;
        if (code == ST_INVALID)
            reject_record(t);
        else
            CHECK(take_row(t, &row));
        if (t->counts.read % PROGRESS_ROWS == 0) progress_at(&p, t->counts.read);
    }
    progress_end(&p);
    t->counts.rejected = t->notes.rejected;
    t->counts.repaired = t->notes.repaired;
    return ST_OK;
}

static void
name_extra_columns(taking *t)
{
    size_t extra = register_delivery_extra(t->delivery);
    if (extra == 0) return;
    char expected[80];
    snprintf(expected, sizeof expected, "only columns the source describes: %zu more %s found", extra, extra == 1 ? "was" : "were");
    t->notes.row = 1;
    register_note(&t->notes, NOTE_REPAIRED, "", expected, "they were left out: describe them in the source if they matter");
    t->notes.repaired = 0; /* no row was */
    t->notes.repaired_row = 0;
}

/* Within a transaction: rows into the store, notes into the rejection file, then the commit. */
static status
take(taking *t, arena *tmp, const char *rejections_path)
{
    t->notes = register_rejections_new(tmp, register_delivery_name(t->delivery));
    t->marks = (mark_set){.a = tmp};
    CHECK(register_row_reader_new(tmp, t->source, &t->notes, &t->reader));
    name_extra_columns(t);
    CHECK(take_rows(t));
    if (rejections_path) CHECK(register_rejections_write(&t->notes, rejections_path));
    return register_store_commit(t->store, &t->counts, register_delivery_bytes(t->delivery));
}

static status
take_delivery(taking *t, const char *name, text bytes, const char *rejections_path, intake_result *result)
{
    SCRATCH(tmp);
    intake_result done = {0};
    status code = register_store_begin(t->store, t->source);
    if (code == ST_OK) code = register_store_knows(t->store, bytes, &done.repeated, &t->counts);
    if (code == ST_OK && !done.repeated) code = register_delivery_open_bytes(tmp, t->source, name, bytes, &t->delivery);
    if (code == ST_OK && !done.repeated) code = take(t, tmp, rejections_path);
    register_store_abandon(t->store);
    CHECK(code);
    done.counts = t->counts;
    *result = done;
    return ST_OK;
}

status
register_intake_bytes(register_store *s, const register_source *source, const char *name, text bytes, const char *rejections_path,
                      intake_result *result)
{
    taking t = {.store = s, .source = source};
    return take_delivery(&t, name, bytes, rejections_path, result);
}

status
register_intake(register_store *s, const register_source *source, const char *path, const char *rejections_path, intake_result *result)
{
    SCRATCH(tmp);
    text bytes;
    CHECK(file_map(tmp, path, &bytes));
    const char *slash = strrchr(path, '/');
    return register_intake_bytes(s, source, slash ? slash + 1 : path, bytes, rejections_path, result);
}
