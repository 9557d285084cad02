/* The files of peil link: records in, clusters, pairs, draws and reports out. */
#ifndef PEIL_CLI_LINK_FILES_H
#define PEIL_CLI_LINK_FILES_H

#include "linkage/history.h"
#include "linkage/link.h"
#include "linkage/review.h"

#include <stdio.h>

/* The columns that `f` names, as text. */
status link_read_records(arena *a, const char *path, const link_fields *f, table **result);
/* One or two files of encodings field by field, as records; unit: the key they are sealed for; NULL: one of the key ring. */
status link_read_encoded(arena *a, int files, const char *const path[], const char *unit, link_records *result);
/* Destroy files of encodings whose linkage is done. */
status link_delete_encoded(int files, const char *const path[], language in);
/* Both in one table, named as the second. */
status link_append_records(arena *a, const table *first, const table *then, table **result);

/* Do two files share ids? They are then written as 1:ID and 2:ID: `named`. */
bool link_ids_collide(const link_records *r);

/* onto  an earlier file of clusters whose numbers are kept, or NULL; log: what changed, or NULL */
status link_write_clusters(const char *path, const char *onto, const char *log, const link_result *l, bool named);
status link_write_pairs(const char *path, const link_result *l, bool named);
status link_write_draws(const char *path, int draws, const link_options *o, const link_result *l, bool named);
status link_write_review(const char *path, const link_result *l, bool named);
status link_write_report(const char *path, const link_result *l);
status link_write_chart(const char *path, language in, const link_result *l);
/* pair  "ID_A,ID_B"; svg: a file, or NULL */
status link_show_waterfall(const char *pair, const char *svg, language in, const link_result *l, FILE *to);
/* What came of it and how good it is, on stderr. */
status link_say(const link_result *l, language in);

#endif
