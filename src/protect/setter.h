/* 0/1 variables set one after another, each with its consequences in the rows; what is set last is taken back first. */
#ifndef PEIL_PROTECT_SETTER_H
#define PEIL_PROTECT_SETTER_H

#include "protect/binary.h"

typedef struct setter {
    const binary_problem *p;
    binary_columns columns;
    int8_t *value;         /* -1: not set */
    int32_t *least, *most; /* of each row, given what is set */
    uint32_t *trail;       /* variables in the order they were set */
    size_t set;
    uint32_t *queue;       /* rows to look at */
    uint8_t *queued;
    size_t queues;
    uint8_t *broken;       /* rows given up in this rounding */
    uint32_t blamed;       /* the row in which the last contradiction showed */
} setter;

status setter_new(arena *tmp, const binary_problem *p, setter *s);
void setter_clear(setter *s);
void setter_set(setter *s, uint32_t j, int8_t value);
void setter_undo(setter *s, size_t mark); /* back to so many set variables */

/* Everything that follows; false on a contradiction. give_up: a row that cannot hold any more is left alone instead. */
bool setter_follow(setter *s, bool give_up);

#endif
