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

/* A column of percentages. */
typedef struct certificate_share {
    const char *name, *file;
    int decimals;
    size_t shown, hidden;
} certificate_share;

/* A test statistic. */
typedef struct certificate_statistic {
    const char *name, *file, *kind;
    bool exact;           /* of the exact counts, through the leak gate; else of the released ones */
    int digits;           /* significant digits printed; 0: withheld */
} certificate_statistic;

/* A number that differs from the one released before, or stood in the earlier release alone. */
typedef struct certificate_revision {
    const char *table, *cell;
    int64_t earlier, now;
    bool both;            /* both numbers can be true of one count: rounding alone explains the difference */
    const char *reason;   /* as protect.yaml says; NULL: it says nothing of this count */
} certificate_revision;

/* What a release says of itself. Nothing in it depends on a single exact count. */
typedef struct release_facts {
    protect_certificate c;
    protect_mode mode;
    int minimum;
    bool restricted;
    bool impossible;          /* proven: not every count can go to a neighbour */
    const char *conflict;     /* the sum that shows that not every count can go to a neighbour; NULL: none was met */
    size_t changed;           /* conventional: put on the other neighbour so that the attack fails */
    size_t least_changes;     /* fewer do not pass the attack, by trying */
    int interval;             /* asked for by protect.yaml; 0: none */
    double interval_percent;
    bool zeros_too, full_too; /* group disclosure was looked at too (rounding) */
    size_t zeros, zeros_found, full, full_found;
    size_t shares, statistics;
    certificate_share *share;
    certificate_statistic *statistic;
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
    size_t kept, adjusted, revised; /* earlier numbers kept; another one now, both can be true; both cannot */
    size_t only_earlier;      /* counts of the earlier release alone, known to the attacker */
    size_t unusable;          /* of these: they cannot be true beside today's exact counts, and bound nothing */
    size_t revisions;
    certificate_revision *revision;
    size_t reasons;
    char *const *reason;      /* why counts were revised, as protect.yaml says */
} release_facts;

/* What a mode does to a count, and why a count is hidden: word ids. */
const char *certificate_why_moved(const release_facts *f);
const char *certificate_why_hidden(void);
const char *certificate_why_revised(const certificate_revision *r);

/* As JSON. */
status certificate_json(arena *a, const release_facts *f, text *out);

#endif
