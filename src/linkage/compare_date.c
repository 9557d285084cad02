#include "linkage/compare_date.h"

#include <stdlib.h>

date_value
date_value_make(int year, int month, int day)
{
    uint32_t digits = 0;
    int parts[8] = {year / 1000 % 10, year / 100 % 10, year / 10 % 10, year % 10, month / 10 % 10, month % 10, day / 10 % 10, day % 10};
    for (int i = 0; i < 8; i++) digits = digits << 4 | (uint32_t)parts[i];
    return (date_value){(int16_t)year, (int8_t)month, (int8_t)day, digits, 0};
}

/* Up to `most` digits from *i on; -1 when there is none. */
static int
number_at(text a, size_t *i, int most)
{
    int value = 0, n = 0;
    while (n < most && *i < a.n && a.bytes[*i] >= '0' && a.bytes[*i] <= '9') value = value * 10 + a.bytes[(*i)++] - '0', n++;
    return n ? value : -1;
}

static bool
read_by(text a, const char *format, date_value *result)
{
    int year = -1, month = 0, day = 0, part;
    size_t i = 0;
    for (const char *f = format; *f; f++) {
        if (*f != '%') {
            if (i < a.n && a.bytes[i] == *f) i++;
            else if (i < a.n) return false;
            continue;
        }
        f++;
        if (!*f) return false;
        part = number_at(a, &i, *f == 'Y' ? 4 : 2);
        if (part < 0 && i < a.n) return false;
        if (part < 0) part = 0;
        if (*f == 'Y') year = part;
        else if (*f == 'y') year = part < 30 ? 2000 + part : 1900 + part;
        else if (*f == 'm') month = part;
        else if (*f == 'd') day = part;
        else return false;
    }
    if (i < a.n || year <= 0) return false;
    *result = date_value_make(year, month, day);
    return true;
}

static char
separator(text a)
{
    for (size_t i = 0; i < a.n; i++)
        if (a.bytes[i] < '0' || a.bytes[i] > '9') return a.bytes[i];
    return 0;
}

bool
date_value_read(text value, const char *format, date_value *result)
{
    text a = text_trim(value);
    if (!a.n) return false;
    if (format) return read_by(a, format, result) || (a.n == 4 && read_by(a, "%Y", result));
    char sign = separator(a);
    if (!sign) return read_by(a, a.n == 8 ? "%Y%m%d" : "%Y", result) && (a.n == 8 || a.n == 4);
    if (sign != '-' && sign != '/' && sign != '.') return false;
    if (a.n > 10) a.n = 10; /* a time of day behind it */
    char pattern[9] = {'%', 'Y', sign, '%', 'm', sign, '%', 'd', 0};
    if (a.n < 5 || a.bytes[4] != sign) pattern[1] = 'd', pattern[7] = 'Y';
    return read_by(a, pattern, result);
}

/* Digits that differ between two numbers of four bits a digit; neighbours changed places count once. */
static int
digits_wrong(uint32_t a, uint32_t b)
{
    uint32_t x = a ^ b;
    int wrong = 0;
    for (int i = 0; i < 8 && x; i++, x >>= 4, a >>= 4, b >>= 4) {
        if (!(x & 15)) continue;
        wrong++;
        if ((x >> 4 & 15) && (a & 15) == (b >> 4 & 15) && (a >> 4 & 15) == (b & 15)) i++, x >>= 4, a >>= 4, b >>= 4;
    }
    return wrong;
}

static date_level
compare_parts_known(date_value a, date_value b)
{
    if (a.year != b.year) return abs(a.year - b.year) <= 2 ? DATE_PART_NEAR : DATE_PART_ELSE;
    bool months = a.month && b.month;
    return months && a.month != b.month ? DATE_PART_NEAR : DATE_PART_EXACT;
}

date_level
compare_dates(date_value a, date_value b)
{
    if (a.digits == b.digits && a.month && a.day) return DATE_EXACT;
    if (!a.month || !b.month || !a.day || !b.day) return compare_parts_known(a, b);
    bool year = a.year == b.year, month = a.month == b.month, day = a.day == b.day;
    if (year && (a.guessed || b.guessed)) return DATE_GUESSED;
    if (year && a.day == b.month && a.month == b.day) return DATE_SWAPPED;
    if (year + month + day == 2) {
        bool small = digits_wrong(a.digits, b.digits) == 1;
        if (!day) return small ? DATE_DAY_SMALL : DATE_DAY_OTHER;
        if (!month) return DATE_MONTH;
        return small ? DATE_YEAR_SMALL : DATE_YEAR_OTHER;
    }
    if (year) return DATE_YEAR_ONLY;
    if (digits_wrong(a.digits, b.digits) <= 2) return DATE_TWO_DIGITS;
    return abs(a.year - b.year) == 1 ? DATE_YEAR_NEAR : DATE_ELSE;
}

year_level
compare_birth_years(date_value a, date_value b)
{
    int apart = abs(a.year - b.year);
    if (apart <= 2) return (year_level)apart;
    return digits_wrong(a.digits, b.digits) == 1 ? YEAR_DIGIT : apart <= 5 ? YEAR_FIVE : YEAR_ELSE;
}

/* One date against eight at a time. */
#pragma GCC diagnostic ignored "-Wpsabi" /* vectors stay within this file */
typedef uint32_t dates __attribute__((vector_size(4 * DATE_LANES)));

status
date_signs_new(arena *a, size_t n, const date_value date[], date_signs *result)
{
    date_signs d = {.date = date};
    ALLOC(a, d.digits, n);
    ALLOC(a, d.places, n);
    ALLOC(a, d.year, n);
    ALLOC(a, d.part, n);
    for (size_t v = 0; v < n; v++) {
        d.digits[v] = date[v].digits;
        d.places[v] = (uint32_t)date[v].month << 8 | (uint32_t)date[v].day;
        d.year[v] = (uint32_t)date[v].year;
        d.part[v] = (uint8_t)((!date[v].month || !date[v].day) | date[v].guessed << 1);
    }
    *result = d;
    return ST_OK;
}

#define WHERE(x) ((dates)(x)) /* all bits where it holds */
#define SPLAT(x) ((dates){0} + (uint32_t)(x))

static inline dates
one_of(dates mask, dates yes, dates no)
{
    return (mask & yes) | (~mask & no);
}

/* One bit a digit of four: is it not 0? */
static inline dates
digits_set(dates x)
{
    return (x | x >> 1 | x >> 2 | x >> 3) & 0x11111111u;
}

/* Digits that differ, neighbours that changed places once: of places that overlap the lower ones count, as in compare_dates. */
static inline dates
digits_wrong_of(dates a, dates b)
{
    dates x = digits_set(a ^ b), swaps = ~digits_set(a ^ b >> 4) & ~digits_set(a >> 4 ^ b) & x & x >> 4, taken = swaps;
    for (int i = 0; i < 6; i++) taken = swaps & ~(taken << 4);
    return (x & ~taken) * 0x11111111u >> 28;
}

/* compare_dates of whole dates. */
static inline dates
levels_of_whole(const date_signs *d, size_t v, const uint32_t w[DATE_LANES])
{
    dates digits = {0}, places = {0}, year = {0};
    for (int k = 0; k < DATE_LANES; k++) digits[k] = d->digits[w[k]], places[k] = d->places[w[k]], year[k] = d->year[w[k]];
    dates wrong = digits_wrong_of(SPLAT(d->digits[v]), digits), apart = SPLAT(d->places[v]) ^ places;
    dates same_year = WHERE(year == d->year[v]), month = WHERE(apart >> 8 == 0), day = WHERE((apart & 255) == 0);
    dates small = WHERE(wrong == 1), swapped = WHERE(((places & 255) << 8 | places >> 8) == d->places[v]);
    dates level = one_of(WHERE(year - d->year[v] + 1 <= 2), SPLAT(DATE_YEAR_NEAR), SPLAT(DATE_ELSE));
    level = one_of(WHERE(wrong <= 2), SPLAT(DATE_TWO_DIGITS), level);
    level = one_of(same_year, SPLAT(DATE_YEAR_ONLY), level);
    level = one_of(month & day, one_of(small, SPLAT(DATE_YEAR_SMALL), SPLAT(DATE_YEAR_OTHER)), level);
    level = one_of(same_year & day, SPLAT(DATE_MONTH), level);
    level = one_of(same_year & month, one_of(small, SPLAT(DATE_DAY_SMALL), SPLAT(DATE_DAY_OTHER)), level);
    level = one_of(same_year & month & day, SPLAT(DATE_YEAR_ONLY), level);
    level = one_of(same_year & swapped, SPLAT(DATE_SWAPPED), level);
    return one_of(WHERE(digits == d->digits[v]), SPLAT(DATE_EXACT), level);
}

static inline uint32_t
digit_set(uint32_t x)
{
    return (x | x >> 1 | x >> 2 | x >> 3) & 0x11111111u;
}

void
compare_dates_many(const date_signs *d, size_t v, size_t n, const uint32_t w[], uint8_t level[])
{
    for (size_t i = 0; i < n; i += DATE_LANES) {
        uint32_t some[DATE_LANES] = {0};
        size_t k = n - i < DATE_LANES ? n - i : DATE_LANES;
        memcpy(some, w + i, k * sizeof *some);
        dates found = levels_of_whole(d, v, some);
        while (k-- > 0) level[i + k] = (uint8_t)found[k];
    }
    for (size_t i = 0; i < n; i++)
        if (d->part[v] | d->part[w[i]]) level[i] = (uint8_t)compare_dates(d->date[v], d->date[w[i]]);
}

void
date_signs_pass(const date_signs *d, size_t v, size_t from, size_t n, uint8_t pass[])
{
    const uint32_t own = d->digits[v], year = d->year[v], *digits = d->digits + from, *years = d->year + from;
    const uint8_t part = d->part[v], *parts = d->part + from;
    for (size_t i = 0; i < n; i++) {
        uint32_t b = digits[i], x = digit_set(own ^ b), swaps = ~digit_set(own ^ b >> 4) & ~digit_set(own >> 4 ^ b) & x & 0x01111111u;
        uint32_t wrong = x * 0x11111111u >> 28, swapped = swaps * 0x11111111u >> 28;
        pass[i] = (uint8_t)((uint32_t)(year - years[i] + 1 <= 2) | (uint32_t)!(x & 0xffffu) | (uint32_t)(wrong <= 2 + swapped));
    }
    for (size_t i = 0; i < n; i++) pass[i] |= (part | parts[i]) & 1;
}
