/* Newton's method on WIDTH tables at once: included by lanes.c once for each width of vectors, without a guard. WANTS are the
 * attributes of its functions, NAME(x) their names. `off` is the first of the lanes. */

typedef double NAME(vector) __attribute__((vector_size(8 * WIDTH), may_alias));
typedef int64_t NAME(mask) __attribute__((vector_size(8 * WIDTH), may_alias));

#define V NAME(vector)
#define M NAME(mask)
#define LANE(array, i) (*(V *)((array) + (size_t)(i) * LANES + off))
#define EITHER(m, a, b) ((V)(((M)(a) & (m)) | ((M)(b) & ~(m))))

WANTS static bool
NAME(any)(const M *m)
{
    int64_t any = 0;
    for (int i = 0; i < WIDTH; i++) any |= (*m)[i];
    return any != 0;
}

/* e^x as exp_within (elementary.h) with two terms less; above 700 as 700, below -700 nothing. */
WANTS static inline void
NAME(exponential)(V *cell)
{
    const double shift = 0x1.8p52;
    V x = EITHER(*cell > 700.0, *cell * 0 + 700, *cell);
    V t = x * 0x1.71547652b82fep+0 + shift, k = t - shift;
    V r = (x - k * 0x1.62e42fefa0000p-1) - k * 0x1.cf79abc9e3b39p-40;
    V p = r * (1.0 / 39916800) + 1.0 / 3628800;
    p = p * r + 1.0 / 362880;
    p = p * r + 1.0 / 40320;
    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    p = p * r + 0.5;
    p = p * r + 1;
    p = p * r + 1;
    *cell = (V)((M)(p * (V)(((M)t + 1023) << 52)) & (x > -700.0));
}

/* Products over subsets, two lists a pass: f[s] becomes the product of f over all masks within s. */
WANTS static inline void
NAME(multiply_subsets)(size_t cells, double *restrict f, size_t off)
{
    size_t one = 1;
    for (; 4 * one <= cells; one *= 4)
        for (size_t base = 0; base < cells; base += 4 * one)
            for (size_t s = base; s < base + one; s++) {
                V a = LANE(f, s), b = LANE(f, s + one), c = LANE(f, s + 2 * one), d = LANE(f, s + 3 * one), ab = a * b;
                LANE(f, s + one) = ab, LANE(f, s + 2 * one) = a * c, LANE(f, s + 3 * one) = ab * (c * d);
            }
    for (size_t s = 0; s < one && one < cells; s++) LANE(f, s + one) *= LANE(f, s);
}

/* f[s] becomes the sum of f over all masks that contain s. */
WANTS static inline void
NAME(add_supersets)(size_t cells, double *restrict f, size_t off)
{
    size_t one = 1;
    for (; 4 * one <= cells; one *= 4)
        for (size_t base = 0; base < cells; base += 4 * one)
            for (size_t s = base; s < base + one; s++) {
                V a = LANE(f, s), b = LANE(f, s + one), c = LANE(f, s + 2 * one), d = LANE(f, s + 3 * one), bd = b + d;
                LANE(f, s) = a + c + bd, LANE(f, s + one) = bd, LANE(f, s + 2 * one) = c + d;
            }
    for (size_t s = 0; s < one && one < cells; s++) LANE(f, s) += LANE(f, s + one);
}

/* Expected counts for beta as superset sums into w->cell; gives the log likelihood without constants. An expected count is
 * the product of e^beta over the terms within the cell: fewer exponentials than cells. */
WANTS static void
NAME(evaluate)(const lanes_space *w, int n, const uint8_t parameter[], const double beta[], size_t off, V *level)
{
    double *restrict f = w->cell;
    V fitted = {0}, one = fitted + 1;
    for (size_t s = 0; s < w->cells; s++) LANE(f, s) = one;
    for (int i = 0; i < n; i++) {
        int p = parameter[i];
        V x = LANE(beta, p) + LANE(w->floor, p);
        fitted += LANE(beta, p) * LANE(w->seen, p);
        NAME(exponential)(&x);
        LANE(f, w->term[p]) = x;
    }
    NAME(multiply_subsets)(w->cells, f, off);
    LANE(f, 0) = (V){0};
    NAME(add_supersets)(w->cells, f, off);
    *level = fitted - LANE(f, 0);
}

/* `size` entries of row k from entry j on: information (the gradient for entry n, the diagonal for entry k) less what the rows
 * above take. Rows above are there as they are and divided by their diagonal. */
WANTS static inline void __attribute__((always_inline))
NAME(reduce)(const lanes_space *w, int n, const uint16_t term[], int k, int j, const int size, size_t off)
{
    const double *restrict above = w->divided, *restrict whole = w->whole;
    V a[8];
    for (int b = 0; b < size; b++) a[b] = LANE(w->cell, j + b < n ? (size_t)(term[k] | term[j + b]) : w->cells);
    for (int i = 0; i < k; i++) {
        V x = LANE(whole, k);
        for (int b = 0; b < size; b++) a[b] -= x * LANE(above, j + b);
        above += (size_t)LANES * (size_t)(n - i);
        whole += (size_t)LANES * (size_t)(n - i);
    }
    for (int b = 0; b < size; b++) LANE(w->whole, (size_t)(whole - w->whole) / LANES + (size_t)(j + b)) = a[b];
}

WANTS static void
NAME(reduce_row)(const lanes_space *w, int n, const uint16_t term[], int k, size_t off)
{
    int j = k;
    for (; j + 8 <= n + 1; j += 8) NAME(reduce)(w, n, term, k, j, 8, off);
    if (j + 4 <= n + 1) NAME(reduce)(w, n, term, k, j, 4, off), j += 4;
    if (j + 2 <= n + 1) NAME(reduce)(w, n, term, k, j, 2, off), j += 2;
    if (j <= n) NAME(reduce)(w, n, term, k, j, 1, off);
}

/* The step of Newton's method into w->step: information = U' D U, without square roots. `squared` is its squared length in
 * standard errors; `good` where the information is positive definite. */
WANTS static void
NAME(find_step)(const lanes_space *w, int n, const uint8_t parameter[], size_t off, V *squared, M *good)
{
    uint16_t term[LANES_PARAMETERS];
    size_t row = 0; /* entry j of row k is at row + j */
    for (int i = 0; i < n; i++) term[i] = w->term[parameter[i]];
    *squared = (V){0};
    *good = *squared == *squared;
    for (int k = 0; k < n; row += (size_t)(n - k), k++) {
        V now = LANE(w->cell, term[k]);
        LANE(w->cell, w->cells) = LANE(w->seen, parameter[k]) - now;
        NAME(reduce_row)(w, n, term, k, off);
        V d = LANE(w->whole, row + (size_t)k) + LANE(w->unit, parameter[k]);
        *good &= d > now * 1e-13;
        V inverse = 1 / EITHER(*good, d, now * 0 + 1);
        for (int j = k + 1; j <= n; j++) LANE(w->divided, row + (size_t)j) = LANE(w->whole, row + (size_t)j) * inverse;
        *squared += LANE(w->whole, row + (size_t)n) * LANE(w->divided, row + (size_t)n);
    }
    for (int k = n - 1; k >= 0; k--) {
        row -= (size_t)(n - k);
        V x = LANE(w->divided, row + (size_t)n);
        for (int j = n - 1; j > k; j--) x -= LANE(w->divided, row + (size_t)j) * LANE(w->step, parameter[j]);
        LANE(w->step, parameter[k]) = x;
    }
}

/* Go the step, halved in those lanes where the likelihood would fall; lanes that rest stay where they are. */
WANTS static void
NAME(take_step)(const lanes_space *w, int n, const uint8_t parameter[], size_t off, const M *active, V *squared, V *level)
{
    V next = {0}, share = next + 1;
    const V limit = *level - 1e-9 * (1 + EITHER(*level < 0, -*level, *level));
    for (int halved = 0; halved < HALVING_LIMIT; halved++) {
        for (int i = 0; i < n; i++) {
            int p = parameter[i];
            LANE(w->trial, p) = LANE(w->at, p) + EITHER(*active, share * LANE(w->step, p), next * 0);
        }
        NAME(evaluate)(w, n, parameter, w->trial, off, &next);
        M falls = ~((next >= limit) | (*squared < 1e-6)) & *active;
        if (!NAME(any)(&falls)) break;
        share = EITHER(falls, share * 0.5, share);
    }
    for (int i = 0; i < n; i++) LANE(w->at, parameter[i]) = LANE(w->trial, parameter[i]);
    *level = EITHER(*active, next, *level);
    *squared = EITHER(share == 1, *squared, share * 0 + INFINITY);
}

/* From w->at on; w->cell then holds the superset sums of the expected counts. */
WANTS static void
NAME(fit)(const lanes_space *w, int n, const uint8_t parameter[], size_t off, double level_out[], int64_t state[])
{
    M active = *(M *)(state + off), converged = active & 0;
    V level;
    NAME(evaluate)(w, n, parameter, w->at, off, &level);
    for (int step = 0; step < LANES_STEPS && NAME(any)(&active); step++) {
        V squared;
        M good;
        NAME(find_step)(w, n, parameter, off, &squared, &good);
        active &= good;
        NAME(take_step)(w, n, parameter, off, &active, &squared, &level);
        M done = active & (squared <= w->small);
        converged |= done;
        active &= ~done;
    }
    *(M *)(state + off) = converged;
    *(V *)(level_out + off) = level;
}

#undef V
#undef M
#undef LANE
#undef EITHER
#undef WIDTH
#undef WANTS
#undef NAME
