/* Calendar days as int32: days since 1970-01-01 in the proleptic Gregorian calendar. */
#ifndef PEIL_BASE_DATE_H
#define PEIL_BASE_DATE_H

#include "base/text.h"

#define DATE_MISSING INT32_MIN

typedef struct date_parts {
    int year, month, day; /* 1-12, 1-31 */
} date_parts;

/* False for a day that does not exist or a year outside 1..9999; `out` is then untouched. */
bool date_from_parts(date_parts parts, int32_t *out);
date_parts date_to_parts(int32_t day);

/* Read the whole text by a format of %Y %m %d (and %y: 1930-2029), other characters literal.
 * Numbers may lack leading zeros where a separator follows; without separators they are of full width. */
bool date_parse(text a, const char *format, int32_t *out);

/* YYYY-MM-DD and a 0 into 11 bytes. */
void date_format(int32_t day, char out[11]);

/* Completed years from birth to `at`; -1 when `at` is before birth. Born on 29 February: birthday on 1 March
 * in other years (Dutch law: a year of age is completed at the end of the day before). */
int date_age(int32_t birth, int32_t at);

/* The same day `years` later; 29 February becomes 1 March where it does not exist. */
int32_t date_add_years(int32_t day, int years);

#endif
