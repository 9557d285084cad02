/* Persons of a store: incremental equals batch, numbers stay, every linkage can be undone to the byte, decisions hold, erasure
 * reaches everything, and what was changed without the key is found. */
#include "register/deliveries.h"

#include "base/rng.h"
#include "monitor/persons.h"
#include "register/store_parts.h"

enum { ROWS = 150, PERSONS = 64, MOST_DELIVERIES = 5 };

typedef struct people {
    const char *row[ROWS];
} people;

static const char *
spelled(arena *a, const char *name, bool wrong, rng *g)
{
    char *copy = arena_copy(a, name, strlen(name));
    assert_non_null(copy);
    if (wrong && !rng_below(g, 2)) copy[1 + rng_below(g, strlen(name) - 1)] = (char)('a' + rng_below(g, 26));
    return copy;
}

/* Reports of some persons, again and again with mistakes; some give no date of birth, some a V-number. */
static void
make_people(arena *a, uint64_t seed, people *p)
{
    static const char *const starts[] = {"Ama", "Bel", "Chi", "Dor", "Emi", "Fle", "Gra", "Hil"}, *const ends[] = {"nda", "rik", "sou", "tje", "vana", "wen", "lio", "das"};
    static const char *const families[] = {"Okafor", "Nowak", "Kovacs", "Haddad", "Jansen", "Petrov", "Silva", "Tran", "Visser", "Yilmaz"};
    rng g = rng_new(seed, 1);
    for (size_t i = 0; i < ROWS; i++) {
        size_t k = i % PERSONS;
        bool again = i >= PERSONS, unborn = again && i % 4 == 1;
        const char *given = spelled(a, arena_printf(a, "%s%s", starts[k % 8], ends[k / 8]), again, &g);
        const char *family = spelled(a, families[(k * 7 + k / 10) % 10], again, &g);
        const char *born = unborn ? "" : arena_printf(a, "%04zu-%02zu-%02zu", 1960 + k * 13 % 40, 1 + k * 5 % 12, 1 + k * 11 % 28);
        p->row[i] = arena_printf(a, "N%zu;20%02zu-%02zu-%02zu;betrokkene;;%s;%s;%s;%s;NG;;%s;sexual;;;;Plaats;;;\n", i, 16 + i % 5, 1 + i % 12, 1 + i % 28,
                                 given, family, born, k % 3 ? "V" : "M", k % 9 || unborn ? "" : arena_printf(a, "V9999%04zu", k));
    }
}

static const char *
delivery_of(arena *a, const people *p, size_t n, const uint32_t which[])
{
    text_builder b = text_builder_new(a);
    text out;
    text_put(&b, OTHER_HEADER);
    for (size_t i = 0; i < n; i++) text_put(&b, p->row[which[i]]);
    ASSERT_OK(text_builder_end(&b, &out));
    return out.bytes;
}

/* Another store under the same key: its marks are the same. */
static fixture
fixture_again(const fixture *f)
{
    fixture again = *f;
    again.path = arena_copy(f->a, ":memory:", 8);
    again.rejections = NULL;
    ASSERT_OK(register_store_open(f->a, again.path, f->definition, f->key, &again.store));
    return again;
}

static int
compare_person(const void *x, const void *y)
{
    return memcmp(((const store_person *)x)->mark, ((const store_person *)y)->mark, MARK_BYTES);
}

/* What the store holds, by mark. */
static store_persons
held(arena *a, const fixture *f)
{
    table n, counted;
    store_persons p;
    ASSERT_OK(register_persons_read(a, f->store, &(read_options){.purpose = PURPOSE_monitor}, &n, &counted, &p));
    qsort(p.row, p.n, sizeof *p.row, compare_person);
    return p;
}

static persons_linked
link_store(arena *a, const fixture *f, const char *decisions)
{
    persons_linked p;
    ASSERT_OK(monitor_persons_link(a, f->store, &(persons_options){.decisions = decisions, .review = true}, &p));
    return p;
}

static void
verify(const fixture *f)
{
    size_t entries;
    hash last;
    ASSERT_OK(register_store_verify(f->store, &entries, &last));
}

/* Equal as partitions, whatever the numbers. */
static void
assert_same_persons(const store_persons *x, const store_persons *y, uint64_t seed)
{
    assert_int_equal(x->n, y->n);
    for (size_t i = 0; i < x->n; i++) {
        assert_memory_equal(x->row[i].mark, y->row[i].mark, MARK_BYTES);
        for (size_t j = 0; j < i; j++)
            if ((x->row[i].number == x->row[j].number) != (y->row[i].number == y->row[j].number)) fail_msg("split %d: reports %zu and %zu", (int)seed, i, j);
    }
}

/* A person of whom no report was added, taken or moved keeps her number. */
static void
assert_numbers_stay(const store_persons *was, const store_persons *now)
{
    for (size_t i = 0; i < was->n; i++) {
        const store_person *x = bsearch(&was->row[i], now->row, now->n, sizeof *now->row, compare_person);
        bool whole = x != NULL;
        for (size_t j = 0; j < was->n && whole; j++) {
            const store_person *y = bsearch(&was->row[j], now->row, now->n, sizeof *now->row, compare_person);
            whole = y && (was->row[i].number == was->row[j].number) == (x->number == y->number);
        }
        if (whole) assert_int_equal(x->number, was->row[i].number);
    }
}

/* The same rows in other deliveries, in another order: the same persons; undone step by step, what was there each time. */
static void
incremental_equals_batch(void **state)
{
    (void)state;
    SCRATCH(tmp);
    people p;
    uint32_t order[ROWS];
    make_people(tmp, 11, &p);
    for (uint32_t i = 0; i < ROWS; i++) order[i] = i;
    fixture first = fixture_new(tmp, false);
    fixture_intake(&first, "other_reporters", delivery_of(tmp, &p, ROWS, order));
    persons_linked batch = link_store(tmp, &first, NULL);
    store_persons whole = held(tmp, &first);
    assert_true(batch.persons.linked && batch.persons.persons > 40 && batch.persons.persons < 120);
    size_t merges = 0, splits = 0;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        SCRATCH(round);
        rng g = rng_new(seed, 7);
        fixture f = fixture_again(&first);
        store_persons step[MOST_DELIVERIES + 1] = {{0}};
        size_t deliveries = 2 + rng_below(&g, MOST_DELIVERIES - 1), at = 0, linkages = 0;
        rng_shuffle(&g, ROWS, order);
        for (size_t d = 0; d < deliveries; d++) {
            size_t n = d + 1 == deliveries ? ROWS - at : rng_below(&g, ROWS - at);
            fixture_intake(&f, "other_reporters", delivery_of(round, &p, n, order + at));
            at += n;
            persons_change c = link_store(round, &f, NULL).change;
            if (!c.linkage) continue;
            merges += c.merges, splits += c.splits;
            step[++linkages] = held(round, &f);
            assert_numbers_stay(&step[linkages - 1], &step[linkages]);
            verify(&f);
        }
        assert_same_persons(&whole, &step[linkages], seed);
        assert_int_equal(link_store(round, &f, NULL).change.linkage, 0); /* nothing new: nothing written */
        for (size_t k = linkages; k > 0; k--) {
            persons_change c;
            ASSERT_OK(register_persons_undo(f.store, &c));
            verify(&f);
            store_persons back = held(round, &f);
            for (size_t i = 0; i < back.n; i++) {
                const store_person *was = step[k - 1].n ? bsearch(&back.row[i], step[k - 1].row, step[k - 1].n, sizeof *back.row, compare_person) : NULL;
                assert_int_equal(back.row[i].number, was ? was->number : 0);
            }
        }
        persons_change c;
        ASSERT_STATUS(register_persons_undo(f.store, &c), ST_NOT_FOUND);
        link_store(round, &f, NULL);
        store_persons again = held(round, &f);
        assert_same_persons(&whole, &again, seed);
    }
    print_message("# %zu merges, %zu splits over all splits of the deliveries\n", merges, splits);
    assert_true(merges > 0);
}

/* Which report, and what of it: the right row, a wrong one that is corrected later, or that consent is withdrawn. */
typedef struct act {
    uint32_t row;
    enum { RIGHT, WRONG, WITHDRAWN } what;
} act;

static const char *
act_text(arena *a, const people *right, const people *wrong, act x)
{
    const char *row = x.what == WRONG ? wrong->row[x.row] : right->row[x.row], *consent = strstr(row, "betrokkene");
    assert_non_null(consent);
    return x.what == WITHDRAWN ? arena_printf(a, "%.*singetrokken%s", (int)(consent - row), row, consent + strlen("betrokkene")) : row;
}

/* A delivery of acts [n], each report once in it, the last of its acts. */
static const char *
acts_delivery(arena *a, const people *right, const people *wrong, size_t n, const act acts[])
{
    text_builder b = text_builder_new(a);
    text out;
    text_put(&b, OTHER_HEADER);
    for (size_t i = 0; i < n; i++) {
        bool later = false;
        for (size_t k = i + 1; k < n && !later; k++) later = acts[k].row == acts[i].row;
        if (!later) text_put(&b, act_text(a, right, wrong, acts[i]));
    }
    ASSERT_OK(text_builder_end(&b, &out));
    return out.bytes;
}

/* Every report right in the end but for every tenth, withdrawn in the end; before that wrong, withdrawn, or right already. */
static size_t
draw_acts(rng *g, act acts[])
{
    uint32_t order[ROWS];
    size_t n = 0;
    for (uint32_t i = 0; i < ROWS; i++) order[i] = i;
    for (int turn = 0; turn < 3; turn++) {
        rng_shuffle(g, ROWS, order);
        for (size_t i = 0; i < ROWS; i++) {
            act x = {order[i], order[i] % 10 == 3 ? WITHDRAWN : RIGHT};
            if (turn < 2 && rng_below(g, 2)) continue;
            if (turn < 2) x.what = rng_below(g, 6) ? rng_below(g, 2) ? RIGHT : WRONG : WITHDRAWN;
            acts[n++] = x;
        }
    }
    return n;
}

/* A delivery; reports that it erases join those of `erased`. */
static void
intake_noting(arena *a, const fixture *f, const char *delivery, store_persons *erased)
{
    store_persons was = held(a, f);
    fixture_intake(f, "other_reporters", delivery);
    store_persons now = held(a, f);
    for (size_t i = 0; i < was.n; i++)
        if (!bsearch(&was.row[i], now.row, now.n, sizeof *now.row, compare_person)) erased->row[erased->n++] = was.row[i];
}

/* The numbers of that step, but for reports that were erased at some time. */
static void
assert_back(const store_persons *back, const store_persons *was, const store_persons *erased)
{
    size_t compared = 0;
    for (size_t i = 0; i < back->n; i++) {
        const store_person *x = was->n ? bsearch(&back->row[i], was->row, was->n, sizeof *was->row, compare_person) : NULL;
        size_t k = 0;
        while (k < erased->n && compare_person(&erased->row[k], &back->row[i])) k++;
        if (k < erased->n) continue;
        assert_int_equal(back->row[i].number, x ? x->number : 0);
        compared++;
    }
    assert_true(compared > ROWS / 4);
}

/* Corrected, repeated and withdrawn in any order: the persons are those of the last word about each report. */
static void
corrections_and_withdrawals_end_in_the_batch(void **state)
{
    (void)state;
    SCRATCH(tmp);
    people right, wrong;
    act acts[3 * ROWS];
    make_people(tmp, 11, &right);
    make_people(tmp, 12, &wrong);
    fixture first = fixture_new(tmp, false);
    for (uint32_t i = 0; i < ROWS; i++) acts[i] = (act){i, i % 10 == 3 ? WITHDRAWN : RIGHT};
    fixture_intake(&first, "other_reporters", acts_delivery(tmp, &right, &wrong, ROWS, acts));
    link_store(tmp, &first, NULL);
    store_persons whole = held(tmp, &first);
    assert_int_equal(whole.n, ROWS - ROWS / 10);
    for (uint64_t seed = 1; seed <= DRAWS(4); seed++) {
        SCRATCH(round);
        rng g = rng_new(seed, 8);
        fixture f = fixture_again(&first);
        size_t n = draw_acts(&g, acts), linkages = 0;
        store_persons *step = arena_alloc(round, n + 1, sizeof *step);
        store_persons erased = {.row = arena_alloc(round, n, sizeof *erased.row)};
        assert_true(step && erased.row);
        for (size_t at = 0, some; at < n; at += some) {
            some = 1 + rng_below(&g, 150);
            if (some > n - at) some = n - at;
            intake_noting(round, &f, acts_delivery(round, &right, &wrong, some, acts + at), &erased);
            if (at + some < n && !rng_below(&g, 3)) continue; /* two deliveries, then a linkage */
            if (link_store(round, &f, NULL).change.linkage) step[++linkages] = held(round, &f);
            verify(&f);
        }
        assert_same_persons(&whole, &step[linkages], seed);
        assert_int_equal(link_store(round, &f, NULL).change.linkage, 0);
        for (size_t k = linkages; k > 0; k--) {
            persons_change c;
            ASSERT_OK(register_persons_undo(f.store, &c));
            verify(&f);
            store_persons back = held(round, &f);
            assert_back(&back, &step[k - 1], &erased);
        }
        link_store(round, &f, NULL);
        store_persons again = held(round, &f);
        assert_same_persons(&whole, &again, seed);
    }
}

static int64_t
number_of(const store_persons *p, const unsigned char mark[MARK_BYTES])
{
    store_person key;
    memcpy(key.mark, mark, MARK_BYTES);
    const store_person *found = bsearch(&key, p->row, p->n, sizeof *p->row, compare_person);
    return found ? found->number : -1;
}

static const char *
write_decision(arena *a, const fixture *f, const unsigned char x[MARK_BYTES], const unsigned char y[MARK_BYTES], const char *end)
{
    char i[REPORT_ID + 1], j[REPORT_ID + 1];
    register_report_id(x, i);
    register_report_id(y, j);
    const char *path = path_join(a, f->folder, "decisions.csv");
    ASSERT_OK(file_write(path, text_of(arena_printf(a, "id_a,id_b,decision,who,when\n%s,%s,%s\n", i, j, end))));
    return path;
}

static fixture
linked_fixture(arena *a, people *p)
{
    uint32_t order[ROWS];
    for (uint32_t i = 0; i < ROWS; i++) order[i] = i;
    make_people(a, 11, p);
    fixture f = fixture_new(a, true);
    fixture_intake(&f, "other_reporters", delivery_of(a, p, ROWS, order));
    return f;
}

static void
decisions_are_kept_and_hold(void **state)
{
    (void)state;
    SCRATCH(tmp);
    people people;
    fixture f = linked_fixture(tmp, &people);
    persons_linked p = link_store(tmp, &f, NULL);
    store_persons before = held(tmp, &f);
    assert_true(p.persons.doubts > 0);
    const unsigned char *x = p.stored.row[p.persons.doubt[0].a].mark, *y = p.stored.row[p.persons.doubt[0].b].mark;
    bool together = number_of(&before, x) == number_of(&before, y);
    const char *turned = together ? "different,ab,2026-03-01" : "same,ab,2026-03-01", *as_was = together ? "same,cd,2026-03-02" : "different,cd,2026-03-02";
    persons_change c = link_store(tmp, &f, write_decision(tmp, &f, x, y, turned)).change;
    assert_int_equal(c.decisions, 1);
    store_persons then = held(tmp, &f);
    assert_int_equal(number_of(&then, x) == number_of(&then, y), !together);
    assert_int_equal(then.decisions, 1);
    assert_true(text_is(then.decision[0].who, "ab") && text_is(then.decision[0].day, "2026-03-01"));
    assert_int_equal(link_store(tmp, &f, NULL).change.linkage, 0); /* it goes on holding */
    assert_int_equal(link_store(tmp, &f, write_decision(tmp, &f, x, y, turned)).change.linkage, 0); /* held already */
    link_store(tmp, &f, write_decision(tmp, &f, y, x, as_was)); /* the newest holds */
    store_persons last = held(tmp, &f);
    assert_int_equal(number_of(&last, x) == number_of(&last, y), together);
    assert_int_equal(last.decisions, 1);
    ASSERT_OK(register_persons_undo(f.store, &c));
    assert_int_equal(c.decisions, 1);
    last = held(tmp, &f);
    assert_int_equal(last.n, then.n);
    assert_memory_equal(last.row, then.row, then.n * sizeof *then.row);
    assert_int_equal(last.decision[0].same, !together);
    verify(&f);

    static const struct {
        const char *label, *end;
    } bad[] = {{"neither", "perhaps,ab,2026-03-01"}, {"nobody", "same,,2026-03-01"}, {"no day", "same,ab,"}};
    persons_linked none;
    for (size_t i = 0; i < 3; i++) {
        const char *path = write_decision(tmp, &f, x, y, bad[i].end);
        status code = monitor_persons_link(tmp, f.store, &(persons_options){.decisions = path}, &none);
        if (code != ST_INVALID) fail_msg("%s: %s", bad[i].label, status_text(code));
    }
    const unsigned char stranger[MARK_BYTES] = {1};
    ASSERT_STATUS(monitor_persons_link(tmp, f.store, &(persons_options){.decisions = write_decision(tmp, &f, x, stranger, turned)}, &none), ST_INVALID);
    ASSERT_STATUS(monitor_persons_link(tmp, f.store, &(persons_options){.decisions = write_decision(tmp, &f, x, x, turned)}, &none), ST_INVALID);
    last = held(tmp, &f);
    assert_memory_equal(last.row, then.row, then.n * sizeof *then.row);
    fixture_remove(&f);
}

/* Consent withdrawn: nothing of the report is left among persons, log or decisions; what is left can still be undone. */
static void
erasure_reaches_persons(void **state)
{
    (void)state;
    SCRATCH(tmp);
    people people;
    fixture f = linked_fixture(tmp, &people);
    persons_linked p = link_store(tmp, &f, NULL);
    const unsigned char *mark = p.stored.row[0].mark;
    link_store(tmp, &f, write_decision(tmp, &f, mark, p.stored.row[1].mark, "different,ab,2026-03-01"));
    assert_int_equal(held(tmp, &f).decisions, 1);
    delivery_counts counts = fixture_intake(&f, "other_reporters", OTHER_HEADER "N0;2018-03-04;ingetrokken;;A;B;1990-04-05;V;NG;;;sexual;;;;P;;;\n");
    assert_int_equal(counts.erased, 1);
    verify(&f);
    store_persons now = held(tmp, &f);
    assert_int_equal(now.n, ROWS - 1);
    assert_int_equal(number_of(&now, mark), -1);
    assert_int_equal(now.decisions, 0);
    size_t n;
    person_step *step;
    ASSERT_OK(register_persons_log(tmp, f.store, &n, &step));
    for (size_t i = 0; i < n; i++) assert_memory_not_equal(step[i].mark, mark, MARK_BYTES);
    persons_change c;
    while (register_persons_undo(f.store, &c) == ST_OK) verify(&f);
    now = held(tmp, &f);
    for (size_t i = 0; i < now.n; i++) assert_int_equal(now.row[i].number, 0);
    status_detail_clear();
    fixture_remove(&f);
}

/* With the store's file in hand but not its key. */
static void
tampering_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *label, *sql;
    } rows[] = {
        {"a number changed", "UPDATE persons SET number = 1"},
        {"a report taken out", "DELETE FROM persons WHERE mark = (SELECT min(mark) FROM persons)"},
        {"the log changed", "UPDATE person_changes SET before = 3 WHERE mark = (SELECT min(mark) FROM persons)"},
        {"a decision invented", "INSERT INTO decisions(a, b, same, who, day, linkage, undone) SELECT min(mark), max(mark), 1, 'x', 'y', 1, 0 FROM persons"},
        {"a linkage called undone", "UPDATE linkages SET undone = 1"},
        {"all of it gone", "DELETE FROM persons; DELETE FROM person_changes; DELETE FROM linkages"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        people people;
        fixture f = linked_fixture(tmp, &people);
        size_t entries;
        hash last;
        link_store(tmp, &f, NULL);
        verify(&f);
        ASSERT_OK(register_sql_run(f.store->db, rows[i].sql));
        status code = register_store_verify(f.store, &entries, &last);
        if (code != ST_INVALID) fail_msg("%s: %s", rows[i].label, status_text(code));
        persons_change c;
        code = register_persons_undo(f.store, &c);
        if (code != ST_INVALID) fail_msg("%s, then undone: %s", rows[i].label, status_text(code));
        fixture_remove(&f);
    }
}

static void
a_delivery_meanwhile_is_noticed(void **state)
{
    (void)state;
    SCRATCH(tmp);
    people people;
    fixture f = linked_fixture(tmp, &people);
    table n, counted;
    store_persons p;
    persons_change c;
    int64_t *number;
    ASSERT_OK(register_persons_read(tmp, f.store, &(read_options){.purpose = PURPOSE_monitor}, &n, &counted, &p));
    number = arena_alloc(tmp, p.n, sizeof *number);
    for (size_t i = 0; i < p.n; i++) number[i] = (int64_t)i + 1;
    fixture_intake(&f, "kmar", KMAR_HEADER);
    ASSERT_STATUS(register_persons_write(f.store, &p, number, 0, NULL, &c), ST_BUSY);
    assert_int_equal(held(tmp, &f).row[0].number, 0);
    fixture_remove(&f);
}

static void
an_older_store_gets_the_tables(void **state)
{
    (void)state;
    SCRATCH(tmp);
    people people;
    fixture f = linked_fixture(tmp, &people);
    ASSERT_OK(register_sql_run(f.store->db, "DROP TABLE persons; DROP TABLE person_changes; DROP TABLE linkages; DROP TABLE decisions"));
    ASSERT_OK(register_store_open(tmp, f.path, f.definition, f.key, &f.store));
    assert_int_equal(link_store(tmp, &f, NULL).change.linkage, 1);
    verify(&f);
    fixture_remove(&f);
}

static status
link_again(const fixture *f, const char *decisions)
{
    SCRATCH(tmp);
    persons_linked p;
    return monitor_persons_link(tmp, f->store, &(persons_options){.decisions = decisions}, &p);
}

static void
lack_of_memory_leaves_the_store(void **state)
{
    (void)state;
    SCRATCH(tmp);
    people people;
    uint32_t order[3] = {0, 1, 64};
    make_people(tmp, 11, &people);
    fixture f = fixture_new(tmp, true);
    fixture_intake(&f, "other_reporters", delivery_of(tmp, &people, 3, order));
    store_persons p = held(tmp, &f);
    const char *decisions = write_decision(tmp, &f, p.row[0].mark, p.row[1].mark, "same,ab,2026-03-01");
    ASSERT_SURVIVES_NO_MEMORY(link_again(&f, decisions));
    verify(&f);
    p = held(tmp, &f);
    assert_int_equal(p.row[0].number, p.row[1].number);
    assert_int_equal(p.decisions, 1);
    fixture_remove(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(incremental_equals_batch),      cmocka_unit_test(corrections_and_withdrawals_end_in_the_batch), cmocka_unit_test(decisions_are_kept_and_hold),
        cmocka_unit_test(erasure_reaches_persons),       cmocka_unit_test(tampering_is_found),
        cmocka_unit_test(a_delivery_meanwhile_is_noticed), cmocka_unit_test(an_older_store_gets_the_tables),
        cmocka_unit_test(lack_of_memory_leaves_the_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
