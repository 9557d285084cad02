#include "linkage/unify_parts.h"

#include "base/date.h"
#include "linkage/normalise.h"
#include "linkage/number.h"
#include "linkage/unify_link.h"

#include <stdlib.h>

typedef struct row_order {
    const table *t;
    const column *received, *last; /* compared first and last */
} row_order;

static int
compare_cells(const column *c, int32_t a, int32_t b)
{
    switch (c->type) {
    case COLUMN_TEXT: return text_compare(column_text(c, (size_t)a), column_text(c, (size_t)b));
    case COLUMN_DOUBLE: {
        double x = column_double(c)[a], y = column_double(c)[b];
        return (x > y) - (x < y);
    }
    default: {
        int64_t x = column_value(c, (size_t)a), y = column_value(c, (size_t)b);
        return (x > y) - (x < y);
    }
    }
}

static int
compare_rows(const void *x, const void *y, void *context)
{
    const row_order *o = context;
    int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;
    int d = compare_cells(o->received, a, b);
    for (size_t i = 0; !d && i < o->t->columns; i++)
        if (&o->t->column[i] != o->last && &o->t->column[i] != o->received) d = compare_cells(&o->t->column[i], a, b);
    if (!d && o->last) d = compare_cells(o->last, a, b);
    return d ? d : (a > b) - (a < b);
}

void
unify_canonical_order(const table *t, unify_work *w)
{
    row_order o = {t, table_column(t, "received"), table_column(t, "notification")};
    for (size_t i = 0; i < w->n; i++) w->order[i] = (int32_t)i;
    qsort_r(w->order, w->n, sizeof *w->order, compare_rows, &o);
    for (size_t i = 0; i < w->n; i++) w->rank[w->order[i]] = (int32_t)i;
}

/* Keys: a text per row, then ids by byte order. */

typedef struct keyed {
    text value;
    int32_t row;
} keyed;

static int
compare_keyed(const void *x, const void *y)
{
    const keyed *a = x, *b = y;
    int d = text_compare(a->value, b->value);
    return d ? d : (a->row > b->row) - (a->row < b->row);
}

static status
number_keys(size_t n, const text value[], int32_t key[])
{
    SCRATCH(tmp);
    keyed *k;
    ALLOC(tmp, k, n);
    for (size_t i = 0; i < n; i++) k[i] = (keyed){value[i], (int32_t)i};
    qsort(k, n, sizeof *k, compare_keyed);
    int32_t id = NONE;
    for (size_t i = 0; i < n; i++) {
        if (k[i].value.n && (!i || !text_equal(k[i].value, k[i - 1].value))) id++;
        key[k[i].row] = k[i].value.n ? id : NONE;
    }
    return ST_OK;
}

static status
number_texts(arena *a, const column *c, size_t n, bool bsn, text value[])
{
    for (size_t i = 0; i < n; i++) {
        text raw = column_text(c, i);
        char plain[32];
        size_t length = bsn ? (number_bsn_valid(raw, plain) ? 9 : 0) : number_plain(raw, sizeof plain, plain);
        value[i] = (text){"", 0};
        if (!length) continue;
        value[i] = (text){arena_copy(a, plain, length), length};
        if (!value[i].bytes) FAIL(ST_NO_MEMORY, "out of memory for numbers");
    }
    return ST_OK;
}

/* Each distinct text once. */
static status
normalise_dictionary(arena *a, normaliser *n, const column *c, text **result)
{
    size_t count = c->dictionary ? c->dictionary->n : 0;
    text *values;
    ALLOC(a, values, count);
    for (size_t i = 0; i < count; i++) {
        normalised made;
        CHECK(normaliser_apply(n, a, dictionary_get(c->dictionary, (int32_t)i), &made));
        values[i] = normalised_is_unknown(made.value) ? TEXT("") : made.value;
    }
    *result = values;
    return ST_OK;
}

/* Names and birth of each row, normalised once for the third rule and for contradictions. */
typedef struct person_fields {
    text *given, *family; /* [rows] */
    const int32_t *born;
    const column *precision, *sex;
} person_fields;

static status
read_persons(arena *a, const table *t, person_fields *p)
{
    column *given, *family, *born, *precision, *sex;
    CHECK(table_require(t, "given_name", &given));
    CHECK(table_require(t, "family_name", &family));
    CHECK(table_require(t, "born", &born));
    CHECK(table_require(t, "born_precision", &precision));
    CHECK(table_require(t, "sex", &sex));
    normaliser *n;
    CHECK(normaliser_new(a, &n));
    text *first, *last;
    CHECK(normalise_dictionary(a, n, given, &first));
    CHECK(normalise_dictionary(a, n, family, &last));
    ALLOC(a, p->given, t->rows);
    ALLOC(a, p->family, t->rows);
    for (size_t i = 0; i < t->rows; i++) {
        int32_t f = column_int32(given)[i], l = column_int32(family)[i];
        p->given[i] = f < 0 ? TEXT("") : first[f];
        p->family[i] = l < 0 ? TEXT("") : last[l];
    }
    p->born = column_int32(born), p->precision = precision, p->sex = sex;
    return ST_OK;
}

static status
person_texts(arena *a, size_t rows, const person_fields *p, text value[])
{
    for (size_t i = 0; i < rows; i++) {
        text f = p->given[i], l = p->family[i];
        value[i] = (text){"", 0};
        if (p->born[i] == DATE_MISSING || !f.n || !l.n) continue;
        char *key = arena_printf(a, "%.*s|%.*s|%d|%lld|%lld", (int)f.n, f.bytes, (int)l.n, l.bytes, p->born[i],
                                 (long long)column_value(p->precision, i), (long long)column_value(p->sex, i));
        if (!key) FAIL(ST_NO_MEMORY, "out of memory for names");
        value[i] = text_of(key);
    }
    return ST_OK;
}

static status
make_evidence(arena *a, const table *t, const person_fields *p, unify_work *w)
{
    SCRATCH(tmp);
    bool *whole;
    ALLOC(tmp, whole, w->n);
    for (size_t i = 0; i < w->n; i++) whole[i] = unify_born_whole(t, i);
    return unify_evidence_new(a, w->n, p->given, p->family, p->born, whole, &w->evidence);
}

status
unify_make_keys(arena *a, const table *t, unify_work *w)
{
    SCRATCH(tmp);
    column *bsn, *v_number;
    person_fields persons;
    CHECK(table_require(t, "bsn", &bsn));
    CHECK(table_require(t, "v_number", &v_number));
    text *value;
    ALLOC(tmp, value, w->n);
    CHECK(number_texts(tmp, bsn, w->n, true, value));
    CHECK(number_keys(w->n, value, w->key[UNIFY_BSN]));
    CHECK(number_texts(tmp, v_number, w->n, false, value));
    CHECK(number_keys(w->n, value, w->key[UNIFY_V_NUMBER]));
    CHECK(read_persons(tmp, t, &persons));
    CHECK(person_texts(tmp, w->n, &persons, value));
    CHECK(number_keys(w->n, value, w->key[UNIFY_NAME_BIRTH_SEX]));
    return make_evidence(a, t, &persons, w);
}
