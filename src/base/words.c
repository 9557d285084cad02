#include "base/words.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The .mo images, linked in by words_data.S. */
extern const unsigned char words_nl_start[], words_en_start[];

/* Entry i of the table at `table` in a GNU .mo file of this machine's byte order (gettext manual, 10.3). */
static const char *
entry(const unsigned char *mo, uint32_t table, uint32_t i)
{
    uint32_t offset;
    memcpy(&offset, mo + table + 8 * (size_t)i + 4, sizeof offset);
    return (const char *)mo + offset;
}

const char *
words_get(language language, const char *id)
{
    const unsigned char *mo = language == LANGUAGE_NL ? words_nl_start : words_en_start;
    uint32_t header[5]; /* magic, revision, number of strings, originals, translations */
    memcpy(header, mo, sizeof header);
    uint32_t low = 0, high = header[2];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int c = strcmp(id, entry(mo, header[3], middle));
        if (c == 0) return entry(mo, header[4], middle);
        if (c < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return id;
}

void
words_put(text_builder *b, language language, const char *id, const char *const value[])
{
    for (const char *at = words_get(language, id); *at; at++) {
        if (at[0] == '{' && at[1] >= '1' && at[1] <= '9' && at[2] == '}') {
            text_put(b, value[at[1] - '1']);
            at += 2;
        } else {
            text_put_char(b, *at);
        }
    }
}

const char *
words_decimal(language language, double x, int places, char out[WORDS_DECIMAL])
{
    snprintf(out, WORDS_DECIMAL, "%.*f", places, x);
    char *point = strchr(out, '.');
    if (point && language == LANGUAGE_NL) *point = ',';
    return out;
}

const char *
language_code(language language)
{
    return language == LANGUAGE_NL ? "nl" : "en";
}
