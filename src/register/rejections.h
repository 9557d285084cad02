/* The rejection file: every row that was rejected or repaired, what was expected, and how to mend it. Never a value. */
#ifndef PEIL_REGISTER_REJECTIONS_H
#define PEIL_REGISTER_REJECTIONS_H

#include "base/text.h"

typedef struct rejections {
    text_builder lines;
    const char *file;       /* name of the delivery */
    size_t rejected;        /* rows left out */
    size_t repaired;        /* rows kept after a repair */
    size_t notes;           /* lines */
    size_t repaired_row;    /* the last row counted as repaired */
    size_t row;             /* the row the next notes are about */
} rejections;

typedef enum note_action { NOTE_REJECTED, NOTE_REPAIRED } note_action;

rejections register_rejections_new(arena *a, const char *file);

/* One line about the current row. `column` is a header of the source, or "" for the whole row. */
void register_note(rejections *r, note_action action, const char *column, const char *expected, const char *mend);

/* Write `file,row,column,expected,mend,action`, whole or not at all; an empty list has its header only. */
status register_rejections_write(const rejections *r, const char *path);

#endif
