/* Additive rounding where counts may not all go to a neighbour: annealing that keeps every sum by construction. */
#ifndef PEIL_PROTECT_ANNEAL_H
#define PEIL_PROTECT_ANNEAL_H

#include "protect/system.h"

/* Every step adds a multiple of base along a move that keeps all sums, so that the result is additive whatever happens; cost is
 * the deviation and a price for each multiple beyond the neighbouring ones that grows with its square. Additive also where no
 * zero-restricted rounding exists. Prices looked up, not seconds, are counted: the same result everywhere.
 *
 * effort     prices looked up for each count of the system; 0: the preset
 * value      [s->n] rounded
 * Errors     ST_NO_MEMORY
 * Cost       14,580 counts of a full five-way table: see docs/methods/round.md
 * Source     Kirkpatrick, Gelatt & Vecchi 1983, doi:10.1126/science.220.4598.671
 * Checked    tests/protect/test_round.c */
status anneal_round(const protect_system *s, int base, uint64_t seed, int64_t effort, int64_t value[]);

/* Closer to the counts from an additive rounding to neighbours, which it stays. */
status anneal_closer(const protect_system *s, int base, uint64_t seed, int64_t effort, int64_t value[]);

#endif
