/* The program's answers against values made with R (tests/reference/follow, with make.R and versions): every number of the stored
 * file must be there. */
#include "testing.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

typedef struct check_row {
    const char *command; /* after "peil stat"; {} stands for the data folder */
    const char *want;    /* stored file */
    double tolerance;    /* relative */
} check_row;

static const double exact = 1e-12, fitted = 1e-9;

#include "reference_rows.h"

static void
run_program(arena *a, const char *command, text *out)
{
    text_builder words = text_builder_new(a), got = text_builder_new(a);
    text_printf(&words, "'%s/peil' stat ", getenv("PEIL_BUILD") ? getenv("PEIL_BUILD") : "build");
    for (const char *c = command; *c; c++) {
        if (c[0] == '{' && c[1] == '}') {
            text_put(&words, source_path(a, "tests/reference/follow/data"));
            c++;
        } else {
            text_put_char(&words, *c);
        }
    }
    text line;
    ASSERT_OK(text_builder_end(&words, &line));
    FILE *pipe = popen(line.bytes, "r");
    if (!pipe) fail_msg("cannot start %s", line.bytes);
    char buffer[4096];
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) text_put_bytes(&got, buffer, n);
    int code = pclose(pipe);
    if (code != 0) fail_msg("%s: exit code %d", line.bytes, code);
    ASSERT_OK(text_builder_end(&got, out));
}

static bool
is_close(double got, double want, double tolerance)
{
    return fabs(got - want) <= tolerance * fmax(fabs(want), 1e-300) || fabs(got - want) < 1e-17;
}

static void
compare_csv(const check_row *row, text got, text want)
{
    size_t line = 1;
    while (want.n) {
        size_t w = strcspn(want.bytes, ",\n"), g = strcspn(got.bytes, ",\n");
        text expected = {want.bytes, w}, found = {got.bytes, g};
        double x, y;
        if (want.bytes[w] != got.bytes[g]) fail_msg("%s: line %zu: other columns or rows", row->want, line);
        if (text_to_double(expected, &x) && text_to_double(found, &y)) {
            if (!is_close(y, x, row->tolerance)) fail_msg("%s: line %zu: got %.17g, want %.17g", row->want, line, y, x);
        } else if (!text_equal(expected, found)) {
            fail_msg("%s: line %zu: got \"%.*s\", want \"%.*s\"", row->want, line, (int)g, found.bytes, (int)w, expected.bytes);
        }
        line += want.bytes[w] == '\n';
        want.bytes += w + 1, want.n -= w + 1;
        got.bytes += g + 1, got.n -= g + 1;
    }
    assert_int_equal(got.n, 0);
}

static void
compare_json(const check_row *row, const char *path, const json_t *got, const json_t *want)
{
    char at[256];
    if (!got) fail_msg("%s: %s is missing", row->want, path);
    if (json_is_object(want)) {
        const char *key;
        json_t *value;
        json_object_foreach((json_t *)want, key, value) {
            snprintf(at, sizeof at, "%s.%s", path, key);
            compare_json(row, at, json_object_get(got, key), value);
        }
    } else if (json_is_array(want)) {
        if (json_array_size(got) != json_array_size(want)) fail_msg("%s: %s has another length", row->want, path);
        for (size_t i = 0; i < json_array_size(want); i++) {
            snprintf(at, sizeof at, "%s[%zu]", path, i);
            compare_json(row, at, json_array_get(got, i), json_array_get(want, i));
        }
    } else if (json_is_number(want)) {
        double x = json_number_value(want), y = json_number_value(got);
        if (!json_is_number(got) || !is_close(y, x, row->tolerance)) fail_msg("%s: %s: got %.17g, want %.17g", row->want, path, y, x);
    } else if (!json_equal(got, want)) {
        fail_msg("%s: %s differs", row->want, path);
    }
}

static void
check_one(const check_row *row)
{
    SCRATCH(a);
    text got, want;
    run_program(a, row->command, &got);
    char *path = arena_printf(a, "%s/%s", source_path(a, "tests/reference/follow"), row->want);
    ASSERT_OK(file_map(a, path, &want));
    if (strstr(row->want, ".csv")) {
        char *copy = arena_copy(a, want.bytes, want.n);
        compare_csv(row, got, (text){copy, want.n});
        return;
    }
    json_t *found = json_loadb(got.bytes, got.n, JSON_DECODE_ANY, NULL), *stored = json_loadb(want.bytes, want.n, 0, NULL);
    if (!found || !stored) fail_msg("%s: not JSON", row->want);
    compare_json(row, "$", found, stored);
    json_decref(found);
    json_decref(stored);
}

static void
answers_equal_those_of_r(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_one(&rows[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers_equal_those_of_r)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
