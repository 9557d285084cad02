#include "testing.h"

#include "table/csv.h"

/* Rows as "field|field;field|field", bad rows as "!". */
static status
render(arena *a, const char *input, size_t n, text *out)
{
    csv *c;
    CHECK(csv_open_bytes(a, "t.csv", (text){input, n}, NULL, &c));
    text_builder b = text_builder_new(a);
    for (;;) {
        bool more = true;
        csv_row row;
        if (csv_next(c, &more, &row) != ST_OK) {
            text_put(&b, "!;");
            continue;
        }
        if (!more) break;
        for (size_t i = 0; i < row.n; i++) {
            if (i) text_put_char(&b, '|');
            text_put_bytes(&b, row.field[i].bytes, row.field[i].n);
        }
        text_put_char(&b, ';');
    }
    return text_builder_end(&b, out);
}

static void
records_are_split_by_the_rules(void **state)
{
    (void)state;
    static const struct {
        const char *label, *input, *want;
        status want_status;
    } rows[] = {
        {"plain", "a,b\n1,2\n3,4\n", "1|2;3|4;", ST_OK},
        {"semicolon, crlf, bom", "\xef\xbb\xbf" "a;b\r\n1;2\r\n", "1|2;", ST_OK},
        {"no last newline", "a,b\n1,2", "1|2;", ST_OK},
        {"quotes", "a,b\n\"x,\"\"y\"\"\",\"l1\nl2\"\n", "x,\"y\"|l1\nl2;", ST_OK},
        {"empty fields", "a,b\n,\n\"\",z\n", "|;|z;", ST_OK},
        {"too few fields", "a,b\n1\n3,4\n", "!;3|4;", ST_OK},
        {"text behind a quote", "a,b\n\"1\"x,2\n3,4\n", "!;3|4;", ST_OK},
        {"not utf-8", "a,b\nco\xf6,2\n3,4\n", "!;3|4;", ST_OK},
        {"never closed", "a,b\n\"1,2\n3,4\n", "!;", ST_OK},
        {"empty file", "", "", ST_INVALID},
        {"name twice", "a,a\n", "", ST_INVALID},
        {"blank lines", "a,b\n\n1,2\n\r\n", "1|2;", ST_OK},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        text out = TEXT("");
        status code = render(tmp, rows[i].input, strlen(rows[i].input), &out);
        if (code != rows[i].want_status) fail_msg("%s: %s", rows[i].label, status_detail());
        if (!text_is(out, rows[i].want)) fail_msg("%s: got %.*s, want %s", rows[i].label, (int)out.n, out.bytes, rows[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_split_by_the_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
