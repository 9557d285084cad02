/* Record linkage from tables to persons, without labels and without tuning. */
#ifndef PEIL_LINKAGE_LINK_H
#define PEIL_LINKAGE_LINK_H

#include "base/date.h"
#include "linkage/clusters.h"
#include "linkage/em.h"
#include "linkage/quality.h"

/* What a person decided, by ids: with two files id_a is of the first, id_b of the second. */
typedef struct link_decided {
    text a, b;
    bool same;
    text who, day;    /* as given; empty when the file has none */
    int32_t on;       /* the day; DATE_MISSING none */
    const char *name; /* what messages call it: file and row */
} link_decided;

typedef struct link_options {
    double threshold; /* probability from which a link counts; 0: chosen by what F1 the posteriors let expect */
    uint64_t seed;    /* of samples */
    size_t decided;
    const link_decided *decision; /* [decided] */
} link_options;

typedef struct link_result {
    link_records records;
    link_model model;
    link_pairs pairs;
    size_t decisions;
    link_decision *decision; /* [decisions] those of the options and those of the twins, by pair of records */
    size_t twins;            /* records taken for another one, to which they are equal in every field (linkage/twins.h) */
    bool simple;             /* too few records for a model: linked by a rule */
    double threshold;        /* the one given, or the one chosen */
    link_kin kin;            /* of the pairs; its p of the model where relatives were taken off p */
    link_clusters clusters;
    double *probability; /* [records] that the record belongs where it was put; alone: that it has no partner */
    link_fit fit;
    link_quality quality;
    double raised;       /* candidates were cut above the wanted bound by so much: too many equal records */
} link_result;

/* file    1 table (duplicates within) or 2 (one to one between); the columns named by `fields` are text
 * result  memory in `a`
 * Errors  as link_records_new; ST_LIMIT; ST_INVALID (a decision about a record that is not there, decisions that
 *         contradict each other)
 * Deterministic for any number of threads and order of rows */
status link_run(arena *a, const link_fields *fields, size_t files, const table *const file[], const link_options *options,
                link_result *result);

/* The same for records made otherwise (linkage/encode_fields.h). */
status link_run_records(arena *a, const link_records *records, const link_options *options, link_result *result);

/* The record with that id, in one of the files; SIZE_MAX none. */
size_t link_record_find(const link_records *r, text id, bool second);

/* Of two decisions about one pair: 1 x is newer, -1 y is, 0 they say the same.
 * Errors  ST_INVALID (they say otherwise, and no day tells which is newer) */
status link_decisions_compare(const link_decided *x, const link_decided *y, int *result);

/* YYYY-MM-DD, or a time of that day; empty: DATE_MISSING. False: it is none. */
bool link_decisions_day(text when, int32_t *on);

/* Decisions as a CSV file: id_a,id_b,decision (same or different),who,when; who and when may be absent, more columns are passed over.
 * when  YYYY-MM-DD, or a time of that day: of two decisions about one pair the newer one holds */
status link_decisions_read(arena *a, const char *path, size_t *n, link_decided **result);

#endif
