/* Every pair over several machines (-Dmpi=enabled): blocks of queries by rank, the same pairs in the same order for any number of
 * ranks. Each machine reads the files itself; rank 0 receives the pairs. A program that was not started by mpirun is rank 0 of 1,
 * and so is every program that was built without. */
#ifndef PEIL_LINKAGE_DICE_RANKS_H
#define PEIL_LINKAGE_DICE_RANKS_H

#include "linkage/dice.h"

typedef struct dice_ranks {
    int rank, ranks;
} dice_ranks;

/* Meet the other ranks; parted when the arena ends. */
status dice_ranks_join(arena *a, dice_ranks *result);

/* Go on only when all ranks were well so far: the own failure, or else ST_INTERNAL when another rank failed. */
status dice_ranks_agree(const dice_ranks *r, status mine);

/* linkage_dice_compare over all ranks; only rank 0's `receive` is called. A rank that fails on the way ends them all.
 * Checked  tests/cli/test_match_mpi.sh (1, 2 and 4 ranks) */
status dice_ranks_compare(const dice_ranks *r, const dice_set *a, const dice_set *b, dice_threshold threshold,
                          const dice_options *options, dice_receive *receive, void *context);

#endif
