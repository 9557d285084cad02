/* Numbers of persons and their check sums. */
#ifndef PEIL_LINKAGE_NUMBER_H
#define PEIL_LINKAGE_NUMBER_H

#include "base/text.h"

/* The eleven-test of the Dutch citizen service number (BSN): nine digits (eight get a leading 0; dots, blanks and
 * hyphens between them are passed over) with 9a + 8b + ... + 2h - i divisible by 11 and not all zero.
 * digits  [9] the digits, or NULL
 * Source  Besluit burgerservicenummer, article 2; worked example in tests/linkage/test_number.c */
bool number_bsn_valid(text value, char digits[9]);

/* Letters and digits of any other number in upper case, without separators, cut at `capacity`; returns their count.
 * A number of fewer than 5 signs, or of one repeated sign, identifies nobody: 0. */
size_t number_plain(text value, size_t capacity, char *out);

#endif
