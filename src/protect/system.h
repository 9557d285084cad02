/* One system of constraints for a whole report: every count once, and every sum that ties them.
 *
 * A count is a population and one code per dimension (0 = everybody). Partitions say how codes of a dimension add up;
 * from these every equation follows wherever the whole and all its parts are among the counts, in whatever table. */
#ifndef PEIL_PROTECT_SYSTEM_H
#define PEIL_PROTECT_SYSTEM_H

#include "base/text.h"

enum { SYSTEM_NONE = UINT32_MAX };

/* Dimensions of one report, of all its figures together. */
enum { SYSTEM_DIMENSIONS = 256 };

typedef struct system_dimension {
    const char *name;
    size_t n;
    const char **code; /* [n] code[0] is the total */
} system_dimension;

/* The children make up the parent: exclusive ones add up to at most the parent, and to the parent itself where
 * they are all there are. Children that overlap are each at most the parent. */
typedef struct system_partition {
    uint16_t dimension, parent;
    bool exclusive;
    size_t n;
    const uint16_t *child;
} system_partition;

typedef enum system_relation { SYSTEM_EQUAL, SYSTEM_AT_LEAST, SYSTEM_AT_MOST } system_relation;

/* whole (=, >=, <=) the sum of its parts; indices of counts. */
typedef struct system_row {
    system_relation relation;
    uint32_t partition;
    uint32_t whole;
    uint32_t n;
    const uint32_t *part;
} system_row;

typedef struct protect_system {
    arena *a;
    size_t dimensions;
    system_dimension *dimension;
    size_t partitions;
    system_partition *partition;
    size_t populations;
    const char **population;
    size_t width;          /* dimensions + 1: key[0] is the population */
    size_t n, capacity;
    uint16_t *key;         /* [n][width] */
    int64_t *value;        /* [n] exact */
    uint8_t *zero;         /* [n] 1: known to be zero, it cannot occur */
    const char **source;   /* [n] the table that named it first */
    size_t slots;          /* of the hash index, a power of two */
    uint32_t *slot;
    size_t rows;
    system_row *row;
    size_t broken;         /* declared sums that do not hold in the exact counts: bounds instead of equations */
} protect_system;

/* Names first: dimensions, codes, partitions and populations; then counts; then the rows. */
status system_new(arena *a, protect_system *s);
status system_dimension_find(protect_system *s, const char *name, uint16_t *dimension);
status system_code_find(protect_system *s, uint16_t dimension, const char *code, uint16_t *result); /* adds it when new */
status system_population_find(protect_system *s, const char *name, uint16_t *population);
status system_partition_add(protect_system *s, uint16_t dimension, uint16_t parent, bool exclusive, size_t n,
                            const uint16_t child[]);

/* No more names: room for at most `capacity` counts. */
status system_counts(protect_system *s, size_t capacity);

/* The count with this key: found or added. ST_INVALID when it stands in another table with another value. */
status system_add(protect_system *s, const uint16_t key[], int64_t value, const char *source, uint32_t *index);
uint32_t system_find(const protect_system *s, const uint16_t key[]); /* SYSTEM_NONE: not there */
static inline const uint16_t *system_key(const protect_system *s, size_t i) { return s->key + i * s->width; }

typedef enum system_trust {
    SYSTEM_FOUND,    /* a sum that does not hold in the counts is a bound at most, and counted in `broken` */
    SYSTEM_STRICT,   /* such a sum is ST_INVALID and named */
    SYSTEM_DECLARED  /* every declared sum holds for the counts behind: the values are not looked at */
} system_trust;

/* Derive every row. */
status system_rows(protect_system *s, system_trust trust);

/* After that: counts that are known to be equal, two by two. Pairs whose exact counts are not, or that are not there, are passed over. */
status system_same(protect_system *s, size_t n, const uint32_t pair[][2]);

/* "form=labour, year=2019" or "everybody", into the arena; NULL when there is no memory. */
const char *system_describe(arena *a, const protect_system *s, size_t index);

#endif
