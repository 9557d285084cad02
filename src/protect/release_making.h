/* A release while it is made. Private to release*.c. */
#ifndef PEIL_PROTECT_RELEASE_MAKING_H
#define PEIL_PROTECT_RELEASE_MAKING_H

#include "protect/amounts.h"
#include "protect/release_attack.h"

typedef struct making {
    const release_options *options;
    folder earlier;
    release_data data;
    int64_t *value;       /* [n] to be released */
    uint8_t *hidden;      /* [n] NULL: nothing is */
    uint8_t *sensitive;   /* [n] what nobody may find out */
    int64_t reach;
    amounts amounts;
    printed printed;
    release_found found;
    release_facts facts;
} making;

/* The minimum of the count's population. */
int making_minimum(const making *m, size_t cell);

/* Attack what is to be released; p: with percentages and statistics, NULL: without. */
status making_attack(arena *a, const making *m, const printed *p, release_found *found);

/* Conventional rounding: few counts to their other neighbour, so that the attack fails; m->found is of the result. */
status making_change(arena *a, making *m);

/* BLAKE2b of a file, in hexadecimal digits. */
status making_hash_file(arena *a, const char *path, const char **hash);

/* Everything the certificate says, but the hashes of files. */
status making_facts(arena *a, making *m);

/* May the folder be replaced, and do all files have names of their own? */
status making_check(arena *a, const making *m);

/* Everything into a folder beside, which then takes the place of the old one. */
status making_write(arena *a, making *m);

#endif
