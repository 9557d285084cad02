/* Keyed hashes of what a store holds about persons, so that a change made without the key is found. */
#ifndef PEIL_REGISTER_PERSONS_STATE_H
#define PEIL_REGISTER_PERSONS_STATE_H

#include "register/store.h"

/* Of all numbers, in the order of marks. */
status persons_state_numbers(register_store *s, hash *result);

/* An entry in the audit chain with the hash of numbers, log, linkages and decisions as they are now, in the open transaction. */
status persons_state_note(register_store *s, const char *what, const char *detail);

#endif
