/* A binary problem as GLPK has it. */
#ifndef PEIL_PROTECT_GLPK_LOAD_H
#define PEIL_PROTECT_GLPK_LOAD_H

#include "protect/binary.h"

#include <glpk.h>

/* whole: columns are 0/1; else anything from 0 to 1. */
status glpk_load(const binary_problem *p, bool whole, glp_prob *lp);

#endif
