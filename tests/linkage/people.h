/* Made-up people with duplicates and errors, for tests and benches of linkage. */
#ifndef PEIL_TESTS_LINKAGE_PEOPLE_H
#define PEIL_TESTS_LINKAGE_PEOPLE_H

#include "base/rng.h"
#include "linkage/fields.h"
#include "table/table.h"

typedef struct people_options {
    uint64_t seed;
    size_t persons;    /* originals */
    size_t duplicates; /* records beyond the originals; two files: persons that are in both */
    int most;          /* records a person may have beyond the original */
    double error;      /* chance of an error a field of a duplicate (of an original: a fifth) */
    double missing;    /* chance that a field is empty */
    int families;      /* persons of one household: same family name, street, city, postcode; 1: none */
    bool clustered;    /* errors fall on bad records: one in five has four times as many, the others a quarter */
    bool two;          /* two files, one to one */
    unsigned fields;   /* bit set, see below */
} people_options;

enum {
    PEOPLE_GIVEN = 1, PEOPLE_FAMILY = 2, PEOPLE_BORN = 4, PEOPLE_SEX = 8, PEOPLE_STREET = 16, PEOPLE_CITY = 32, PEOPLE_POSTCODE = 64,
    PEOPLE_NUMBER = 128, PEOPLE_EMAIL = 256, PEOPLE_PARTS = 512 /* year, month, day in columns instead of born */
};

typedef struct people {
    size_t files;
    table file[2];
    int32_t *entity[2]; /* [rows of the file] */
    link_fields fields;
} people;

status people_new(arena *a, const people_options *options, people *result);

#endif
