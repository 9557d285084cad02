#include "synth/joint.h"

#include <math.h>
#include <stdlib.h>

enum { CELLS = JOINT_ROWS * JOINT_COLUMNS, ROUNDS = 400, MOVES = 400 };

/* What the search keeps beside the counts. */
typedef struct cover {
    double goal[JOINT_ROWS][JOINT_COLUMNS]; /* kinds per cell if spread evenly over the margins */
    int now[JOINT_ROWS][JOINT_COLUMNS];     /* sum over kinds that cover */
} cover;

static status
check_sums(const joint *j)
{
    for (int k = 0; k < j->kinds; k++) {
        int rows = 0, columns = 0;
        for (int y = 0; y < JOINT_ROWS; y++) rows += j->row_sum[k][y];
        for (int f = 0; f < JOINT_COLUMNS; f++) columns += j->column_sum[k][f];
        if (rows != columns) FAIL(ST_CONFIG, "margins of kind %d: years add up to %d, forms to %d", k, rows, columns);
    }
    return ST_OK;
}

/* Scale a table to its margins (iterative proportional fitting). */
static void
fit(double cell[JOINT_ROWS][JOINT_COLUMNS], const double row[], const double column[])
{
    for (int round = 0; round < 60; round++) {
        for (int y = 0; y < JOINT_ROWS; y++) {
            double sum = 0;
            for (int f = 0; f < JOINT_COLUMNS; f++) sum += cell[y][f];
            for (int f = 0; f < JOINT_COLUMNS && sum > 0; f++) cell[y][f] *= row[y] / sum;
        }
        for (int f = 0; f < JOINT_COLUMNS; f++) {
            double sum = 0;
            for (int y = 0; y < JOINT_ROWS; y++) sum += cell[y][f];
            for (int y = 0; y < JOINT_ROWS && sum > 0; y++) cell[y][f] *= column[f] / sum;
        }
    }
}

/* Proportional to persons, rounded down; what is left goes to the first free places in a random order. */
static void
start_kind(rng *r, joint *j, int k)
{
    double cell[JOINT_ROWS][JOINT_COLUMNS], row[JOINT_ROWS], column[JOINT_COLUMNS];
    for (int y = 0; y < JOINT_ROWS; y++)
        for (int f = 0; f < JOINT_COLUMNS; f++)
            cell[y][f] = j->upper[k][y][f] > 0 ? fmin(j->persons[y][f], j->upper[k][y][f]) + 1e-6 : 1e-9;
    for (int y = 0; y < JOINT_ROWS; y++) row[y] = j->row_sum[k][y];
    for (int f = 0; f < JOINT_COLUMNS; f++) column[f] = j->column_sum[k][f];
    fit(cell, row, column);
    int left_row[JOINT_ROWS], left_column[JOINT_COLUMNS];
    for (int y = 0; y < JOINT_ROWS; y++) left_row[y] = j->row_sum[k][y];
    for (int f = 0; f < JOINT_COLUMNS; f++) left_column[f] = j->column_sum[k][f];
    uint32_t order[CELLS];
    rng_shuffle(r, CELLS, order);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < CELLS; i++) {
            int y = (int)order[i] / JOINT_COLUMNS, f = (int)order[i] % JOINT_COLUMNS;
            int least = left_row[y] < left_column[f] ? left_row[y] : left_column[f];
            int add = pass ? least : (int)fmin(floor(cell[y][f]), least);
            j->count[k][y][f] += add, left_row[y] -= add, left_column[f] -= add;
        }
}

static void
start(rng *r, joint *j, cover *c)
{
    double row[JOINT_ROWS] = {0}, column[JOINT_COLUMNS] = {0};
    for (int k = 0; k < j->kinds; k++) {
        for (int y = 0; y < JOINT_ROWS; y++)
            for (int f = 0; f < JOINT_COLUMNS; f++) j->count[k][y][f] = 0;
        start_kind(r, j, k);
        for (int y = 0; y < JOINT_ROWS; y++) row[y] += j->row_sum[k][y];
        for (int f = 0; f < JOINT_COLUMNS; f++) column[f] += j->column_sum[k][f];
    }
    for (int y = 0; y < JOINT_ROWS; y++)
        for (int f = 0; f < JOINT_COLUMNS; f++) {
            c->goal[y][f] = j->persons[y][f] + 1e-9, c->now[y][f] = 0;
            for (int k = 0; k < j->kinds; k++) c->now[y][f] += j->covers[k][f] ? j->count[k][y][f] : 0;
        }
    fit(c->goal, row, column);
}

/* Cost of a cell's cover: broken bounds weigh so much that they are never worth an even spread. */
static double
cover_cost(const joint *j, const cover *c, int y, int f)
{
    double off = c->now[y][f] - c->goal[y][f];
    int lack = j->persons[y][f] - c->now[y][f];
    return off * off / (c->goal[y][f] + 1) + (lack > 0 ? 1000.0 * lack : 0);
}

static double
bound_cost(const joint *j, int k, int y, int f)
{
    int n = j->count[k][y][f], most = j->persons[y][f] < j->upper[k][y][f] ? j->persons[y][f] : j->upper[k][y][f];
    return n < 0 ? 1e9 : n > most ? 1000.0 * (n - most) : 0;
}

static double
corners_cost(const joint *j, const cover *c, int k, const int y[2], const int f[2])
{
    double cost = 0;
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 2; b++) cost += cover_cost(j, c, y[a], f[b]) + bound_cost(j, k, y[a], f[b]);
    return cost;
}

static void
exchange(joint *j, cover *c, int k, const int y[2], const int f[2], int d)
{
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 2; b++) {
            int change = a == b ? d : -d;
            j->count[k][y[a]][f[b]] += change;
            if (j->covers[k][f[b]]) c->now[y[a]][f[b]] += change;
        }
}

static void
try_exchange(rng *r, joint *j, cover *c, double heat)
{
    int k = (int)rng_below(r, (uint64_t)j->kinds);
    int y[2] = {(int)rng_below(r, JOINT_ROWS), (int)rng_below(r, JOINT_ROWS)};
    int f[2] = {(int)rng_below(r, JOINT_COLUMNS), (int)rng_below(r, JOINT_COLUMNS)};
    if (y[0] == y[1] || f[0] == f[1]) return;
    int d = 1 + (int)rng_below(r, rng_below(r, 4) ? 2 : 12);
    double before = corners_cost(j, c, k, y, f);
    exchange(j, c, k, y, f, d);
    double worse = corners_cost(j, c, k, y, f) - before;
    if (worse > 0 && rng_uniform(r) >= exp(-worse / heat)) exchange(j, c, k, y, f, -d);
}

static bool
holds(const joint *j, const cover *c)
{
    for (int y = 0; y < JOINT_ROWS; y++)
        for (int f = 0; f < JOINT_COLUMNS; f++) {
            if (c->now[y][f] < j->persons[y][f]) return false;
            for (int k = 0; k < j->kinds; k++)
                if (bound_cost(j, k, y, f) > 0) return false;
        }
    return true;
}

status
synth_joint_draw(rng *r, joint *j)
{
    CHECK(check_sums(j));
    cover c;
    start(r, j, &c);
    /* warm rounds make seeds differ; then cold ones until all bounds hold */
    for (int round = 0; round < ROUNDS; round++) {
        double heat = round < 40 ? 1.0 : 0.3;
        for (int i = 0; i < MOVES; i++) try_exchange(r, j, &c, heat);
        if (round >= 40 && holds(j, &c)) return ST_OK;
    }
    FAIL(ST_INFEASIBLE, "no joint table found that meets the printed margins of years and forms");
}
