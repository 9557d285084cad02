#include "protect/relaxation.h"

#include "protect/glpk_load.h"

struct relaxation {
    glp_prob *lp;
    size_t n;
    bool solved, feasible;
};

static void
close_problem(void *problem)
{
    glp_delete_prob(problem);
}

status
relaxation_new(arena *a, const binary_problem *p, relaxation **result)
{
    relaxation *r;
    ALLOC(a, r, 1);
    glp_term_out(GLP_OFF);
    r->lp = glp_create_prob();
    r->n = p->n;
    CHECK(arena_defer(a, close_problem, r->lp));
    CHECK(glpk_load(p, false, r->lp));
    glp_std_basis(r->lp);
    *result = r;
    return ST_OK;
}

status
relaxation_solve(relaxation *r, const double cost[], double x[], int64_t *iterations)
{
    glp_smcp simplex;
    glp_init_smcp(&simplex);
    simplex.msg_lev = GLP_MSG_OFF;
    simplex.meth = r->solved ? GLP_PRIMAL : GLP_DUALP;
    for (size_t j = 0; cost && j < r->n; j++) glp_set_obj_coef(r->lp, (int)j + 1, cost[j]);
    int64_t before = glp_get_it_cnt(r->lp);
    int code = glp_simplex(r->lp, &simplex);
    *iterations += glp_get_it_cnt(r->lp) - before + 1;
    r->solved = true;
    r->feasible = code == 0 && glp_get_status(r->lp) == GLP_OPT;
    for (size_t j = 0; j < r->n; j++) x[j] = glp_get_col_prim(r->lp, (int)j + 1);
    return ST_OK;
}

bool
relaxation_feasible(const relaxation *r)
{
    return r->feasible;
}

double
relaxation_cost(const relaxation *r)
{
    return glp_get_obj_val(r->lp);
}
