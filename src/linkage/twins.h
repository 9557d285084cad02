/* What no model can tell: many equal records, and files too small to learn from.
 *
 * Ten or more records that know at least three fields, a name and a whole date of birth, a number or an e-mail address
 * among them, and are equal in all of them are one person: a person reported over
 * and over, or a form filled in by a machine. To a model they would only show that these values are common. They are
 * taken out, one of them stays, and the others are put with it again at the end.
 * In a file of fewer than fifty records nothing can be estimated: two records are linked when as much is known of both
 * and all is equal, but at most one field that is nearly so. */
#ifndef PEIL_LINKAGE_TWINS_H
#define PEIL_LINKAGE_TWINS_H

#include "linkage/candidates.h"

enum { LINK_TWINS = 10, LINK_TWIN_FIELDS = 3, LINK_FEW_RECORDS = 50 };

/* as     [r->n] the record whose twin it is: the first of them; itself when it has no twins. One file only
 * apart  [r->n] not 0: somebody decided about this record, it is nobody's twin; NULL: none
 * twins  records that stand for another one */
status link_twins_find(arena *a, const link_records *r, const uint8_t apart[], uint32_t **as, size_t *twins);

/* The records without the twins of others; of[k] is the record that the k-th was. Values are shared. */
status link_twins_without(arena *a, const link_records *r, const uint32_t as[], size_t twins, link_records *result, uint32_t **of);

/* Every pair of a small file, with p of nearly one where the rule holds and nearly none where it does not. */
status link_simple_pairs(arena *a, const link_model *model, link_pairs *result);

#endif
