/* Files of strangers: which columns a file has, who stands in it how often, and which errors its columns have. For the lists of
 * kinds that are there for evaluation alone. */
#ifndef PEIL_TESTS_LINKAGE_STRANGER_FILES_H
#define PEIL_TESTS_LINKAGE_STRANGER_FILES_H

#include "people.h"
#include "strangers.h"

/* Columns; those that two kinds of field may hold come twice. */
typedef enum what {
    GIVEN, FAMILY, NAME, BORN, YEAR, SEX, NATION, PLACE, CITY, POSTCODE, STREET, PHONE, MAIL, WORK, UNIT, SERVICE, LAND, EMPTY, ROW,
    SECOND, OTHER_FAMILY, MONTH, DAY, AGE, SUFFIX, HOUSE, ROAD, STATE, INSURED, FIRM, TYPE, FIRST_SEEN, WHATS
} what;

enum { FILE_COLUMNS = 11 };

/* A column of a kind of file: share of records without it, and the errors it has. */
typedef struct column_plan {
    what is;
    double missing;
    struct {
        double share;
        spoil *by;
    } error[3];
    bool there; /* last of all: a column */
} column_plan;

/* Records of a person that has more than one: two; up to fifteen with a long tail; up to five more, one oftenest, all as often, or by Poisson. */
typedef enum sizes { ONE, TWO, TAIL, ZIPF, UNIFORM, POISSON } sizes;

typedef struct file_plan {
    const char *name;
    size_t persons;
    sizes sizes;
    double again;      /* share of persons that have more than one record */
    double cover[2];   /* two files: share of the persons that each has */
    stranger_plan who;
    const char *format; /* of dates */
    double married;    /* share of women's later records under the partner's name */
    double moved;      /* share of later records from another home */
    bool styles;       /* families written as every clerk likes, names with titles */
    column_plan column[FILE_COLUMNS];
    double swapped;    /* share of later records with given and family name in each other's place */
    double nameless;   /* share of records without any name */
    int errors;        /* not 0: a person's first record is right, a later one has one to so many errors in columns chosen by lot */
} file_plan;

/* level  errors: 0 half, 1 as the plan says, 2 by seven tenths more
 * share  of the persons that the plan has
 * stream of random numbers */
status stranger_file_new(arena *a, const file_plan *plan, int level, double share, const uint64_t stream[2], people *result);

#endif
