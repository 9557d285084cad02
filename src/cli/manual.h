/* What the verb tables say, in the forms people look for: manual pages, completion, the table of exit codes. */
#ifndef PEIL_CLI_MANUAL_H
#define PEIL_CLI_MANUAL_H

#include "base/text.h"
#include "cli/verb.h"

/* The manual page of a verb; of peil itself when v is NULL. Plain man macros, no date: the same bytes always. */
status manual_page(arena *a, const verb *v, text *out);
/* Completion of verbs, options and choices for bash. */
status manual_completion(arena *a, text *out);
/* docs/exit-codes.md. */
status manual_exit_codes(arena *a, text *out);

#endif
