#include "protect/attack.h"

#include <glpk.h>
#include <math.h>

/* How hard a table in whole numbers is looked for where none is given. */
enum { MOST_NODES = 2000, MOST_ITERATIONS = 50000 };

typedef struct program {
    const attack *t;
    glp_prob *lp;
    int64_t *x;
    size_t solved;
} program;

static void
close_program(void *lp)
{
    glp_delete_prob(lp);
}

static int
kind_of(double lower, double upper)
{
    if (lower == upper) return GLP_FX;
    if (isinf(lower)) return isinf(upper) ? GLP_FR : GLP_UP;
    return isinf(upper) ? GLP_LO : GLP_DB;
}

static status
program_new(arena *tmp, const attack *t, program *p)
{
    *p = (program){.t = t};
    int *index;
    double *value;
    ALLOC(tmp, index, t->n + 1);
    ALLOC(tmp, value, t->n + 1);
    ALLOC(tmp, p->x, t->n);
    glp_term_out(GLP_OFF);
    p->lp = glp_create_prob();
    CHECK(arena_defer(tmp, close_program, p->lp));
    glp_add_cols(p->lp, (int)t->n);
    for (size_t j = 0; j < t->n; j++) {
        double lower = (double)t->in->lower[j], upper = (double)t->in->upper[j];
        glp_set_col_bnds(p->lp, (int)j + 1, kind_of(lower, upper), lower, upper);
    }
    if (t->rows) glp_add_rows(p->lp, (int)t->rows);
    for (size_t i = 0; i < t->rows; i++) {
        int n = 0;
        for (uint32_t k = t->start[i]; k < t->start[i + 1]; k++) {
            index[++n] = (int)t->cell[k] + 1;
            value[n] = t->coefficient[k];
        }
        glp_set_mat_row(p->lp, (int)i + 1, n, index, value);
        glp_set_row_bnds(p->lp, (int)i + 1, kind_of(t->lower[i], t->upper[i]), t->lower[i], t->upper[i]);
    }
    glp_adv_basis(p->lp, 0);
    return ST_OK;
}

static bool
solve(program *p)
{
    glp_smcp simplex;
    glp_init_smcp(&simplex);
    simplex.msg_lev = GLP_MSG_OFF;
    p->solved++;
    return glp_simplex(p->lp, &simplex) == 0 && glp_get_status(p->lp) == GLP_OPT;
}

/* A solution in whole numbers is a table: it proves its values possible. */
static void
learn(program *p, bool whole, int64_t least[], int64_t most[])
{
    for (size_t j = 0; j < p->t->n; j++) {
        double v = whole ? glp_mip_col_val(p->lp, (int)j + 1) : glp_get_col_prim(p->lp, (int)j + 1);
        p->x[j] = llround(v);
        if (fabs(v - (double)p->x[j]) > 1e-6) return;
    }
    if (!attack_agrees(p->t, p->x)) return;
    for (size_t j = 0; j < p->t->n; j++) {
        if (p->x[j] < least[j]) least[j] = p->x[j];
        if (p->x[j] > most[j]) most[j] = p->x[j];
    }
}

static double
bound_of(const attack *t, const attack_side *s)
{
    return (double)(s->sign < 0 ? t->in->lower[s->cell] : t->in->upper[s->cell]);
}

static void
strike(attack_side side[], size_t *open, size_t i)
{
    attack_side last = side[--*open];
    side[*open] = side[i];
    side[i] = last;
}

/* All open sides in one sum: those that reach their bound are settled. False when a round settles none. */
static bool
together(program *p, attack_side side[], size_t *open, int64_t least[], int64_t most[])
{
    size_t before = *open;
    for (size_t j = 0; j < p->t->n; j++) glp_set_obj_coef(p->lp, (int)j + 1, 0);
    for (size_t i = 0; i < *open; i++) glp_set_obj_coef(p->lp, (int)side[i].cell + 1, side[i].sign);
    if (!solve(p)) return false;
    learn(p, false, least, most);
    for (size_t i = 0; i < *open;) {
        double v = glp_get_col_prim(p->lp, (int)side[i].cell + 1), bound = bound_of(p->t, &side[i]);
        side[i].outer = bound;
        if (fabs(v - bound) < 1e-6) strike(side, open, i);
        else i++;
    }
    return *open < before;
}

static void
alone(program *p, attack_side *s, int64_t least[], int64_t most[])
{
    for (size_t j = 0; j < p->t->n; j++) glp_set_obj_coef(p->lp, (int)j + 1, 0);
    glp_set_obj_coef(p->lp, (int)s->cell + 1, s->sign);
    s->outer = bound_of(p->t, s);
    if (!solve(p)) return;
    double v = glp_get_col_prim(p->lp, (int)s->cell + 1);
    s->outer = s->sign < 0 ? ceil(v - 1e-6) : floor(v + 1e-6);
    learn(p, false, least, most);
}

static void
limit_nodes(glp_tree *tree, void *info)
{
    int *nodes = info;
    if (glp_ios_reason(tree) != GLP_ISELECT) return;
    if (++*nodes > MOST_NODES || glp_get_it_cnt(glp_ios_get_prob(tree)) > MOST_ITERATIONS) glp_ios_terminate(tree);
}

/* Branch and bound for the objective at hand, from the basis at hand. */
static bool
whole(program *p)
{
    int nodes = 0;
    glp_iocp tree;
    glp_init_iocp(&tree);
    tree.msg_lev = GLP_MSG_OFF;
    tree.cb_func = limit_nodes;
    tree.cb_info = &nodes;
    for (size_t j = 0; j < p->t->n; j++) glp_set_col_kind(p->lp, (int)j + 1, GLP_IV);
    p->solved++;
    (void)glp_intopt(p->lp, &tree);
    int state = glp_mip_status(p->lp);
    for (size_t j = 0; j < p->t->n; j++) glp_set_col_kind(p->lp, (int)j + 1, GLP_CV);
    return state == GLP_OPT || state == GLP_FEAS;
}

status
attack_programs(const attack *t, size_t n, attack_side side[], int64_t least[], int64_t most[], size_t *programs)
{
    SCRATCH(tmp);
    program p;
    CHECK(program_new(tmp, t, &p));
    glp_set_obj_dir(p.lp, GLP_MAX);
    size_t open = n;
    while (open > 0 && together(&p, side, &open, least, most)) continue;
    for (size_t i = 0; i < open; i++) alone(&p, &side[i], least, most);
    *programs += p.solved;
    return ST_OK;
}

status
attack_start(const attack *t, int64_t x[], bool *found)
{
    SCRATCH(tmp);
    program p;
    *found = false;
    CHECK(program_new(tmp, t, &p));
    if (!solve(&p) || !whole(&p)) return ST_OK;
    for (size_t j = 0; j < t->n; j++) x[j] = llround(glp_mip_col_val(p.lp, (int)j + 1));
    *found = attack_agrees(t, x);
    return ST_OK;
}
