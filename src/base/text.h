/* Slices of text, a growing text, UTF-8 and strict number parsing. Everything is locale-free. */
#ifndef PEIL_BASE_TEXT_H
#define PEIL_BASE_TEXT_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A piece of somebody else's bytes; not terminated. */
typedef struct text {
    const char *bytes;
    size_t n;
} text;

#define TEXT(literal) ((text){(literal), sizeof(literal) - 1})

text text_of(const char *string); /* NULL gives the empty text */
bool text_equal(text a, text b);
bool text_is(text a, const char *string);
int text_compare(text a, text b); /* by bytes */
text text_trim(text a);           /* ASCII white space off both ends */
bool text_valid_utf8(text a);     /* strict: no overlong forms, surrogates or NUL */

/* The whole text as a number, nothing around it. False leaves `out` untouched. */
bool text_to_int(text a, int64_t *out);
bool text_to_double(text a, double *out); /* decimal point; no hex, inf or nan */

/* A text that grows in an arena. The first failure is kept and reported by text_builder_end. */
typedef struct text_builder {
    arena *a;
    char *bytes;
    size_t n, capacity;
    bool failed;
} text_builder;

text_builder text_builder_new(arena *a);
void text_put(text_builder *b, const char *string);
void text_put_bytes(text_builder *b, const char *bytes, size_t n);
void text_put_char(text_builder *b, char c);
void text_printf(text_builder *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The shortest decimal that reads back as the same double; NaN writes nothing. */
void text_put_double(text_builder *b, double value);
/* The text, terminated; ST_NO_MEMORY when any put failed. */
status text_builder_end(text_builder *b, text *out);

#endif
