#include "../testing.h"

#include "publish/html.h"

#include <math.h>

static void
check_text(void **state)
{
    (void)state;
    static const struct {
        const char *label, *input, *want;
    } rows[] = {
        {"plain", "abc", "<p>abc</p>"},
        {"markup", "<script>alert('x') && \"y\"</script>", "<p>&lt;script&gt;alert('x') &amp;&amp; &quot;y&quot;&lt;/script&gt;</p>"},
        {"entities", "&amp;", "<p>&amp;amp;</p>"},
        {"letters", "één \xe2\x82\xac", "<p>één \xe2\x82\xac</p>"},
        {"control characters", "a\x01\x1f" "b\tc\n", "<p>ab\tc\n</p>"},
        {"nothing", "", "<p></p>"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(a);
        html h = html_new(a);
        text got;
        html_element(&h, TAG_P, NULL, rows[i].input);
        ASSERT_OK(html_end(&h, &got));
        if (!text_is(got, rows[i].want)) fail_msg("%s: got %s, want %s", rows[i].label, got.bytes, rows[i].want);
    }
}

static void
check_attributes(void **state)
{
    (void)state;
    SCRATCH(a);
    html h = html_new(a);
    text got;
    html_open_class(&h, TAG_A, "a\" onclick=\"b");
    html_attr(&h, ATTR_HREF, "x.html?a=1&b=2");
    html_attr(&h, ATTR_DOWNLOAD, "ignored");
    html_attr(&h, ATTR_TITLE, NULL);
    html_text(&h, "x");
    html_close(&h, TAG_A);
    ASSERT_OK(html_end(&h, &got));
    assert_string_equal(got.bytes, "<a class=\"a&quot; onclick=&quot;b\" href=\"x.html?a=1&amp;b=2\" download=\"\">x</a>");
}

static void
check_links(void **state)
{
    (void)state;
    static const struct {
        const char *input;
        status want;
    } rows[] = {
        {"page.html", ST_OK},        {"../data/2.2.csv", ST_OK},       {"#figure-2-2", ST_OK},  {"https://example.org/a:b", ST_OK},
        {"a/b:c", ST_OK},            {"javascript:alert(1)", ST_INTERNAL}, {"JaVaScRiPt:alert(1)", ST_INTERNAL},
        {"data:text/html,x", ST_INTERNAL}, {"http://example.org", ST_INTERNAL}, {"file:///x", ST_INTERNAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(a);
        html h = html_new(a);
        text got;
        html_link(&h, NULL, rows[i].input, "x");
        status code = html_end(&h, &got);
        if (code != rows[i].want) fail_msg("%s: got %s, want %s", rows[i].input, status_text(code), status_text(rows[i].want));
    }
}

static void
check_mistakes(void **state)
{
    (void)state;
    for (int mistake = 0; mistake < 5; mistake++) {
        SCRATCH(a);
        html h = html_new(a);
        text got = TEXT("untouched");
        html_open(&h, TAG_DIV);
        if (mistake == 0) html_close(&h, TAG_P);                                        /* not the innermost */
        if (mistake == 1) html_text(&h, "x"), html_attr(&h, ATTR_ID, "late");           /* after the content */
        if (mistake == 2) html_open(&h, TAG_P);                                         /* left open */
        if (mistake == 3) html_attr_number(&h, ATTR_X, (double)NAN);                    /* no number */
        if (mistake == 4) html_text(&h, "\xff");                                        /* not UTF-8 */
        if (mistake != 2) html_close(&h, TAG_DIV);
        ASSERT_STATUS(html_end(&h, &got), ST_INTERNAL);
        assert_true(text_is(got, "untouched"));
    }
}

static void
check_numbers(void **state)
{
    (void)state;
    static const struct {
        double input;
        const char *want;
    } rows[] = {{0, "0"}, {-0.001, "0"}, {12.345, "12.35"}, {-3.5, "-3.5"}, {100, "100"}, {1e6, "1000000"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(a);
        html h = html_new(a);
        text got;
        html_open(&h, TAG_RECT);
        html_attr_number(&h, ATTR_X, rows[i].input);
        html_close(&h, TAG_RECT);
        ASSERT_OK(html_end(&h, &got));
        assert_string_equal(got.bytes, arena_printf(a, "<rect x=\"%s\"/>", rows[i].want));
    }
}

static status
write_some(void)
{
    SCRATCH(a);
    html h = html_new(a);
    text got;
    html_doctype(&h);
    html_open(&h, TAG_UL);
    for (int i = 0; i < 2000; i++) html_element(&h, TAG_LI, "item", "some words to fill the arena");
    html_close(&h, TAG_UL);
    return html_end(&h, &got);
}

static void
check_memory(void **state)
{
    (void)state;
    ASSERT_SURVIVES_NO_MEMORY(write_some());
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_text),     cmocka_unit_test(check_attributes), cmocka_unit_test(check_links),
        cmocka_unit_test(check_mistakes), cmocka_unit_test(check_numbers),    cmocka_unit_test(check_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
