/* Encodings as files. */
#include "base/file.h"
#include "linkage/encode.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- magic, epoch, diffusion (0: not said), n, domain, scheme, ids, words, hash of all before */

static const char magic[8] = "PEILENC1";

typedef struct head {
    char magic[8];
    uint32_t epoch, diffusion;
    uint64_t n, id_bytes; /* id_bytes: lengths and texts, padded to 8 */
    char domain[ENCODE_DOMAIN];
    hash scheme;
} head;

status
encode_scheme(const encode_key *key, const link_fields *fields, const char *how, hash *out)
{
    SCRATCH(tmp);
    unsigned char check[32];
    char hex[65];
    CHECK(encode_hkdf(encode_key_text(key->master), TEXT(""), TEXT("peil encode 1 check"), sizeof check, check));
    sodium_bin2hex(hex, sizeof hex, check, sizeof check);
    text_builder b = text_builder_new(tmp);
    text_printf(&b, "%s %s %u %u%s", hex, key->domain, key->epoch, key->diffusion, how);
    for (size_t i = 0; i < fields->n; i++) text_printf(&b, " %s", link_kind_name(fields->field[i].kind));
    text words;
    CHECK(text_builder_end(&b, &words));
    *out = hash_of(words.bytes, words.n);
    return ST_OK;
}

/* A record and its id: in order of id, nothing tells how the file was sorted. Who knows that it was by name, and has the names, would
 * read them off by their ranks. */
typedef struct placed {
    text id;
    size_t row;
} placed;

static int
compare_placed(const void *x, const void *y)
{
    return text_compare(((const placed *)x)->id, ((const placed *)y)->id);
}

static status
place_ids(arena *tmp, const char *path, const column *ids, size_t n, placed **result)
{
    placed *p;
    ALLOC(tmp, p, n + 1);
    for (size_t i = 0; i < n; i++) {
        p[i] = (placed){column_text(ids, i), i};
        if (p[i].id.n == 0) FAIL(ST_INVALID, "%s: row %zu, column %s: expected an id", path, i + 2, ids->name);
    }
    qsort(p, n, sizeof *p, compare_placed);
    for (size_t i = 1; i < n; i++)
        if (text_equal(p[i].id, p[i - 1].id)) FAIL(ST_INVALID, "%s: column %s: an id stands twice: give each record its own", path, ids->name);
    *result = p;
    return ST_OK;
}

static status
write_encodings(const char *out, head *h, const placed *records, const uint64_t *words)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    static const char zeros[8];
    for (size_t i = 0; i < h->n; i++) h->id_bytes += sizeof(uint32_t) + records[i].id.n;
    h->id_bytes = (h->id_bytes + 7) & ~7ull;
    text_put_bytes(&b, (const char *)h, sizeof *h);
    for (size_t i = 0; i < h->n; i++) {
        uint32_t n = (uint32_t)records[i].id.n;
        text_put_bytes(&b, (const char *)&n, sizeof n);
        text_put_bytes(&b, records[i].id.bytes, n);
    }
    text_put_bytes(&b, zeros, sizeof *h + h->id_bytes - b.n);
    for (size_t i = 0; i < h->n; i++) text_put_bytes(&b, (const char *)(words + records[i].row * DICE_WORDS), DICE_WORDS * sizeof *words);
    hash end = hash_of(b.bytes, b.n);
    text_put_bytes(&b, (const char *)end.bytes, sizeof end.bytes);
    text content;
    CHECK(text_builder_end(&b, &content));
    return file_write(out, content);
}

status
encode_file(const char *path, const char *fields_path, const char *key_folder, const char *out, size_t *rows)
{
    SCRATCH(tmp);
    link_fields fields;
    encode_key *key;
    table t, values;
    placed *records;
    uint64_t *words;
    ALLOC(tmp, key, 1);
    CHECK(link_fields_read(tmp, fields_path, &fields));
    CHECK(encode_key_read(key_folder, key));
    CHECK(link_fields_table(tmp, path, &fields, &t));
    CHECK(place_ids(tmp, path, &t.column[0], t.rows, &records));
    values = (table){t.name, t.rows, fields.n, t.column + 1};
    ALLOC(tmp, words, t.rows * DICE_WORDS + 1);
    CHECK(encode_records(&values, &fields, key, words));
    head h = {.epoch = key->epoch, .diffusion = key->diffusion, .n = t.rows};
    memcpy(h.magic, magic, sizeof magic);
    memcpy(h.domain, key->domain, sizeof h.domain);
    CHECK(encode_scheme(key, &fields, "", &h.scheme));
    *rows = t.rows;
    return write_encodings(out, &h, records, words);
}

static status
damaged(const char *name)
{
    FAIL(ST_INVALID, "%s: not a file of encodings, cut off, or changed since it was written: encode again", name);
}

static status
read_ids(const char *name, text bytes, size_t n, text *ids)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t length;
        if (bytes.n < sizeof length) return damaged(name);
        memcpy(&length, bytes.bytes, sizeof length);
        if (length > bytes.n - sizeof length) return damaged(name);
        ids[i] = (text){bytes.bytes + sizeof length, length};
        bytes.bytes += sizeof length + length, bytes.n -= sizeof length + length;
    }
    return ST_OK;
}

status
encoded_read_bytes(arena *a, const char *name, text bytes, encoded *result)
{
    head h;
    hash end;
    if (bytes.n >= sizeof magic && !memcmp(bytes.bytes, "PEILFLD1", sizeof magic))
        FAIL(ST_INVALID, "%s: encodings field by field beside whole records: encode both in one way", name);
    if (bytes.n < sizeof h + sizeof end.bytes) return damaged(name);
    memcpy(&h, bytes.bytes, sizeof h);
    size_t body = bytes.n - sizeof h - sizeof end.bytes;
    if (memcmp(h.magic, magic, sizeof magic) != 0 || h.id_bytes > body || h.id_bytes % 8 || !memchr(h.domain, 0, sizeof h.domain) || !encode_domain_valid(h.domain) ||
        h.n != (body - h.id_bytes) / (DICE_WORDS * 8) || h.diffusion > ENCODE_DIFFUSION || (body - h.id_bytes) % (DICE_WORDS * 8))
        return damaged(name);
    end = hash_of(bytes.bytes, bytes.n - sizeof end.bytes);
    if (memcmp(end.bytes, bytes.bytes + bytes.n - sizeof end.bytes, sizeof end.bytes) != 0) return damaged(name);
    text *ids;
    uint64_t *words;
    ALLOC(a, ids, h.n + 1);
    ALLOC(a, words, h.n * DICE_WORDS + 1);
    CHECK(read_ids(name, (text){bytes.bytes + sizeof h, h.id_bytes}, h.n, ids));
    memcpy(words, bytes.bytes + sizeof h + h.id_bytes, h.n * DICE_WORDS * sizeof *words);
    for (size_t i = 0; i < h.n; i++) {
        int ones = 0;
        for (int w = 0; w < DICE_WORDS; w++) ones += __builtin_popcountll(words[i * DICE_WORDS + (size_t)w]);
        if (ones > DICE_BITS * 3 / 4)
            FAIL(ST_INVALID, "%s: record %zu: %d of %d bits are set: no encoding looks so, it would match everyone", name, i + 1, ones, DICE_BITS);
    }
    *result = (encoded){.n = h.n, .id = ids, .set = {h.n, words}, .scheme = h.scheme, .epoch = h.epoch, .diffusion = h.diffusion};
    memcpy(result->domain, h.domain, sizeof h.domain);
    return ST_OK;
}

status
encoded_read(arena *a, const char *path, encoded *result)
{
    text bytes;
    CHECK(file_map(a, path, &bytes));
    return encoded_read_bytes(a, path, bytes, result);
}

bool
encoded_begins(const char *path, const char kind[8])
{
    SCRATCH(tmp);
    text bytes;
    if (file_map(tmp, path, &bytes) == ST_OK) return bytes.n >= sizeof magic && memcmp(bytes.bytes, kind, sizeof magic) == 0;
    status_detail_clear();
    return false;
}

bool
encoded_are(const char *path)
{
    return encoded_begins(path, magic);
}

status
encoded_comparable(const encoded *a, const encoded *b)
{
    if (memcmp(a->scheme.bytes, b->scheme.bytes, sizeof a->scheme.bytes) == 0) return ST_OK;
    if (strcmp(a->domain, b->domain) != 0 || a->epoch != b->epoch)
        FAIL(ST_INVALID, "the files are of different domains or epochs (%s/%u, %s/%u): encode both with one key", a->domain, a->epoch,
             b->domain, b->epoch);
    FAIL(ST_INVALID, "the files were made with different keys or fields: encode both with one key and one FIELDS.yaml");
}
