#include "linkage/evaluate.h"

#include "table/csv.h"

#include <stdlib.h>

static int
compare_labels(const void *x, const void *y)
{
    const uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static double
pairs_within(size_t n, uint64_t label[])
{
    qsort(label, n, sizeof *label, compare_labels);
    double pairs = 0;
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i; j < n && label[j] == label[i]; j++) {}
        pairs += (double)(j - i) * (double)(j - i - 1) / 2;
    }
    return pairs;
}

status
link_evaluate(size_t n, const int32_t cluster[], const int32_t entity[], link_score *result)
{
    SCRATCH(tmp);
    uint64_t *label;
    ALLOC(tmp, label, n);
    link_score s = {.records = (double)n};
    for (size_t i = 0; i < n; i++) label[i] = (uint32_t)entity[i];
    s.true_pairs = pairs_within(n, label);
    for (size_t i = 0; i < n; i++) label[i] = (uint32_t)cluster[i];
    s.linked_pairs = pairs_within(n, label);
    for (size_t i = 0; i < n; i++) label[i] = (uint64_t)(uint32_t)cluster[i] << 32 | (uint32_t)entity[i];
    s.right_pairs = pairs_within(n, label);
    s.precision = s.linked_pairs > 0 ? s.right_pairs / s.linked_pairs : 1;
    s.recall = s.true_pairs > 0 ? s.right_pairs / s.true_pairs : 1;
    s.f1 = s.precision + s.recall > 0 ? 2 * s.precision * s.recall / (s.precision + s.recall) : 0;
    *result = s;
    return ST_OK;
}

typedef struct labelled {
    text id;
    int32_t label;
    size_t row;
} labelled;

static int
compare_labelled(const void *x, const void *y)
{
    const labelled *a = x, *b = y;
    int d = text_compare(a->id, b->id);
    return d ? d : (a->row > b->row) - (a->row < b->row);
}

static status
read_labels(arena *a, const char *path, const char *id, const char *label, labelled **result, size_t *n)
{
    const csv_column columns[] = {{.name = id, .type = COLUMN_TEXT}, {.name = label, .type = COLUMN_TEXT}};
    table t;
    labelled *l;
    CHECK(csv_read_table(a, path, NULL, 2, columns, &t));
    ALLOC(a, l, t.rows);
    for (size_t i = 0; i < t.rows; i++) {
        l[i] = (labelled){column_text(&t.column[0], i), column_int32(&t.column[1])[i], i + 2};
        if (!l[i].id.n || l[i].label < 0) FAIL(ST_INVALID, "%s: row %zu: expected %s and %s", path, i + 2, id, label);
    }
    qsort(l, t.rows, sizeof *l, compare_labelled);
    for (size_t i = 1; i < t.rows; i++)
        if (text_equal(l[i].id, l[i - 1].id)) FAIL(ST_INVALID, "%s: row %zu: the %s of row %zu stands again", path, l[i].row, id, l[i - 1].row);
    *result = l;
    *n = t.rows;
    return ST_OK;
}

status
link_evaluate_files(const char *clusters, const char *truth, const char *id, const char *entity, link_score *result)
{
    SCRATCH(tmp);
    labelled *made, *known;
    size_t n, m;
    CHECK(read_labels(tmp, clusters, "record_id", "cluster_id", &made, &n));
    CHECK(read_labels(tmp, truth, id, entity, &known, &m));
    int32_t *cluster, *real;
    ALLOC(tmp, cluster, m);
    ALLOC(tmp, real, m);
    size_t k = 0;
    for (size_t i = 0; i < m; i++) {
        real[i] = known[i].label;
        cluster[i] = -1 - (int32_t)i; /* on its own */
        if (k < n && text_compare(made[k].id, known[i].id) < 0)
            FAIL(ST_INVALID, "%s: row %zu: the record has no row in %s", clusters, made[k].row, truth);
        if (k < n && text_equal(made[k].id, known[i].id)) cluster[i] = made[k++].label;
    }
    if (k < n) FAIL(ST_INVALID, "%s: row %zu: the record has no row in %s", clusters, made[k].row, truth);
    return link_evaluate(m, cluster, real, result);
}
