/* Sums of products over a block, eight sums side by side: the same additions in the same order whatever the width of a vector. Included
 * once for each width, with PRODUCTS the name of the function and WIDTH the doubles in a vector. Private to cox_order.c. */

typedef double PRODUCTS_VECTOR __attribute__((vector_size(WIDTH * sizeof(double))));

enum { PRODUCTS_PIECES = LANES / WIDTH };

static inline __attribute__((always_inline)) double
PRODUCTS_TOTAL(const PRODUCTS_VECTOR *piece)
{
    double v[LANES];
    memcpy(v, piece, sizeof v);
    return ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]));
}

/* The block into gradient, information and R2. */
static inline __attribute__((always_inline)) void
PRODUCTS(const cox_order *b, int p, running *s)
{
    size_t vectors = b->padded / WIDTH;
    double *r2 = s->r + 1 + p, *to = s->information, all = b->hazard[b->padded - 1];
    const PRODUCTS_VECTOR *hazard = (const PRODUCTS_VECTOR *)b->hazard;
    for (int a = 0; a < p; a++) {
        const PRODUCTS_VECTOR *wx = (const PRODUCTS_VECTOR *)(b->wx + (size_t)a * COX_BLOCK);
        const PRODUCTS_VECTOR *mean = (const PRODUCTS_VECTOR *)(b->r1 + (size_t)a * COX_BLOCK);
        PRODUCTS_VECTOR sum[PRODUCTS_PIECES] = {{0}};
        for (size_t v = 0; v < vectors; v += PRODUCTS_PIECES)
            for (size_t k = 0; k < PRODUCTS_PIECES; k++) sum[k] += mean[v + k];
        s->gradient[a] -= PRODUCTS_TOTAL(sum);
        for (int c = 0; c <= a; c++) {
            const PRODUCTS_VECTOR *x = (const PRODUCTS_VECTOR *)(b->x + (size_t)c * COX_BLOCK);
            const PRODUCTS_VECTOR *other = (const PRODUCTS_VECTOR *)(b->r1 + (size_t)c * COX_BLOCK);
            PRODUCTS_VECTOR second[PRODUCTS_PIECES] = {{0}}, lived[PRODUCTS_PIECES] = {{0}}, first[PRODUCTS_PIECES] = {{0}};
            for (size_t v = 0; v < vectors; v += PRODUCTS_PIECES)
                for (size_t k = 0; k < PRODUCTS_PIECES; k++) {
                    PRODUCTS_VECTOR square = wx[v + k] * x[v + k];
                    second[k] += square;
                    lived[k] += square * hazard[v + k];
                    first[k] += mean[v + k] * other[v + k];
                }
            *to++ += *r2 * all + PRODUCTS_TOTAL(lived) - PRODUCTS_TOTAL(first);
            *r2++ += PRODUCTS_TOTAL(second);
        }
    }
}

#undef PRODUCTS
#undef PRODUCTS_TOTAL
#undef PRODUCTS_VECTOR
#undef PRODUCTS_PIECES
#undef WIDTH
