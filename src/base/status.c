#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char detail[1024];

static const struct {
    const char *text;
    int exit_code, http_code;
} codes[] = {
#define X(name, exit_code, http_code, text) {text, exit_code, http_code},
#include "base/status.def"
#undef X
};

const char *
status_text(status code)
{
    return code < ST_COUNT ? codes[code].text : "unknown status";
}

int
status_exit_code(status code)
{
    return code < ST_COUNT ? codes[code].exit_code : 70;
}

int
status_http_code(status code)
{
    return code < ST_COUNT ? codes[code].http_code : 500;
}

const char *
status_detail(void)
{
    return detail;
}

void
status_detail_clear(void)
{
    detail[0] = '\0';
}

status
status_fail(status code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    return code;
}

status
status_prefix(status code, const char *format, ...)
{
    char old[sizeof detail];
    memcpy(old, detail, sizeof old);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof detail)
        snprintf(detail + n, sizeof detail - (size_t)n, "%.*s", (int)(sizeof detail - 1 - (size_t)n), old);
    return code;
}
