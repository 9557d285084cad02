/* Rows of whole numbers, each a move: arithmetic on them, and taking out what changes a count. Private to the lattice. */
#ifndef PEIL_PROTECT_LATTICE_LINE_H
#define PEIL_PROTECT_LATTICE_LINE_H

#include "protect/lattice.h"

enum { LATTICE_ALIGNED = 64 /* the arena aligns blocks of that size */, LATTICE_KEEPERS = 8 };

/* What is known of a row. */
typedef struct lattice_line {
    int8_t *v;
    int32_t largest; /* no entry is larger, either way */
    uint32_t n;      /* entries that are not 0 */
    bool up, down;   /* may be added to the table, may be taken from it */
    bool out;        /* no longer in the lattice */
    bool known;      /* `moved` is up to date */
    uint64_t *moved; /* [words] a bit for each loner whose counts of one it moves */
} lattice_line;

/* A move: line - factor * other. */
typedef struct lattice_keeper {
    uint32_t line, other;
    int32_t factor; /* 0: the line by itself */
} lattice_keeper;

/* A watched count and the moves that keep it. */
typedef struct lattice_watched {
    uint32_t at, own, n; /* where it stands, whose count of one it is */
    lattice_keeper keeper[LATTICE_KEEPERS];
} lattice_watched;

/* line -= factor * other; factor 0: the line was left out. */
typedef struct lattice_step {
    uint32_t line, other;
    int32_t factor;
    lattice_line before;
} lattice_step;

struct lattice {
    arena *a;
    const protect_system *s;
    const int64_t *value;
    lattice_against against;
    uint32_t *at;            /* [n] where a count stands in a row: the counts of one in front, by loner */
    size_t width;            /* counts, then what is left over in each bound; a multiple of LATTICE_ALIGNED */
    int8_t *room;            /* [width] how far a count may fall */
    size_t lines, alive;
    lattice_line *line;      /* [lines] */
    uint32_t *list;          /* [alive] the lines that are not out */
    int32_t *factor;         /* [lines] what the touched lines have where the others shall have 0 */
    uint8_t *mark;           /* [lines] touched */
    size_t touches;
    uint32_t *touched;       /* [lines] */
    size_t steps, capacity;
    lattice_step *step;
    size_t loners, ones, words;
    uint32_t *own_first;     /* [loners + 1] his counts of one stand in a row at own_first[i] .. */
    uint32_t *owner;         /* [ones] whose they are */
    uint32_t *loner;         /* [n] whose count of one it is; SYSTEM_NONE: of nobody alone */
    size_t watches, most_watches;
    lattice_watched *watch, *saved;
    uint32_t *saved_at;
    lattice_line spare;      /* for a move of two lines */
    uint64_t *who;           /* [words] loners from whom a count is not yet kept */
    uint32_t *through;       /* [lines] that move the count at hand */
    bool lossy;              /* a row was left out that had grown too large */
    size_t last_failed;      /* the watch that stopped the last trial: likely the next one's too */
};

/* What is known of a row: how far it may be applied, its largest entry. */
void lattice_measure(const lattice *l, lattice_line *r);

/* to = from - factor * other, and what is known of it; to and from may be one. What no longer fits wraps, and comes back
 * when it is undone. useful: stop where the move can be made neither way; false: it cannot. */
bool lattice_subtract(const lattice *l, lattice_line *to, const int8_t from[], int32_t factor, const int8_t other[], bool useful);

/* `factor` is what a line has where the others shall have 0. */
void lattice_touch(lattice *l, uint32_t line, int32_t factor);
void lattice_touch_cell(lattice *l, uint32_t cell);
void lattice_forget_touched(lattice *l);

/* Leave the moves that are 0 where `factor` is what the touched lines have: Euclid's algorithm over all of them. done false:
 * there is no skip-th way. Then keep that, or take all steps back. */
status lattice_eliminate(lattice *l, int skip, bool *done);
void lattice_commit(lattice *l);
void lattice_undo(lattice *l);

#endif
