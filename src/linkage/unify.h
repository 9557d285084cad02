/* Who is the same person: notifications made unique persons, over the period and per year.
 *
 * What people decided comes first and holds. Then rules, in this order: an equal valid BSN; an equal V-number; equal normalised names, date of birth (with its
 * precision) and sex. Then record linkage (linkage/link.h) over names, birth, sex, nationality and numbers joins what
 * errors of writing keep apart. Two different valid numbers of one kind never come together: where it would happen only
 * the parts without any number are joined with each other, and the clash is listed for review. Rows with an equal number
 * whose names and birth are wholly different (linkage/unify_contradict.h) are not joined but listed for review too.
 * The result does not depend on the order of the rows: rows are taken in a canonical order of their content. */
#ifndef PEIL_LINKAGE_UNIFY_H
#define PEIL_LINKAGE_UNIFY_H

#include "linkage/review.h"
#include "table/table.h"

typedef enum unify_rule { UNIFY_BSN, UNIFY_V_NUMBER, UNIFY_NAME_BIRTH_SEX, UNIFY_LINKED, UNIFY_DECIDED, UNIFY_RULES } unify_rule;

const char *unify_rule_name(unify_rule rule); /* "bsn", "v_number", "name_birth_sex", "linked", "decided" */

/* A step of the log: the persons that rows `a` and `b` belonged to became one. */
typedef struct unify_merge {
    int32_t a, b; /* rows of the table */
    unify_rule rule;
} unify_merge;

/* A rule held for two rows, but their persons have different valid numbers, or an equal number is all they share: not
 * joined, to be reviewed. */
typedef struct unify_clash {
    int32_t a, b;
    unify_rule rule;
} unify_clash;

/* A pair for a person to decide: its probability lies between 0.05 and 0.95. */
typedef struct unify_doubt {
    int32_t a, b;
    link_waterfall what;
} unify_doubt;

/* Two rows that a person called the same person, or different ones. */
typedef struct unify_decision {
    int32_t a, b;
    bool same;
    const char *name; /* what messages call it */
} unify_decision;

typedef struct unify_options {
    size_t draws;     /* of the persons, to see how much figures move with the links. Cost of a draw: that of the clusters */
    size_t decisions;
    const unify_decision *decision; /* [decisions] */
    bool review;      /* list the pairs in doubt */
    const int32_t *explain; /* two rows: what each field says about them; NULL: none */
} unify_options;

typedef struct unified {
    size_t rows;
    size_t persons;
    int32_t *person; /* [rows] 0 .. persons-1, by first appearance in canonical order */
    int32_t *order;  /* [rows] rows in canonical order */
    size_t merges, clashes;
    unify_merge *merge; /* [merges] in the order they were made */
    unify_clash *clash; /* [clashes] */
    link_waterfall *clash_what; /* [clashes] what each field says; NULL: not asked for, or not linked */
    link_waterfall explained; /* of the two rows asked for; n = 0: none asked for, or not linked */
    bool linked;           /* record linkage took part: at least fifty notifications */
    link_quality quality;  /* of it; links in all clusters, those that the rules made too */
    size_t draws;
    int32_t **drawn;       /* [draws][rows] persons when each link is taken with its probability */
    size_t *drawn_persons; /* [draws] how many */
    size_t doubts;
    unify_doubt *doubt;    /* [doubts] the most doubtful first; none unless asked for */
} unified;

/* notifications  columns received, given_name, family_name, born, born_precision, sex, bsn, v_number, and
 *                notification as last tie-breaker; other columns of it take part in the canonical order
 * result         memory in `out`; 0 rows give 0 persons
 * Missing        an empty name or birth date matches nothing under the third rule
 * Errors         ST_INVALID (a column is missing or of another type), ST_NO_MEMORY; result untouched on error
 * Cost           that of link_run
 * Checked        tests/linkage/test_unify.c */
status unify_persons(arena *out, const table *notifications, unified *result);

/* The same with draws, decisions and review. Errors also ST_INVALID: decisions contradict each other. */
status unify_persons_with(arena *out, const table *notifications, const unify_options *options, unified *result);

/* The persons as they were after the first `merges` steps of the log: 0 gives every row its own person, all of them
 * gives the result again, byte for byte. `person` has room for u->rows. */
status unify_replay(const unified *u, size_t merges, int32_t person[], size_t *persons);

/* One number per person and calendar year of `received`, by first appearance in canonical order: year_person[row].
 * Rows without a date are -1. */
status unify_per_year(const unified *u, const table *notifications, int32_t year_person[], size_t *count);

#endif
