/* Findings with covariates as JSON and for reading. */
#ifndef PEIL_ESTIMATE_WRITE_STRATA_H
#define PEIL_ESTIMATE_WRITE_STRATA_H

#include "estimate/strata.h"

status write_strata_json(arena *out, const strata *s, const strata_result *r, text *result);
status write_strata_text(arena *out, const strata *s, const strata_result *r, text *result);

#endif
