/* The persons of a store: which kept reports are of one person, kept from linkage to linkage.
 *
 * Who is who comes from outside (monitor/persons.h); here it is kept. A report is known by its mark, so that a person's number
 * stays though the report is delivered again. A linkage is one transaction: numbers, the log of every report whose number
 * changed, what people decided, and in the audit chain an entry for each merge and each split and one with a keyed hash of all
 * of it. The newest linkage can be undone: the numbers are then what they were, to the byte.
 * A report that is erased is erased here too, from numbers, log and decisions. */
#ifndef PEIL_REGISTER_STORE_PERSONS_H
#define PEIL_REGISTER_STORE_PERSONS_H

#include "register/store.h"

typedef struct store_person {
    unsigned char mark[MARK_BYTES];
    int64_t number; /* 0: none yet */
} store_person;

/* What people call a report: the first half of its mark as hexadecimal digits. It stays when the report is delivered again, is never
 * given to another, and says nothing without the key. */
enum { REPORT_ID = MARK_BYTES };
void register_report_id(const unsigned char mark[MARK_BYTES], char out[REPORT_ID + 1]);

/* What somebody decided about two reports. Days and names are as given. */
typedef struct store_decision {
    unsigned char a[MARK_BYTES], b[MARK_BYTES]; /* a before b in byte order */
    bool same;
    text who, day;
} store_decision;

typedef struct store_persons {
    size_t n;
    store_person *row;        /* [n] the kept reports that may be used for the purpose, in the order they came in */
    size_t gone;
    store_person *left;       /* [gone] reports that had a number and may be used no longer */
    size_t decisions;
    store_decision *decision; /* [decisions] that hold: of one pair the newest */
    int64_t last;             /* highest number given */
    int64_t version;          /* of the store, when this was read */
} store_persons;

/* A linkage, as it came out. */
typedef struct persons_change {
    int64_t linkage;        /* its number; 0: nothing changed, nothing was written */
    size_t added, gone;     /* reports that got a number for the first time, that have none any more */
    size_t moved;           /* reports that got another number */
    size_t merges, splits;  /* numbers that went up in another; parts that left a number others kept */
    size_t decisions;       /* new ones */
} persons_change;

/* One line of the log. */
typedef struct person_step {
    int64_t linkage;
    bool undone;
    unsigned char mark[MARK_BYTES];
    int64_t before, after; /* 0: none */
} person_step;

/* register_store_read, and the persons of the same rows, in one picture of the store. */
status register_persons_read(arena *out, register_store *s, const read_options *options, table *notifications, table *counted,
                             store_persons *persons);

/* Keep a linkage.
 * number    [before->n] of each report, from 1 up
 * decided   [decisions] new decisions, which the linkage has heeded already
 * Errors    ST_BUSY (the store has changed since `before` was read: nothing is written), ST_IO, ST_NO_MEMORY */
status register_persons_write(register_store *s, const store_persons *before, const int64_t number[], size_t decisions,
                              const store_decision decided[], persons_change *result);

/* Take the newest linkage back, with the decisions that came in with it. The counts are those of the way back: gone are reports that
 * have no number again.
 * Errors  ST_NOT_FOUND (there is none), ST_INVALID (the log does not fit: tampered with) */
status register_persons_undo(register_store *s, persons_change *result);

/* All steps that are kept, by linkage and mark. */
status register_persons_log(arena *out, register_store *s, size_t *n, person_step **result);

/* The audit chain as CSV: id,at,what,detail; `at` in UTC.
 * Errors  ST_INVALID (the chain does not hold) */
status register_audit_csv(arena *out, register_store *s, text *result);

/* For the store's own files. */
extern const char register_persons_schema[];
status register_persons_list(arena *out, register_store *s, legal_purpose purpose, store_persons *result); /* in a transaction */
status register_persons_erase(register_store *s, const unsigned char mark[MARK_BYTES]);
status register_persons_erased(register_store *s, size_t reports); /* notes what a delivery erased; before its commit */
status register_persons_verify(register_store *s);

#endif
