#include "linkage/unify.h"

#include "base/date.h"
#include "linkage/normalise.h"
#include "linkage/number.h"
#include "linkage/unify_contradict.h"
#include "linkage/unify_link.h"

#include <stdlib.h>

const char *
unify_rule_name(unify_rule rule)
{
    static const char *const names[UNIFY_RULES] = {"bsn", "v_number", "name_birth_sex", "linked"};
    return names[rule];
}

enum { NONE = -1, KEYED_RULES = UNIFY_LINKED, FEWEST_LINKED = 50 /* fewer say nothing about frequencies */ };

/* What the rules look at; keys are ids of distinct texts in byte order, NONE when there is nothing to compare. */
typedef struct unify_work {
    size_t n;
    int32_t *order;            /* canonical */
    int32_t *key[KEYED_RULES]; /* [n] by row */
    int32_t *parent;           /* of the disjoint sets; a root is the row that stands first in canonical order */
    int32_t *rank;             /* [n] place of a row in canonical order */
    int32_t *number[2];        /* [n] of a root: BSN and V-number id of the person so far */
    unify_evidence evidence;
    size_t merges, clashes;
    unify_merge *merge;
    unify_clash *clash;
} unify_work;

/* Canonical order. */

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

static void
canonical_order(const table *t, unify_work *w)
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
        values[i] = made.value;
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

static status
make_keys(arena *a, const table *t, unify_work *w)
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

/* Disjoint sets. */

static int32_t
find(int32_t parent[], int32_t row)
{
    while (parent[row] != row) row = parent[row] = parent[parent[row]];
    return row;
}

static void
join(unify_work *w, int32_t a, int32_t b, unify_rule rule)
{
    int32_t x = find(w->parent, a), y = find(w->parent, b);
    if (x == y) return;
    w->merge[w->merges++] = (unify_merge){a, b, rule};
    if (w->rank[y] < w->rank[x]) {
        int32_t z = x;
        x = y, y = z;
    }
    w->parent[y] = x;
    for (int k = 0; k < 2; k++)
        if (w->number[k][x] == NONE) w->number[k][x] = w->number[k][y];
}

static bool
unnumbered(const unify_work *w, int32_t root)
{
    return w->number[0][root] == NONE && w->number[1][root] == NONE;
}

/* Rows of one number that do not contradict each other come together: each with the first part it agrees with. */
static void
join_numbered(unify_work *w, const keyed *row, size_t n, unify_rule rule)
{
    for (size_t i = 1; i < n; i++) {
        size_t k = 0;
        while (k < i && unify_contradict(&w->evidence, (size_t)row[k].row, (size_t)row[i].row)) k++;
        if (k < i) join(w, row[k].row, row[i].row, rule);
        else w->clash[w->clashes++] = (unify_clash){row[0].row, row[i].row, rule};
    }
}

/* Rows of one key, in canonical order. */
static void
join_group(unify_work *w, const keyed *row, size_t n, unify_rule rule)
{
    int32_t number[2] = {NONE, NONE}, clash = NONE;
    for (size_t i = 0; i < n && clash == NONE; i++) {
        int32_t root = find(w->parent, row[i].row);
        for (int k = 0; k < 2; k++) {
            if (number[k] == NONE) number[k] = w->number[k][root];
            if (w->number[k][root] != NONE && w->number[k][root] != number[k]) clash = row[i].row;
        }
    }
    if (clash == NONE && rule != UNIFY_NAME_BIRTH_SEX) {
        join_numbered(w, row, n, rule);
        return;
    }
    if (clash == NONE) {
        for (size_t i = 1; i < n; i++) join(w, row[0].row, row[i].row, rule);
        return;
    }
    w->clash[w->clashes++] = (unify_clash){row[0].row, clash, rule};
    int32_t first = NONE;
    for (size_t i = 0; i < n; i++) {
        if (!unnumbered(w, find(w->parent, row[i].row))) continue;
        if (first == NONE) first = row[i].row;
        join(w, first, row[i].row, rule);
    }
}

typedef struct keyed_place {
    int32_t key, place;
} keyed_place;

static int
compare_places(const void *x, const void *y)
{
    const keyed_place *a = x, *b = y;
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static status
apply_rule(unify_work *w, unify_rule rule)
{
    SCRATCH(tmp);
    keyed_place *k;
    keyed *group;
    ALLOC(tmp, k, w->n);
    ALLOC(tmp, group, w->n);
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++)
        if (w->key[rule][i] != NONE) k[n++] = (keyed_place){w->key[rule][i], w->rank[i]};
    qsort(k, n, sizeof *k, compare_places);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i; j < n && k[j].key == k[i].key; j++) group[j - i].row = w->order[k[j].place];
        if (j - i > 1) join_group(w, group, j - i, rule);
    }
    return ST_OK;
}

/* Persons numbered by first appearance in canonical order. */
static size_t
number_persons(size_t n, const int32_t order[], int32_t parent[], int32_t person[])
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) person[i] = NONE;
    for (size_t i = 0; i < n; i++) {
        int32_t root = find(parent, order[i]);
        if (person[root] == NONE) person[root] = (int32_t)count++;
        person[order[i]] = person[root];
    }
    return count;
}

static status
work_new(arena *out, arena *tmp, size_t n, unify_work *w)
{
    size_t links = n;
    w->n = n;
    ALLOC(out, w->order, n);
    ALLOC(out, w->merge, n);
    ALLOC(out, w->clash, UNIFY_RULES * n + links);
    ALLOC(tmp, w->parent, n);
    ALLOC(tmp, w->rank, n);
    for (int k = 0; k < KEYED_RULES; k++) ALLOC(tmp, w->key[k], n);
    for (size_t i = 0; i < n; i++) w->parent[i] = (int32_t)i;
    return ST_OK;
}

static bool
numbers_clash(const unify_work *w, int32_t x, int32_t y)
{
    for (int k = 0; k < 2; k++)
        if (w->number[k][x] != NONE && w->number[k][y] != NONE && w->number[k][x] != w->number[k][y]) return true;
    return false;
}

/* Rows of one number that contradict each other wait for a person to decide. */
static bool
waits(const unify_work *w, size_t rules, int32_t x, int32_t y)
{
    for (size_t k = 0; k < rules; k++) {
        if (w->clash[k].rule == UNIFY_NAME_BIRTH_SEX) continue;
        int32_t a = find(w->parent, w->clash[k].a), b = find(w->parent, w->clash[k].b);
        if ((a == x && b == y) || (a == y && b == x)) return true;
    }
    return false;
}

/* What linkage joins, in its order. Records are in canonical order. rules: clashes before linkage */
static void
apply_links(unify_work *w, size_t rules, const link_clusters *c)
{
    for (size_t k = 0; k < c->merges; k++) {
        int32_t a = w->order[c->merge[k].a], b = w->order[c->merge[k].b], x = find(w->parent, a), y = find(w->parent, b);
        if (x == y) continue;
        if (numbers_clash(w, x, y) || waits(w, rules, x, y)) w->clash[w->clashes++] = (unify_clash){a, b, UNIFY_LINKED};
        else join(w, a, b, UNIFY_LINKED);
    }
}

/* Persons when each link is taken with its probability: what the rules made stays. */
static status
draw_persons(arena *out, const unify_work *ruled, const link_result *l, size_t draw, int32_t **person, size_t *persons)
{
    SCRATCH(tmp);
    unify_work w = *ruled;
    link_clusters c;
    const cluster_options o = {.seed = 1, .draw = draw, .decisions = l->decisions, .decision = l->decision};
    CHECK(link_clusters_make(tmp, &l->records, &l->pairs, &o, &c));
    ALLOC(tmp, w.parent, w.n);
    ALLOC(tmp, w.merge, w.n);
    ALLOC(tmp, w.clash, UNIFY_RULES * w.n + w.n);
    memcpy(w.parent, ruled->parent, w.n * sizeof *w.parent);
    memcpy(w.clash, ruled->clash, ruled->clashes * sizeof *w.clash);
    for (int k = 0; k < 2; k++) {
        ALLOC(tmp, w.number[k], w.n);
        memcpy(w.number[k], ruled->number[k], w.n * sizeof *w.number[k]);
    }
    w.merges = 0;
    apply_links(&w, ruled->clashes, &c);
    ALLOC(out, *person, w.n);
    *persons = number_persons(w.n, w.order, w.parent, *person);
    return ST_OK;
}

/* Draws come first: they start from what the rules made. */
static status
link_persons(arena *out, unify_work *w, const table *notifications, size_t draws, unified *made)
{
    SCRATCH(tmp);
    link_result *l;
    ALLOC(tmp, l, 1);
    CHECK(unify_link(tmp, notifications, w->order, l));
    made->linked = true;
    made->quality = l->quality;
    made->draws = draws;
    ALLOC(out, made->drawn, draws);
    ALLOC(out, made->drawn_persons, draws);
    for (size_t k = 0; k < draws; k++) CHECK(draw_persons(out, w, l, k + 1, &made->drawn[k], &made->drawn_persons[k]));
    apply_links(w, w->clashes, &l->clusters);
    return ST_OK;
}

status
unify_persons_drawn(arena *out, const table *notifications, size_t draws, unified *result)
{
    SCRATCH(tmp);
    unify_work w = {0};
    unified made = {.rows = notifications->rows};
    column *received;
    CHECK(table_require(notifications, "received", &received));
    if (notifications->rows > INT32_MAX) FAIL(ST_LIMIT, "more than %d notifications", INT32_MAX);
    CHECK(work_new(out, tmp, notifications->rows, &w));
    canonical_order(notifications, &w);
    CHECK(make_keys(tmp, notifications, &w));
    for (int k = 0; k < 2; k++) {
        ALLOC(tmp, w.number[k], w.n);
        memcpy(w.number[k], w.key[k], w.n * sizeof **w.key);
    }
    for (int rule = 0; rule < KEYED_RULES; rule++) CHECK(apply_rule(&w, (unify_rule)rule));
    if (w.n >= FEWEST_LINKED) CHECK(link_persons(out, &w, notifications, draws, &made));
    made.order = w.order;
    made.merges = w.merges, made.merge = w.merge;
    made.clashes = w.clashes, made.clash = w.clash;
    ALLOC(out, made.person, w.n);
    made.persons = number_persons(w.n, w.order, w.parent, made.person);
    *result = made;
    return ST_OK;
}

status
unify_persons(arena *out, const table *notifications, unified *result)
{
    return unify_persons_drawn(out, notifications, 0, result);
}

status
unify_replay(const unified *u, size_t merges, int32_t person[], size_t *persons)
{
    SCRATCH(tmp);
    if (merges > u->merges) FAIL(ST_INVALID, "the log has %zu steps, not %zu", u->merges, merges);
    int32_t *parent;
    ALLOC(tmp, parent, u->rows);
    for (size_t i = 0; i < u->rows; i++) parent[i] = (int32_t)i;
    for (size_t i = 0; i < merges; i++) parent[find(parent, u->merge[i].b)] = find(parent, u->merge[i].a);
    *persons = number_persons(u->rows, u->order, parent, person);
    return ST_OK;
}

typedef struct person_year {
    int64_t key; /* person * 65536 + year */
    int32_t place;
} person_year;

static int
compare_years(const void *x, const void *y)
{
    const person_year *a = x, *b = y;
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

status
unify_per_year(const unified *u, const table *notifications, int32_t year_person[], size_t *count)
{
    SCRATCH(tmp);
    column *received;
    CHECK(table_require(notifications, "received", &received));
    person_year *k;
    int32_t *first;
    ALLOC(tmp, k, u->rows);
    ALLOC(tmp, first, u->rows); /* by place: the place where this person-year appears first */
    size_t n = 0;
    for (size_t i = 0; i < u->rows; i++) {
        int32_t row = u->order[i], day = column_int32(received)[row];
        if (day == DATE_MISSING) first[i] = NONE;
        else k[n++] = (person_year){(int64_t)u->person[row] * 65536 + date_to_parts(day).year, (int32_t)i};
    }
    qsort(k, n, sizeof *k, compare_years);
    for (size_t i = 0, start = 0; i < n; i++) {
        if (k[i].key != k[start].key) start = i;
        first[k[i].place] = k[start].place;
    }
    size_t made = 0;
    for (size_t i = 0; i < u->rows; i++) {
        int32_t row = u->order[i];
        if (first[i] == NONE) year_person[row] = NONE;
        else year_person[row] = first[i] == (int32_t)i ? (int32_t)made++ : year_person[u->order[first[i]]];
    }
    *count = made;
    return ST_OK;
}
