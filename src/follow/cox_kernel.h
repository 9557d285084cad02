/* Sums over a block of rows in eight lanes (see cox_gather.h): the same additions in the same order whatever the width of a vector. Included
 * once for each width, with WIDTH the doubles in a vector, KERNEL(name) the names and TARGET what the machine must have. What keeps a sum of
 * each covariate in a register is made for each number of covariates (inlined); products and thirds are made once. Private to cox_order.c. */

typedef double KERNEL(vector) __attribute__((vector_size(WIDTH * sizeof(double))));
typedef int64_t KERNEL(bits) __attribute__((vector_size(WIDTH * sizeof(double))));

enum { KERNEL(PIECES) = LANES / WIDTH };

static inline __attribute__((always_inline)) double
KERNEL(total)(const double v[LANES])
{
    return ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]));
}

/* R0 and R1 at each row, from the last of its lane on; `carry` is what the lanes behind add to them. */
static inline __attribute__((always_inline)) void
KERNEL(run_sums)(cox_order *b, int p, running *s)
{
    for (size_t k = 0; k < KERNEL(PIECES); k++) {
        const KERNEL(vector) *weight = (const KERNEL(vector) *)b->weight, *x = (const KERNEL(vector) *)b->x;
        KERNEL(vector) *r0 = (KERNEL(vector) *)b->r0, *r1 = (KERNEL(vector) *)b->r1, sum[1 + COX_MOST];
        for (int a = 0; a <= p; a++) sum[a] = (KERNEL(vector)){0};
        for (size_t v = b->padded / WIDTH + k; v >= KERNEL(PIECES);) {
            v -= KERNEL(PIECES);
            r0[v] = sum[0] += weight[v];
            for (int a = 0; a < p; a++) {
                size_t at = (size_t)a * (COX_BLOCK / WIDTH) + v;
                r1[at] = sum[1 + a] += weight[v] * x[at];
            }
        }
        for (int a = 0; a <= p; a++) memcpy(b->carry[a] + k * WIDTH, &sum[a], sizeof sum[a]);
    }
    for (int a = 0; a <= p; a++)
        for (size_t l = LANES; l-- > 0;) {
            double here = b->carry[a][l];
            b->carry[a][l] = s->r[a], s->r[a] += here;
        }
}

/* The times that have one event, 1/R0 there: hazards, from the first of their lane on, and means of x. Logarithms of products of the
 * mantissas, exponents apart: 32 numbers below 2 a lane, eight lanes together stay a number. */
static inline __attribute__((always_inline)) void
KERNEL(single_events)(cox_order *b, int p, running *s)
{
    const int64_t low = 0x000fffffffffffff, one = 0x3ff0000000000000;
    double product[LANES], gradient[COX_MOST][LANES];
    int64_t exponent[LANES], broken[LANES];
    for (size_t k = 0; k < KERNEL(PIECES); k++) {
        const KERNEL(bits) *single = (const KERNEL(bits) *)b->single;
        KERNEL(vector) *r0 = (KERNEL(vector) *)b->r0, *r1 = (KERNEL(vector) *)b->r1, *hazard = (KERNEL(vector) *)b->hazard;
        KERNEL(vector) carry[1 + COX_MOST], sum[COX_MOST], lived = {0}, factor = lived + 1;
        KERNEL(bits) power = {0}, bad = {0};
        for (int a = 0; a <= p; a++) memcpy(&carry[a], b->carry[a] + k * WIDTH, sizeof carry[a]);
        for (int a = 0; a < p; a++) sum[a] = (KERNEL(vector)){0};
        for (size_t v = k; v < b->padded / WIDTH; v += KERNEL(PIECES)) {
            KERNEL(bits) here = ((KERNEL(bits))(r0[v] + carry[0]) & single[v]) | (one & ~single[v]);
            KERNEL(vector) r = (KERNEL(vector))here, inverse = (KERNEL(vector))((KERNEL(bits))(1 / r) & single[v]);
            bad |= ~((r >= 1e-300) & (r <= 1e300));
            power += (here >> 52) - 1023;
            factor *= (KERNEL(vector))((here & low) | one);
            hazard[v] = lived += hazard[v] + inverse;
            for (int a = 0; a < p; a++) {
                size_t at = (size_t)a * (COX_BLOCK / WIDTH) + v;
                sum[a] += r1[at] = (r1[at] + carry[1 + a]) * inverse;
            }
        }
        memcpy(product + k * WIDTH, &factor, sizeof factor);
        memcpy(exponent + k * WIDTH, &power, sizeof power);
        memcpy(broken + k * WIDTH, &bad, sizeof bad);
        memcpy(b->carry[0] + k * WIDTH, &lived, sizeof lived);
        for (int a = 0; a < p; a++) memcpy(gradient[a] + k * WIDTH, &sum[a], sizeof sum[a]);
    }
    for (int a = 0; a < p; a++) s->gradient[a] -= KERNEL(total)(gradient[a]);
    double all = 1;
    int64_t powers = 0;
    for (size_t l = 0; l < LANES; l++) all *= product[l], powers += exponent[l], s->broken |= broken[l] != 0;
    s->loglik -= log(all) + (double)powers * 0.693147180559945309417;
}

/* Columns from .. from + n - 1 with column a. */
static inline __attribute__((always_inline)) void
KERNEL(add_pairs)(const cox_order *b, int a, int from, int n, double sum[3][4][LANES])
{
    for (size_t k = 0; k < KERNEL(PIECES); k++) {
        const KERNEL(vector) *weight = (const KERNEL(vector) *)b->weight, *hazard = (const KERNEL(vector) *)b->hazard;
        const KERNEL(vector) *x = (const KERNEL(vector) *)b->x, *mean = (const KERNEL(vector) *)b->r1;
        KERNEL(vector) carry, second[4], lived[4], first[4];
        memcpy(&carry, b->carry[0] + k * WIDTH, sizeof carry);
        for (int c = 0; c < n; c++) second[c] = lived[c] = first[c] = (KERNEL(vector)){0};
        for (size_t v = k; v < b->padded / WIDTH; v += KERNEL(PIECES)) {
            size_t at = (size_t)a * (COX_BLOCK / WIDTH) + v;
            KERNEL(vector) wx = weight[v] * x[at], mine = mean[at], h = hazard[v] + carry;
            for (int c = 0; c < n; c++) {
                size_t other = (size_t)(from + c) * (COX_BLOCK / WIDTH) + v;
                KERNEL(vector) square = wx * x[other];
                second[c] += square;
                lived[c] += square * h;
                first[c] += mine * mean[other];
            }
        }
        for (int c = 0; c < n; c++) {
            memcpy(sum[0][c] + k * WIDTH, &second[c], sizeof second[c]);
            memcpy(sum[1][c] + k * WIDTH, &lived[c], sizeof lived[c]);
            memcpy(sum[2][c] + k * WIDTH, &first[c], sizeof first[c]);
        }
    }
}

/* The block into information and R2. */
TARGET static __attribute__((noinline)) void
KERNEL(add_products)(cox_order *b, int p, running *s)
{
    double *r2 = s->r + 1 + p, *to = s->information, all = 0, sum[3][4][LANES] = {0};
    for (size_t l = 0; l < LANES; l++) { /* hazards of the lanes before */
        double here = b->carry[0][l];
        b->carry[0][l] = all, all += here;
    }
    for (int a = 0; a < p; a++)
        for (int from = 0; from <= a; from += 4) {
            int n = a + 1 - from < 4 ? a + 1 - from : 4;
            switch (n) {
            case 1: KERNEL(add_pairs)(b, a, from, 1, sum); break;
            case 2: KERNEL(add_pairs)(b, a, from, 2, sum); break;
            case 3: KERNEL(add_pairs)(b, a, from, 3, sum); break;
            default: KERNEL(add_pairs)(b, a, from, 4, sum); break;
            }
            for (int c = 0; c < n; c++) {
                *to++ += *r2 * all + KERNEL(total)(sum[1][c]) - KERNEL(total)(sum[2][c]);
                *r2++ += KERNEL(total)(sum[0][c]);
            }
        }
}

/* Triples of columns whose greatest is a. */
static inline __attribute__((always_inline)) void
KERNEL(add_triples)(const cox_order *b, int a, double sum[][LANES])
{
    for (size_t k = 0; k < KERNEL(PIECES); k++) {
        const KERNEL(vector) *weight = (const KERNEL(vector) *)b->weight, *x = (const KERNEL(vector) *)b->x;
        KERNEL(vector) third[COX_THIRD * (COX_THIRD + 1) / 2];
        for (int i = 0; i < (a + 1) * (a + 2) / 2; i++) third[i] = (KERNEL(vector)){0};
        for (size_t v = k; v < b->padded / WIDTH; v += KERNEL(PIECES)) {
            KERNEL(vector) wx = weight[v] * x[(size_t)a * (COX_BLOCK / WIDTH) + v];
#pragma GCC unroll 6
            for (int c = 0, i = 0; c <= a; c++) {
                KERNEL(vector) square = wx * x[(size_t)c * (COX_BLOCK / WIDTH) + v];
#pragma GCC unroll 6
                for (int e = 0; e <= c; e++) third[i++] += square * x[(size_t)e * (COX_BLOCK / WIDTH) + v];
            }
        }
        for (int i = 0; i < (a + 1) * (a + 2) / 2; i++) memcpy(sum[i] + k * WIDTH, &third[i], sizeof third[i]);
    }
}

/* The block into R3. */
TARGET static __attribute__((noinline)) void
KERNEL(add_thirds)(const cox_order *b, int p, running *s)
{
    double *to = s->r3, sum[COX_THIRD * (COX_THIRD + 1) / 2][LANES] = {{0}};
    for (int a = 0; a < p; a++) {
        switch (a) {
        case 0: KERNEL(add_triples)(b, 0, sum); break;
        case 1: KERNEL(add_triples)(b, 1, sum); break;
        case 2: KERNEL(add_triples)(b, 2, sum); break;
        case 3: KERNEL(add_triples)(b, 3, sum); break;
        case 4: KERNEL(add_triples)(b, 4, sum); break;
        default: KERNEL(add_triples)(b, a, sum); break;
        }
        for (int i = 0; i < (a + 1) * (a + 2) / 2; i++) *to++ += KERNEL(total)(sum[i]);
    }
}

#undef KERNEL
#undef WIDTH
#undef TARGET
