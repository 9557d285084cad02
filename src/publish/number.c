#include "publish/number.h"

#include "base/date.h"

#include <math.h>
#include <stdio.h>

void
number_format(language in, double value, int decimals, char out[NUMBER_BYTES])
{
    char plain[NUMBER_BYTES];
    if (decimals < 0 || decimals > 6) decimals = 0;
    if (!isfinite(value) || fabs(value) >= 1e15) {
        snprintf(out, NUMBER_BYTES, "?");
        return;
    }
    snprintf(plain, sizeof plain, "%.*f", decimals, fabs(value));
    bool zero = strspn(plain, "0.") == strlen(plain);
    size_t whole = strcspn(plain, "."), n = 0;
    if (value < 0 && !zero) {
        memcpy(out, "\xe2\x88\x92", 3);
        n = 3;
    }
    for (size_t i = 0; plain[i]; i++) {
        if (i < whole && i > 0 && (whole - i) % 3 == 0) out[n++] = in == LANGUAGE_NL ? '.' : ',';
        out[n++] = i == whole ? (in == LANGUAGE_NL ? ',' : '.') : plain[i];
    }
    out[n] = 0;
}

const char *
number_date(html *h, language in, int32_t day)
{
    static const char *const months[] = {
        WORD("January"), WORD("February"), WORD("March"),     WORD("April"),   WORD("May"),      WORD("June"),
        WORD("July"),    WORD("August"),   WORD("September"), WORD("October"), WORD("November"), WORD("December"),
    };
    date_parts p = date_to_parts(day);
    return html_format(h, "%d %s %d", p.day, words_get(in, months[p.month - 1]), p.year);
}
