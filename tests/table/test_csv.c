#include "testing.h"

#include "base/rng.h"
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
        {"never closed", "a,b\n\"1,2\n3,4\n", "!;3|4;", ST_OK},
        {"a stray quote swallows no rows", "a,b\n\"1,2\n3,4\n5,\"6\n7,8\n", "!;3|4;!;7|8;", ST_OK},
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

static status
make_fields(arena *a, rng *r, size_t n, const char *const pieces[], size_t n_pieces, text **out)
{
    ALLOC(a, *out, n);
    for (size_t i = 0; i < n; i++) {
        text_builder b = text_builder_new(a);
        for (uint64_t k = 1 + rng_below(r, 4); k; k--) text_put(&b, pieces[rng_below(r, n_pieces)]);
        CHECK(text_builder_end(&b, &(*out)[i]));
    }
    return ST_OK;
}

/* Quoted when it must be, or when asked. */
static void
put_quoted(text_builder *b, text value, char delimiter, bool always)
{
    bool must = always;
    for (size_t i = 0; i < value.n; i++) must |= strchr("\"\r\n", value.bytes[i]) || value.bytes[i] == delimiter;
    if (!must) {
        text_put_bytes(b, value.bytes, value.n);
        return;
    }
    text_put_char(b, '"');
    for (size_t i = 0; i < value.n; i++) {
        if (value.bytes[i] == '"') text_put_char(b, '"');
        text_put_char(b, value.bytes[i]);
    }
    text_put_char(b, '"');
}

/* Random fields, written with random quoting, delimiters and line ends, come back the same. */
static void
random_files_come_back(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a", "bcd", "\xc3\xb6", ",", ";", "\"", "\n", "\r\n", " ", "Rotterdam-Zuid en omstreken", "\xe2\x82\xac"};
    for (uint64_t round = 0; round < 400; round++) {
        SCRATCH(a);
        rng r = rng_new(7, round);
        char delimiter = rng_below(&r, 2) ? ',' : ';';
        size_t columns = 2 + rng_below(&r, 6), rows = 1 + rng_below(&r, 40);
        text *want;
        ASSERT_OK(make_fields(a, &r, columns * rows, pieces, sizeof pieces / sizeof *pieces, &want));
        text_builder b = text_builder_new(a);
        for (size_t k = 0; k < columns; k++) text_printf(&b, "%s%c", k ? (char[]){delimiter, 0} : "", (int)('A' + k));
        for (size_t i = 0; i < rows; i++) {
            text_put(&b, rng_below(&r, 2) ? "\n" : "\r\n");
            for (size_t k = 0; k < columns; k++) {
                if (k) text_put_char(&b, delimiter);
                put_quoted(&b, want[i * columns + k], delimiter, rng_below(&r, 3) == 0 || (columns * i + k == 0));
            }
        }
        text content;
        ASSERT_OK(text_builder_end(&b, &content));
        csv *c;
        ASSERT_OK(csv_open_bytes(a, "t", content, &(csv_options){.delimiter = delimiter}, &c));
        for (size_t i = 0; i < rows; i++) {
            bool more;
            csv_row row;
            ASSERT_OK(csv_next(c, &more, &row));
            assert_true(more);
            for (size_t k = 0; k < columns; k++)
                if (!text_equal(row.field[k], want[i * columns + k])) fail_msg("round %d row %zu column %zu", (int)round, i, k);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_split_by_the_rules),
        cmocka_unit_test(random_files_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
