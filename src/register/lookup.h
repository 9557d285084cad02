/* From the words of a delivery to codes: a hash table of texts, built once per source. */
#ifndef PEIL_REGISTER_LOOKUP_H
#define PEIL_REGISTER_LOOKUP_H

#include "base/text.h"

typedef struct lookup lookup;

/* Room for n words. */
status register_lookup_new(arena *out, size_t n, lookup **result);

/* False when the word is there already. Words must outlive the table. */
bool register_lookup_add(lookup *l, text word, int code);

/* The code of a word, -1 when it is not there. */
int register_lookup_find(const lookup *l, text word);

#endif
