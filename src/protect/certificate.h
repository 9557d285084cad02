/* The certificate of a release, for everybody: how it was made, what was tried against it, and what was found. */
#ifndef PEIL_PROTECT_CERTIFICATE_H
#define PEIL_PROTECT_CERTIFICATE_H

#include "protect/report.h"

typedef struct certificate_table {
    const char *file;
    size_t cells;
    const char *hash;    /* BLAKE2b of the file */
} certificate_table;

/* A count that is not shown. */
typedef struct certificate_hidden {
    const char *table, *cell;
} certificate_hidden;

/* A code that stands for several small ones. */
typedef struct certificate_merge {
    const char *dimension, *code;
    size_t parts;
    char *const *part;
} certificate_merge;

/* Means of an amount. */
typedef struct certificate_amount {
    const char *name;
    int digits;           /* 0: the attack allowed none */
    size_t shown, hidden;
} certificate_amount;

/* What a release says of itself. Nothing in it depends on a single exact count. */
typedef struct release_facts {
    protect_certificate c;
    protect_mode mode;
    int minimum;
    bool restricted;
    const char *conflict;     /* the sum that shows that not every count can go to a neighbour; NULL: none was met */
    size_t changed;           /* conventional: put on the other neighbour so that the attack fails */
    size_t narrowed, programs;
    size_t tables;
    certificate_table *table;
    const char *spec_hash;
    const char *data_hash;    /* keyed: only the owner of the key can make it again; NULL: no key was given */
    size_t amounts;
    certificate_amount *amount;
    size_t hides;
    certificate_hidden *hide;
    size_t merges;
    certificate_merge *merge;
    const char *earlier;      /* name of the folder of the earlier release; NULL: none */
    const char *earlier_hash; /* of its certificate; NULL: it has none */
    size_t kept, adjusted, revised; /* earlier numbers kept; moved though still true; no longer true */
    size_t reasons;
    char *const *reason;      /* why counts were revised, as protect.yaml says */
} release_facts;

/* What a mode does to a count, and why a count is hidden: word ids. */
const char *certificate_why_moved(const release_facts *f);
const char *certificate_why_hidden(void);

/* As JSON. */
status certificate_json(arena *a, const release_facts *f, text *out);

#endif
