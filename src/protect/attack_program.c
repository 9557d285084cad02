#include "protect/attack.h"

#include <glpk.h>
#include <math.h>

/* How hard a table in whole numbers is looked for where none is given. */
enum { MOST_NODES = 2000 };

typedef struct program {
    const attack *t;
    glp_prob *lp;
    int *column; /* [n] 0: the cell is known */
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

/* The unknown cells of a row; the known ones are taken off its bounds. */
static void
add_row(program *p, size_t i, int index[], double value[])
{
    const attack *t = p->t;
    int n = 0;
    double known = 0;
    for (uint32_t k = t->start[i]; k < t->start[i + 1]; k++) {
        uint32_t j = t->cell[k];
        if (!p->column[j]) {
            known += t->coefficient[k] * (double)t->low[j];
            continue;
        }
        index[++n] = p->column[j];
        value[n] = t->coefficient[k];
    }
    if (n == 0) return;
    int row = glp_add_rows(p->lp, 1);
    double lower = t->lower[i] - known, upper = t->upper[i] - known;
    glp_set_mat_row(p->lp, row, n, index, value);
    glp_set_row_bnds(p->lp, row, kind_of(lower, upper), lower, upper);
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
    ALLOC(tmp, p->column, t->n);
    glp_term_out(GLP_OFF);
    p->lp = glp_create_prob();
    CHECK(arena_defer(tmp, close_program, p->lp));
    for (size_t j = 0; j < t->n; j++) {
        if (t->low[j] == t->high[j]) continue;
        p->column[j] = glp_add_cols(p->lp, 1);
        glp_set_col_bnds(p->lp, p->column[j], GLP_DB, (double)t->low[j], (double)t->high[j]);
    }
    for (size_t i = 0; i < t->rows; i++) add_row(p, i, index, value);
    glp_adv_basis(p->lp, 0);
    return ST_OK;
}

static double
value_of(const program *p, size_t j, bool whole)
{
    if (!p->column[j]) return (double)p->t->low[j];
    return whole ? glp_mip_col_val(p->lp, p->column[j]) : glp_get_col_prim(p->lp, p->column[j]);
}

static void
no_objective(program *p)
{
    for (int k = 1; k <= glp_get_num_cols(p->lp); k++) glp_set_obj_coef(p->lp, k, 0);
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
        double v = value_of(p, j, whole);
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
    return (double)(s->sign < 0 ? t->low[s->cell] : t->high[s->cell]);
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
    no_objective(p);
    for (size_t i = 0; i < *open; i++) glp_set_obj_coef(p->lp, p->column[side[i].cell], side[i].sign);
    if (!solve(p)) return false;
    learn(p, false, least, most);
    for (size_t i = 0; i < *open;) {
        double v = value_of(p, side[i].cell, false), bound = bound_of(p->t, &side[i]);
        side[i].outer = bound;
        if (fabs(v - bound) < 1e-6) strike(side, open, i);
        else i++;
    }
    return *open < before;
}

static void
alone(program *p, attack_side *s, int64_t least[], int64_t most[])
{
    no_objective(p);
    glp_set_obj_coef(p->lp, p->column[s->cell], s->sign);
    s->outer = bound_of(p->t, s);
    if (!solve(p)) return;
    double v = value_of(p, s->cell, false);
    s->outer = s->sign < 0 ? ceil(v - 1e-6) : floor(v + 1e-6);
    learn(p, false, least, most);
}

static void
limit_nodes(glp_tree *tree, void *info)
{
    int *left = info;
    if (glp_mip_status(glp_ios_get_prob(tree)) == GLP_FEAS || (glp_ios_reason(tree) == GLP_ISELECT && --*left < 0)) glp_ios_terminate(tree);
}

/* Branch and bound for the objective at hand, from the basis at hand; stops at the first table in whole numbers. */
static bool
branch(glp_prob *lp, int most)
{
    int left = most;
    glp_iocp tree;
    glp_init_iocp(&tree);
    tree.msg_lev = GLP_MSG_OFF;
    tree.cb_func = limit_nodes;
    tree.cb_info = &left;
    for (int j = 1; j <= glp_get_num_cols(lp); j++) glp_set_col_kind(lp, j, GLP_IV);
    (void)glp_intopt(lp, &tree);
    int state = glp_mip_status(lp);
    for (int j = 1; j <= glp_get_num_cols(lp); j++) glp_set_col_kind(lp, j, GLP_CV);
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

/* Column of a difference up; the one down is next to it. 0: the cell is known. */
typedef struct circuits {
    const attack *t;
    const int64_t *start;
    glp_prob *lp;
    int *column; /* [n] */
} circuits;

static void
add_difference(circuits *c, size_t j)
{
    const audit_input *in = c->t->in;
    int first = glp_add_cols(c->lp, 2);
    c->column[j] = first;
    double up = (double)(in->upper[j] - c->start[j]), down = (double)(c->start[j] - in->lower[j]);
    glp_set_col_bnds(c->lp, first, up > 0 ? GLP_DB : GLP_FX, 0, up);
    glp_set_col_bnds(c->lp, first + 1, down > 0 ? GLP_DB : GLP_FX, 0, down);
    glp_set_obj_coef(c->lp, first, 1);
    glp_set_obj_coef(c->lp, first + 1, 1);
}

static status
circuits_new(arena *tmp, const attack *t, const int64_t start[], circuits *c)
{
    int *index;
    double *value;
    *c = (circuits){.t = t, .start = start};
    ALLOC(tmp, c->column, t->n);
    ALLOC(tmp, index, 2 * t->n + 1);
    ALLOC(tmp, value, 2 * t->n + 1);
    glp_term_out(GLP_OFF);
    c->lp = glp_create_prob();
    CHECK(arena_defer(tmp, close_program, c->lp));
    for (size_t j = 0; j < t->n; j++)
        if (t->in->lower[j] < t->in->upper[j]) add_difference(c, j);
    for (size_t i = 0; i < t->rows; i++) {
        int n = 0;
        double activity = 0;
        for (uint32_t k = t->start[i]; k < t->start[i + 1]; k++) {
            uint32_t j = t->cell[k];
            activity += t->coefficient[k] * (double)start[j];
            if (!c->column[j]) continue;
            index[++n] = c->column[j];
            value[n] = t->coefficient[k];
            index[++n] = c->column[j] + 1;
            value[n] = -t->coefficient[k];
        }
        if (n == 0) continue;
        int row = glp_add_rows(c->lp, 1);
        glp_set_mat_row(c->lp, row, n, index, value);
        double lower = t->lower[i] - activity, upper = t->upper[i] - activity;
        glp_set_row_bnds(c->lp, row, kind_of(lower, upper), lower, upper);
    }
    glp_std_basis(c->lp);
    return ST_OK;
}

/* The table at the solution; false: not in whole numbers. */
static bool
whole_difference(const circuits *c, int64_t x[])
{
    bool good = true;
    for (size_t j = 0; j < c->t->n && good; j++) {
        x[j] = c->start[j];
        int column = c->column[j];
        if (!column) continue;
        double d = glp_get_col_prim(c->lp, column) - glp_get_col_prim(c->lp, column + 1);
        x[j] += llround(d);
        good = fabs(d - (double)llround(d)) < 1e-6;
    }
    return good;
}

/* What he knows stays (or may move again). */
static void
hold(circuits *c, const attack_pair *p, bool still)
{
    const audit_input *in = c->t->in;
    for (size_t k = 0; k < p->n; k++) {
        uint32_t j = p->known[k];
        if (!c->column[j]) continue;
        for (int up = 0; up <= 1; up++) {
            double room = (double)(up ? in->upper[j] - c->start[j] : c->start[j] - in->lower[j]);
            glp_set_col_bnds(c->lp, c->column[j] + !up, still || room <= 0 ? GLP_FX : GLP_DB, 0, still ? 0 : room);
        }
    }
}

/* One up (sign 1) or down at the cell; the least difference elsewhere. */
static bool
least_difference(circuits *c, uint32_t cell, int sign, int64_t x[], int64_t least[], int64_t most[])
{
    int own = c->column[cell] + (sign < 0), other = c->column[cell] + (sign > 0);
    const audit_input *in = c->t->in;
    int64_t room = sign > 0 ? in->upper[cell] - c->start[cell] : c->start[cell] - in->lower[cell];
    if (room < 1 || !c->column[cell]) return false;
    glp_smcp simplex;
    glp_init_smcp(&simplex);
    simplex.msg_lev = GLP_MSG_OFF;
    simplex.meth = GLP_DUALP;
    int kind = glp_get_col_type(c->lp, other);
    double bound = glp_get_col_ub(c->lp, other);
    glp_set_col_bnds(c->lp, own, GLP_FX, 1, 1);
    glp_set_col_bnds(c->lp, other, GLP_FX, 0, 0);
    bool good = glp_simplex(c->lp, &simplex) == 0 && glp_get_status(c->lp) == GLP_OPT;
    good = good && whole_difference(c, x);
    glp_set_col_bnds(c->lp, own, GLP_DB, 0, (double)room);
    glp_set_col_bnds(c->lp, other, kind, 0, bound);
    if (!good || !attack_agrees(c->t, x)) return false;
    for (size_t j = 0; j < c->t->n; j++) {
        if (x[j] < least[j]) least[j] = x[j];
        if (x[j] > most[j]) most[j] = x[j];
    }
    return true;
}

status
attack_circuits(const attack *t, const int64_t start[], size_t n, attack_pair pair[], int64_t least[], int64_t most[], size_t *programs)
{
    SCRATCH(tmp);
    circuits c;
    int64_t *x;
    ALLOC(tmp, x, t->n);
    CHECK(circuits_new(tmp, t, start, &c));
    for (size_t i = 0; i < n; i++) {
        attack_pair *p = &pair[i];
        if (p->n == 0 && least[p->cell] < most[p->cell]) continue;
        hold(&c, p, true);
        for (int sign = -1; sign <= 1 && !p->found; sign += 2) {
            ++*programs;
            p->found = least_difference(&c, p->cell, sign, x, least, most);
            for (size_t k = 0; k < p->n; k++) p->found = p->found && x[p->known[k]] == start[p->known[k]];
        }
        hold(&c, p, false);
    }
    return ST_OK;
}

status
attack_start(const attack *t, int64_t x[], bool *found)
{
    SCRATCH(tmp);
    program p;
    *found = false;
    CHECK(program_new(tmp, t, &p));
    if (!solve(&p) || !branch(p.lp, MOST_NODES)) return ST_OK;
    for (size_t j = 0; j < t->n; j++) x[j] = llround(value_of(&p, j, true));
    *found = attack_agrees(t, x);
    return ST_OK;
}
