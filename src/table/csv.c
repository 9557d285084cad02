#include "table/csv.h"

#include "base/file.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

enum { BLOCK = 64 };

struct csv {
    arena *a;
    const char *name;
    text bytes;
    size_t at, number;
    size_t field_limit;
    bool ragged;
    bool torn; /* a quote of the current record is not closed as it should */
    char delimiter;
    text *header;
    size_t columns;
    text *field; /* fields of the current row */
    size_t capacity;
    char *unquoted; /* bytes of unescaped fields of the current row */
    size_t unquoted_used, unquoted_capacity;
    size_t block;      /* where the scanned block of 64 bytes begins */
    uint64_t special;  /* bit i: byte block + i is a delimiter, newline, quote or NUL, and still to come */
    uint64_t high;     /* bit i: byte block + i is beyond ASCII */
    bool scanned;      /* a block is loaded */
};

static char
find_delimiter(text bytes)
{
    size_t count[3] = {0};
    static const char candidates[3] = {',', ';', '\t'};
    bool quoted = false;
    for (size_t i = 0; i < bytes.n && (quoted || bytes.bytes[i] != '\n'); i++) {
        if (bytes.bytes[i] == '"') quoted = !quoted;
        for (int k = 0; k < 3; k++) count[k] += !quoted && bytes.bytes[i] == candidates[k];
    }
    int best = count[1] > count[0] ? 1 : 0;
    return count[2] > count[best] ? '\t' : candidates[best];
}

static status
grow_fields(csv *c)
{
    text *more;
    ALLOC(c->a, more, 2 * c->capacity);
    memcpy(more, c->field, c->capacity * sizeof *more);
    c->field = more;
    c->capacity *= 2;
    return ST_OK;
}

/* Copy a quoted field without its doubled quotes; `end` is just behind the closing quote. */
static status
unescape(csv *c, text inner, text *out)
{
    if (inner.n > c->unquoted_capacity - c->unquoted_used) {
        size_t capacity = 2 * (c->unquoted_capacity + inner.n); /* earlier fields keep pointing at the old bytes */
        ALLOC(c->a, c->unquoted, capacity);
        c->unquoted_capacity = capacity;
        c->unquoted_used = 0;
    }
    char *to = c->unquoted + c->unquoted_used;
    size_t n = 0;
    for (size_t i = 0; i < inner.n; i++) {
        to[n++] = inner.bytes[i];
        if (inner.bytes[i] == '"') i++;
    }
    c->unquoted_used += n;
    *out = (text){to, n};
    return ST_OK;
}

static void
skip_line(csv *c)
{
    const char *end = memchr(c->bytes.bytes + c->at, '\n', c->bytes.n - c->at);
    c->at = end ? (size_t)(end - c->bytes.bytes) + 1 : c->bytes.n;
}

/* A stray quote would swallow every row up to the next one, or the whole file: go on with the line after the record's first. */
static void
skip_torn(csv *c, size_t start)
{
    c->at = start;
    skip_line(c);
    c->torn = false;
}

/* One quoted field; c->at is behind its opening quote. */
static status
read_quoted(csv *c, size_t column, text *out)
{
    const char *p = c->bytes.bytes;
    size_t start = c->at;
    bool escaped = false;
    for (;;) {
        const char *quote = c->at < c->bytes.n ? memchr(p + c->at, '"', c->bytes.n - c->at) : NULL;
        if (!quote) {
            c->torn = true;
            FAIL(ST_INVALID, "%s: row %zu, column %zu: a quote is opened and never closed: add the closing quote",
                 c->name, c->number, column + 1);
        }
        c->at = (size_t)(quote - p) + 1;
        if (c->at < c->bytes.n && p[c->at] == '"') {
            escaped = true;
            c->at++;
            continue;
        }
        break;
    }
    text inner = {p + start, c->at - 1 - start};
    char next = c->at < c->bytes.n ? p[c->at] : '\n';
    if (next != c->delimiter && next != '\n' && !(next == '\r' && (c->at + 1 == c->bytes.n || p[c->at + 1] == '\n'))) {
        c->torn = true;
        FAIL(ST_INVALID, "%s: row %zu, column %zu: text after a closing quote: double the quotes inside the field",
             c->name, c->number, column + 1);
    }
    if (!escaped || inner.n > c->field_limit) { /* too long: check_field refuses it; never copied */
        *out = inner;
        return ST_OK;
    }
    return unescape(c, inner, out);
}

static void
read_plain(csv *c, text *out)
{
    const char *p = c->bytes.bytes + c->at, *end = c->bytes.bytes + c->bytes.n;
    const char *start = p;
    while (p < end && *p != c->delimiter && *p != '\n') p++;
    c->at += (size_t)(p - start);
    size_t n = (size_t)(p - start);
    if (n && start[n - 1] == '\r' && (p == end || *p == '\n')) n--;
    *out = (text){start, n};
}

static status
check_field(csv *c, size_t column, text value)
{
    if (value.n > c->field_limit)
        FAIL(ST_INVALID, "%s: row %zu, column %zu: a field of %zu bytes: at most %zu are read", c->name, c->number,
             column + 1, value.n, c->field_limit);
    if (!text_valid_utf8(value))
        FAIL(ST_INVALID, "%s: row %zu, column %zu: expected UTF-8 without NUL bytes: save the file as UTF-8", c->name,
             c->number, column + 1);
    return ST_OK;
}

/* The same for any record, byte by byte; c->at is left at the next record even after a bad field. */
static status
read_careful_record(csv *c, size_t *n)
{
    const char *p = c->bytes.bytes;
    status bad = ST_OK;
    c->unquoted_used = 0;
    for (size_t i = 0; i < *n && bad == ST_OK; i++) bad = check_field(c, i, c->field[i]);
    for (;;) {
        if (*n == c->capacity) CHECK(grow_fields(c));
        text *field = &c->field[*n];
        if (c->at < c->bytes.n && p[c->at] == '"') {
            c->at++;
            CHECK(read_quoted(c, *n, field));
            if (c->at < c->bytes.n && p[c->at] == '\r') c->at++;
        } else {
            read_plain(c, field);
        }
        if (bad == ST_OK) bad = check_field(c, *n, *field);
        ++*n;
        if (c->at >= c->bytes.n || p[c->at] == '\n') break;
        c->at++;
    }
    if (c->at < c->bytes.n) c->at++;
    return bad;
}

/* Which bytes of a block end a field, open a quote or are NUL; `high`: which are beyond ASCII. */
#if defined(__AVX2__)
static inline uint32_t
scan_half(const char *p, char delimiter, uint32_t *high)
{
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
    *high = (uint32_t)_mm256_movemask_epi8(v);
    __m256i hit = _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(delimiter)), _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n')));
    hit = _mm256_or_si256(hit, _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"')));
    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(hit, _mm256_cmpeq_epi8(v, _mm256_setzero_si256())));
}

static inline uint64_t
scan_block(const char *p, char delimiter, uint64_t *high)
{
    uint32_t high0, high1;
    uint64_t special = scan_half(p, delimiter, &high0) | (uint64_t)scan_half(p + 32, delimiter, &high1) << 32;
    *high = high0 | (uint64_t)high1 << 32;
    return special;
}
#else
static inline uint64_t
scan_block(const char *p, char delimiter, uint64_t *high)
{
    uint64_t special = 0;
    *high = 0;
    for (int i = 0; i < BLOCK; i++) {
        *high |= (uint64_t)((unsigned char)p[i] >= 0x80) << i;
        special |= (uint64_t)(p[i] == delimiter || p[i] == '\n' || p[i] == '"' || p[i] == '\0') << i;
    }
    return special;
}
#endif

static inline uint64_t
load_block(text bytes, size_t at, char delimiter, uint64_t *high)
{
    if (bytes.n - at >= BLOCK) return scan_block(bytes.bytes + at, delimiter, high);
    char last[BLOCK];
    memset(last, ' ', sizeof last);
    memcpy(last, bytes.bytes + at, bytes.n - at);
    return scan_block(last, delimiter, high);
}

/* The record from c->at when it holds no quote, NUL or bad UTF-8: false leaves it to the careful path.
 * At a quote that opens a field, the fields before it are kept and counted in `n`: the careful path goes on from there.
 * The state of the scan is kept in locals, so that the compiler keeps it in registers. */
static bool
read_plain_record(csv *c, size_t *n)
{
    const text bytes = c->bytes;
    const char *const p = bytes.bytes;
    const char delimiter = c->delimiter;
    text *const field = c->field;
    size_t block = c->scanned ? c->block : c->at, begin = c->at, fields = 0, at;
    uint64_t high = c->high, special = c->special;
    if (!c->scanned) special = load_block(bytes, block, delimiter, &high);
    uint64_t beyond = begin - block < BLOCK ? high >> (begin - block) : 0; /* of this record only */
    for (;;) {
        while (special == 0) {
            if (bytes.n - block <= BLOCK) break;
            special = load_block(bytes, block += BLOCK, delimiter, &high);
            beyond |= high;
        }
        at = special ? block + (size_t)__builtin_ctzll(special) : bytes.n;
        special &= special - 1;
        if (at < bytes.n && (p[at] == '"' || p[at] == '\0')) {
            if (p[at] == '"' && at == begin) *n = fields, c->at = begin; /* what was split before it stands */
            return false;
        }
        if (fields == c->capacity) return false;
        field[fields++] = (text){p + begin, at - begin};
        begin = at + 1;
        if (at == bytes.n || p[at] != delimiter) break;
    }
    text *last = &field[fields - 1];
    if (last->n && last->bytes[last->n - 1] == '\r') last->n--;
    size_t length = at - c->at;
    if (length > c->field_limit || (beyond && !text_valid_utf8((text){p + c->at, length}))) return false;
    *n = fields;
    c->at = at < bytes.n ? at + 1 : at;
    c->block = block, c->special = special, c->high = high, c->scanned = true;
    return true;
}

/* Split one record into c->field; c->at is left at the next record even after a bad field. */
static status
read_record(csv *c, size_t *n)
{
    size_t start = c->at;
    *n = 0;
    if (read_plain_record(c, n)) return ST_OK;
    status code = read_careful_record(c, n);
    if (c->torn) skip_torn(c, start);
    c->scanned = false;
    return code;
}

static status
read_header(csv *c)
{
    c->number = 1;
    size_t n;
    CHECK(read_record(c, &n));
    ALLOC(c->a, c->header, n);
    for (size_t i = 0; i < n; i++) {
        text name = text_trim(c->field[i]);
        c->header[i].bytes = arena_copy(c->a, name.bytes, name.n);
        c->header[i].n = name.n;
        if (!c->header[i].bytes) FAIL(ST_NO_MEMORY, "out of memory (header of %s)", c->name);
        for (size_t k = 0; k < i; k++)
            if (text_equal(c->header[k], name))
                FAIL(ST_INVALID, "%s: columns %zu and %zu have the same name: rename one", c->name, k + 1, i + 1);
    }
    c->columns = n;
    return ST_OK;
}

status
csv_open_bytes(arena *a, const char *name, text bytes, const csv_options *options, csv **result)
{
    csv_options o = options ? *options : (csv_options){0};
    if (bytes.n >= 3 && memcmp(bytes.bytes, "\xef\xbb\xbf", 3) == 0) bytes.bytes += 3, bytes.n -= 3;
    if (bytes.n == 0) FAIL(ST_INVALID, "%s: the file is empty: expected a header line", name);
    csv *c;
    ALLOC(a, c, 1);
    *c = (csv){.a = a, .bytes = bytes, .capacity = 64, .unquoted_capacity = 4096, .ragged = o.ragged};
    c->name = arena_copy(a, name, strlen(name));
    if (!c->name) FAIL(ST_NO_MEMORY, "out of memory (csv)");
    c->field_limit = o.field_limit ? o.field_limit : 1 << 20;
    c->delimiter = o.delimiter ? o.delimiter : find_delimiter(bytes);
    ALLOC(a, c->field, c->capacity);
    ALLOC(a, c->unquoted, c->unquoted_capacity);
    CHECK(read_header(c));
    if (o.no_header) c->number = 0;
    *result = c;
    return ST_OK;
}

status
csv_open(arena *a, const char *path, const csv_options *options, csv **result)
{
    text bytes;
    CHECK(file_map(a, path, &bytes));
    return csv_open_bytes(a, path, bytes, options, result);
}

size_t
csv_columns(const csv *c)
{
    return c->columns;
}

text
csv_header(const csv *c, size_t column)
{
    return column < c->columns ? c->header[column] : TEXT("");
}

int
csv_find(const csv *c, const char *column)
{
    for (size_t i = 0; i < c->columns; i++)
        if (text_is(c->header[i], column)) return (int)i;
    return -1;
}

size_t
csv_number(const csv *c)
{
    return c->number;
}

status
csv_next(csv *c, bool *more, csv_row *row)
{
    const char *p = c->bytes.bytes;
    for (; c->at < c->bytes.n && (p[c->at] == '\n' || (p[c->at] == '\r' && c->at + 1 < c->bytes.n && p[c->at + 1] == '\n'));
         c->number++) { /* blank lines */
        c->at += p[c->at] == '\r' ? 2 : 1;
        c->scanned = false;
    }
    *more = c->at < c->bytes.n;
    if (!*more) return ST_OK;
    c->number++;
    size_t n;
    CHECK(read_record(c, &n));
    if (n != c->columns && !c->ragged)
        FAIL(ST_INVALID, "%s: row %zu: expected %zu fields as in the header, found %zu", c->name, c->number, c->columns, n);
    *row = (csv_row){c->number, n, c->field};
    return ST_OK;
}
