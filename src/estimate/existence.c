#include "estimate/existence.h"

#include "estimate/zeta.h"

#include <glpk.h>
#include <math.h>

/* Entries of directions are small rational numbers: anything below is zero. */
static const double NOTHING = 1e-9;

status
existence_space_new(arena *out, int lists, int terms, existence_space *result)
{
    existence_space w = {.terms = terms};
    size_t n = (size_t)terms, cells = (size_t)1 << lists;
    ALLOC(out, w.basis, n * n);
    ALLOC(out, w.null, n * n);
    ALLOC(out, w.lead, n);
    ALLOC(out, w.term, n);
    ALLOC(out, w.cell, cells);
    ALLOC(out, w.gone, cells);
    *result = w;
    return ST_OK;
}

const char *
existence_words(int code)
{
    if (code == EXISTENCE_NONE) return WORD("no estimate exists: the overlaps are too sparse for this model, its likelihood has no maximum");
    if (code == EXISTENCE_NOT_UNIQUE) return WORD("no estimate exists: the overlaps cannot tell the parameters of this model apart");
    if (code == EXISTENCE_NEITHER)
        return WORD("no estimate exists: the likelihood of this model has no maximum, and the overlaps cannot tell its parameters apart");
    return NULL;
}

/* Finite terms into w->term, cells that leave into w->gone. */
static int
set_terms(existence_space *w, const fit_data *d, const model *m)
{
    int n = 0;
    memset(w->gone, 0, d->cells);
    for (int i = 0; i < m->n; i++) {
        unsigned t = m->term[i];
        if (d->sums[t] > 0) {
            w->term[n++] = (uint16_t)t;
            continue;
        }
        for (size_t s = 1; s < d->cells; s++)
            if ((s & t) == t) w->gone[s] = 1;
    }
    return n;
}

/* Rank over the field of two elements, with a word a row: never more than the true rank, nearly always equal to it. */
static bool
full_rank_in_bits(const existence_space *w, const fit_data *d, int n)
{
    uint64_t row_of[64] = {0};
    int rank = 0;
    if (n > 64) return false;
    for (size_t s = 1; s < d->cells; s++) {
        if (!(d->count[s] > 0)) continue;
        uint64_t row = 0;
        for (int i = 0; i < n; i++) row |= (uint64_t)((s & w->term[i]) == w->term[i]) << i;
        while (row) {
            int lead = __builtin_ctzll(row);
            if (!row_of[lead]) {
                row_of[lead] = row;
                if (++rank == n) return true;
                break;
            }
            row ^= row_of[lead];
        }
    }
    return false;
}

/* Add a row to an echelon form of `rank` rows with n columns, kept reduced. Gives the new rank. */
static int
echelon_add(double *basis, int *lead, int rank, int n, double row[])
{
    for (int i = 0; i < rank; i++) {
        double factor = row[lead[i]];
        if (factor == 0) continue;
        for (int j = 0; j < n; j++) row[j] -= factor * basis[i * n + j];
    }
    int best = 0;
    for (int j = 1; j < n; j++)
        if (fabs(row[j]) > fabs(row[best])) best = j;
    if (fabs(row[best]) < NOTHING) return rank;
    double *fresh = basis + rank * n, inverse = 1 / row[best];
    for (int j = 0; j < n; j++) fresh[j] = fabs(row[j]) < NOTHING ? 0 : row[j] * inverse;
    for (int i = 0; i < rank; i++) {
        double factor = basis[i * n + best];
        for (int j = 0; j < n && factor != 0; j++) basis[i * n + j] -= factor * fresh[j];
    }
    lead[rank] = best;
    return rank + 1;
}

static int
rank_of_occupied(existence_space *w, const fit_data *d, int n, double row[])
{
    int rank = 0;
    for (size_t s = 1; s < d->cells && rank < n; s++) {
        if (!(d->count[s] > 0)) continue;
        for (int i = 0; i < n; i++) row[i] = (s & w->term[i]) == w->term[i];
        rank = echelon_add(w->basis, w->lead, rank, n, row);
    }
    return rank;
}

/* Directions that leave every occupied cell as it is: one for each column without a leading 1. */
static int
find_directions(existence_space *w, int n, int rank)
{
    int directions = 0;
    for (int free_column = 0; free_column < n; free_column++) {
        bool leads = false;
        for (int i = 0; i < rank; i++) leads |= w->lead[i] == free_column;
        if (leads) continue;
        double *v = w->null + (size_t)directions++ * (size_t)n;
        memset(v, 0, (size_t)n * sizeof *v);
        v[free_column] = 1;
        for (int i = 0; i < rank; i++) v[w->lead[i]] = -w->basis[i * n + free_column];
    }
    return directions;
}

/* Rows once each, and none without an effect: with many lists most cells say the same. Rows stay in the order they were first
 * met. Gives the number of rows left. */
static status
leave_distinct(size_t rows, size_t columns, double effect[], size_t *left)
{
    SCRATCH(tmp);
    size_t slots = 16, n = 0, *slot;
    while (slots < 2 * rows) slots *= 2;
    ALLOC(tmp, slot, slots); /* 0 = free, else row + 1 */
    for (size_t i = 0; i < rows; i++) {
        const double *row = effect + i * columns;
        uint64_t hash = 0, bits;
        bool any = false;
        for (size_t j = 0; j < columns; j++) {
            memcpy(&bits, &row[j], sizeof bits);
            hash = (hash ^ bits ^ hash >> 29) * 0x9E3779B97F4A7C15u;
            any |= row[j] != 0;
        }
        size_t at = (size_t)(hash >> 20) & (slots - 1);
        while (slot[at] && memcmp(effect + (slot[at] - 1) * columns, row, columns * sizeof *row) != 0) at = (at + 1) & (slots - 1);
        if (!any || slot[at]) continue;
        memmove(effect + n * columns, row, columns * sizeof *row);
        slot[at] = ++n;
    }
    *left = n;
    return ST_OK;
}

/* What each direction does to the empty cells that stay: rows of effect[][directions]. Gives the number of rows. */
static size_t
find_effects(existence_space *w, const fit_data *d, int n, int directions, double effect[])
{
    size_t rows = 0;
    for (int v = 0; v < directions; v++) {
        memset(w->cell, 0, d->cells * sizeof *w->cell);
        for (int i = 0; i < n; i++) w->cell[w->term[i]] = w->null[v * n + i];
        zeta_subsets(d->lists, w->cell);
        rows = 0;
        for (size_t s = 1; s < d->cells; s++)
            if (!w->gone[s] && !(d->count[s] > 0)) {
                double x = w->cell[s];
                effect[rows++ * (size_t)directions + (size_t)v] = fabs(x) < NOTHING ? 0 : x;
            }
    }
    return rows;
}

/* Is there a mixture of directions that raises no cell and lowers one? Each cell may fall by at most 1. */
static status
solve_program(size_t rows, int columns, const double effect[], bool *found)
{
    SCRATCH(tmp);
    int *index;
    double *value;
    ALLOC(tmp, index, columns + 1);
    ALLOC(tmp, value, columns + 1);
    glp_term_out(GLP_OFF);
    glp_prob *lp = glp_create_prob();
    glp_set_obj_dir(lp, GLP_MIN);
    glp_add_cols(lp, columns);
    glp_add_rows(lp, (int)rows);
    for (int j = 1; j <= columns; j++) {
        double weight = 0;
        for (size_t i = 0; i < rows; i++) weight += effect[i * (size_t)columns + (size_t)j - 1];
        glp_set_col_bnds(lp, j, GLP_FR, 0, 0);
        glp_set_obj_coef(lp, j, weight);
    }
    for (size_t i = 0; i < rows; i++) {
        int n = 0;
        for (int j = 0; j < columns; j++)
            if (effect[i * (size_t)columns + (size_t)j] != 0) index[++n] = j + 1, value[n] = effect[i * (size_t)columns + (size_t)j];
        glp_set_row_bnds(lp, (int)i + 1, GLP_DB, -1, 0);
        glp_set_mat_row(lp, (int)i + 1, n, index, value);
    }
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    int ended = glp_simplex(lp, &how), state = glp_get_status(lp);
    *found = glp_get_obj_val(lp) < -0.5e-6;
    glp_delete_prob(lp);
    glp_free_env();
    if (ended != 0 || state != GLP_OPT) FAIL(ST_INTERNAL, "the linear program of the existence check ended without an answer");
    return ST_OK;
}

/* One direction that matters: its signs decide. */
static bool
signs_agree(size_t rows, int columns, const double effect[], int column)
{
    bool up = false, down = false;
    for (size_t i = 0; i < rows; i++) {
        double x = effect[i * (size_t)columns + (size_t)column];
        up |= x > 0, down |= x < 0;
    }
    return up != down;
}

static status
code_of_directions(existence_space *w, size_t rows, int directions, double effect[], int *code)
{
    SCRATCH(tmp);
    double *basis, *row;
    int *lead, rank = 0;
    ALLOC(tmp, basis, (size_t)directions * (size_t)directions);
    ALLOC(tmp, row, directions);
    ALLOC(tmp, lead, directions);
    for (size_t i = 0; i < rows && rank < directions; i++) {
        memcpy(row, effect + i * (size_t)directions, (size_t)directions * sizeof *row);
        rank = echelon_add(basis, lead, rank, directions, row);
    }
    bool none = false;
    if (rank == 1) {
        none = signs_agree(rows, directions, effect, lead[0]);
    } else if (rank > 1) {
        w->programs++;
        CHECK(solve_program(rows, directions, effect, &none));
    }
    *code = (none ? EXISTENCE_NONE : EXISTENCE_FINE) + (rank < directions ? EXISTENCE_NOT_UNIQUE : EXISTENCE_FINE);
    return ST_OK;
}

status
existence_code(existence_space *w, const fit_data *d, const model *m, int *code)
{
    int n = set_terms(w, d, m);
    *code = EXISTENCE_FINE;
    if (full_rank_in_bits(w, d, n)) return ST_OK;
    SCRATCH(tmp);
    double *row, *effect;
    ALLOC(tmp, row, n);
    int rank = rank_of_occupied(w, d, n, row), directions = find_directions(w, n, rank);
    if (directions == 0) return ST_OK;
    ALLOC(tmp, effect, d->cells * (size_t)directions);
    size_t rows = find_effects(w, d, n, directions, effect);
    CHECK(leave_distinct(rows, (size_t)directions, effect, &rows));
    return code_of_directions(w, rows, directions, effect, code);
}

status
existence_family_settled(existence_space *w, const fit_data *d, const model_family *f, bool *settled)
{
    model all = model_independence(f->lists);
    for (int i = 0; i < f->candidates; i++) all.term[all.n++] = f->candidate[i];
    int n = set_terms(w, d, &all);
    *settled = full_rank_in_bits(w, d, n);
    if (*settled) return ST_OK;
    SCRATCH(tmp);
    double *row;
    ALLOC(tmp, row, n);
    *settled = rank_of_occupied(w, d, n, row) == n;
    return ST_OK;
}
