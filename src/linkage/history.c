#include "linkage/history.h"

#include "table/csv.h"

#include <stdlib.h>

#define MOST_PERSON 999999999999999LL /* new numbers are above those read: far from where they would run over */

typedef struct entry {
    text id, probability;
    int64_t person;
    size_t row;
} entry;

static int
compare_entries(const void *x, const void *y)
{
    const entry *a = x, *b = y;
    int d = text_compare(a->id, b->id);
    return d ? d : (a->row > b->row) - (a->row < b->row);
}

static status
history_of(arena *a, const char *path, size_t n, const entry e[], link_history *result)
{
    link_history h = {.n = n};
    ALLOC(a, h.id, n);
    ALLOC(a, h.person, n);
    ALLOC(a, h.probability, n);
    for (size_t i = 0; i < n; i++) {
        if (i && text_equal(e[i].id, e[i - 1].id))
            FAIL(ST_INVALID, "%s: row %zu: the record_id of row %zu stands again", path, e[i].row, e[i - 1].row);
        h.id[i] = e[i].id, h.person[i] = e[i].person, h.probability[i] = e[i].probability;
        if (h.person[i] > h.last) h.last = h.person[i];
    }
    *result = h;
    return ST_OK;
}

status
link_history_read(arena *a, const char *path, link_history *result)
{
    SCRATCH(tmp);
    static const csv_column columns[] = {{.name = "record_id", .type = COLUMN_TEXT}, {.name = "cluster_id", .type = COLUMN_TEXT},
                                         {.name = "probability", .type = COLUMN_TEXT}};
    table t;
    entry *e;
    CHECK(csv_read_table(a, path, NULL, 3, columns, &t));
    ALLOC(tmp, e, t.rows);
    for (size_t i = 0; i < t.rows; i++) {
        e[i] = (entry){.id = column_text(&t.column[0], i), .probability = column_text(&t.column[2], i), .row = i + 2};
        if (!e[i].id.n) FAIL(ST_INVALID, "%s: row %zu: column record_id: expected an id, the field is empty", path, i + 2);
        if (!text_to_int(column_text(&t.column[1], i), &e[i].person) || e[i].person < 1 || e[i].person > MOST_PERSON)
            FAIL(ST_INVALID, "%s: row %zu: column cluster_id: expected a number from 1 to %lld", path, i + 2, MOST_PERSON);
    }
    qsort(e, t.rows, sizeof *e, compare_entries);
    return history_of(a, path, t.rows, e, result);
}

/* So many records had that number and are in that cluster. */
typedef struct overlap {
    int64_t person;
    int32_t cluster;
    size_t records;
} overlap;

static int
compare_overlap(const void *x, const void *y)
{
    const overlap *a = x, *b = y;
    if (a->person != b->person) return a->person < b->person ? -1 : 1;
    return (a->cluster > b->cluster) - (a->cluster < b->cluster);
}

static int
compare_largest(const void *x, const void *y)
{
    const overlap *a = x, *b = y;
    if (a->records != b->records) return a->records > b->records ? -1 : 1;
    return compare_overlap(x, y);
}

static size_t
count_overlaps(const link_history *before, size_t n, const text id[], const int32_t cluster[], overlap o[])
{
    size_t k = 0, m = 0;
    for (size_t i = 0, j = 0; i < n && j < before->n;) {
        int d = text_compare(id[i], before->id[j]);
        if (d < 0) i++;
        else if (d > 0) j++;
        else o[k++] = (overlap){before->person[j++], cluster[i++], 1};
    }
    qsort(o, k, sizeof *o, compare_overlap);
    for (size_t i = 0; i < k; i++) {
        if (m && !compare_overlap(&o[m - 1], &o[i])) o[m - 1].records++;
        else o[m++] = o[i];
    }
    qsort(o, m, sizeof *o, compare_largest);
    return m;
}

/* Numbers given already, by search: sorted as they were read. */
static int
compare_numbers(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

status
link_history_keep(const link_history *before, size_t n, const text id[], const int32_t cluster[], size_t clusters, int64_t person[])
{
    SCRATCH(tmp);
    overlap *o;
    int64_t *numbers;
    bool *taken;
    ALLOC(tmp, o, n);
    ALLOC(tmp, numbers, before->n);
    ALLOC(tmp, taken, before->n);
    size_t m = count_overlaps(before, n, id, cluster, o);
    if (before->n) memcpy(numbers, before->person, before->n * sizeof *numbers);
    qsort(numbers, before->n, sizeof *numbers, compare_numbers);
    for (size_t k = 0; k < clusters; k++) person[k] = 0;
    for (size_t i = 0; i < m; i++) {
        int64_t *at = bsearch(&o[i].person, numbers, before->n, sizeof *numbers, compare_numbers);
        while (at > numbers && at[-1] == *at) at--; /* the first of equal ones stands for all */
        if (person[o[i].cluster] || taken[at - numbers]) continue;
        person[o[i].cluster] = o[i].person;
        taken[at - numbers] = true;
    }
    int64_t next = before->last;
    for (size_t k = 0; k < clusters; k++)
        if (!person[k]) person[k] = ++next;
    return ST_OK;
}

/* Log and undo. */

static void
put_row(text_builder *b, text id, const char *change, const link_history *before, size_t i, const link_history *after, size_t j)
{
    csv_put_field(b, id);
    text_printf(b, ",%s,", change);
    if (before) {
        text_printf(b, "%lld,", (long long)before->person[i]);
        csv_put_field(b, before->probability[i]);
    } else text_put_char(b, ',');
    text_put_char(b, ',');
    if (after) {
        text_printf(b, "%lld,", (long long)after->person[j]);
        csv_put_field(b, after->probability[j]);
    } else text_put_char(b, ',');
    text_put_char(b, '\n');
}

static status
numbers_of(arena *tmp, const link_history *h, int64_t **result)
{
    ALLOC(tmp, *result, h->n);
    if (h->n) memcpy(*result, h->person, h->n * sizeof **result);
    qsort(*result, h->n, sizeof **result, compare_numbers);
    return ST_OK;
}

status
link_history_log(arena *a, const link_history *before, const link_history *after, text *result)
{
    SCRATCH(tmp);
    int64_t *now;
    text_builder b = text_builder_new(a);
    CHECK(numbers_of(tmp, after, &now));
    text_put(&b, "record_id,change,person_before,probability_before,person_after,probability_after\n");
    for (size_t i = 0, j = 0; i < before->n || j < after->n;) {
        int d = i == before->n ? 1 : j == after->n ? -1 : text_compare(before->id[i], after->id[j]);
        if (d < 0) put_row(&b, before->id[i], "gone", before, i, NULL, 0), i++;
        else if (d > 0) put_row(&b, after->id[j], "new", NULL, 0, after, j), j++;
        else {
            bool stays = before->person[i] == after->person[j];
            bool there = bsearch(&before->person[i], now, after->n, sizeof *now, compare_numbers) != NULL;
            if (!stays || !text_equal(before->probability[i], after->probability[j]))
                put_row(&b, before->id[i], stays ? "kept" : there ? "split" : "merged", before, i, after, j);
            i++, j++;
        }
    }
    return text_builder_end(&b, result);
}

typedef struct change {
    text id, before_probability, after_probability;
    int64_t before, after; /* 0: not there */
    size_t row;
} change;

static int
compare_changes(const void *x, const void *y)
{
    const change *a = x, *b = y;
    int d = text_compare(a->id, b->id);
    return d ? d : (a->row > b->row) - (a->row < b->row);
}

static status
read_number(const char *path, size_t row, const char *column, text value, int64_t *result)
{
    *result = 0;
    if (value.n && (!text_to_int(value, result) || *result < 1))
        FAIL(ST_INVALID, "%s: row %zu: column %s: expected a number from 1 up or nothing", path, row, column);
    return ST_OK;
}

static status
read_log(arena *a, const char *path, change **result, size_t *n)
{
    static const csv_column columns[] = {{.name = "record_id", .type = COLUMN_TEXT}, {.name = "person_before", .type = COLUMN_TEXT},
                                         {.name = "probability_before", .type = COLUMN_TEXT}, {.name = "person_after", .type = COLUMN_TEXT},
                                         {.name = "probability_after", .type = COLUMN_TEXT}};
    table t;
    change *c;
    CHECK(csv_read_table(a, path, NULL, 5, columns, &t));
    ALLOC(a, c, t.rows);
    for (size_t i = 0; i < t.rows; i++) {
        c[i] = (change){.id = column_text(&t.column[0], i), .before_probability = column_text(&t.column[2], i),
                        .after_probability = column_text(&t.column[4], i), .row = i + 2};
        CHECK(read_number(path, i + 2, "person_before", column_text(&t.column[1], i), &c[i].before));
        CHECK(read_number(path, i + 2, "person_after", column_text(&t.column[3], i), &c[i].after));
    }
    qsort(c, t.rows, sizeof *c, compare_changes);
    for (size_t i = 1; i < t.rows; i++)
        if (text_equal(c[i].id, c[i - 1].id)) FAIL(ST_INVALID, "%s: row %zu: the record_id of row %zu stands again", path, c[i].row, c[i - 1].row);
    *result = c;
    *n = t.rows;
    return ST_OK;
}

status
link_history_undo(arena *a, const link_history *after, const char *log, text *result)
{
    SCRATCH(tmp);
    change *c;
    size_t n, k = 0, i = 0;
    link_history before = {0};
    CHECK(read_log(tmp, log, &c, &n));
    ALLOC(tmp, before.id, after->n + n);
    ALLOC(tmp, before.person, after->n + n);
    ALLOC(tmp, before.probability, after->n + n);
    while (i < after->n || k < n) {
        int d = i == after->n ? 1 : k == n ? -1 : text_compare(after->id[i], c[k].id);
        bool fits = d < 0 || (d == 0 ? c[k].after == after->person[i] && text_equal(c[k].after_probability, after->probability[i]) : !c[k].after);
        if (!fits) FAIL(ST_INVALID, "%s: row %zu: it does not fit the clusters: undo the logs one by one, the newest first", log, c[k].row);
        if (d < 0) {
            before.id[before.n] = after->id[i], before.person[before.n] = after->person[i];
            before.probability[before.n++] = after->probability[i];
        } else if (c[k].before) {
            before.id[before.n] = c[k].id, before.person[before.n] = c[k].before;
            before.probability[before.n++] = c[k].before_probability;
        }
        i += d <= 0, k += d >= 0;
    }
    return link_history_text(a, &before, result);
}

status
link_history_text(arena *a, const link_history *h, text *result)
{
    text_builder b = text_builder_new(a);
    text_put(&b, "record_id,cluster_id,probability\n");
    for (size_t i = 0; i < h->n; i++) {
        csv_put_field(&b, h->id[i]);
        text_printf(&b, ",%lld,", (long long)h->person[i]);
        csv_put_field(&b, h->probability[i]);
        text_put_char(&b, '\n');
    }
    return text_builder_end(&b, result);
}
