#include "protect/cover.h"

#include <glpk.h>
#include <math.h>

/* IDLE: rounds without being needed after which a cut leaves the program. */
enum { MOST_ROUNDS = 400, MOST_NODES = 4000, IDLE = 6 };
static const double tiny = 1e-7, enough_cut = 0.01, outweighs = 1e-6;

typedef struct cover {
    const cover_input *in;
    size_t n, loners, words;
    glp_prob *master;  /* a column for each count that may be hidden, a row for each cut */
    glp_prob *attack;  /* a column for each move, a row for each count that moves */
    int *column;       /* [n] of the master; 0: none */
    int *row;          /* [n] of the attack; 0: none */
    double *weight;    /* [n] */
    double *objective; /* [moves + 1] scratch */
    int *index;        /* [n + moves + 1] scratch */
    double *sign;      /* [n + 1] scratch */
    uint32_t *first, *own; /* loner i knows own[first[i] .. first[i + 1]) */
    uint64_t *open;    /* [n][words] attackers from whom a sensitive count is not yet kept in this round; the last bit: outsiders */
    uint64_t *moved;   /* [words] */
    uint8_t *held;     /* [n] a secondary count that a move of this round justifies */
    int *age;          /* [rows of the master] rounds without being needed */
    size_t capacity;
    size_t primary, cuts, programs;
    int64_t work;
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

/* What each loner knows. */
static status
find_own(arena *tmp, cover *c)
{
    const lattice *l = c->in->moves;
    c->loners = lattice_loners(l);
    c->words = c->loners / 64 + 1;
    ALLOC(tmp, c->first, c->loners + 2);
    ALLOC(tmp, c->own, c->n);
    ALLOC(tmp, c->open, c->n * c->words);
    ALLOC(tmp, c->moved, c->words);
    for (uint32_t j = 0; j < c->n && c->loners; j++)
        if (lattice_loner(l, j) != SYSTEM_NONE) c->first[lattice_loner(l, j) + 2]++;
    for (size_t i = 2; i <= c->loners; i++) c->first[i] += c->first[i - 1];
    for (uint32_t j = 0; j < c->n && c->loners; j++)
        if (lattice_loner(l, j) != SYSTEM_NONE) c->own[c->first[lattice_loner(l, j) + 1]++] = j;
    return ST_OK;
}

static bool
solve(cover *c, glp_prob *lp, bool dual)
{
    glp_smcp simplex;
    glp_init_smcp(&simplex);
    simplex.msg_lev = GLP_MSG_OFF;
    simplex.meth = dual ? GLP_DUALP : GLP_PRIMAL;
    c->programs++;
    int before = glp_get_it_cnt(lp);
    bool good = glp_simplex(lp, &simplex) == 0 && glp_get_status(lp) == GLP_OPT;
    c->work += 10 + glp_get_it_cnt(lp) - before;
    return good;
}

/* What the attack may move a count by: as far as its weight says. */
static void
set_bounds(const cover *c, uint32_t j)
{
    double most = c->weight[j];
    if (c->in->primary[j]) glp_set_row_bnds(c->attack, c->row[j], GLP_FR, 0, 0);
    else if (most <= tiny) glp_set_row_bnds(c->attack, c->row[j], GLP_FX, 0, 0);
    else glp_set_row_bnds(c->attack, c->row[j], GLP_DB, -most, most);
}

static double
need_of(const cover *c, uint32_t j)
{
    return c->in->primary[j] ? 1 : c->weight[j];
}

static status
note_cut(arena *tmp, cover *c, int row)
{
    if ((size_t)row >= c->capacity) {
        size_t capacity = 2 * c->capacity + 1024;
        int *age;
        ALLOC(tmp, age, capacity);
        if (c->capacity) memcpy(age, c->age, c->capacity * sizeof *age);
        c->age = age;
        c->capacity = capacity;
    }
    c->age[row] = 0;
    c->cuts++;
    return ST_OK;
}

/* The counts that hold the target, without those that he knows: together at least as heavy as it. */
static status
add_cut(arena *tmp, cover *c, uint32_t target, uint32_t loner)
{
    int n = 0;
    double sum = 0;
    for (uint32_t j = 0; j < c->n; j++) {
        if (!c->column[j] || j == target || fabs(glp_get_row_dual(c->attack, c->row[j])) < tiny) continue;
        if (loner < c->loners && lattice_loner(c->in->moves, j) == loner) continue;
        c->index[++n] = c->column[j];
        c->sign[n] = 1;
        sum += c->weight[j];
    }
    if (n == 0 || sum > need_of(c, target) - enough_cut) return ST_OK;
    bool primary = c->in->primary[target];
    if (!primary) c->index[++n] = c->column[target], c->sign[n] = -1;
    int row = glp_add_rows(c->master, 1);
    glp_set_mat_row(c->master, row, n, c->index, c->sign);
    glp_set_row_bnds(c->master, row, GLP_LO, primary ? 1 : 0, 0);
    return note_cut(tmp, c, row);
}

/* The move at hand keeps other counts too, from everybody of whom it moves nothing. */
static void
learn(cover *c, bool outsiders)
{
    memset(c->moved, 0, c->words * sizeof *c->moved);
    for (size_t i = 0; i < c->loners; i++)
        for (uint32_t k = c->first[i]; k < c->first[i + 1]; k++)
            if (fabs(glp_get_row_prim(c->attack, c->row[c->own[k]])) > tiny) c->moved[i / 64] |= UINT64_C(1) << i % 64;
    for (uint32_t j = 0; j < c->n; j++) {
        if (!c->row[j] || fabs(glp_get_row_prim(c->attack, c->row[j])) < need_of(c, j) - outweighs) continue;
        c->held[j] |= outsiders || !c->in->primary[j];
        for (size_t w = 0; c->in->primary[j] && w < c->words; w++) c->open[j * c->words + w] &= c->moved[w];
    }
}

/* Attack a count as a loner, or as an outsider (who is c->loners). */
static status
attack_one(arena *tmp, cover *c, uint32_t target, uint32_t who)
{
    uint32_t from = who < c->loners ? c->first[who] : 0, to = who < c->loners ? c->first[who + 1] : 0;
    for (uint32_t k = from; k < to; k++) glp_set_row_bnds(c->attack, c->row[c->own[k]], GLP_FX, 0, 0);
    glp_set_row_bnds(c->attack, c->row[target], GLP_DB, -1, 1);
    int n = glp_get_mat_row(c->attack, c->row[target], c->index, c->objective);
    for (int k = 1; k <= glp_get_num_cols(c->attack); k++) glp_set_obj_coef(c->attack, k, 0);
    for (int k = 1; k <= n; k++) glp_set_obj_coef(c->attack, c->index[k], c->objective[k]);
    status code = ST_OK;
    if (solve(c, c->attack, true)) {
        if (glp_get_obj_val(c->attack) < need_of(c, target) - enough_cut) code = add_cut(tmp, c, target, who);
        else learn(c, who == c->loners);
    }
    for (uint32_t k = from; k < to; k++) set_bounds(c, c->own[k]);
    set_bounds(c, target);
    return code;
}

/* What stands in a sum, besides one count and what a loner knows. */
typedef struct rest {
    int n;
    double sum;
    bool primary; /* another sensitive count holds it */
} rest;

static rest
rest_of(cover *c, const system_row *r, uint32_t target, uint32_t loner)
{
    rest all = {0};
    for (uint32_t k = 0; k <= r->n; k++) {
        uint32_t j = k < r->n ? r->part[k] : r->whole;
        if (j == target || !c->row[j] || (loner < c->loners && lattice_loner(c->in->moves, j) == loner)) continue;
        all.primary |= c->in->primary[j];
        if (!c->column[j]) continue;
        c->index[++all.n] = c->column[j];
        c->sign[all.n] = 1;
        all.sum += c->weight[j];
    }
    return all;
}

/* Whom would a sum by itself give the count away to? An outsider, unless another sensitive count is there; a loner, if these are his. */
static status
attack_sum(arena *tmp, cover *c, const system_row *r, uint32_t target)
{
    uint32_t who = (uint32_t)c->loners;
    rest all = rest_of(c, r, target, who);
    for (uint32_t k = 0; k <= r->n && all.primary && c->in->primary[target] && c->loners; k++) {
        uint32_t j = k < r->n ? r->part[k] : r->whole;
        who = j == target || !c->row[j] || !c->in->primary[j] ? SYSTEM_NONE : lattice_loner(c->in->moves, j);
        if (who == SYSTEM_NONE || who == lattice_loner(c->in->moves, target)) continue;
        all = rest_of(c, r, target, who);
    }
    if (all.primary || all.sum > need_of(c, target) - enough_cut) return ST_OK;
    bool primary = c->in->primary[target];
    if (!primary) c->index[++all.n] = c->column[target], c->sign[all.n] = -1;
    if (all.n == 0) return ST_OK;
    int row = glp_add_rows(c->master, 1);
    glp_set_mat_row(c->master, row, all.n, c->index, c->sign);
    glp_set_row_bnds(c->master, row, GLP_LO, primary ? 1 : 0, 0);
    for (int k = 1; k <= all.n; k++) c->sign[k] = 1;
    return note_cut(tmp, c, row);
}

/* The sums as they stand need no program. */
static status
attack_sums(arena *tmp, cover *c, size_t *cuts)
{
    const protect_system *s = c->in->system;
    size_t before = c->cuts;
    for (size_t i = 0; i < s->rows; i++) {
        const system_row *r = &s->row[i];
        if (r->relation != SYSTEM_EQUAL) continue;
        for (uint32_t k = 0; k <= r->n; k++) {
            uint32_t j = k < r->n ? r->part[k] : r->whole;
            if (c->row[j] && need_of(c, j) > 2 * enough_cut) CHECK(attack_sum(tmp, c, r, j));
        }
    }
    *cuts = c->cuts - before;
    return ST_OK;
}

static bool
is_open(const cover *c, uint32_t j, size_t who)
{
    return c->open[j * c->words + who / 64] >> who % 64 & 1;
}

static void
open_all(cover *c)
{
    memset(c->held, 0, c->n);
    for (uint32_t j = 0; j < c->n; j++) {
        if (c->row[j]) set_bounds(c, j);
        for (size_t who = 0; who <= c->loners; who++) {
            bool own = who < c->loners && lattice_loner(c->in->moves, j) == who;
            uint64_t bit = UINT64_C(1) << who % 64, *word = &c->open[j * c->words + who / 64];
            *word = own ? *word & ~bit : *word | bit;
        }
    }
}

static bool
tired(const cover *c)
{
    return c->work > c->in->work;
}

/* Attack all that is not settled on the way; how many cuts that gave. */
static status
attack_all(arena *tmp, cover *c, size_t *cuts)
{
    size_t before = c->cuts;
    open_all(c);
    for (uint32_t j = 0; j < c->n && !tired(c); j++) {
        if (!c->row[j] || !c->in->primary[j]) continue;
        size_t had = c->cuts;
        if (is_open(c, j, c->loners)) CHECK(attack_one(tmp, c, j, (uint32_t)c->loners));
        if (c->cuts > had) continue; /* first against outsiders */
        for (uint32_t who = 0; who < c->loners && !tired(c); who++)
            if (is_open(c, j, who)) CHECK(attack_one(tmp, c, j, who));
    }
    for (uint32_t j = 0; j < c->n && !tired(c); j++)
        if (c->column[j] && !c->held[j] && c->weight[j] > 2 * enough_cut) CHECK(attack_one(tmp, c, j, (uint32_t)c->loners));
    *cuts = c->cuts - before;
    return ST_OK;
}

static void
read_weights(cover *c, bool whole)
{
    for (size_t j = 0; j < c->n; j++) {
        if (!c->column[j]) continue;
        c->weight[j] = whole ? glp_mip_col_val(c->master, c->column[j]) : glp_get_col_prim(c->master, c->column[j]);
    }
}

/* Cuts that were not needed for some rounds leave. */
static void
purge(cover *c)
{
    int n = 0, rows = glp_get_num_rows(c->master);
    for (int i = 1; i <= rows; i++) {
        bool idle = glp_get_row_stat(c->master, i) == GLP_BS && glp_get_row_prim(c->master, i) > glp_get_row_lb(c->master, i) + tiny;
        c->age[i] = idle ? c->age[i] + 1 : 0;
    }
    int *gone = c->index;
    for (int i = 1; i <= rows && n < (int)c->n; i++)
        if (c->age[i] > IDLE) gone[++n] = i;
    if (n == 0) return;
    int kept = 0, next = 1;
    for (int i = 1; i <= rows; i++)
        if (next <= n && gone[next] == i) next++;
        else c->age[++kept] = c->age[i];
    glp_del_rows(c->master, n, gone);
}

/* Rounds on the relaxation. */
static status
relax(arena *tmp, cover *c, cover_result *r)
{
    for (int round = 0; round < MOST_ROUNDS && !tired(c); round++) {
        size_t cuts;
        if (!solve(c, c->master, true)) break;
        r->relaxed = glp_get_obj_val(c->master) + (double)c->primary;
        read_weights(c, false);
        if (ceil(r->relaxed - 1e-6) >= (double)c->in->enough) break;
        purge(c);
        CHECK(attack_sums(tmp, c, &cuts));
        if (cuts > 0) continue;
        CHECK(attack_all(tmp, c, &cuts));
        r->settled = cuts == 0 && !tired(c);
        if (r->settled) break;
    }
    r->least = (size_t)ceil(r->relaxed - 1e-6);
    return ST_OK;
}

/* How much the tree may still cost. */
typedef struct budget {
    int nodes, before;
    int64_t work;
} budget;

static void
limit_tree(glp_tree *tree, void *info)
{
    budget *left = info;
    if (glp_ios_reason(tree) != GLP_ISELECT) return;
    if (--left->nodes < 0 || glp_get_it_cnt(glp_ios_get_prob(tree)) - left->before > left->work) glp_ios_terminate(tree);
}

/* Whole weights: solved, attacked, and solved again. The bound never falls. */
static status
branch(arena *tmp, cover *c, cover_result *r)
{
    r->settled = false;
    for (int k = 1; k <= glp_get_num_cols(c->master); k++) glp_set_col_kind(c->master, k, GLP_BV);
    while (!tired(c) && r->least < c->in->enough && solve(c, c->master, true)) {
        budget left = {MOST_NODES, glp_get_it_cnt(c->master), c->in->work - c->work};
        size_t cuts;
        glp_iocp tree;
        glp_init_iocp(&tree);
        tree.msg_lev = GLP_MSG_OFF;
        tree.cb_func = limit_tree;
        tree.cb_info = &left;
        int code = glp_intopt(c->master, &tree);
        c->work += glp_get_it_cnt(c->master) - left.before;
        if (code != 0 || glp_mip_status(c->master) != GLP_OPT) return ST_OK;
        size_t least = (size_t)llround(glp_mip_obj_val(c->master)) + c->primary;
        if (least > r->least) r->least = least;
        read_weights(c, true);
        CHECK(attack_all(tmp, c, &cuts));
        r->settled = cuts == 0 && !tired(c);
        if (r->settled) return ST_OK;
    }
    return ST_OK;
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
    ALLOC(tmp, c.sign, c.n + 1);
    ALLOC(tmp, c.held, c.n);
    ALLOC(tmp, c.objective, lattice_rows(in->moves) + 1);
    c.weight = r.weight;
    glp_term_out(GLP_OFF);
    CHECK(find_own(tmp, &c));
    CHECK(master_new(tmp, &c));
    CHECK(attack_new(tmp, &c));
    CHECK(relax(tmp, &c, &r));
    if (r.settled) CHECK(branch(tmp, &c, &r));
    r.cuts = c.cuts;
    r.programs = c.programs;
    r.work = c.work;
    *result = r;
    return ST_OK;
}
