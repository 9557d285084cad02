/* Linkage error: the overlap table depends on who was taken for the same person.
 *
 * Two ways to carry it through: draw the links again and again from their probabilities (multiple imputation), or correct
 * the table for known rates of missed and false links. */
#ifndef PEIL_ESTIMATE_LINKS_H
#define PEIL_ESTIMATE_LINKS_H

#include "estimate/method.h"

/* Correct a table for linkage error, list after list as files are linked: list j is linked to the lists before it.
 *
 * missed   probability that two records of one person were not linked
 * falsely  probability that a person of the lists before, who is not on list j, was linked to somebody else's record of it
 * Cells that would turn negative become 0 (the rates are then too large for the table). With two lists this is the
 * estimator of Ding & Fienberg (1994, Survey Methodology 20, 149-158); with more it applies it to each list in turn; a record
 * of list j that was not linked counts as a person of list j alone, later lists stay with the other records (compare Zult, de Wolf, Bakker & van der Heijden 2021,
 * doi:10.2478/jos-2021-0034). Numbers on each list stay as they are.
 *
 * Gives false when a cell had to be set to 0. */
bool links_correct(int lists, double missed, double falsely, double count[]);

/* Records on lists, and pairs that may be the same person. */
typedef struct links {
    int lists;
    const char *list[ESTIMATE_LISTS];
    size_t records;
    uint8_t *list_of;    /* [records] */
    size_t pairs;
    uint32_t *a, *b;     /* [pairs] records */
    double *probability; /* [pairs] */
    size_t draws;        /* given instead of pairs, else 0 */
    double *drawn;       /* [draws << lists] the overlap table of each */
} links;

/* records_path: CSV `record_id,list`; links_path: CSV `id_a,id_b,probability` as `peil link --pairs` writes it, or
 * `draw,record_id,cluster_id` as `peil link --draws-out` does: in each draw, 1, 2 .., every record once, those of one cluster
 * one person. Draws keep what the linkage knows of whole clusters; pairs are drawn apart from each other.
 *
 * Errors  ST_INVALID (an id twice, an unknown id, a probability outside 0..1, a draw without all records; row and column
 *         named, never an id) */
status links_read(arena *out, const char *records_path, const char *links_path, links *result);

/* One draw of who is who: every pair is a link with its probability, links chain to persons; or the given draw.
 * counts[2^lists]. */
status links_draw(const links *l, uint64_t seed, uint64_t draw, double count[]);

typedef struct links_result {
    size_t draws, failed;          /* failed: draws or replicates without an estimate */
    double *estimate;              /* [draws] NaN where none exists */
    double *observed;              /* [draws] persons */
    double median, lower, upper;   /* over all replicates of all draws; upper +inf when unbounded, NaN when none */
    double share;                  /* of the variance of log(unseen) that the links bring (Rubin 1987), 0..1 */
} links_result;

/* Estimate over draws; each draw gets options->replicates / draws replicates, its own model included.
 *
 * Errors  ST_INVALID (more draws than were given) */
status links_estimate(arena *out, const links *l, method m, size_t draws, const method_options *options, links_result *result);

#endif
