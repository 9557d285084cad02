#include "publish/html.h"

#include "publish/style.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

typedef enum tag_kind { BLOCK, INLINE, VOID, SHAPE } tag_kind;
typedef enum attribute_type { WORDS, LINK, FLAG } attribute_type;

static const struct {
    const char *name;
    tag_kind kind;
} tags[] = {
#define TAG(name, text, kind) {text, kind},
#include "publish/html_names.def"
#undef TAG
};

static const struct {
    const char *name;
    attribute_type type;
} attributes[] = {
#define ATTRIBUTE(name, text, type) {text, type},
#include "publish/html_names.def"
#undef ATTRIBUTE
};

html
html_new(arena *a)
{
    return (html){.b = text_builder_new(a)};
}

static void
mistake(html *h, const char *what)
{
    if (!h->mistake) h->mistake = what;
}

void
html_doctype(html *h)
{
    if (h->b.n) mistake(h, "a document type inside a document");
    text_put(&h->b, "<!DOCTYPE html>\n");
}

static void
put_escaped(html *h, text words)
{
    for (size_t i = 0; i < words.n; i++) {
        char c = words.bytes[i];
        if (c == '&')
            text_put(&h->b, "&amp;");
        else if (c == '<')
            text_put(&h->b, "&lt;");
        else if (c == '>')
            text_put(&h->b, "&gt;");
        else if (c == '"')
            text_put(&h->b, "&quot;");
        else if ((unsigned char)c >= ' ' || c == '\n' || c == '\t')
            text_put_char(&h->b, c); /* other control characters are not allowed in XML */
    }
}

static void
end_head(html *h)
{
    if (!h->head_open) return;
    text_put_char(&h->b, '>');
    h->head_open = false;
}

void
html_open(html *h, html_tag tag)
{
    if (h->depth == HTML_DEPTH) {
        mistake(h, "elements too deep");
        return;
    }
    end_head(h);
    tag_kind kind = tags[tag].kind;
    bool own_line = kind != INLINE || (h->depth && tags[h->open[h->depth - 1]].kind == BLOCK);
    if (own_line && h->b.n && h->b.bytes[h->b.n - 1] != '\n') text_put_char(&h->b, '\n');
    text_put_char(&h->b, '<');
    text_put(&h->b, tags[tag].name);
    h->open[h->depth++] = tag;
    h->head_open = true;
    h->fresh = true;
}

void
html_close(html *h, html_tag tag)
{
    if (h->depth == 0 || h->open[h->depth - 1] != tag) {
        mistake(h, "an element closed that is not the innermost");
        return;
    }
    h->depth--;
    tag_kind kind = tags[tag].kind;
    if (kind == SHAPE && h->head_open) {
        text_put(&h->b, "/>");
        h->head_open = false;
    } else if (kind == VOID) {
        end_head(h);
    } else {
        end_head(h);
        if (kind == BLOCK && !h->fresh && h->b.n && h->b.bytes[h->b.n - 1] != '\n') text_put_char(&h->b, '\n');
        text_printf(&h->b, "</%s>", tags[tag].name);
    }
    if (kind == BLOCK) text_put_char(&h->b, '\n');
    h->fresh = false;
}

/* Relative, within the page, or https. */
static bool
link_fits(const char *value)
{
    const char *colon = strchr(value, ':');
    const char *path = strpbrk(value, "/?#");
    return !colon || (path && path < colon) || strncmp(value, "https://", 8) == 0;
}

void
html_attr(html *h, html_attribute name, const char *value)
{
    if (!value) return;
    if (!h->head_open) {
        mistake(h, "an attribute after the content");
        return;
    }
    if (attributes[name].type == LINK && !link_fits(value)) {
        mistake(h, "a link that is neither relative nor https");
        return;
    }
    text_put_char(&h->b, ' ');
    text_put(&h->b, attributes[name].name);
    text_put(&h->b, "=\"");
    if (attributes[name].type != FLAG) put_escaped(h, text_of(value));
    text_put_char(&h->b, '"');
}

void
html_attr_int(html *h, html_attribute name, long value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%ld", value);
    html_attr(h, name, digits);
}

void
html_attr_number(html *h, html_attribute name, double value)
{
    char digits[40];
    double rounded = round(value * 100) / 100;
    if (!isfinite(rounded) || fabs(rounded) > 1e9) {
        mistake(h, "a coordinate that is no number");
        return;
    }
    snprintf(digits, sizeof digits, "%.10g", rounded == 0 ? 0.0 : rounded);
    html_attr(h, name, digits);
}

void
html_text_bytes(html *h, text words)
{
    if (!words.n) return;
    if (!text_valid_utf8(words)) {
        mistake(h, "a text that is not UTF-8");
        return;
    }
    end_head(h);
    h->fresh = h->fresh && h->depth && tags[h->open[h->depth - 1]].kind == INLINE;
    put_escaped(h, words);
}

void
html_text(html *h, const char *words)
{
    html_text_bytes(h, text_of(words));
}

const char *
html_format(html *h, const char *format, ...)
{
    va_list values;
    char *made = NULL;
    va_start(values, format);
    int n = vsnprintf(NULL, 0, format, values);
    va_end(values);
    if (n >= 0) made = arena_alloc(h->b.a, (size_t)n + 1, 1);
    if (!made) {
        h->b.failed = true;
        return "";
    }
    va_start(values, format);
    vsnprintf(made, (size_t)n + 1, format, values);
    va_end(values);
    return made;
}

void
html_open_class(html *h, html_tag tag, const char *class)
{
    html_open(h, tag);
    html_attr(h, ATTR_CLASS, class);
}

void
html_element(html *h, html_tag tag, const char *class, const char *words)
{
    html_open_class(h, tag, class);
    html_text(h, words);
    html_close(h, tag);
}

void
html_link(html *h, const char *class, const char *href, const char *words)
{
    html_open_class(h, TAG_A, class);
    html_attr(h, ATTR_HREF, href);
    html_text(h, words);
    html_close(h, TAG_A);
}

void
html_chart_style(html *h)
{
    end_head(h);
    text_put(&h->b, "\n<style>\n");
    style_put_chart(&h->b);
    text_put(&h->b, "</style>\n");
}

status
html_end(html *h, text *out)
{
    if (h->mistake) FAIL(ST_INTERNAL, "page writer: %s", h->mistake);
    if (h->depth) FAIL(ST_INTERNAL, "page writer: element %s left open", tags[h->open[h->depth - 1]].name);
    return text_builder_end(&h->b, out);
}
