/* Existence codes: extMLE of MultipleSystemsEstimation 1.2.0, and every model of random sparse tables against a linear
 * program over all cells without any shortcut. */
#include "reference.h"

#include "base/rng.h"
#include "estimate/bic.h"
#include "table/csv.h"

#include <glpk.h>

static void
check_codes(const char *table, const char *path, int order)
{
    SCRATCH(a);
    overlap o = reference_table(a, table);
    model_family family;
    bic_space w;
    fit_data d;
    csv *c;
    size_t rows = 0;
    ASSERT_OK(model_family_new(a, o.lists, order, 100000, &family));
    ASSERT_OK(bic_space_new(a, &family, &w));
    ASSERT_OK(fit_data_new(a, o.lists, &d));
    fit_data_set(&d, o.count);
    ASSERT_OK(csv_open(a, path, NULL, &c));
    for (;; rows++) {
        bool more;
        csv_row row;
        model m;
        int code;
        int64_t want;
        ASSERT_OK(csv_next(c, &more, &row));
        if (!more) break;
        ASSERT_OK(model_parse(row.field[0], o.lists, &m));
        ASSERT_OK(existence_code(&w.existence, &d, &m, &code));
        assert_true(text_to_int(row.field[1], &want));
        if (code != want) fail_msg("%s row %zu: got %d, want %d", table, row.number, code, (int)want);
    }
    assert_int_equal(rows, family.n);
}

static void
test_codes(void **state)
{
    (void)state;
    SCRATCH(a);
    check_codes("Artificial_3.csv", reference_path(a, "extMLE_codes_Artificial_3.csv"), 2);
    check_codes("Kosovo.csv", reference_path(a, "extMLE_codes_Kosovo.csv"), 3);
}

static void
test_codes_united_kingdom(void **state)
{
    (void)state;
    SCRATCH(a);
    SHARED_OR_SKIP(a, path, "reference/estimate/extMLE_codes_UKdat_5.csv");
    check_codes("UKdat_5.csv", path, 2);
}

/* Largest smallest cell of a table with the same sufficient sums: positive exactly when the estimate exists. */
static double
largest_smallest_cell(const fit_data *d, int n, const uint16_t term[], const bool gone[])
{
    glp_term_out(GLP_OFF);
    glp_prob *lp = glp_create_prob();
    int cells = (int)d->cells;
    glp_set_obj_dir(lp, GLP_MAX);
    glp_add_cols(lp, cells);   /* x[1 .. cells-1], the bound in column `cells` */
    glp_add_rows(lp, n + cells - 1);
    for (int s = 1; s < cells; s++) glp_set_col_bnds(lp, s, GLP_FR, 0, 0);
    glp_set_col_bnds(lp, cells, GLP_FR, 0, 0);
    glp_set_obj_coef(lp, cells, 1);
    for (int i = 0; i < n; i++) {
        int index[257], k = 0;
        double value[257];
        for (int s = 1; s < cells; s++)
            if (!gone[s] && (s & term[i]) == term[i]) index[++k] = s, value[k] = 1;
        glp_set_mat_row(lp, i + 1, k, index, value);
        glp_set_row_bnds(lp, i + 1, GLP_FX, d->sums[term[i]], d->sums[term[i]]);
    }
    for (int s = 1; s < cells; s++) {
        if (gone[s]) continue;
        glp_set_mat_row(lp, n + s, 2, (int[]){0, s, cells}, (double[]){0, 1, -1});
        glp_set_row_bnds(lp, n + s, GLP_LO, 0, 0);
    }
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    assert_int_equal(glp_simplex(lp, &how), 0);
    double value = glp_get_obj_val(lp);
    glp_delete_prob(lp);
    glp_free_env();
    return value;
}

/* Rank by elimination with full pivoting on the plain design matrix. */
static int
plain_rank(const fit_data *d, int n, const uint16_t term[], const bool gone[])
{
    static double x[256][64];
    int rows = 0, rank = 0;
    for (size_t s = 1; s < d->cells; s++) {
        if (gone[s]) continue;
        for (int i = 0; i < n; i++) x[rows][i] = (s & term[i]) == term[i];
        rows++;
    }
    for (int column = 0; column < n; column++) {
        int best = rank;
        for (int r = rank; r < rows; r++)
            if (fabs(x[r][column]) > fabs(x[best][column])) best = r;
        if (rank == rows || fabs(x[best][column]) < 1e-9) continue;
        for (int j = 0; j < n; j++) {
            double swap = x[best][j];
            x[best][j] = x[rank][j], x[rank][j] = swap;
        }
        for (int r = rank + 1; r < rows; r++) {
            double factor = x[r][column] / x[rank][column];
            for (int j = column; j < n; j++) x[r][j] -= factor * x[rank][j];
        }
        rank++;
    }
    return rank;
}

static int
plain_code(const fit_data *d, const model *m)
{
    uint16_t term[64];
    bool gone[256] = {false};
    int n = 0;
    for (int i = 0; i < m->n; i++) {
        if (d->sums[m->term[i]] > 0) {
            term[n++] = m->term[i];
            continue;
        }
        for (size_t s = 1; s < d->cells; s++) gone[s] |= (s & m->term[i]) == m->term[i];
    }
    return (largest_smallest_cell(d, n, term, gone) < 1e-7 ? 1 : 0) + (plain_rank(d, n, term, gone) < n ? 2 : 0);
}

static void
test_against_plain_program(void **state)
{
    (void)state;
    size_t seen[4] = {0};
    size_t programs = 0;
    for (uint64_t trial = 0; trial < 60; trial++) {
        SCRATCH(a);
        rng r = rng_new(11, trial);
        int lists = 3 + (int)rng_below(&r, 2);
        double count[16] = {0};
        for (int s = 1; s < 1 << lists; s++)
            if (__builtin_popcount((unsigned)s) == 1) count[s] = 1 + (double)rng_below(&r, 9);
            else if (rng_below(&r, 3) == 0) count[s] = 1 + (double)rng_below(&r, 4);
        model_family family;
        bic_space w;
        fit_data d;
        ASSERT_OK(model_family_new(a, lists, lists - 1, 1000, &family));
        ASSERT_OK(bic_space_new(a, &family, &w));
        ASSERT_OK(fit_data_new(a, lists, &d));
        fit_data_set(&d, count);
        for (size_t i = 0; i < family.n; i++) {
            model m = model_of_member(&family, family.member[i]);
            int got, want = plain_code(&d, &m);
            ASSERT_OK(existence_code(&w.existence, &d, &m, &got));
            if (got != want) {
                text name;
                ASSERT_OK(model_text(a, &m, &name));
                fail_msg("trial %d, %s: got %d, want %d", (int)trial, name.bytes, got, want);
            }
            seen[got]++;
        }
        programs += w.existence.programs;
    }
    for (int code = 0; code < 4; code++) assert_true(seen[code] > 0);
    assert_true(programs > 0);
    print_message("# codes 0 to 3: %zu %zu %zu %zu; %zu linear programs\n", seen[0], seen[1], seen[2], seen[3], programs);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_codes_united_kingdom),
        cmocka_unit_test(test_against_plain_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
