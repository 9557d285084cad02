#include "linkage/records.h"

#include "linkage/normalise.h"
#include "linkage/number.h"

#include <stdlib.h>

compare_type
compare_type_of(link_kind kind)
{
    switch (kind) {
    case KIND_given_name:
    case KIND_family_name:
    case KIND_full_name: return COMPARE_NAME;
    case KIND_date_of_birth: return COMPARE_DATE;
    case KIND_birth_year: return COMPARE_YEAR;
    case KIND_birth_month:
    case KIND_birth_day:
    case KIND_number:
    case KIND_postcode: return COMPARE_CODE;
    case KIND_sex:
    case KIND_nationality: return COMPARE_EQUAL;
    case KIND_email: return COMPARE_EMAIL;
    default: return COMPARE_TEXT;
    }
}

/* Records in canonical order. */

typedef struct placed {
    text id;
    uint32_t row;
} placed;

static int
compare_placed(const void *x, const void *y)
{
    const placed *a = x, *b = y;
    int d = text_compare(a->id, b->id);
    return d ? d : (a->row > b->row) - (a->row < b->row);
}

static status
place_file(const table *t, const char *id, size_t from, link_records *r)
{
    SCRATCH(tmp);
    placed *p;
    column *c;
    CHECK(table_require(t, id, &c));
    ALLOC(tmp, p, t->rows);
    for (size_t i = 0; i < t->rows; i++) {
        p[i] = (placed){column_text(c, i), (uint32_t)i};
        if (!p[i].id.n) FAIL(ST_INVALID, "%s: row %zu: column %s: expected an id, the field is empty", t->name, i + 2, id);
    }
    qsort(p, t->rows, sizeof *p, compare_placed);
    for (size_t i = 0; i < t->rows; i++) {
        if (i && text_equal(p[i].id, p[i - 1].id))
            FAIL(ST_INVALID, "%s: row %u: column %s: the id of row %u stands again; ids must be unique", t->name, p[i].row + 2, id,
                 p[i - 1].row + 2);
        r->id[from + i] = p[i].id;
        r->row[from + i] = p[i].row;
    }
    return ST_OK;
}

/* Values made comparable. */

static text
plain_code(arena *a, text value)
{
    char *out = arena_alloc(a, value.n + 1, 1);
    if (!out) return (text){NULL, 0};
    size_t n = 0;
    bool varied = false;
    for (size_t i = 0; i < value.n; i++) {
        char c = value.bytes[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) continue;
        varied = varied || (n && c != out[0]);
        out[n++] = c;
    }
    return (text){out, n >= 5 && !varied ? 0 : n}; /* 00000 and 999999999 stand for nothing */
}

static text
plain_email(arena *a, text value)
{
    char *out = arena_alloc(a, value.n + 1, 1);
    if (!out) return (text){NULL, 0};
    size_t n = 0;
    for (size_t i = 0; i < value.n; i++) {
        char c = value.bytes[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        if (c > ' ') out[n++] = c;
    }
    return (text){out, n};
}

static text
plain_sex(text value)
{
    static const char *const codes[][2] = {{"m", "m"}, {"male", "m"}, {"man", "m"}, {"f", "f"}, {"female", "f"}, {"v", "f"},
                                           {"vrouw", "f"}, {"woman", "f"}, {"w", "f"}, {"u", ""}, {"unknown", ""}, {"onbekend", ""}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (text_is(value, codes[i][0])) return text_of(codes[i][1]);
    return value;
}

static int
compare_texts(const void *x, const void *y)
{
    return text_compare(*(const text *)x, *(const text *)y);
}

/* "anna de vries" and "de vries anna" are one. */
static status
sort_tokens(arena *a, text value, text *result)
{
    SCRATCH(tmp);
    text *token;
    char *out;
    ALLOC(tmp, token, value.n + 1);
    ALLOC(a, out, value.n + 1);
    size_t n = 0, k = 0;
    for (size_t i = 0, start = 0; i <= value.n; i++)
        if (i == value.n || value.bytes[i] == ' ') token[n++] = (text){value.bytes + start, i - start}, start = i + 1;
    qsort(token, n, sizeof *token, compare_texts);
    for (size_t i = 0; i < n; i++) {
        if (i) out[k++] = ' ';
        memcpy(out + k, token[i].bytes, token[i].n);
        k += token[i].n;
    }
    *result = (text){out, k};
    return ST_OK;
}

/* YYYYMMDD: parts that are not known are 0. */
static status
plain_date(arena *a, date_value d, text *result)
{
    char *out;
    ALLOC(a, out, 8);
    for (int i = 0; i < 8; i++) out[i] = (char)('0' + (d.digits >> (28 - 4 * i) & 15));
    *result = (text){out, 8};
    return ST_OK;
}

/* A year, month or day; tables kept as numbers write 1980.0. 0: none. */
static int
number_of_part(text value)
{
    int64_t number = 0;
    text t = text_trim(value);
    const char *point = t.n ? memchr(t.bytes, '.', t.n) : NULL;
    size_t whole = point ? (size_t)(point - t.bytes) : t.n, zeros = point ? whole + 1 : t.n;
    while (zeros < t.n && t.bytes[zeros] == '0') zeros++;
    return zeros == t.n && text_to_int((text){t.bytes, whole}, &number) && number > 0 && number < 10000 ? (int)number : 0;
}

static status
plain_value(normaliser *n, arena *a, const link_field *f, text value, normalised *result)
{
    *result = (normalised){{"", 0}, false};
    switch (compare_type_of(f->kind)) {
    case COMPARE_DATE: {
        date_value d;
        return date_value_read(value, f->format, &d) ? plain_date(a, d, &result->value) : ST_OK;
    }
    case COMPARE_YEAR: {
        date_value d = date_value_make(number_of_part(value), 0, 0);
        if (!d.year && !date_value_read(value, f->format, &d)) return ST_OK;
        return plain_date(a, date_value_make(d.year, 0, 0), &result->value);
    }
    case COMPARE_CODE: result->value = plain_code(a, value); break;
    case COMPARE_EMAIL: result->value = plain_email(a, value); break;
    default:
        CHECK(normaliser_apply(n, a, value, result));
        if (normalised_is_unknown(result->value)) result->value.n = 0;
    }
    if (!result->value.bytes) FAIL(ST_NO_MEMORY, "out of memory for values");
    if (f->kind == KIND_sex) result->value = plain_sex(result->value);
    if (f->kind == KIND_full_name) CHECK(sort_tokens(a, result->value, &result->value));
    return ST_OK;
}

/* A text somewhere in a column, to be numbered among all texts of its set. */
typedef struct entry {
    text value;
    size_t where;
    uint64_t head; /* its first eight bytes, to be compared at once */
    uint8_t consonants;
} entry;

static uint64_t
head_of(text value)
{
    uint64_t head = 0;
    memcpy(&head, value.bytes, value.n < 8 ? value.n : 8);
    return __builtin_bswap64(head);
}

static int
compare_entries(const void *x, const void *y)
{
    const entry *a = x, *b = y;
    if (a->head != b->head) return a->head < b->head ? -1 : 1;
    int d = text_compare(a->value, b->value);
    return d ? d : (a->where > b->where) - (a->where < b->where);
}

typedef struct entries {
    entry *e;
    size_t n;
    int32_t *code; /* [n] by `where`: number of its text, -1 empty */
} entries;

static void
fill_value(value_set *s, size_t v, entry e)
{
    s->plain[v] = e.value;
    s->consonants[v] = e.consonants;
    int planes = s->type == COMPARE_CODE ? 4 : 2;
    if (compare_type_dates(s->type)) {
        int64_t ymd = 0;
        (void)text_to_int(e.value, &ymd);
        s->dates[v] = date_value_make((int)(ymd / 10000), (int)(ymd / 100 % 100), (int)(ymd % 100));
        return;
    }
    s->signs[v] = word_make(e.value, planes, &s->words[v]);
    if (s->type == COMPARE_EMAIL) {
        const char *at = memchr(e.value.bytes, '@', e.value.n);
        text local = {e.value.bytes, at ? (size_t)(at - e.value.bytes) : e.value.n};
        s->local_signs[v] = word_make(local, planes, &s->locals[v]);
    }
    if (s->kind == KIND_number) s->valid[v] = e.value.n == 9 && number_bsn_valid(e.value, NULL);
}

static status
set_make(arena *a, entries *all, value_set *s)
{
    for (size_t i = 0; i < all->n; i++) all->e[i].head = head_of(all->e[i].value);
    qsort(all->e, all->n, sizeof *all->e, compare_entries);
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++) n += all->e[i].value.n && (!i || !text_equal(all->e[i].value, all->e[i - 1].value));
    if (n >= 1u << 27) FAIL(ST_LIMIT, "more than %u different values in a column", 1u << 27);
    s->n = n;
    ALLOC(a, s->plain, n);
    ALLOC(a, s->consonants, n);
    ALLOC(a, s->valid, n);
    if (compare_type_dates(s->type)) ALLOC(a, s->dates, n);
    else {
        ALLOC(a, s->words, n);
        ALLOC(a, s->signs, n);
    }
    if (s->type == COMPARE_EMAIL) {
        ALLOC(a, s->locals, n);
        ALLOC(a, s->local_signs, n);
    }
    int32_t v = -1;
    for (size_t i = 0; i < all->n; i++) {
        const entry *e = &all->e[i];
        if (e->value.n && (!i || !text_equal(e->value, all->e[i - 1].value))) fill_value(s, (size_t)++v, *e);
        else if (e->value.n) s->consonants[v] |= e->consonants;
        all->code[e->where] = e->value.n ? v : -1;
    }
    return ST_OK;
}

/* One set of values from several columns of several files. */
typedef struct source {
    const column *c[2]; /* by file */
    const link_field *field;
} source;

static status
entries_of(arena *tmp, normaliser *norm, size_t files, size_t n, const source from[], entries *all)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < files; f++) count += from[i].c[f]->dictionary->n;
    ALLOC(tmp, all->e, count);
    ALLOC(tmp, all->code, count);
    all->n = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < files; f++)
            for (size_t d = 0; d < from[i].c[f]->dictionary->n; d++) {
                normalised made;
                CHECK(plain_value(norm, tmp, from[i].field, dictionary_get(from[i].c[f]->dictionary, (int32_t)d), &made));
                all->e[all->n] = (entry){.value = made.value, .where = all->n, .consonants = made.consonants};
                all->n++;
            }
    return ST_OK;
}

static status
keep_texts(arena *a, value_set *s)
{
    size_t bytes = 0;
    for (size_t v = 0; v < s->n; v++) bytes += s->plain[v].n;
    char *kept;
    ALLOC(a, kept, bytes + 1);
    for (size_t v = 0; v < s->n; v++) {
        memcpy(kept, s->plain[v].bytes, s->plain[v].n);
        s->plain[v].bytes = kept;
        kept += s->plain[v].n;
    }
    return ST_OK;
}

static bool
nine_digits(text value)
{
    for (size_t i = 0; i < value.n; i++)
        if (value.bytes[i] < '0' || value.bytes[i] > '9') return false;
    return value.n == 9;
}

/* Of nine digits drawn at random one in eleven passes the test: where half of them do, the column holds such numbers, whatever
 * other numbers it holds too. */
static void
finish_attribute(const link_records *r, attribute *at)
{
    at->known = 0;
    for (size_t i = 0; i < r->n; i++) at->known += at->of[i] >= 0;
    const value_set *s = &r->set[at->set];
    size_t valid = 0, nines = 0;
    if (at->kind != KIND_number) return;
    for (size_t v = 0; v < s->n; v++) valid += s->valid[v], nines += nine_digits(s->plain[v]);
    at->identifies = valid >= 2 && 2 * valid >= nines;
}

/* Columns `from` become attributes that share one set. */
static status
add_columns(arena *a, normaliser *norm, size_t files, size_t n, const source from[], link_records *r)
{
    SCRATCH(tmp);
    entries all;
    CHECK(entries_of(tmp, norm, files, n, from, &all));
    value_set *s = &r->set[r->sets];
    *s = (value_set){.type = compare_type_of(from[0].field->kind), .kind = from[0].field->kind};
    CHECK(set_make(a, &all, s));
    CHECK(keep_texts(a, s));
    size_t offset = 0;
    for (size_t i = 0; i < n; i++) {
        attribute *at = &r->attribute[r->attributes++];
        *at = (attribute){.name = from[i].field->column, .kind = from[i].field->kind, .set = r->sets};
        ALLOC(a, at->of, r->n);
        for (size_t f = 0; f < files; f++) {
            const int32_t *index = column_int32(from[i].c[f]);
            for (size_t k = f ? r->split : 0; k < (f || files == 1 ? r->n : r->split); k++)
                at->of[k] = index[r->row[k]] < 0 ? -1 : all.code[offset + (size_t)index[r->row[k]]];
            offset += from[i].c[f]->dictionary->n;
        }
    }
    r->sets++;
    return ST_OK;
}

/* Year, month and day in three columns are one date. */
static status
add_date_parts(arena *a, size_t files, const source part[3], link_records *r)
{
    SCRATCH(tmp);
    entries all = {.n = r->n};
    ALLOC(tmp, all.e, r->n);
    ALLOC(a, all.code, r->n);
    for (size_t i = 0; i < r->n; i++) {
        size_t f = files == 2 && i >= r->split;
        int y = number_of_part(column_text(part[0].c[f], r->row[i])), m = number_of_part(column_text(part[1].c[f], r->row[i])),
            d = number_of_part(column_text(part[2].c[f], r->row[i]));
        all.e[i] = (entry){.value = {"", 0}, .where = i};
        if (y) CHECK(plain_date(tmp, date_value_make(y, m < 100 ? m : 0, d < 100 ? d : 0), &all.e[i].value));
    }
    value_set *s = &r->set[r->sets];
    *s = (value_set){.type = COMPARE_DATE, .kind = KIND_date_of_birth};
    CHECK(set_make(a, &all, s));
    CHECK(keep_texts(a, s));
    attribute *at = &r->attribute[r->attributes++];
    *at = (attribute){.name = part[0].field->column, .kind = KIND_date_of_birth, .set = r->sets++, .of = all.code};
    return ST_OK;
}

/* The only field of a kind, -1 when there are none or several. */
static int
only_field(const link_fields *fields, link_kind kind)
{
    int found = -1;
    for (size_t i = 0; i < fields->n; i++)
        if (fields->field[i].kind == kind) found = found == -1 ? (int)i : -2;
    return found < 0 ? -1 : found;
}

static status
find_sources(const link_fields *fields, size_t files, const table *const file[], source from[])
{
    for (size_t i = 0; i < fields->n; i++) {
        from[i].field = &fields->field[i];
        for (size_t f = 0; f < files; f++) {
            column *c;
            CHECK(table_require(file[f], fields->field[i].column, &c));
            if (c->type != COLUMN_TEXT) FAIL(ST_INVALID, "%s: column %s: expected text", file[f]->name, c->name);
            from[i].c[f] = c;
        }
    }
    return ST_OK;
}

/* The first given name and the first family name may stand in each other's place. */
static void
find_names(link_records *r)
{
    r->given = r->family = -1;
    for (size_t i = r->attributes; i-- > 0;) {
        if (r->attribute[i].kind == KIND_given_name) r->given = (int)i;
        if (r->attribute[i].kind == KIND_family_name) r->family = (int)i;
    }
    if (r->given < 0 || r->family < 0) r->given = r->family = -1;
}

static status
add_attributes(arena *a, const link_fields *fields, size_t files, const source from[], link_records *r)
{
    SCRATCH(tmp);
    normaliser *norm;
    CHECK(normaliser_new(tmp, &norm));
    source names[LINK_FIELDS];
    size_t n_names = 0;
    int part[3] = {only_field(fields, KIND_birth_year), only_field(fields, KIND_birth_month), only_field(fields, KIND_birth_day)};
    bool parts = part[0] >= 0 && part[1] >= 0 && part[2] >= 0;
    for (size_t i = 0; i < fields->n; i++)
        if (fields->field[i].kind == KIND_given_name || fields->field[i].kind == KIND_family_name) names[n_names++] = from[i];
    if (n_names) CHECK(add_columns(a, norm, files, n_names, names, r));
    if (parts) {
        source three[3] = {from[part[0]], from[part[1]], from[part[2]]};
        CHECK(add_date_parts(a, files, three, r));
    }
    for (size_t i = 0; i < fields->n; i++) {
        link_kind kind = fields->field[i].kind;
        bool done = kind == KIND_given_name || kind == KIND_family_name;
        done = done || (parts && (kind == KIND_birth_year || kind == KIND_birth_month || kind == KIND_birth_day));
        if (!done) CHECK(add_columns(a, norm, files, 1, &from[i], r));
    }
    return link_records_finish(r);
}

/* More dates of so many years on one day of the year than births have, and it stands for days that are not known. */
#define GUESSED_SHARE 0.02 /* 1 in 365 is .003 */
enum { GUESSED_YEARS = 10, MONTHS = 100, DAYS = 100 };

static status
find_guessed(const link_records *r, value_set *s, size_t set)
{
    SCRATCH(tmp);
    size_t (*records)[DAYS], (*years)[DAYS], whole = 0;
    if (s->type != COMPARE_DATE) return ST_OK;
    ALLOC(tmp, records, MONTHS);
    ALLOC(tmp, years, MONTHS);
    for (size_t v = 0; v < s->n; v++) years[s->dates[v].month][s->dates[v].day]++; /* a year a value */
    for (size_t f = 0; f < r->attributes; f++)
        for (size_t i = 0; r->attribute[f].set == set && i < r->n; i++) {
            int32_t v = r->attribute[f].of[i];
            if (v < 0 || !s->dates[v].month || !s->dates[v].day) continue;
            records[s->dates[v].month][s->dates[v].day]++, whole++;
        }
    for (size_t v = 0; v < s->n; v++) {
        date_value *d = &s->dates[v];
        d->guessed = d->month && d->day && years[d->month][d->day] >= GUESSED_YEARS && (double)records[d->month][d->day] > GUESSED_SHARE * (double)whole;
    }
    return ST_OK;
}

status
link_records_finish(link_records *r)
{
    for (size_t s = 0; s < r->sets; s++) CHECK(find_guessed(r, &r->set[s], s));
    for (size_t f = 0; f < r->attributes; f++) finish_attribute(r, &r->attribute[f]);
    find_names(r);
    return ST_OK;
}

status
link_records_new(arena *a, const link_fields *fields, size_t files, const table *const file[], link_records *result)
{
    CHECK(link_fields_check("fields", fields));
    if (files < 1 || files > 2) FAIL(ST_INTERNAL, "expected one file or two");
    link_records r = {.n = file[0]->rows + (files == 2 ? file[1]->rows : 0), .split = file[0]->rows};
    if (r.n > 1u << 28) FAIL(ST_LIMIT, "more than %u records", 1u << 28);
    ALLOC(a, r.id, r.n);
    ALLOC(a, r.row, r.n);
    ALLOC(a, r.attribute, fields->n);
    ALLOC(a, r.set, fields->n);
    CHECK(place_file(file[0], fields->id, 0, &r));
    if (files == 2) CHECK(place_file(file[1], fields->id, r.split, &r));
    source from[LINK_FIELDS] = {0};
    CHECK(find_sources(fields, files, file, from));
    CHECK(add_attributes(a, fields, files, from, &r));
    if (files == 2 && r.split == r.n) r.split = 0; /* a second file without records: still between files, not within one */
    *result = r;
    return ST_OK;
}
