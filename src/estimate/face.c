#include "estimate/face.h"

#include <glpk.h>
#include <math.h>
#include <string.h>

static const double NOTHING = 1e-8;

/* A reduced echelon form that grows row by row. */
typedef struct echelon {
    int columns, rank;
    double *row; /* [columns * columns] */
    int *lead;   /* [columns] */
    double *work;
} echelon;

static status
echelon_new(arena *a, int columns, echelon *e)
{
    size_t n = (size_t)columns;
    *e = (echelon){.columns = columns};
    ALLOC(a, e->row, n * n);
    ALLOC(a, e->lead, n);
    ALLOC(a, e->work, n);
    return ST_OK;
}

/* Add e->work. */
static void
echelon_add(echelon *e)
{
    int n = e->columns;
    double *restrict x = e->work;
    for (int i = 0; i < e->rank; i++) {
        const double *restrict r = e->row + (size_t)i * (size_t)n;
        double factor = x[e->lead[i]];
        for (int j = 0; j < n && factor != 0; j++) x[j] -= factor * r[j];
    }
    int best = 0;
    for (int j = 1; j < n; j++)
        if (fabs(x[j]) > fabs(x[best])) best = j;
    if (fabs(x[best]) < NOTHING) return;
    double *restrict fresh = e->row + (size_t)e->rank * (size_t)n, inverse = 1 / x[best];
    for (int j = 0; j < n; j++) fresh[j] = fabs(x[j]) < NOTHING ? 0 : x[j] * inverse;
    for (int i = 0; i < e->rank; i++) {
        double *restrict r = e->row + (size_t)i * (size_t)n, factor = r[best];
        for (int j = 0; j < n && factor != 0; j++) r[j] -= factor * fresh[j];
    }
    e->lead[e->rank++] = best;
}

static void
add_design_row(echelon *e, const face_design *d, size_t i)
{
    for (int j = 0; j < d->columns; j++) e->work[j] = d->value[i * (size_t)d->columns + (size_t)j];
    echelon_add(e);
}

/* Directions that every row of the echelon form maps to nothing; marks their columns. */
static int
null_directions(const echelon *e, double direction[], uint8_t is_free[])
{
    int n = e->columns, found = 0;
    memset(is_free, 1, (size_t)n);
    for (int i = 0; i < e->rank; i++) is_free[e->lead[i]] = 0;
    for (int j = 0; j < n; j++) {
        if (!is_free[j]) continue;
        double *v = direction + (size_t)found++ * (size_t)n;
        memset(v, 0, (size_t)n * sizeof *v);
        v[j] = 1;
        for (int i = 0; i < e->rank; i++) v[e->lead[i]] = -e->row[(size_t)i * (size_t)n + (size_t)j];
    }
    return found;
}

/* What the directions do to the empty cells; rows that nothing moves are left out. Gives the number of rows. */
static size_t
find_effects(const face_design *d, int directions, const double direction[], double effect[], size_t cell[])
{
    size_t rows = 0;
    for (size_t i = 0; i < d->rows; i++) {
        if (d->count[i] > 0) continue;
        bool moved = false;
        double *to = effect + rows * (size_t)directions;
        for (int v = 0; v < directions; v++) {
            double sum = 0;
            for (int j = 0; j < d->columns; j++)
                if (d->value[i * (size_t)d->columns + (size_t)j]) sum += direction[(size_t)v * (size_t)d->columns + (size_t)j];
            to[v] = fabs(sum) < NOTHING ? 0 : sum;
            moved |= to[v] != 0;
        }
        if (moved) cell[rows++] = i;
    }
    return rows;
}

/* Lower as many cells as can be lowered together: maximise the sum of t, effect v + t <= 0, 0 <= t <= 1. */
static status
lower_cells(arena *a, size_t rows, int directions, const double effect[], const size_t cell[], uint8_t gone[])
{
    int *index;
    double *value;
    ALLOC(a, index, directions + 2);
    ALLOC(a, value, directions + 2);
    glp_term_out(GLP_OFF);
    glp_prob *lp = glp_create_prob();
    glp_set_obj_dir(lp, GLP_MAX);
    glp_add_cols(lp, directions + (int)rows);
    glp_add_rows(lp, (int)rows);
    for (int v = 1; v <= directions; v++) glp_set_col_bnds(lp, v, GLP_FR, 0, 0);
    for (int i = 1; i <= (int)rows; i++) {
        int n = 0;
        for (int v = 0; v < directions; v++) {
            double x = effect[(size_t)(i - 1) * (size_t)directions + (size_t)v];
            if (x != 0) index[++n] = v + 1, value[n] = x;
        }
        index[++n] = directions + i, value[n] = 1;
        glp_set_mat_row(lp, i, n, index, value);
        glp_set_row_bnds(lp, i, GLP_UP, 0, 0);
        glp_set_col_bnds(lp, directions + i, GLP_DB, 0, 1);
        glp_set_obj_coef(lp, directions + i, 1);
    }
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    int ended = glp_simplex(lp, &how), state = glp_get_status(lp);
    for (size_t i = 0; i < rows; i++) gone[cell[i]] = glp_get_col_prim(lp, directions + (int)i + 1) > 0.5;
    glp_delete_prob(lp);
    glp_free_env();
    if (ended != 0 || state != GLP_OPT) FAIL(ST_INTERNAL, "the linear program of the existence check ended without an answer");
    return ST_OK;
}

status
face_find(arena *out, const face_design *d, face *result)
{
    SCRATCH(tmp);
    size_t n = (size_t)d->columns, *cell;
    double *effect;
    echelon e;
    face f = {0};
    CHECK(echelon_new(tmp, d->columns, &e));
    ALLOC(out, f.gone, d->rows);
    ALLOC(out, f.free, n);
    for (size_t i = 0; i < d->rows && e.rank < d->columns; i++)
        if (d->count[i] > 0) add_design_row(&e, d, i);
    int directions = d->columns - e.rank;
    ALLOC(out, f.direction, (size_t)directions * n);
    null_directions(&e, f.direction, f.free);
    if (directions > 0) {
        ALLOC(tmp, effect, d->rows * (size_t)directions);
        ALLOC(tmp, cell, d->rows);
        size_t rows = find_effects(d, directions, f.direction, effect, cell);
        if (rows > 0) CHECK(lower_cells(tmp, rows, directions, effect, cell, f.gone));
        for (size_t i = 0; i < rows; i++)
            if (!f.gone[cell[i]]) add_design_row(&e, d, cell[i]);
        f.directions = null_directions(&e, f.direction, f.free);
    }
    *result = f;
    return ST_OK;
}

bool
face_settles(const face *f, int columns, const uint8_t row[])
{
    for (int v = 0; v < f->directions; v++) {
        double sum = 0;
        for (int j = 0; j < columns; j++)
            if (row[j]) sum += f->direction[(size_t)v * (size_t)columns + (size_t)j];
        if (fabs(sum) > NOTHING) return false;
    }
    return true;
}
