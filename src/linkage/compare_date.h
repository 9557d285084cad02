/* How alike two dates of birth are, by the mistakes people make with dates. */
#ifndef PEIL_LINKAGE_COMPARE_DATE_H
#define PEIL_LINKAGE_COMPARE_DATE_H

#include "base/text.h"

/* Parts as written, also when the day does not exist; a part of 0 is not known. */
typedef struct date_value {
    int16_t year;
    int8_t month, day;
    uint32_t digits; /* YYYYMMDD, four bits a digit */
    uint8_t guessed; /* 1: day and month are those that this file has where they are not known (1 January) */
} date_value;

date_value date_value_make(int year, int month, int day);

/* Read by a format of %Y %m %d (%y: 1930-2029) with literal signs between; NULL: YYYYMMDD, YYYY-MM-DD, DD-MM-YYYY
 * with any of - / . as sign. Impossible days are kept (31 April, month 13); a year alone is a year. False when no
 * year can be read. */
bool date_value_read(text value, const char *format, date_value *result);

typedef enum date_level {
    DATE_EXACT,
    DATE_SWAPPED,     /* day and month changed places */
    DATE_DAY_SMALL,   /* one part differs, by one digit or two neighbours swapped */
    DATE_MONTH,       /* the month differs: most differ by one digit */
    DATE_YEAR_SMALL,
    DATE_DAY_OTHER,   /* one part differs otherwise */
    DATE_YEAR_OTHER,
    DATE_GUESSED,     /* the year agrees, and one of them stands for a day not known */
    DATE_YEAR_ONLY,   /* the year alone agrees */
    DATE_TWO_DIGITS,  /* at most two digits wrong, a swap of neighbours counting once */
    DATE_YEAR_NEAR,   /* one year apart */
    DATE_ELSE,
    /* when day and month of one of them are not known: */
    DATE_PART_EXACT,  /* the known parts agree */
    DATE_PART_NEAR,   /* the years are at most two apart: an estimated age */
    DATE_PART_ELSE,
    DATE_LEVELS
} date_level;

date_level compare_dates(date_value a, date_value b);

/* The same for years alone. */
typedef enum year_level { YEAR_EXACT, YEAR_ONE, YEAR_TWO, YEAR_DIGIT, YEAR_FIVE, YEAR_ELSE, YEAR_LEVELS } year_level;

year_level compare_birth_years(date_value a, date_value b);

/* Dates laid out for vectors. */
enum { DATE_LANES = 8 };
typedef struct date_signs {
    const date_value *date;
    uint32_t *digits, *places, *year; /* [n] places: month << 8 | day */
    uint8_t *part;                    /* [n] bits: 1 no day or no month, 2 guessed */
} date_signs;

/* date  [n] stays with the result */
status date_signs_new(arena *a, size_t n, const date_value date[], date_signs *result);

/* compare_dates of v and each w[i]. */
void compare_dates_many(const date_signs *d, size_t v, size_t n, const uint32_t w[], uint8_t level[]);

/* pass[i], of the n from `from` on: 1 unless the level with v is DATE_ELSE, and for few others.
 * Cost  eight instructions a pair */
void date_signs_pass(const date_signs *d, size_t v, size_t from, size_t n, uint8_t pass[]);

#endif
