/* Encodings field by field as files, and two of them as one set of records. */
#include "base/file.h"
#include "linkage/encode_fields.h"
#include "linkage/encode_levels.h"
#include "linkage/encode_seal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static const char magic[8] = "PEILFLD1";

enum { TOKEN = 16, NAME = 64 };

/* The file: head, sets with their values, attributes with the values of all records, ids, hash of all before. */
typedef struct file_head {
    char magic[8];
    uint32_t epoch, sets, attributes, reserved;
    uint64_t n;
    char domain[ENCODE_DOMAIN];
    hash scheme;
} file_head;

typedef struct file_set {
    uint32_t type, kind;
    uint64_t n;
} file_set;

typedef struct file_value {
    unsigned char token[TOKEN];
    uint64_t group, other;
    uint32_t digits;
    int16_t year;
    int8_t month, day;
    uint8_t flags, reserved[7];
} file_value;

typedef struct file_attribute {
    char name[NAME]; /* of the column, cut */
    uint32_t kind, set;
} file_attribute;

/* ---- writing */

static void
put_set(text_builder *b, const value_set *s)
{
    file_set head = {(uint32_t)s->type, (uint32_t)s->kind, s->n};
    text_put_bytes(b, (const char *)&head, sizeof head);
    for (size_t v = 0; v < s->n; v++) {
        file_value x = {.group = s->coded->group[v], .other = s->coded->other[v], .flags = s->coded->flags[v]};
        memcpy(x.token, s->plain[v].bytes, TOKEN);
        if (s->dates) x.year = s->dates[v].year, x.month = s->dates[v].month, x.day = s->dates[v].day, x.digits = s->dates[v].digits;
        text_put_bytes(b, (const char *)&x, sizeof x);
    }
    if (s->coded->filter) text_put_bytes(b, (const char *)s->coded->filter, s->n * sizeof *s->coded->filter);
    if (s->coded->local) text_put_bytes(b, (const char *)s->coded->local, s->n * sizeof *s->coded->local);
}

/* As much of a column's name as there is room for; nothing that would move a terminal or begin another line. */
static void
put_name(const char *name, char out[NAME])
{
    snprintf(out, NAME, "%s", name);
    for (char *c = out; *c; c++)
        if (iscntrl((unsigned char)*c)) *c = ' ';
}

static status
write_fields(const char *out, const char *unit, const encoded_fields *e)
{
    SCRATCH(tmp);
    const link_records *r = &e->records;
    text_builder b = text_builder_new(tmp);
    file_head h = {.epoch = e->epoch, .sets = (uint32_t)r->sets, .attributes = (uint32_t)r->attributes, .n = r->n, .scheme = e->scheme};
    memcpy(h.magic, magic, sizeof magic);
    memcpy(h.domain, e->domain, sizeof h.domain);
    text_put_bytes(&b, (const char *)&h, sizeof h);
    for (size_t s = 0; s < r->sets; s++) put_set(&b, &r->set[s]);
    for (size_t f = 0; f < r->attributes; f++) {
        file_attribute x = {.kind = (uint32_t)r->attribute[f].kind, .set = (uint32_t)r->attribute[f].set};
        put_name(r->attribute[f].name, x.name);
        text_put_bytes(&b, (const char *)&x, sizeof x);
        text_put_bytes(&b, (const char *)r->attribute[f].of, r->n * sizeof *r->attribute[f].of);
    }
    for (size_t i = 0; i < r->n; i++) {
        uint32_t n = (uint32_t)r->id[i].n;
        text_put_bytes(&b, (const char *)&n, sizeof n);
        text_put_bytes(&b, r->id[i].bytes, r->id[i].n);
    }
    text content;
    CHECK(text_builder_end(&b, &content));
    hash end = hash_of(content.bytes, content.n);
    text_put_bytes(&b, (const char *)end.bytes, sizeof end.bytes);
    CHECK(text_builder_end(&b, &content));
    if (unit) CHECK(encode_seal(tmp, unit, content, &content));
    return file_write(out, content);
}

status
encode_fields_file(const char *path, const char *fields_path, const char *key_folder, const char *unit, const char *out, size_t *rows)
{
    SCRATCH(tmp);
    link_fields fields;
    encode_key *key;
    table t;
    encoded_fields e;
    ALLOC(tmp, key, 1);
    CHECK(link_fields_read(tmp, fields_path, &fields));
    CHECK(encode_key_read(key_folder, key));
    CHECK(link_fields_table(tmp, path, &fields, &t));
    CHECK(encode_fields(tmp, &t, &fields, key, &e));
    *rows = e.records.n;
    return write_fields(out, unit, &e);
}

/* ---- reading: nothing in the file is believed */

static status
damaged(const char *name)
{
    FAIL(ST_INVALID, "%s: not a file of encodings by field, cut off, or changed since it was written: encode again", name);
}

static bool
take(text *from, void *to, size_t size, size_t n)
{
    if (size && n > from->n / size) return false;
    if (n) memcpy(to, from->bytes, n * size);
    from->bytes += n * size, from->n -= n * size;
    return true;
}

static bool
good_filters(size_t n, const coded_filter filter[])
{
    for (size_t v = 0; v < n; v++) {
        int ones = 0;
        for (int w = 0; w < DICE_WORDS; w++) ones += __builtin_popcountll(filter[v].words[w]);
        if (ones > DICE_BITS * 3 / 4) return false; /* would be like everyone */
    }
    return true;
}

static bool
good_date(const file_value *x)
{
    for (int i = 0; i < 32; i += 4)
        if ((x->digits >> i & 15) > 9) return false;
    return x->year >= 1700 && x->year < 2100 && x->month >= 0 && x->month < 100 && x->day >= 0 && x->day < 100;
}

static bool
good_name(const char name[NAME])
{
    if (!memchr(name, 0, NAME)) return false;
    for (; *name; name++)
        if (iscntrl((unsigned char)*name)) return false;
    return true;
}

static status
read_filters(arena *a, const char *name, text *from, size_t n, const coded_filter **result)
{
    coded_filter *filter;
    if (n > from->n / sizeof *filter) return damaged(name);
    ALLOC(a, filter, n + 1);
    (void)take(from, filter, sizeof *filter, n);
    if (!good_filters(n, filter)) FAIL(ST_INVALID, "%s: a value has over three quarters of its bits set: no encoding looks so", name);
    *result = filter;
    return ST_OK;
}

static status
read_set(arena *a, const char *name, text *from, value_set *s)
{
    file_set head;
    if (!take(from, &head, sizeof head, 1) || head.kind >= KIND_COUNT || head.type != (uint32_t)compare_type_of((link_kind)head.kind) ||
        head.n > from->n / sizeof(file_value))
        return damaged(name);
    *s = (value_set){0};
    coded_room room;
    CHECK(coded_room_new(a, (compare_type)head.type, head.n, s, &room));
    s->type = (compare_type)head.type, s->kind = (link_kind)head.kind;
    for (size_t v = 0; v < head.n; v++) {
        file_value x;
        if (!take(from, &x, sizeof x, 1)) return damaged(name);
        memcpy(room.tokens + v * TOKEN, x.token, TOKEN);
        if (v && memcmp(s->plain[v - 1].bytes, s->plain[v].bytes, TOKEN) >= 0) return damaged(name);
        room.group[v] = x.group, room.other[v] = x.other, room.flags[v] = x.flags;
        s->consonants[v] = (x.flags & CODED_CONSONANTS) != 0;
        s->valid[v] = s->kind == KIND_number && x.flags & CODED_VALID;
        if (!compare_type_dates(s->type)) continue;
        if (!good_date(&x)) return damaged(name);
        s->dates[v] = (date_value){x.year, x.month, x.day, x.digits, 0};
    }
    if (room.filter) CHECK(read_filters(a, name, from, head.n, &room.coded->filter));
    if (room.local) CHECK(read_filters(a, name, from, head.n, &room.coded->local));
    return ST_OK;
}

static status
read_attribute(arena *a, const char *name, text *from, link_records *r, attribute *to)
{
    file_attribute x;
    if (!take(from, &x, sizeof x, 1) || x.kind >= KIND_COUNT || x.set >= r->sets || !good_name(x.name) ||
        compare_type_of((link_kind)x.kind) != r->set[x.set].type || r->n > from->n / sizeof *to->of)
        return damaged(name);
    *to = (attribute){.name = arena_copy(a, x.name, strlen(x.name)), .kind = (link_kind)x.kind, .set = x.set};
    if (!to->name) FAIL(ST_NO_MEMORY, "out of memory for %s", name);
    ALLOC(a, to->of, r->n + 1);
    (void)take(from, to->of, sizeof *to->of, r->n);
    int64_t values = (int64_t)r->set[x.set].n;
    for (size_t i = 0; i < r->n; i++)
        if (to->of[i] < -1 || to->of[i] >= values) return damaged(name);
    return ST_OK;
}

static status
read_ids(arena *a, const char *name, text *from, link_records *r)
{
    if (r->n > from->n / sizeof(uint32_t)) return damaged(name);
    ALLOC(a, r->id, r->n + 1);
    ALLOC(a, r->row, r->n + 1);
    for (size_t i = 0; i < r->n; i++) {
        uint32_t n;
        if (!take(from, &n, sizeof n, 1) || n > from->n || n == 0) return damaged(name);
        r->id[i] = (text){from->bytes, n};
        r->row[i] = (uint32_t)i;
        from->bytes += n, from->n -= n;
        if (i && text_compare(r->id[i - 1], r->id[i]) >= 0) return damaged(name);
    }
    return from->n ? damaged(name) : ST_OK;
}

static status
read_records(arena *a, const char *name, text from, const file_head *h, link_records *r)
{
    *r = (link_records){.n = h->n, .split = h->n, .sets = h->sets, .attributes = h->attributes};
    ALLOC(a, r->set, r->sets);
    ALLOC(a, r->attribute, r->attributes);
    for (size_t s = 0; s < r->sets; s++) CHECK(read_set(a, name, &from, &r->set[s]));
    for (size_t f = 0; f < r->attributes; f++) CHECK(read_attribute(a, name, &from, r, &r->attribute[f]));
    CHECK(read_ids(a, name, &from, r));
    return link_records_finish(r);
}

status
encoded_fields_read_bytes(arena *a, const char *name, text bytes, encoded_fields *result)
{
    file_head h;
    hash end;
    text body = bytes;
    if (bytes.n >= sizeof magic && !memcmp(bytes.bytes, "PEILENC1", sizeof magic))
        FAIL(ST_INVALID, "%s: encodings of whole records: compare them with peil match, or encode with --by field", name);
    if (bytes.n < sizeof h + sizeof end.bytes || memcmp(bytes.bytes, magic, sizeof magic) != 0) return damaged(name);
    body.n -= sizeof end.bytes;
    end = hash_of(body.bytes, body.n);
    if (memcmp(end.bytes, body.bytes + body.n, sizeof end.bytes) != 0) return damaged(name);
    (void)take(&body, &h, sizeof h, 1);
    if (!h.attributes || h.attributes > LINK_FIELDS || !h.sets || h.sets > h.attributes || h.n > 1u << 28 || !memchr(h.domain, 0, sizeof h.domain) ||
        !encode_domain_valid(h.domain))
        return damaged(name);
    *result = (encoded_fields){.scheme = h.scheme, .epoch = h.epoch};
    memcpy(result->domain, h.domain, sizeof h.domain);
    return read_records(a, name, body, &h, &result->records);
}

status
encoded_fields_read(arena *a, const char *path, const char *unit, encoded_fields *result)
{
    text bytes;
    CHECK(file_map(a, path, &bytes));
    if (encode_sealed(bytes)) CHECK(encode_unseal(a, path, unit, bytes, &bytes));
    return encoded_fields_read_bytes(a, path, bytes, result);
}

bool
encoded_fields_are(const char *path)
{
    return encoded_begins(path, magic) || encoded_begins(path, SEALED_MAGIC);
}

/* ---- two files */

typedef struct joining {
    const value_set *from[2];
    uint32_t *place[2]; /* of each value in the joint set */
} joining;

static status
same_value(const value_set *a, size_t v, const value_set *b, size_t w)
{
    const coded_values *x = a->coded, *y = b->coded;
    bool same = x->group[v] == y->group[w] && x->other[v] == y->other[w];
    same = same && (!x->filter || !memcmp(&x->filter[v], &y->filter[w], sizeof *x->filter));
    same = same && (!x->local || !memcmp(&x->local[v], &y->local[w], sizeof *x->local));
    same = same && (!a->dates || (a->dates[v].digits == b->dates[w].digits && a->dates[v].year == b->dates[w].year));
    if (!same) FAIL(ST_INVALID, "one token stands for two encodings: a file was forged, or made by another version of peil");
    return ST_OK;
}

static void
copy_value(const value_set *from, size_t v, value_set *to, size_t k, coded_room *room)
{
    const coded_values *c = from->coded;
    memcpy(room->tokens + k * TOKEN, from->plain[v].bytes, TOKEN);
    room->group[k] = c->group[v], room->other[k] = c->other[v];
    room->flags[k] |= c->flags[v];
    to->consonants[k] |= from->consonants[v];
    to->valid[k] = from->valid[v];
    if (c->filter) room->filter[k] = c->filter[v];
    if (c->local) room->local[k] = c->local[v];
    if (from->dates) to->dates[k] = from->dates[v];
}

/* Both in order of token: one merge. */
static status
join_set(arena *a, joining *j, value_set *to)
{
    const value_set *x = j->from[0], *y = j->from[1];
    coded_room room;
    size_t k = 0;
    CHECK(coded_room_new(a, x->type, x->n + y->n, to, &room));
    to->type = x->type, to->kind = x->kind;
    for (size_t v = 0, w = 0; v < x->n || w < y->n; k++) {
        int d = v == x->n ? 1 : w == y->n ? -1 : memcmp(x->plain[v].bytes, y->plain[w].bytes, TOKEN);
        if (d == 0) CHECK(same_value(x, v, y, w));
        if (d <= 0) copy_value(x, v, to, k, &room), j->place[0][v++] = (uint32_t)k;
        if (d >= 0) copy_value(y, w, to, k, &room), j->place[1][w++] = (uint32_t)k;
    }
    to->n = k;
    return ST_OK;
}

static status
join_two(arena *a, const link_records *x, const link_records *y, link_records *out)
{
    SCRATCH(tmp);
    link_records r = {.n = x->n + y->n, .split = x->n, .sets = x->sets, .attributes = x->attributes};
    ALLOC(a, r.id, r.n + 1);
    ALLOC(a, r.row, r.n + 1);
    ALLOC(a, r.set, r.sets);
    ALLOC(a, r.attribute, r.attributes);
    for (size_t i = 0; i < r.n; i++) {
        const link_records *from = i < x->n ? x : y;
        r.id[i] = from->id[i < x->n ? i : i - x->n];
        r.row[i] = from->row[i < x->n ? i : i - x->n];
    }
    for (size_t s = 0; s < r.sets; s++) {
        joining j = {{&x->set[s], &y->set[s]}, {NULL, NULL}};
        if (x->set[s].type != y->set[s].type || x->set[s].kind != y->set[s].kind) FAIL(ST_INVALID, "the files have different fields");
        ALLOC(tmp, j.place[0], x->set[s].n + 1);
        ALLOC(tmp, j.place[1], y->set[s].n + 1);
        CHECK(join_set(a, &j, &r.set[s]));
        for (size_t f = 0; f < r.attributes; f++) {
            const attribute *left = &x->attribute[f], *right = &y->attribute[f];
            if (left->set != s) continue;
            if (right->set != s || left->kind != right->kind) FAIL(ST_INVALID, "the files have different fields");
            attribute *to = &r.attribute[f];
            *to = *left;
            ALLOC(a, to->of, r.n + 1);
            for (size_t i = 0; i < x->n; i++) to->of[i] = left->of[i] < 0 ? -1 : (int32_t)j.place[0][left->of[i]];
            for (size_t i = 0; i < y->n; i++) to->of[x->n + i] = right->of[i] < 0 ? -1 : (int32_t)j.place[1][right->of[i]];
        }
    }
    CHECK(link_records_finish(&r));
    if (r.split == r.n) r.split = 0; /* as in link_records_new */
    *out = r;
    return ST_OK;
}

status
encoded_fields_join(arena *a, size_t files, const encoded_fields *const file[], link_records *result)
{
    if (files == 2) {
        const encoded_fields *x = file[0], *y = file[1];
        if (strcmp(x->domain, y->domain) != 0 || x->epoch != y->epoch)
            FAIL(ST_INVALID, "the files are of different domains or epochs (%s/%u, %s/%u): encode both with one key", x->domain, x->epoch,
                 y->domain, y->epoch);
        if (memcmp(x->scheme.bytes, y->scheme.bytes, sizeof x->scheme.bytes) != 0 || x->records.sets != y->records.sets ||
            x->records.attributes != y->records.attributes)
            FAIL(ST_INVALID, "the files were made with different keys or fields: encode both with one key and one FIELDS.yaml");
        return join_two(a, &x->records, &y->records, result);
    }
    *result = file[0]->records;
    return ST_OK;
}
