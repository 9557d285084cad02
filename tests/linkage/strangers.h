/* Made-up persons of several peoples and the errors that registers make with them, other ones than kinds.c has: read by machine,
 * heard through an interpreter, called by another name, married, moved, estimated. For tests/linkage/stranger_files.h. */
#ifndef PEIL_TESTS_LINKAGE_STRANGERS_H
#define PEIL_TESTS_LINKAGE_STRANGERS_H

#include "base/rng.h"

enum { CELL = 80 };

typedef struct stranger {
    int people; /* index of nation and names */
    bool woman;
    char given[CELL], second[CELL], prefix[CELL], family[CELL], married[CELL]; /* married: the partner's name */
    char born[CELL], place[CELL]; /* YYYY-MM-DD */
    char city[CELL], postcode[CELL], street[CELL], phone[CELL], mail[CELL], work[CELL], unit[CELL], service[CELL];
} stranger;

enum { DUTCH = 1, POLISH = 2, NIGERIAN = 4, ARABIC = 8, VIETNAMESE = 16, BRITISH = 32, GERMAN = 64, ERITREAN = 128 };

typedef struct stranger_plan {
    unsigned peoples;  /* bits: the first has half, the others share the rest */
    double common;     /* exponent of how common names are: 0 all alike, 1 Zipf */
    size_t names;      /* family names there are; given ones a quarter */
    int first_year, years;
    int household;     /* persons of one address and family name: a couple and their children; 1 none */
} stranger_plan;

/* Persons [n], households beside each other. */
void strangers_make(rng *g, const stranger_plan *plan, size_t n, stranger result[]);
void strangers_move(rng *g, const stranger_plan *plan, stranger *s); /* another home */
const char *strangers_nation(const stranger *s);

/* Errors, each on one cell as it stands in the file; a date as YYYY-MM-DD. */
typedef void spoil(rng *g, const stranger *of, char cell[CELL]);
spoil spoil_scan;       /* letters and digits that look alike */
spoil spoil_sound;      /* another spelling of the same sound, up to three places */
spoil spoil_nickname;   /* the name used at home, or the first syllable */
spoil spoil_other_name; /* the second given name in place of the first */
spoil spoil_initial;
spoil spoil_cut;        /* the form has room for seven letters */
spoil spoil_part;       /* one word of several left out */
spoil spoil_key;        /* the key beside it */
spoil spoil_january;    /* day and month unknown: 1 January */
spoil spoil_default;    /* not asked: 1900-01-01 */
spoil spoil_year_only;
spoil spoil_age;        /* year from a guessed age, rounded to fives half of the time */
spoil spoil_turned;     /* day before month */
spoil spoil_work;       /* another word for the same work */
spoil spoil_host;       /* the same name at another host */
spoil spoil_new_number; /* another telephone */
spoil spoil_flip;       /* the other sex */
spoil spoil_neighbour;  /* the country beside it */

/* Text forms of names. */
void stranger_family(rng *g, const stranger *s, bool married, bool styles, char out[CELL]);
void stranger_full(rng *g, const stranger *s, bool married, bool titles, char out[CELL]);

#endif
