#include "base/date.h"

#include <stdio.h>

/* Howard Hinnant's civil calendar arithmetic: eras of 400 years, years that begin in March. */
static int32_t
days_of(int y, int m, int d)
{
    y -= m <= 2;
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

date_parts
date_to_parts(int32_t day)
{
    int z = day + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    int m = mp < 10 ? mp + 3 : mp - 9;
    return (date_parts){yoe + era * 400 + (m <= 2), m, doy - (153 * mp + 2) / 5 + 1};
}

static bool
is_leap(int y)
{
    return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

bool
date_from_parts(date_parts p, int32_t *out)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (p.year < 1 || p.year > 9999 || p.month < 1 || p.month > 12) return false;
    int length = lengths[p.month - 1] + (p.month == 2 && is_leap(p.year));
    if (p.day < 1 || p.day > length) return false;
    *out = days_of(p.year, p.month, p.day);
    return true;
}

/* Up to `width` digits; all of them when no separator follows. */
static bool
read_number(text a, size_t *at, int width, bool fixed, int *out)
{
    int value = 0, digits = 0;
    while (*at < a.n && digits < width && a.bytes[*at] >= '0' && a.bytes[*at] <= '9') {
        value = value * 10 + (a.bytes[(*at)++] - '0');
        digits++;
    }
    *out = value;
    return digits > 0 && (!fixed || digits == width);
}

bool
date_parse(text a, const char *format, int32_t *out)
{
    date_parts p = {0, 1, 1};
    size_t at = 0;
    bool behind = false; /* the number before has no separator after it */
    for (const char *f = format; *f; f++) {
        if (*f != '%') {
            if (at >= a.n || a.bytes[at++] != *f) return false;
            behind = false;
            continue;
        }
        f++;
        bool fixed = behind || (f[0] && f[1] == '%');
        behind = true;
        if (*f == 'Y') {
            if (!read_number(a, &at, 4, true, &p.year)) return false;
        } else if (*f == 'y') {
            if (!read_number(a, &at, 2, true, &p.year)) return false;
            p.year += p.year < 30 ? 2000 : 1900;
        } else if (*f == 'm') {
            if (!read_number(a, &at, 2, fixed, &p.month)) return false;
        } else if (*f == 'd') {
            if (!read_number(a, &at, 2, fixed, &p.day)) return false;
        } else {
            return false;
        }
    }
    return at == a.n && date_from_parts(p, out);
}

void
date_format(int32_t day, char out[11])
{
    date_parts p = date_to_parts(day);
    snprintf(out, 11, "%04d-%02d-%02d", (unsigned)p.year % 10000, (unsigned)p.month % 100, (unsigned)p.day % 100);
}

int32_t
date_add_years(int32_t day, int years)
{
    date_parts p = date_to_parts(day);
    p.year += years;
    if (p.month == 2 && p.day == 29 && !is_leap(p.year)) p.month = 3, p.day = 1;
    return days_of(p.year, p.month, p.day);
}

int
date_age(int32_t birth, int32_t at)
{
    if (at < birth) return -1;
    int years = date_to_parts(at).year - date_to_parts(birth).year;
    return years - (date_add_years(birth, years) > at);
}
