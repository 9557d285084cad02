/* Records to be linked: every field as small integers into its distinct values, each value prepared once.
 *
 * Records are put into canonical order (file, id): nothing behind this point depends on the order of rows. */
#ifndef PEIL_LINKAGE_RECORDS_H
#define PEIL_LINKAGE_RECORDS_H

#include "linkage/compare_date.h"
#include "linkage/compare_text.h"
#include "linkage/fields.h"
#include "table/table.h"

/* How values of an attribute are compared; levels of each in linkage/levels.h. */
typedef enum compare_type { COMPARE_NAME, COMPARE_TEXT, COMPARE_CODE, COMPARE_YEAR, COMPARE_DATE, COMPARE_EMAIL, COMPARE_EQUAL } compare_type;

/* Distinct values; attributes that may change places (given and family names) share one. */
typedef struct value_set {
    compare_type type;
    link_kind kind; /* of its first attribute */
    size_t n;
    text *plain;       /* [n] normalised, in byte order */
    word *words;       /* [n] what is compared; not for dates and years */
    word_sign *signs;  /* [n] */
    word *locals;      /* [n] e-mail only: the part before @ */
    word_sign *local_signs;
    date_value *dates; /* [n] dates and years only */
    uint8_t *consonants; /* [n] names only: written without vowels */
    uint8_t *valid;    /* [n] numbers only: passes the eleven-test */
    const struct coded_values *coded; /* values known by encodings only (linkage/encode_levels.h): then no words; NULL plain */
} value_set;

typedef struct attribute {
    const char *name; /* column, or the first of three for a date in parts */
    link_kind kind;
    size_t set;       /* index of its value set */
    int32_t *of;      /* [records] value; -1 missing */
    size_t known;     /* records with a value */
    bool identifies;  /* numbers with a check sum: two different valid ones are two persons */
} attribute;

typedef struct link_records {
    size_t n;      /* canonical order: all of file 1, then all of file 2, each by id */
    size_t split;  /* records of file 1; n with one file; 0 where one of two files is empty */
    text *id;      /* [n] */
    uint32_t *row; /* [n] row of its table */
    size_t attributes, sets;
    attribute *attribute; /* [attributes] */
    value_set *set;       /* [sets] */
    int given, family;    /* attributes that may have changed places; -1 when there are not both */
} link_records;

/* file    [files] 1 or 2 tables; the columns that `fields` names are text columns
 * result  memory in `a`; texts of ids lie in the tables
 * Errors  ST_INVALID (no such column, an id missing or twice in a file), ST_CONFIG, ST_LIMIT, ST_NO_MEMORY */
status link_records_new(arena *a, const link_fields *fields, size_t files, const table *const file[], link_records *result);

compare_type compare_type_of(link_kind kind);

static inline bool
compare_type_dates(compare_type type)
{
    return type == COMPARE_DATE || type == COMPARE_YEAR;
}

/* What follows from attributes and sets: how many know a field, which numbers identify, which names may change places, which days stand
 * for days not known. */
status link_records_finish(link_records *r);

#endif
