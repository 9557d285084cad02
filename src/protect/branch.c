#include "protect/branch.h"

#include "protect/glpk_load.h"

#include <math.h>

typedef struct watch {
    const branch_limits *limits;
    const int8_t *start;
    size_t n;
    int64_t before;
    int nodes;
    bool offered, cut_off;
    double *x; /* [n + 1] */
} watch;

/* GLPK calls this at every step of the tree. */
static void
look(glp_tree *tree, void *info)
{
    watch *w = info;
    int reason = glp_ios_reason(tree);
    if (reason == GLP_ISELECT) {
        w->nodes++;
        int64_t spent = glp_get_it_cnt(glp_ios_get_prob(tree)) - w->before;
        if (w->nodes > w->limits->nodes || spent > w->limits->iterations) {
            w->cut_off = true;
            glp_ios_terminate(tree);
        }
    } else if (reason == GLP_IHEUR && w->start && !w->offered) {
        w->offered = true;
        for (size_t i = 0; i < w->n; i++) w->x[i + 1] = w->start[i];
        glp_ios_heur_sol(tree, w->x);
    }
}

static void
close_problem(void *problem)
{
    glp_delete_prob(problem);
    glp_free_env();
}

static bool
relax(glp_prob *lp, size_t n, double fraction[], branch_result *r)
{
    glp_smcp simplex;
    glp_init_smcp(&simplex);
    simplex.msg_lev = GLP_MSG_OFF;
    simplex.meth = GLP_DUALP;
    int64_t before = glp_get_it_cnt(lp);
    glp_std_basis(lp);
    int code = glp_simplex(lp, &simplex);
    r->iterations += glp_get_it_cnt(lp) - before;
    int state = code == 0 ? glp_get_status(lp) : GLP_UNDEF;
    r->infeasible = state == GLP_NOFEAS;
    if (state != GLP_OPT) return false;
    r->relaxed = glp_get_obj_val(lp);
    for (size_t j = 0; fraction && j < n; j++) fraction[j] = glp_get_col_prim(lp, (int)j + 1);
    return true;
}

static status
search(arena *tmp, glp_prob *lp, const binary_problem *p, watch *w, branch_result *r)
{
    ALLOC(tmp, w->x, p->n + 1);
    w->before = glp_get_it_cnt(lp);
    glp_iocp tree;
    glp_init_iocp(&tree);
    tree.msg_lev = GLP_MSG_OFF;
    tree.cb_func = look;
    tree.cb_info = w;
    int code = glp_intopt(lp, &tree);
    r->iterations += glp_get_it_cnt(lp) - w->before;
    int state = glp_mip_status(lp);
    r->found = state == GLP_OPT || state == GLP_FEAS;
    r->complete = code == 0 && !w->cut_off;
    r->infeasible = r->complete && state == GLP_NOFEAS;
    return ST_OK;
}

status
branch_solve(const binary_problem *p, const branch_limits *limits, const int8_t start[], int8_t value[], double fraction[],
             branch_result *result)
{
    SCRATCH(tmp);
    branch_result r = {.relaxed = NAN};
    glp_term_out(GLP_OFF);
    glp_prob *lp = glp_create_prob();
    CHECK(arena_defer(tmp, close_problem, lp));
    if (p->n == 0) {
        *result = (branch_result){.found = true, .complete = true};
        return ST_OK;
    }
    CHECK(glpk_load(p, true, lp));
    if (relax(lp, p->n, fraction, &r)) {
        watch w = {.limits = limits, .start = start, .n = p->n};
        CHECK(search(tmp, lp, p, &w, &r));
    }
    if (r.found) {
        for (size_t j = 0; j < p->n; j++) value[j] = (int8_t)(glp_mip_col_val(lp, (int)j + 1) > 0.5);
        r.found = binary_satisfies(p, value);
    }
    *result = r;
    return ST_OK;
}

const char *
branch_solver(void)
{
    return "GLPK 5.0";
}
