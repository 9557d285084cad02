#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

text
text_of(const char *string)
{
    return (text){string ? string : "", string ? strlen(string) : 0};
}

bool
text_equal(text a, text b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.bytes, b.bytes, a.n) == 0);
}

bool
text_is(text a, const char *string)
{
    return text_equal(a, text_of(string));
}

int
text_compare(text a, text b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.bytes, b.bytes, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

static bool
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

text
text_trim(text a)
{
    while (a.n && is_space(a.bytes[0])) a.bytes++, a.n--;
    while (a.n && is_space(a.bytes[a.n - 1])) a.n--;
    return a;
}

/* Length of the valid sequence at p (up to n bytes), 0 when there is none. */
static size_t
utf8_length(const unsigned char *p, size_t n)
{
    if (p[0] < 0x80) return p[0] != 0;
    if (p[0] < 0xc2 || p[0] > 0xf4) return 0;
    size_t length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (length > n) return 0;
    for (size_t i = 1; i < length; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    if (p[0] == 0xe0 && p[1] < 0xa0) return 0;
    if (p[0] == 0xed && p[1] > 0x9f) return 0;
    if (p[0] == 0xf0 && p[1] < 0x90) return 0;
    if (p[0] == 0xf4 && p[1] > 0x8f) return 0;
    return length;
}

bool
text_valid_utf8(text a)
{
    const unsigned char *p = (const unsigned char *)a.bytes;
    for (size_t i = 0; i < a.n;) {
        uint64_t eight; /* eight ASCII bytes at once, none of them 0 */
        if (a.n - i >= 8 && (memcpy(&eight, p + i, 8), (eight | (eight - 0x0101010101010101u)) & 0x8080808080808080u) == 0) {
            i += 8;
            continue;
        }
        size_t length = utf8_length(p + i, a.n - i);
        if (!length) return false;
        i += length;
    }
    return true;
}

bool
text_to_int(text a, int64_t *out)
{
    size_t i = 0;
    bool negative = a.n && a.bytes[0] == '-';
    if (a.n && (a.bytes[0] == '-' || a.bytes[0] == '+')) i++;
    if (i == a.n) return false;
    int64_t value = 0;
    for (; i < a.n; i++) {
        int digit = a.bytes[i] - '0';
        if (digit < 0 || digit > 9) return false;
        if (__builtin_mul_overflow(value, 10, &value)) return false;
        if (__builtin_add_overflow(value, negative ? -digit : digit, &value)) return false;
    }
    *out = value;
    return true;
}

bool
text_to_double(text a, double *out)
{
    char buffer[400];
    if (a.n == 0 || a.n >= sizeof buffer) return false;
    for (size_t i = 0; i < a.n; i++)
        if (!strchr("0123456789+-.eE", a.bytes[i]) || a.bytes[i] == '\0') return false;
    memcpy(buffer, a.bytes, a.n);
    buffer[a.n] = '\0';
    char *end;
    double value = strtod(buffer, &end); /* the program never leaves the C numeric locale */
    if (end != buffer + a.n || !isfinite(value)) return false;
    *out = value;
    return true;
}

text_builder
text_builder_new(arena *a)
{
    return (text_builder){.a = a};
}

static bool
reserve(text_builder *b, size_t extra)
{
    if (b->failed) return false;
    if (extra < b->capacity - b->n) return true;
    size_t capacity = (b->capacity + extra + 64) * 2;
    char *bytes = arena_alloc(b->a, capacity, 1);
    if (!bytes) {
        b->failed = true;
        return false;
    }
    if (b->n) memcpy(bytes, b->bytes, b->n);
    b->bytes = bytes;
    b->capacity = capacity;
    return true;
}

void
text_put_bytes(text_builder *b, const char *bytes, size_t n)
{
    if (!reserve(b, n + 1)) return;
    if (n) memcpy(b->bytes + b->n, bytes, n);
    b->n += n;
    b->bytes[b->n] = '\0';
}

void
text_put(text_builder *b, const char *string)
{
    text_put_bytes(b, string, strlen(string));
}

void
text_put_char(text_builder *b, char c)
{
    text_put_bytes(b, &c, 1);
}

void
text_printf(text_builder *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const size_t room = reserve(b, 64) ? b->capacity - b->n : 0; /* most are short: printed once */
    int n = vsnprintf(room ? b->bytes + b->n : NULL, room, format, args);
    if (n < 0) b->failed = true;
    if (n >= 0 && (size_t)n >= room && reserve(b, (size_t)n + 1)) vsnprintf(b->bytes + b->n, (size_t)n + 1, format, again);
    if (!b->failed) b->n += (size_t)n;
    va_end(again);
    va_end(args);
}

void
text_put_double(text_builder *b, double value)
{
    if (isnan(value)) return;
    char buffer[40];
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(buffer, sizeof buffer, "%.*g", digits, value);
        if (strtod(buffer, NULL) == value) break;
    }
    text_put(b, buffer);
}

status
text_builder_end(text_builder *b, text *out)
{
    text_put_bytes(b, "", 0);
    if (b->failed) FAIL(ST_NO_MEMORY, "out of memory while writing text");
    *out = (text){b->bytes, b->n};
    return ST_OK;
}
