#include "protect/cover.h"

#include <glpk.h>
#include <math.h>

enum { MOST_ROUNDS = 200, MOST_NODES = 4000 };
static const double tiny = 1e-7;

typedef struct cover {
    const cover_input *in;
    size_t n;
    glp_prob *master; /* a column for each count that may be hidden, a row for each cut */
    glp_prob *attack; /* a column for each move, a row for each count that moves */
    int *column;      /* [n] of the master; 0: none */
    int *row;         /* [n] of the attack; 0: none */
    double *weight;   /* [n] */
    double *objective; /* [moves + 1] scratch */
    int *index;       /* [n + 1] scratch */
    double *ones;
    size_t primary, cuts, programs;
} cover;

static void
close_program(void *lp)
{
    glp_delete_prob(lp);
}

static status
master_new(arena *tmp, cover *c)
{
    c->master = glp_create_prob();
    CHECK(arena_defer(tmp, close_program, c->master));
    for (size_t j = 0; j < c->n; j++) {
        c->primary += c->in->primary[j];
        if (c->in->primary[j] || c->in->zero[j]) continue;
        c->column[j] = glp_add_cols(c->master, 1);
        glp_set_col_bnds(c->master, c->column[j], GLP_DB, 0, 1);
        glp_set_obj_coef(c->master, c->column[j], 1);
    }
    return ST_OK;
}

static status
attack_new(arena *tmp, cover *c)
{
    SCRATCH(scratch);
    size_t moves = lattice_rows(c->in->moves);
    int8_t *move;
    double *value;
    ALLOC(scratch, move, c->n);
    ALLOC(scratch, value, c->n + 1);
    c->attack = glp_create_prob();
    CHECK(arena_defer(tmp, close_program, c->attack));
    glp_set_obj_dir(c->attack, GLP_MAX);
    for (size_t j = 0; j < c->n; j++)
        if (!c->in->zero[j]) c->row[j] = glp_add_rows(c->attack, 1);
    glp_add_cols(c->attack, (int)moves);
    for (size_t i = 0; i < moves; i++) {
        int n = 0;
        lattice_move(c->in->moves, i, move);
        for (size_t j = 0; j < c->n; j++) {
            if (!move[j] || !c->row[j]) continue;
            c->index[++n] = c->row[j];
            value[n] = move[j];
        }
        glp_set_col_bnds(c->attack, (int)i + 1, GLP_FR, 0, 0);
        glp_set_mat_col(c->attack, (int)i + 1, n, c->index, value);
    }
    glp_std_basis(c->attack);
    return ST_OK;
}

static bool
solve(cover *c, glp_prob *lp)
{
    glp_smcp simplex;
    glp_init_smcp(&simplex);
    simplex.msg_lev = GLP_MSG_OFF;
    simplex.meth = GLP_DUALP;
    c->programs++;
    return glp_simplex(lp, &simplex) == 0 && glp_get_status(lp) == GLP_OPT;
}

static void
set_bounds(glp_prob *lp, int row, double most)
{
    glp_set_row_bnds(lp, row, most <= tiny ? GLP_FX : GLP_DB, most <= tiny ? 0 : -most, most <= tiny ? 0 : most);
}

/* What the attack may move: as far as the weights say. */
static void
set_weights(cover *c)
{
    for (size_t j = 0; j < c->n; j++) {
        if (!c->row[j]) continue;
        if (c->in->primary[j]) glp_set_row_bnds(c->attack, c->row[j], GLP_FR, 0, 0);
        else set_bounds(c->attack, c->row[j], c->weight[j]);
    }
}

/* The counts that hold the target; a cut when they weigh less than one together. */
static bool
add_cut(cover *c)
{
    int n = 0;
    double sum = 0;
    for (size_t j = 0; j < c->n; j++) {
        if (!c->column[j] || fabs(glp_get_row_dual(c->attack, c->row[j])) < tiny) continue;
        c->index[++n] = c->column[j];
        c->ones[n] = 1;
        sum += c->weight[j];
    }
    if (n == 0 || sum > 1 - 1e-4) return false;
    int row = glp_add_rows(c->master, 1);
    glp_set_mat_row(c->master, row, n, c->index, c->ones);
    glp_set_row_bnds(c->master, row, GLP_LO, 1, 0);
    c->cuts++;
    return true;
}

/* Attack one sensitive count as an outsider (loner SIZE_MAX) or as a loner. whole: only what gives it away is a cut. */
static bool
attack_one(cover *c, uint32_t target, size_t loner, bool whole)
{
    const cover_input *in = c->in;
    size_t from = loner == SIZE_MAX ? 0 : in->first[loner], to = loner == SIZE_MAX ? 0 : in->first[loner + 1];
    for (size_t k = from; k < to; k++)
        if (in->own[k] == target) return false;
    for (size_t k = from; k < to; k++) glp_set_row_bnds(c->attack, c->row[in->own[k]], GLP_FX, 0, 0);
    glp_set_row_bnds(c->attack, c->row[target], GLP_DB, -1, 1);
    int n = glp_get_mat_row(c->attack, c->row[target], c->index, c->objective);
    for (int k = 1; k <= glp_get_num_cols(c->attack); k++) glp_set_obj_coef(c->attack, k, 0);
    for (int k = 1; k <= n; k++) glp_set_obj_coef(c->attack, c->index[k], c->objective[k]);
    bool good = solve(c, c->attack);
    double value = good ? glp_get_obj_val(c->attack) : 1;
    bool cut = value < (whole ? tiny : 1 - 1e-4) && add_cut(c);
    for (size_t k = from; k < to; k++) {
        uint32_t j = in->own[k];
        if (in->primary[j]) glp_set_row_bnds(c->attack, c->row[j], GLP_FR, 0, 0);
        else set_bounds(c->attack, c->row[j], c->weight[j]);
    }
    glp_set_row_bnds(c->attack, c->row[target], GLP_FR, 0, 0);
    return cut;
}

/* Attack them all; how many cuts that gave. */
static size_t
attack_all(cover *c, bool whole)
{
    size_t before = c->cuts;
    set_weights(c);
    for (uint32_t j = 0; j < c->n; j++) {
        if (!c->in->primary[j] || !c->row[j]) continue;
        if (c->in->loners == 0) (void)attack_one(c, j, SIZE_MAX, whole);
        for (size_t k = 0; k < c->in->loners && c->programs < (size_t)c->in->programs; k++) (void)attack_one(c, j, k, whole);
    }
    return c->cuts - before;
}

static void
read_weights(cover *c, bool whole)
{
    for (size_t j = 0; j < c->n; j++) {
        if (!c->column[j]) continue;
        c->weight[j] = whole ? glp_mip_col_val(c->master, c->column[j]) : glp_get_col_prim(c->master, c->column[j]);
    }
}

/* Rounds on the relaxation; then the bound. */
static size_t
relax(cover *c)
{
    for (int round = 0; round < MOST_ROUNDS && c->programs < (size_t)c->in->programs; round++) {
        if (!solve(c, c->master)) break;
        read_weights(c, false);
        if (attack_all(c, false) == 0) break;
    }
    return solve(c, c->master) ? (size_t)ceil(glp_get_obj_val(c->master) - 1e-6) : 0;
}

static void
limit_nodes(glp_tree *tree, void *info)
{
    int *left = info;
    if (glp_ios_reason(tree) == GLP_ISELECT && --*left < 0) glp_ios_terminate(tree);
}

/* Whole weights: solved, attacked, and solved again. The bound never falls. */
static size_t
branch(cover *c, size_t least, bool *settled)
{
    for (int k = 1; k <= glp_get_num_cols(c->master); k++) glp_set_col_kind(c->master, k, GLP_BV);
    while (c->programs < (size_t)c->in->programs && solve(c, c->master)) {
        int left = MOST_NODES;
        glp_iocp tree;
        glp_init_iocp(&tree);
        tree.msg_lev = GLP_MSG_OFF;
        tree.cb_func = limit_nodes;
        tree.cb_info = &left;
        if (glp_intopt(c->master, &tree) != 0 || glp_mip_status(c->master) != GLP_OPT) return least;
        least = (size_t)llround(glp_mip_obj_val(c->master));
        read_weights(c, true);
        if (attack_all(c, true) > 0) continue;
        *settled = c->programs < (size_t)c->in->programs;
        return least;
    }
    return least;
}

status
protect_cover(arena *out, const cover_input *in, cover_result *result)
{
    SCRATCH(tmp);
    cover c = {.in = in, .n = in->system->n};
    cover_result r = {0};
    ALLOC(out, r.weight, c.n);
    ALLOC(tmp, c.column, c.n);
    ALLOC(tmp, c.row, c.n);
    ALLOC(tmp, c.index, c.n + lattice_rows(in->moves) + 1);
    ALLOC(tmp, c.ones, c.n + 1);
    ALLOC(tmp, c.objective, lattice_rows(in->moves) + 1);
    c.weight = r.weight;
    glp_term_out(GLP_OFF);
    CHECK(master_new(tmp, &c));
    CHECK(attack_new(tmp, &c));
    r.least = relax(&c);
    r.least = branch(&c, r.least, &r.settled);
    r.least += c.primary;
    r.cuts = c.cuts;
    r.programs = c.programs;
    *result = r;
    return ST_OK;
}
