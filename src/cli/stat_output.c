#include "cli/stat.h"

#include "base/log.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

json_t *
stat_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *
stat_numbers(size_t n, const double *values)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(list, stat_number(values[i]));
    return list;
}

json_t *
stat_square(size_t n, const double *values)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(list, stat_numbers(n, values + i * n));
    return list;
}

json_t *
stat_names(size_t n, const char *const *names)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(list, json_string(names[i]));
    return list;
}

json_t *
stat_excluded(const stat_data *d)
{
    json_t *list = json_object();
    json_object_set_new(list, "missing", json_integer((json_int_t)d->excluded.missing));
    json_object_set_new(list, "empty_span", json_integer((json_int_t)d->excluded.empty));
    return list;
}

status
stat_print(json_t *json)
{
    char *text = json ? json_dumps(json, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(json);
    if (!text) FAIL(ST_NO_MEMORY, "out of memory (JSON)");
    bool bad = puts(text) < 0;
    free(text);
    if (bad) FAIL(ST_IO, "writing to standard output failed");
    return ST_OK;
}

void
stat_note_excluded(const stat_data *d)
{
    if (d->excluded.missing) log_note("peil stat: left out %zu rows: a value is empty", d->excluded.missing);
    if (d->excluded.empty) log_note("peil stat: left out %zu rows: the span ends where it starts", d->excluded.empty);
}
