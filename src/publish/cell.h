/* A released cell as readers see it: a number in their notation, or a symbol with what it means. */
#ifndef PEIL_PUBLISH_CELL_H
#define PEIL_PUBLISH_CELL_H

#include "publish/document.h"
#include "publish/html.h"

enum { CELL_STATES = RELEASED_LOW + 1 };

/* The symbol of a state: accessible shorthand "[c]", or Statistics Netherlands' ".". "" for RELEASED_VALUE. */
const char *cell_symbol(released_state state, bool official);
/* What the symbol means, as a word id. */
const char *cell_meaning(released_state state);
/* The name files use: "value", "confidential", "unknown", "impossible", "low". */
const char *cell_state_name(released_state state);

/* The number or symbol as text in the arena; NULL when there is no memory. */
const char *cell_text(arena *a, language in, released_cell cell, bool official);
/* The same on a page: symbols carry their meaning and the reason. */
void cell_put(html *h, language in, released_cell cell, bool official);

/* A cell that may be drawn: a value, or low (at zero). */
bool cell_drawn(released_cell cell);

/* Position of an item on an axis by its code; -1: not there. */
int axis_find(const exact_axis *axis, const char *code);

/* Cells of a figure, and its axes, by codes: "FIGURE/ROW/COLUMN". NULL figure in the result when it is not there. */
cell_reference cell_lookup(const document *d, text reference);

/* Put running text with its references to cells resolved.
 * Errors  ST_CONFIG (a reference that leads nowhere), ST_NO_MEMORY */
status cell_put_words(html *h, const document *d, language in, phrase words, bool official);
/* The same as plain text. */
status cell_resolve(arena *a, const document *d, language in, phrase words, bool official, text *out);

#endif
