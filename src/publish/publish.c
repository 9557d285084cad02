#include "publish/chart.h"
#include "publish/data.h"
#include "publish/document.h"
#include "publish/page.h"
#include "publish/style.h"

#include "base/file.h"

static const char *const kinds[CHART_KINDS] = {"none", "line", "bars", "stacked", "hbars", "dots", "heat", "multiples"};

const char *
chart_kind_name(chart_kind kind)
{
    return kinds[kind];
}

bool
chart_kind_find(text name, chart_kind *out)
{
    for (chart_kind k = 0; k < CHART_KINDS; k++)
        if (text_is(name, kinds[k])) {
            *out = k;
            return true;
        }
    return false;
}

/* All figures of the chapters, in order. */
static status
collect(arena *a, const document *d, size_t *n, const figure ***figures)
{
    size_t most = 0;
    for (size_t i = 0; i < d->chapters; i++) most += d->chapter[i].blocks;
    ALLOC(a, *figures, most);
    *n = 0;
    for (size_t i = 0; i < d->chapters; i++)
        for (size_t k = 0; k < d->chapter[i].blocks; k++)
            if (d->chapter[i].block[k].kind == BLOCK_FIGURE) (*figures)[(*n)++] = d->chapter[i].block[k].figure;
    return ST_OK;
}

static bool
fits_file_name(const char *name, const char *extra)
{
    if (!name || !*name) return false;
    for (const char *c = name; *c; c++)
        if (!(*c >= 'a' && *c <= 'z') && !(*c >= '0' && *c <= '9') && *c != '-' && !strchr(extra, *c)) return false;
    return name[0] != '.';
}

static status
check_document(const document *d, size_t n, const figure *const figures[])
{
    for (size_t i = 0; i < d->chapters; i++) {
        const char *id = d->chapter[i].id;
        if (!fits_file_name(id, ""))
            FAIL(ST_CONFIG, "chapter %zu: its id becomes a file name: expected lower case letters, digits and hyphens", i + 1);
        if (strcmp(id, "index") == 0 || strcmp(id, "about") == 0) FAIL(ST_CONFIG, "chapter %zu: the id %s is taken", i + 1, id);
        for (size_t k = 0; k < i; k++)
            if (strcmp(id, d->chapter[k].id) == 0) FAIL(ST_CONFIG, "chapters %zu and %zu have the same id %s", k + 1, i + 1, id);
    }
    for (size_t i = 0; i < n; i++) {
        const char *code = released_figure(figures[i]->data);
        if (!fits_file_name(code, "._"))
            FAIL(ST_CONFIG, "figure %s: its code becomes a file name: expected lower case letters, digits, points and hyphens", code);
        for (size_t k = 0; k < i; k++)
            if (strcmp(code, released_figure(figures[k]->data)) == 0) FAIL(ST_CONFIG, "figure %s stands in the report twice", code);
    }
    return ST_OK;
}

static status
write_in(const char *folder, const char *path, text content)
{
    SCRATCH(tmp);
    char *whole = path_join(tmp, folder, path);
    if (!whole) FAIL(ST_NO_MEMORY, "out of memory (path)");
    return file_put(whole, content);
}

/* chapter: its number, or -1 for the first page, -2 for the page about the figures. */
static status
write_page(const document *d, const char *folder, const publish_options *o, language in, int chapter)
{
    SCRATCH(tmp);
    const char *file = chapter == -1 ? "index.html" : chapter == -2 ? "about.html" : arena_printf(tmp, "%s.html", d->chapter[chapter].id);
    if (!file) FAIL(ST_NO_MEMORY, "out of memory (page)");
    page p = {.h = html_new(tmp), .a = tmp, .d = d, .in = in, .official = o->official_symbols, .file = file};
    if (chapter == -1)
        CHECK(page_front(&p));
    else if (chapter == -2)
        CHECK(page_about(&p));
    else
        CHECK(page_chapter(&p, &d->chapter[chapter]));
    text content;
    status ended = page_end(&p, &content);
    if (ended != ST_OK) return status_prefix(ended, "%s: ", file);
    const char *path = in == LANGUAGE_NL ? file : arena_printf(tmp, "en/%s", file);
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (page)");
    return write_in(folder, path, content);
}

static status
write_charts(const figure *f, const char *folder, const publish_options *o)
{
    for (language in = 0; in < LANGUAGE_COUNT; in++)
        for (size_t i = 0; i < f->charts; i++) {
            SCRATCH(tmp);
            text content;
            const char *path = chart_path(tmp, f, i, in);
            if (!path) FAIL(ST_NO_MEMORY, "out of memory (charts)");
            if (f->chart[i].kind == CHART_NONE) continue;
            CHECK(chart_file(tmp, &(chart_place){in, "chart", f, &f->chart[i], o->official_symbols}, &content));
            CHECK(write_in(folder, path, content));
        }
    return ST_OK;
}

static status
write_tests(const document *d, const figure *f, const char *folder)
{
    SCRATCH(tmp);
    text content;
    const char *code = released_figure(f->tests);
    const char *csv = arena_printf(tmp, "data/%s.csv", code), *meta = arena_printf(tmp, "data/%s.csv-metadata.json", code);
    if (!csv || !meta) FAIL(ST_NO_MEMORY, "out of memory (tests of figure %s)", released_figure(f->data));
    CHECK(data_tests(tmp, 1, &f, &content));
    CHECK(write_in(folder, csv, content));
    CHECK(data_tests_csvw(tmp, d, f, csv + strlen("data/"), &content));
    return write_in(folder, meta, content);
}

/* The tests of all figures in one file, where there are any. */
static status
write_all_tests(const document *d, size_t n, const figure *const figures[], const char *folder)
{
    SCRATCH(tmp);
    text content;
    size_t first = 0;
    while (first < n && !figures[first]->tests) first++;
    if (first == n) return ST_OK;
    CHECK(data_tests(tmp, n, figures, &content));
    CHECK(write_in(folder, "data/tests.csv", content));
    figure all = {.data = figures[first]->data, .tests = figures[first]->tests, .title = d->title};
    CHECK(data_tests_csvw(tmp, d, &all, "tests.csv", &content));
    return write_in(folder, "data/tests.csv-metadata.json", content);
}

static status
write_figure(const document *d, const figure *f, const char *folder, const publish_options *o)
{
    SCRATCH(tmp);
    text content;
    const char *code = released_figure(f->data);
    const char *csv = arena_printf(tmp, "data/%s.csv", code), *meta = arena_printf(tmp, "data/%s.csv-metadata.json", code);
    if (!csv || !meta) FAIL(ST_NO_MEMORY, "out of memory (figure %s)", code);
    CHECK(data_csv(tmp, 1, &f, &content));
    CHECK(write_in(folder, csv, content));
    CHECK(data_csvw(tmp, d, f, csv + strlen("data/"), &content));
    CHECK(write_in(folder, meta, content));
    if (f->tests) CHECK(write_tests(d, f, folder));
    return write_charts(f, folder, o);
}

static status
write_together(const document *d, size_t n, const figure *const figures[], const char *folder)
{
    SCRATCH(tmp);
    text content;
    CHECK(data_csv(tmp, n, figures, &content));
    CHECK(write_in(folder, "data/figures.csv", content));
    CHECK(data_csvw(tmp, d, NULL, "figures.csv", &content));
    CHECK(write_in(folder, "data/figures.csv-metadata.json", content));
    CHECK(write_all_tests(d, n, figures, folder));
    CHECK(data_codes(tmp, n, figures, &content));
    CHECK(write_in(folder, "data/codes.csv", content));
    text_builder style = text_builder_new(tmp);
    text_put(&style, style_tokens().bytes);
    text_put(&style, style_chart().bytes);
    text_put(&style, style_page().bytes);
    CHECK(text_builder_end(&style, &content));
    return write_in(folder, "style.css", content);
}

static status
make_folders(const char *folder)
{
    static const char *const names[] = {"en", "data", "charts"};
    CHECK(folder_make(folder));
    for (int i = 0; i < 3; i++) {
        SCRATCH(tmp);
        char *path = path_join(tmp, folder, names[i]);
        if (!path) FAIL(ST_NO_MEMORY, "out of memory (path)");
        CHECK(folder_make(path));
    }
    return ST_OK;
}

status
publish_write(const document *d, const char *folder, const publish_options *options)
{
    static const publish_options preset = {0};
    const publish_options *o = options ? options : &preset;
    SCRATCH(tmp);
    size_t n;
    const figure **figures;
    CHECK(collect(tmp, d, &n, &figures));
    CHECK(check_document(d, n, figures));
    CHECK(make_folders(folder));
    for (size_t i = 0; i < n; i++) CHECK(write_figure(d, figures[i], folder, o));
    CHECK(write_together(d, n, figures, folder));
    for (language in = 0; in < LANGUAGE_COUNT; in++)
        for (int chapter = -2; chapter < (int)d->chapters; chapter++) CHECK(write_page(d, folder, o, in, chapter));
    return ST_OK;
}
