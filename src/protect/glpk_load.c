#include "protect/glpk_load.h"

static int
bound_kind(int32_t lower, int32_t upper)
{
    if (lower == upper) return GLP_FX;
    if (upper == INT32_MAX) return GLP_LO;
    return lower == INT32_MIN ? GLP_UP : GLP_DB;
}

status
glpk_load(const binary_problem *p, bool whole, glp_prob *lp)
{
    SCRATCH(tmp);
    if (p->n == 0) return ST_OK;
    int *index;
    double *value;
    ALLOC(tmp, index, p->n + 1);
    ALLOC(tmp, value, p->n + 1);
    glp_add_cols(lp, (int)p->n);
    for (size_t j = 0; j < p->n; j++) {
        if (whole) glp_set_col_kind(lp, (int)j + 1, GLP_BV);
        else glp_set_col_bnds(lp, (int)j + 1, GLP_DB, 0, 1);
        glp_set_obj_coef(lp, (int)j + 1, p->cost[j]);
    }
    if (p->rows) glp_add_rows(lp, (int)p->rows);
    for (size_t i = 0; i < p->rows; i++) {
        int n = 0;
        for (uint32_t k = p->start[i]; k < p->start[i + 1]; k++) {
            index[++n] = (int)p->column[k] + 1;
            value[n] = p->coefficient[k];
        }
        glp_set_mat_row(lp, (int)i + 1, n, index, value);
        glp_set_row_bnds(lp, (int)i + 1, bound_kind(p->lower[i], p->upper[i]), p->lower[i], p->upper[i]);
    }
    return ST_OK;
}
