#include "../testing.h"

#include "demo.h"
#include "publish/cell.h"
#include "publish/chart.h"
#include "publish/data.h"
#include "publish/page.h"

#include <unistd.h>

static status
resolve(language in, const char *words, const char **result)
{
    static char shown[200];
    SCRATCH(a);
    document d;
    text got;
    CHECK(demo_document(a, &d));
    CHECK(cell_resolve(a, &d, in, (phrase){{words, words}}, false, &got));
    snprintf(shown, sizeof shown, "%.*s", (int)got.n, got.bytes);
    *result = shown;
    return ST_OK;
}

static void
check_references(void **state)
{
    (void)state;
    static const struct {
        const char *label, *input, *nl, *en;
        status want;
    } rows[] = {
        {"no reference", "niets", "niets", "niets", ST_OK},
        {"a count", "in 2019 {1.1/all/2019}.", "in 2019 1.372.", "in 2019 1,372.", ST_OK},
        {"a mean", "{1.5/total/2017} jaar", "27,5 jaar", "27.5 jaar", ST_OK},
        {"two together", "{1.2/labour/2016}{1.2/labour/2017}", "220230", "220230", ST_OK},
        {"a hidden cell", "{1.4/national/2016}", "[c]", "[c]", ST_OK},
        {"a brace", "{{a}", "{a}", "{a}", ST_OK},
        {"no such figure", "{9.9/all/2019}", NULL, NULL, ST_CONFIG},
        {"no such row", "{1.1/al/2019}", NULL, NULL, ST_CONFIG},
        {"no such column", "{1.1/all/20190}", NULL, NULL, ST_CONFIG},
        {"left open", "{1.1/all/2019", NULL, NULL, ST_CONFIG},
        {"empty", "{}", NULL, NULL, ST_CONFIG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (language in = 0; in < LANGUAGE_COUNT; in++) {
            const char *got = NULL, *want = in == LANGUAGE_NL ? rows[i].nl : rows[i].en;
            status code = resolve(in, rows[i].input, &got);
            if (code != rows[i].want) fail_msg("%s: got %s (%s)", rows[i].label, status_text(code), status_detail());
            if (want && strcmp(got, want) != 0) fail_msg("%s: got %s, want %s", rows[i].label, got, want);
        }
}

static void
check_symbols(void **state)
{
    (void)state;
    static const struct {
        released_state state;
        const char *accessible, *official, *name;
    } rows[] = {
        {RELEASED_VALUE, "", "", "value"},          {RELEASED_CONFIDENTIAL, "[c]", ".", "confidential"},
        {RELEASED_UNKNOWN, "[x]", ".", "unknown"},  {RELEASED_IMPOSSIBLE, "[z]", "", "impossible"},
        {RELEASED_LOW, "[low]", "0", "low"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(cell_symbol(rows[i].state, false), rows[i].accessible);
        assert_string_equal(cell_symbol(rows[i].state, true), rows[i].official);
        assert_string_equal(cell_state_name(rows[i].state), rows[i].name);
    }
}

/* One way on a whole page: cells, charts and legend. */
static void
check_one_way(void **state)
{
    (void)state;
    for (int official = 0; official < 2; official++) {
        SCRATCH(a);
        document d;
        text got;
        ASSERT_OK(demo_document(a, &d));
        page p = {.h = html_new(a), .a = a, .d = &d, .in = LANGUAGE_EN, .official = official, .file = "kenmerken.html"};
        ASSERT_OK(page_chapter(&p, &d.chapter[1]));
        ASSERT_OK(page_end(&p, &got));
        assert_int_equal(strstr(got.bytes, ">.</abbr>") != NULL, official == 1);
        assert_int_equal(strstr(got.bytes, "[c]") != NULL, official == 0);
        assert_int_equal(strstr(got.bytes, "[x]") != NULL, official == 0);
    }
}

static const figure *
figure_of(const document *d, const char *code)
{
    for (size_t i = 0; i < d->chapters; i++)
        for (size_t k = 0; k < d->chapter[i].blocks; k++) {
            const block *b = &d->chapter[i].block[k];
            if (b->kind == BLOCK_FIGURE && strcmp(released_figure(b->figure->data), code) == 0) return b->figure;
        }
    fail_msg("the demo has no figure %s", code);
    return NULL;
}

static size_t
count(const char *in, const char *what)
{
    size_t n = 0;
    for (const char *at = strstr(in, what); at; at = strstr(at + 1, what)) n++;
    return n;
}

/* Every kind: a title, a description, text that can be read, no coordinate that is no number. */
static void
check_charts(void **state)
{
    (void)state;
    SCRATCH(a);
    document d;
    ASSERT_OK(demo_document(a, &d));
    const figure *f = figure_of(&d, "1.2");
    for (chart_kind kind = CHART_LINE; kind < CHART_KINDS; kind++) {
        figure_chart chart = {.kind = kind};
        text got;
        ASSERT_OK(chart_file(a, &(chart_place){LANGUAGE_NL, "x", f, &chart}, &got));
        if (count(got.bytes, "<title ") != 1 || count(got.bytes, "<desc ") != 1 || count(got.bytes, "<text ") < 6)
            fail_msg("%s: no title, description or text", chart_kind_name(kind));
        if (strstr(got.bytes, "nan") || strstr(got.bytes, "inf\"")) fail_msg("%s: a coordinate that is no number", chart_kind_name(kind));
        assert_non_null(strstr(got.bytes, "Arbeidsuitbuiting"));
        chart_kind found;
        assert_true(chart_kind_find(text_of(chart_kind_name(kind)), &found) && found == kind);
    }
}

/* Totals are not drawn unless asked for; dimensions are kept apart; what is not there is said. */
static void
check_selection(void **state)
{
    (void)state;
    SCRATCH(a);
    document d;
    ASSERT_OK(demo_document(a, &d));
    static const struct {
        const char *label, *figure;
        figure_chart chart;
        const char *has, *lacks;
        status want;
    } rows[] = {
        {"no totals", "1.2", {.kind = CHART_LINE}, ">2020<", ">2016-2020<", ST_OK},
        {"a total asked for", "1.2", {.kind = CHART_HBARS, .column = "2016-2020"}, ">1.274<", ">449<", ST_OK},
        {"first dimension", "1.4", {.kind = CHART_HEAT}, ">2018<", ">Arbeid<", ST_OK},
        {"other dimension", "1.4", {.kind = CHART_HEAT, .dimension = "form"}, ">Arbeid<", ">2018<", ST_OK},
        {"one row", "1.2", {.kind = CHART_LINE, .row = "labour"}, ">449<", "Criminele", ST_OK},
        {"nothing but a total", "1.5", {.kind = CHART_LINE}, ">29,0<", ">Crimineel<", ST_OK},
        {"no such column", "1.2", {.kind = CHART_LINE, .column = "2021"}, NULL, NULL, ST_CONFIG},
        {"no such dimension", "1.2", {.kind = CHART_LINE, .dimension = "month"}, NULL, NULL, ST_CONFIG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        text got;
        status code = chart_file(a, &(chart_place){LANGUAGE_NL, "x", figure_of(&d, rows[i].figure), &rows[i].chart}, &got);
        if (code != rows[i].want) fail_msg("%s: %s (%s)", rows[i].label, status_text(code), status_detail());
        if (code != ST_OK) continue;
        if (!strstr(got.bytes, rows[i].has)) fail_msg("%s: lacks %s", rows[i].label, rows[i].has);
        if (strstr(strstr(got.bytes, "</defs>"), rows[i].lacks)) fail_msg("%s: shows %s", rows[i].label, rows[i].lacks);
    }
}

static void
check_csv(void **state)
{
    (void)state;
    SCRATCH(a);
    document d;
    ASSERT_OK(demo_document(a, &d));
    const figure *f = figure_of(&d, "1.4");
    text got;
    ASSERT_OK(data_csv(a, 1, &f, &got));
    assert_int_equal(strncmp(got.bytes, "figure,row,column,value,state\n1.4,north,2016,40,value\n", 54), 0);
    assert_non_null(strstr(got.bytes, "\n1.4,national,2016,,confidential\n"));
    assert_non_null(strstr(got.bytes, "\n1.4,national,2017,,unknown\n"));
    assert_non_null(strstr(got.bytes, "\n1.4,national,2020,,impossible\n"));
    f = figure_of(&d, "1.5");
    ASSERT_OK(data_csv(a, 1, &f, &got));
    assert_non_null(strstr(got.bytes, "\n1.5,total,2017,27.5,value\n"));
}

/* The chapter with every kind of cell, or the first page; the bytes go into `out`. */
static status
render(arena *out, bool front, text *got)
{
    SCRATCH(a);
    document d;
    text made;
    CHECK(demo_document(a, &d));
    page p = {.h = html_new(a), .a = a, .d = &d, .in = LANGUAGE_EN, .file = "kenmerken.html"};
    if (front)
        CHECK(page_front(&p));
    else
        CHECK(page_chapter(&p, &d.chapter[1]));
    CHECK(page_end(&p, &made));
    *got = (text){arena_copy(out, made.bytes, made.n), made.n};
    if (!got->bytes) FAIL(ST_NO_MEMORY, "out of memory (test)");
    return ST_OK;
}

/* Allocations fail, one a run: either the page says so, or it is whole. */
static void
check_memory(void **state)
{
    (void)state;
    for (int front = 0; front < 2; front++) {
        SCRATCH(a);
        text whole, got;
        size_t failures = 0;
        ASSERT_OK(render(a, front, &whole));
        for (size_t n = 1;; n += 1 + n / 60, failures++) { /* all of the first, then ever fewer */
            arena_fail_at(n);
            status code = render(a, front, &got);
            arena_fail_at(0);
            if (code == ST_OK && !text_equal(whole, got)) fail_msg("allocation %zu failed and a broken page came out", n);
            if (code == ST_OK) break;
            if (code != ST_NO_MEMORY) fail_msg("allocation %zu: %s (%s)", n, status_text(code), status_detail());
        }
        assert_true(failures > 150);
    }
}

/* Bad definitions are refused before anything is written. */
static void
check_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *label, *first, *second;
        status want;
    } rows[] = {
        {"a path", "a/b", "c", ST_CONFIG},        {"upper case", "Een", "c", ST_CONFIG}, {"empty", "", "c", ST_CONFIG},
        {"taken", "index", "c", ST_CONFIG},       {"twice", "c", "c", ST_CONFIG},        {"a point", "..", "c", ST_CONFIG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(a);
        document d;
        ASSERT_OK(demo_document(a, &d));
        chapter c[2] = {d.chapter[0], d.chapter[1]};
        c[0].id = rows[i].first;
        c[1].id = rows[i].second;
        d.chapter = c;
        char folder[] = "/tmp/peil-publish-XXXXXX";
        assert_non_null(mkdtemp(folder));
        char *out = path_join(a, folder, "out");
        status code = publish_write(&d, out, NULL);
        bool written = file_exists(out);
        rmdir(folder);
        if (code != rows[i].want || written) fail_msg("%s: %s", rows[i].label, status_text(code));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_references), cmocka_unit_test(check_symbols), cmocka_unit_test(check_one_way), cmocka_unit_test(check_charts),   cmocka_unit_test(check_selection),
        cmocka_unit_test(check_csv),        cmocka_unit_test(check_memory),  cmocka_unit_test(check_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
