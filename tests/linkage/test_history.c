#include "testing.h"

#include "base/file.h"
#include "linkage/history.h"
#include "linkage/link.h"
#include "people.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NAMES (PEOPLE_GIVEN | PEOPLE_FAMILY)
#define HOME (PEOPLE_STREET | PEOPLE_CITY | PEOPLE_POSTCODE)

/* Rows of the table that are in the first deliveries: `of` below `upto`. */
static void
take(arena *a, const table *all, const uint8_t of[], int upto, table *t)
{
    size_t n = 0;
    for (size_t i = 0; i < all->rows; i++) n += of[i] < upto;
    ASSERT_OK(table_new(a, all->name, n, all->columns, t));
    for (size_t k = 0; k < all->columns; k++) {
        text_column *texts;
        size_t at = 0;
        ASSERT_OK(table_set_column(a, t, k, all->column[k].name, COLUMN_TEXT, NULL));
        ASSERT_OK(text_column_new(a, n, &texts));
        for (size_t i = 0; i < all->rows; i++)
            if (of[i] < upto) ASSERT_OK(text_column_put(texts, at++, column_text(&all->column[k], i)));
        ASSERT_OK(text_column_end(texts, &t->column[k]));
    }
}

/* The rows of the file of clusters after a delivery. */
static void
deliver(arena *a, const people *p, const table *t, const link_history *before, link_history *now, link_result *l)
{
    const table *file[1] = {t};
    const link_options o = {.seed = 1};
    ASSERT_OK(link_run(a, &p->fields, 1, file, &o, l));
    int64_t *person = arena_alloc(a, l->clusters.clusters, sizeof *person);
    assert_non_null(person);
    ASSERT_OK(link_history_keep(before, l->records.n, l->records.id, l->clusters.cluster, l->clusters.clusters, person));
    *now = (link_history){.n = l->records.n, .id = l->records.id};
    now->person = arena_alloc(a, now->n, sizeof *now->person);
    now->probability = arena_alloc(a, now->n, sizeof *now->probability);
    assert_true(now->person && now->probability);
    for (size_t i = 0; i < now->n; i++) {
        now->person[i] = person[l->clusters.cluster[i]];
        now->probability[i] = text_of(arena_printf(a, "%.6f", l->probability[i]));
        if (now->person[i] > now->last) now->last = now->person[i];
    }
    if (before->last > now->last) now->last = before->last;
}

/* One number a cluster, one cluster a number. */
static void
assert_same_parts(const link_history *h, const link_result *l)
{
    for (size_t i = 0; i < h->n; i++)
        for (size_t j = 0; j < i; j++)
            if ((h->person[i] == h->person[j]) != (l->clusters.cluster[i] == l->clusters.cluster[j])) fail_msg("records %zu and %zu", i, j);
}

/* A person all of whose records stay together, with a majority of what they come to, keeps the number. */
static void
assert_kept(const link_history *before, const link_history *now)
{
    for (size_t i = 0, j = 0; i < before->n; i++) {
        while (!text_equal(now->id[j], before->id[i])) j++;
        size_t were = 0, stay = 0, others = 0;
        for (size_t x = 0, y = 0; x < before->n; x++) {
            while (!text_equal(now->id[y], before->id[x])) y++;
            bool mine = before->person[x] == before->person[i], together = now->person[y] == now->person[j];
            were += mine, stay += mine && together, others += !mine && together;
        }
        if (stay == were && others < were) assert_int_equal(now->person[j], before->person[i]);
    }
}

static void
write_text(const char *path, text t)
{
    ASSERT_OK(file_write(path, t));
}

static void
deliveries_come_to_the_batch_and_back(void **state)
{
    (void)state;
    const people_options o = {71, 250, 150, 2, 0.2, 0.05, 1, false, false, NAMES | PEOPLE_BORN | HOME};
    for (uint64_t seed = 1; seed <= DRAWS(4); seed++) {
        SCRATCH(tmp);
        people p;
        link_result batch, l;
        link_history none = {0}, all, h[4] = {{0}};
        uint8_t *of;
        ASSERT_OK(people_new(tmp, &o, &p));
        deliver(tmp, &p, &p.file[0], &none, &all, &batch);
        rng g = rng_new(seed, 5);
        of = arena_alloc(tmp, p.file[0].rows, 1);
        for (size_t i = 0; i < p.file[0].rows; i++) of[i] = (uint8_t)rng_below(&g, 3);
        text file[4], log;
        char path[2][64];
        snprintf(path[0], sizeof path[0], "/tmp/peil-history-%d-a", (int)getpid());
        snprintf(path[1], sizeof path[1], "/tmp/peil-history-%d-b", (int)getpid());
        for (int k = 1; k <= 3; k++) {
            table t;
            take(tmp, &p.file[0], of, k, &t);
            deliver(tmp, &p, &t, &h[k - 1], &h[k], &l);
            assert_same_parts(&h[k], &l);
            if (k > 1) assert_kept(&h[k - 1], &h[k]);
            ASSERT_OK(link_history_text(tmp, &h[k], &file[k]));
            if (k == 1) continue;
            link_history read;
            text back;
            ASSERT_OK(link_history_log(tmp, &h[k - 1], &h[k], &log));
            write_text(path[0], log);
            write_text(path[1], file[k]);
            ASSERT_OK(link_history_read(tmp, path[1], &read));
            ASSERT_OK(link_history_undo(tmp, &read, path[0], &back));
            assert_true(text_equal(back, file[k - 1]));
            ASSERT_STATUS(link_history_undo(tmp, &h[k - 1], path[0], &back), ST_INVALID);
        }
        remove(path[0]);
        remove(path[1]);
        assert_int_equal(l.records.n, batch.records.n);
        assert_memory_equal(l.clusters.cluster, batch.clusters.cluster, l.records.n * sizeof *l.clusters.cluster);
        assert_memory_equal(l.probability, batch.probability, l.records.n * sizeof *l.probability);
    }
}

static void
numbers_go_by_majority(void **state)
{
    (void)state;
    /* records a..f were persons 1 1 1 2 2 3 */
    text id[] = {TEXT("a"), TEXT("b"), TEXT("c"), TEXT("d"), TEXT("e"), TEXT("f"), TEXT("g")}, p[] = {TEXT("1"), TEXT("1"), TEXT("1"), TEXT("1"), TEXT("1"), TEXT("1")};
    int64_t was[] = {1, 1, 1, 2, 2, 3};
    const link_history before = {6, id, was, p, 3};
    static const struct {
        const char *label;
        int32_t cluster[7];
        size_t clusters;
        int64_t want[4];
    } rows[] = {
        {"a new record joins", {0, 0, 0, 1, 1, 2, 2}, 3, {1, 2, 3}},
        {"a new person", {0, 0, 0, 1, 1, 2, 3}, 4, {1, 2, 3, 4}},
        {"two become one: most records", {0, 0, 0, 0, 0, 1, 1}, 2, {1, 3}},
        {"split: the majority keeps it", {0, 1, 1, 2, 2, 3, 3}, 4, {4, 1, 2, 3}},
        {"exchange", {0, 0, 1, 1, 1, 2, 2}, 3, {1, 2, 3}},
        {"a tie goes to the oldest number", {0, 0, 0, 1, 2, 1, 2}, 3, {1, 2, 4}},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        int64_t person[4];
        ASSERT_OK(link_history_keep(&before, 7, id, rows[k].cluster, rows[k].clusters, person));
        for (size_t c = 0; c < rows[k].clusters; c++)
            if (person[c] != rows[k].want[c]) fail_msg("%s: cluster %zu has number %d", rows[k].label, c, (int)person[c]);
    }
}

static status
decide(arena *a, const people *p, size_t n, const link_decided d[], link_result *l)
{
    const table *file[1] = {&p->file[0]};
    const link_options o = {.seed = 1, .decided = n, .decision = d};
    return link_run(a, &p->fields, 1, file, &o, l);
}

static void
decisions_hold(void **state)
{
    (void)state;
    SCRATCH(tmp);
    people p;
    link_result l, m;
    const people_options o = {72, 400, 200, 1, 0.2, 0.05, 1, false, false, NAMES | PEOPLE_BORN};
    ASSERT_OK(people_new(tmp, &o, &p));
    ASSERT_OK(decide(tmp, &p, 0, NULL, &l));
    link_merge first = l.clusters.merge[0];
    uint32_t i = 0, j = 1;
    while (l.clusters.cluster[i] == l.clusters.cluster[j]) j++;
    text *id = l.records.id;
    const link_decided d[] = {{id[first.a], id[first.b], false}, {id[i], id[j], true}};
    ASSERT_OK(decide(tmp, &p, 2, d, &m));
    assert_true(m.clusters.cluster[first.a] != m.clusters.cluster[first.b]);
    assert_true(m.clusters.cluster[i] == m.clusters.cluster[j]);
    assert_true(m.probability[i] == 1);
    size_t pair = link_pairs_find(&m.pairs, first.a, first.b);
    assert_true(pair != SIZE_MAX && m.pairs.p[pair] == 0);
    const link_decided both[] = {{id[i], id[j], true}, {id[j], id[i], false}}, strange[] = {{id[i], TEXT("nobody"), true}}, self[] = {{id[i], id[i], true}};
    ASSERT_STATUS(decide(tmp, &p, 2, both, &m), ST_INVALID);
    ASSERT_STATUS(decide(tmp, &p, 1, strange, &m), ST_INVALID);
    ASSERT_STATUS(decide(tmp, &p, 1, self, &m), ST_INVALID);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deliveries_come_to_the_batch_and_back),
        cmocka_unit_test(numbers_go_by_majority),
        cmocka_unit_test(decisions_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
