/* Model tables against Rcapture 1.4-4 and MultipleSystemsEstimation 1.2.0. */
#include "reference.h"

#include "estimate/bic.h"
#include "estimate/draw.h"
#include "estimate/method.h"

typedef struct family_table {
    overlap o;
    model_family family;
    bic_space w;
    fit_data d;
    model_row *rows;
} family_table;

static void
make_table(arena *a, const char *name, int order, family_table *t)
{
    t->o = reference_table(a, name);
    ASSERT_OK(model_family_new(a, t->o.lists, order, 100000, &t->family));
    ASSERT_OK(bic_space_new(a, &t->family, &t->w));
    ASSERT_OK(fit_data_new(a, t->o.lists, &t->d));
    fit_data_set(&t->d, t->o.count);
    t->rows = arena_alloc(a, t->family.n, sizeof *t->rows);
    assert_non_null(t->rows);
    ASSERT_OK(bic_table(&t->w, &t->d, &t->family, t->rows));
}

static const model_row *
find_row(const family_table *t, const char *notation)
{
    model m;
    ASSERT_OK(model_parse(text_of(notation), t->o.lists, &m));
    for (size_t i = 0; i < t->family.n; i++) {
        model other = model_of_member(&t->family, t->rows[i].member);
        if (other.n == m.n && memcmp(other.term, m.term, (size_t)m.n * sizeof *m.term) == 0) return &t->rows[i];
    }
    fail_msg("no model %s", notation);
    return NULL;
}

static void
check_rcapture(const char *table, int order, const char *path)
{
    SCRATCH(a);
    family_table t;
    json_t *want = reference_json(path), *row;
    size_t i;
    make_table(a, table, order, &t);
    assert_int_equal(json_array_size(json_object_get(want, "models")), t.family.n);
    json_array_foreach(json_object_get(want, "models"), i, row) {
        const char *name = json_string_value(json_object_get(row, "model"));
        const model_row *r = find_row(&t, name);
        assert_int_equal(r->code, 0);
        assert_close(name, r->estimate, real(row, "abundance"), 1e-8);
        assert_close(name, r->deviance, real(row, "deviance"), 1e-8);
        assert_close(name, r->aic, real(row, "AIC"), 1e-8);
        assert_close(name, r->bic, real(row, "BIC"), 1e-8);
        assert_int_equal(r->df, (int)real(row, "df"));
        /* glm's covariance is that of its last step but one: docs/methods/estimate.md */
        assert_close(name, r->std_error, real(row, "stderr"), 1e-4);
    }
    json_decref(want);
}

static void
test_rcapture(void **state)
{
    (void)state;
    SCRATCH(a);
    check_rcapture("Kosovo.csv", 2, reference_path(a, "rcapture_closedpMS_Kosovo_mo2.json"));
    check_rcapture("Kosovo.csv", 3, reference_path(a, "rcapture_closedpMS_Kosovo_mo3.json"));
}

static void
test_rcapture_united_kingdom(void **state)
{
    (void)state;
    SCRATCH(a);
    SHARED_OR_SKIP(a, path, "reference/estimate/rcapture_closedpMS_UKdat_5_mo2.json");
    check_rcapture("UKdat_5.csv", 2, path);
}

static void
check_bic(const char *table, int order, const char *path)
{
    SCRATCH(a);
    family_table t;
    finding f;
    method_options options = method_defaults();
    json_t *want = reference_json(path), *row;
    text notation;
    size_t i, exist = 0;
    make_table(a, table, order, &t);
    json_array_foreach(json_object_get(want, "models"), i, row) {
        const char *name = json_string_value(json_object_get(row, "model"));
        const model_row *r = find_row(&t, name);
        assert_int_equal(r->code, 0);
        assert_close(name, r->estimate, real(row, "abundance"), 1e-7);
        assert_close(name, r->bic, real(row, "BIC"), 1e-8);
    }
    for (i = 0; i < t.family.n; i++) exist += t.rows[i].code == 0;
    assert_int_equal(exist, json_array_size(json_object_get(want, "models")));
    options.replicates = 0;
    options.order = order;
    ASSERT_OK(method_run(a, &t.o, METHOD_BIC, &options, &f));
    ASSERT_OK(model_text(a, &f.model, &notation));
    assert_string_equal(notation.bytes, json_string_value(json_object_get(want, "model")));
    assert_close(table, f.estimate, real(want, "popest"), 1e-8);
    json_decref(want);
}

static void
test_bic(void **state)
{
    (void)state;
    SCRATCH(a);
    check_bic("Korea.csv", 2, reference_path(a, "mse_bic_Korea_mo2.json"));
    check_bic("Kosovo.csv", 3, reference_path(a, "mse_bic_Kosovo_mo3.json"));
}

static void
test_bic_united_kingdom(void **state)
{
    (void)state;
    SCRATCH(a);
    SHARED_OR_SKIP(a, path, "reference/estimate/mse_bic_UKdat_5_mo2.json");
    check_bic("UKdat_5.csv", 2, path);
}

/* Going downhill finds the best of all models on these tables. */
static void
test_downhill(void **state)
{
    (void)state;
    static const char *const tables[] = {"Kosovo.csv", "Korea.csv"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        SCRATCH(a);
        family_table t;
        model from, found;
        fit fitted;
        int code;
        double least = INFINITY;
        make_table(a, tables[i], 2, &t);
        for (size_t j = 0; j < t.family.n; j++)
            if (t.rows[j].bic < least) least = t.rows[j].bic;
        from = model_independence(t.o.lists);
        ASSERT_OK(bic_downhill(&t.w.fit, &t.w.existence, &t.d, 2, &from, &found, &fitted, &code));
        assert_int_equal(code, 0);
        assert_close(tables[i], fit_bic(&t.d, &fitted), least, 1e-9);
    }
}

/* Side by side every table gets the BIC, member and estimate it gets alone, whatever stands beside it; and those are the
 * ones of the model table, which is fitted one by one. */
static void
test_side_by_side(void **state)
{
    (void)state;
    static const struct {
        const char *table;
        int order;
    } rows[] = {{"Korea.csv", 2}, {"Kosovo.csv", 3}, {"Artificial_3.csv", 2}, {"UKdat_5.csv", 2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(a);
        family_table t;
        bic_plan plan;
        bic_choice_space w;
        bic_best together[LANES], alone;
        double *count;
        make_table(a, rows[i].table, rows[i].order, &t);
        ASSERT_OK(bic_plan_new(a, &t.family, 0, NULL, &plan));
        ASSERT_OK(bic_choice_space_new(a, &plan, &w));
        assert_non_null(count = arena_alloc(a, LANES * t.o.cells, sizeof *count));
        for (size_t l = 0; l < LANES; l++) {
            rng r = rng_new(7, l);
            memcpy(count + l * t.o.cells, t.o.count, t.o.cells * sizeof *count);
            if (l > 0) draw_multinomial(&r, t.o.total, t.o.cells, t.o.count, count + l * t.o.cells);
        }
        ASSERT_OK(bic_choose(&w, &plan, LANES, count, together));
        for (size_t j = 0; j < t.family.n; j++) {
            if (t.rows[j].code) assert_true(isinf(w.bic[j]));
            else if (!isnan(t.rows[j].bic)) assert_close(rows[i].table, w.bic[j], t.rows[j].bic, 1e-9);
        }
        for (size_t l = 0; l < LANES; l++) {
            ASSERT_OK(bic_choose(&w, &plan, 1, count + l * t.o.cells, &alone));
            assert_int_equal(alone.member, together[l].member);
            assert_memory_equal(&alone.bic, &together[l].bic, sizeof alone.bic);
            assert_memory_equal(&alone.estimate, &together[l].estimate, sizeof alone.estimate);
        }
    }
}

/* Sparse tables drawn at random, eight at a time: the least BIC among models with an estimate, as fitting one by one finds it. */
static void
test_sparse(void **state)
{
    (void)state;
    enum { TABLES = 25 };
    SCRATCH(a);
    model_family f;
    bic_plan plan;
    bic_choice_space w;
    bic_space one;
    fit_data d;
    ASSERT_OK(model_family_new(a, 4, 3, 200, &f));
    ASSERT_OK(bic_plan_new(a, &f, 0, NULL, &plan));
    ASSERT_OK(bic_choice_space_new(a, &plan, &w));
    ASSERT_OK(bic_space_new(a, &f, &one));
    ASSERT_OK(fit_data_new(a, 4, &d));
    model_row *rows = arena_alloc(a, f.n, sizeof *rows);
    assert_non_null(rows);
    size_t without = 0;
    for (uint64_t t = 0; t < TABLES; t++) {
        double count[LANES * 16] = {0};
        bic_best best[LANES];
        rng r = rng_new(11, t);
        for (size_t i = 0; i < LANES * 16; i++)
            if (i % 16 && rng_uniform(&r) < 0.45) count[i] = (double)rng_below(&r, __builtin_popcountll(i % 16) == 1 ? 200 : 6);
        for (size_t l = 0; l < LANES; l++) count[l * 16 + 1]++; /* somebody at least */
        ASSERT_OK(bic_choose(&w, &plan, LANES, count, best));
        for (size_t l = 0; l < LANES; l++) {
            double least = INFINITY;
            fit_data_set(&d, count + l * 16);
            ASSERT_OK(bic_table(&one, &d, &f, rows));
            for (size_t i = 0; i < f.n; i++)
                if (rows[i].code == 0 && rows[i].bic < least) least = rows[i].bic;
            if (isinf(least) != isinf(best[l].bic)) fail_msg("table %zu of draw %d: got %.17g, want %.17g", l, (int)t, best[l].bic, least);
            if (isfinite(least)) assert_close("least BIC", best[l].bic, least, 1e-9);
            without += isinf(least);
        }
    }
    assert_true(without > 0 && without < TABLES * LANES / 2);
}

/* Vectors of any width give the same bytes. */
static void
test_widths(void **state)
{
    (void)state;
    SCRATCH(a);
    family_table t;
    bic_plan plan;
    bic_choice_space w;
    bic_best best;
    make_table(a, "UKdat_5.csv", 2, &t);
    ASSERT_OK(bic_plan_new(a, &t.family, 0, NULL, &plan));
    ASSERT_OK(bic_choice_space_new(a, &plan, &w));
    if (!w.side_by_side.wide) skip();
    ASSERT_OK(bic_choose(&w, &plan, 1, t.o.count, &best));
    double *wide = arena_alloc(a, plan.n, sizeof *wide);
    assert_non_null(wide);
    memcpy(wide, w.bic, plan.n * sizeof *wide);
    w.side_by_side.wide = false;
    ASSERT_OK(bic_choose(&w, &plan, 1, t.o.count, &best));
    assert_memory_equal(wide, w.bic, plan.n * sizeof *wide);
}

/* Numbers of models: known counts of hierarchical models with all single lists. */
static void
test_family_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        int lists, order;
        size_t want;
    } rows[] = {{"2 lists", 2, 2, 1},        {"3 lists", 3, 2, 8},         {"4 lists, pairs", 4, 2, 64}, {"4 lists", 4, 3, 113},
                {"5 lists, pairs", 5, 2, 1024}, {"5 lists", 5, 4, 6893}, {"6 lists, pairs", 6, 2, 32768}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(a);
        model_family f;
        ASSERT_OK(model_family_new(a, rows[i].lists, rows[i].order, 40000, &f));
        if (f.n != rows[i].want) fail_msg("%s: got %zu, want %zu", rows[i].label, f.n, rows[i].want);
    }
    SCRATCH(a);
    model_family f;
    ASSERT_STATUS(model_family_new(a, 6, 4, 40000, &f), ST_LIMIT);
    ASSERT_STATUS(model_family_new(a, 9, 2, 40000, &f), ST_LIMIT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rcapture), cmocka_unit_test(test_rcapture_united_kingdom), cmocka_unit_test(test_bic),
        cmocka_unit_test(test_bic_united_kingdom), cmocka_unit_test(test_downhill), cmocka_unit_test(test_family_sizes),
        cmocka_unit_test(test_side_by_side), cmocka_unit_test(test_widths), cmocka_unit_test(test_sparse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
