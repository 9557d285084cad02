/* Which pairs are worth a second look: every pair when it fits, else several passes over pairs that share values.
 *
 * Every pair: a pair costs a few look-ups of small integers in tables of the first record's values; it is kept when its
 * weight, without lifts and theta, could reach `cut`. Nothing is lost by blocking.
 * Passes: pairs equal in two attributes, for every two attributes whose joint values are rare enough. */
#ifndef PEIL_LINKAGE_CANDIDATES_H
#define PEIL_LINKAGE_CANDIDATES_H

#include "linkage/weights.h"

/* Pairs that may reach this posterior stay candidates (of two files, fewer: linkage/link.c). */
#define LINK_KEPT_P 0.002

typedef struct link_pairs {
    size_t n;
    uint32_t *a, *b; /* records, a < b; ascending by (a, b) */
    link_code *code;
    float *fixed;    /* link_fixed_weight */
    double *p;       /* posterior */
} link_pairs;

/* cut    least ln m - ln F summed over the fields
 * most   pairs that fit; when there are more the cut is raised, and `raised` says by how much
 * Cost   all pairs x attributes look-ups; memory 40 bytes a kept pair
 * Sets model->cut. Deterministic for any number of threads */
status link_candidates(arena *a, link_model *model, double cut, size_t most, link_pairs *result, double *raised);

/* The same by passes; sets model->passes and cut. Groups of more than 100 records equal in both attributes are passed over.
 * Cost    attributes^2 / 2 sorts of the records, comparisons of some tens of millions of pairs; memory 40 bytes a kept pair */
status link_candidates_by_passes(arena *a, link_model *model, double cut, link_pairs *result);
/* Would the passes see a pair with these levels? Always true when every pair is compared. */
bool link_passes_see(const link_model *model, link_code c);

/* Records that know two attributes (or one, twice) by their values of them, then by number. */
typedef struct keyed_record {
    uint64_t key; /* value of f << 32 | value of g */
    uint32_t record;
} keyed_record;

typedef struct link_sorter {
    uint32_t *start, *record; /* [most values + 2], [records] */
    keyed_record *keyed;      /* [records] */
} link_sorter;

status link_sorter_new(arena *a, const link_records *r, link_sorter *result);
/* Into s->keyed; gives how many. Cost: two counting sorts, O(records + values) */
size_t link_sort_by(link_sorter *s, const link_records *r, size_t f, size_t g);

/* Number of the pair of records a < b; SIZE_MAX when it is none of the candidates. */
size_t link_pairs_find(const link_pairs *pairs, uint32_t a, uint32_t b);

/* Of piles with two items a pair, (a << 32 | b) and code: each pair once. */
struct piles;
status link_candidates_gather(arena *a, const struct piles *p, link_pairs *result);

/* Joint levels of every two attributes over a sample of pairs, less those of one person (by p): for the lifts.
 * first  nothing was fitted yet: pairs that differ in what belongs to one person (given name, date of birth, number,
 *        e-mail) count as different persons whatever they share, else households would pass for persons
 * a      the arena of the model: the sample is drawn once
 * Sets model->lifts. Cost: a million pairs, or all when there are fewer */
status link_model_lifts(arena *a, link_model *model, const link_pairs *pairs, bool first, uint64_t seed);

#endif
