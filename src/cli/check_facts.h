/* A list of facts (id,population,statement,value,unit) as claims that can be compared. */
#ifndef PEIL_CLI_CHECK_FACTS_H
#define PEIL_CLI_CHECK_FACTS_H

#include "follow/check.h"

typedef struct check_fact {
    const char *id, *population, *statement, *unit;
    double value;
    int decimals;
} check_fact;

typedef struct check_list {
    arena *a;
    size_t n, room;
    check_claim *claim;
} check_list;

status check_list_add(check_list *l, check_claim claim);

/* What belongs together by the ids: X_chi2 with X, X_controls and X_controls_with; "of those K" with the fact of value K; X_population with
 * X_GROUP in percent; Y_sex with Y_women and Y_men; _Ny_ with "registered in YEAR". Facts that fit no pattern are not compared. */
status check_facts_claims(check_list *l, size_t n, const check_fact *facts);

#endif
