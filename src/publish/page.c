#include "publish/page.h"

#include "publish/number.h"

const char *
page_word(const page *p, const char *id)
{
    return words_get(p->in, id);
}

const char *
page_phrase(const page *p, phrase words)
{
    return words.in[p->in] ? words.in[p->in] : "";
}

const char *
page_link(page *p, const char *path)
{
    if (p->in == LANGUAGE_NL) return path;
    return html_format(&p->h, "../%s", path);
}

const char *
item_label(language in, const exact_item *item)
{
    return item->code.label[in] && *item->code.label[in] ? item->code.label[in] : item->code.code;
}

const char *
figure_slug(html *h, const char *figure)
{
    size_t whole = strcspn(figure, ".");
    return figure[whole] ? html_format(h, "%.*s-%s", (int)whole, figure, figure_slug(h, figure + whole + 1)) : figure;
}

const char *
figure_number(const figure *f)
{
    return f->number ? f->number : released_figure(f->data);
}

const char *
figure_unit(language in, const figure *f)
{
    if (f->unit.in[in] && *f->unit.in[in]) return f->unit.in[in];
    switch (released_measure(f->data)) {
    case EXACT_COUNT: return words_get(in, WORD("persons"));
    case EXACT_SHARE: return words_get(in, WORD("percent"));
    default: return "";
    }
}

status
page_put_words(page *p, html_tag tag, const char *class, phrase words)
{
    if (!*page_phrase(p, words)) return ST_OK;
    html_open_class(&p->h, tag, class);
    CHECK(cell_put_words(&p->h, p->d, p->in, words, p->official));
    html_close(&p->h, tag);
    return ST_OK;
}

void
page_put_cell(page *p, released_cell cell)
{
    p->used[cell.state] = true;
    cell_put(&p->h, p->in, cell, p->official);
}

static void
put_head(page *p, const char *title)
{
    html *h = &p->h;
    html_open(h, TAG_HEAD);
    html_open(h, TAG_META);
    html_attr(h, ATTR_CHARSET, "utf-8");
    html_close(h, TAG_META);
    html_open(h, TAG_META);
    html_attr(h, ATTR_NAME, "viewport");
    html_attr(h, ATTR_CONTENT, "width=device-width, initial-scale=1");
    html_close(h, TAG_META);
    html_open(h, TAG_TITLE);
    html_text(h, title);
    if (strcmp(title, page_phrase(p, p->d->title)) != 0) {
        html_text(h, " \xc2\xb7 ");
        html_text(h, page_phrase(p, p->d->title));
    }
    html_close(h, TAG_TITLE);
    html_open(h, TAG_LINK);
    html_attr(h, ATTR_REL, "stylesheet");
    html_attr(h, ATTR_HREF, page_link(p, "style.css"));
    html_close(h, TAG_LINK);
    html_close(h, TAG_HEAD);
}

/* The same page in the other language. */
static void
put_language_switch(page *p)
{
    language other = p->in == LANGUAGE_NL ? LANGUAGE_EN : LANGUAGE_NL;
    const char *href = html_format(&p->h, "%s%s", p->in == LANGUAGE_NL ? "en/" : "../", p->file);
    html_open_class(&p->h, TAG_A, "language");
    html_attr(&p->h, ATTR_HREF, href);
    html_attr(&p->h, ATTR_LANG, language_code(other));
    html_attr(&p->h, ATTR_HREFLANG, language_code(other));
    html_text(&p->h, other == LANGUAGE_NL ? "Nederlands" : "English");
    html_close(&p->h, TAG_A);
}

static void
put_step(page *p, const char *file, const char *title)
{
    html_open(&p->h, TAG_LI);
    html_open(&p->h, TAG_A);
    html_attr(&p->h, ATTR_HREF, file);
    if (strcmp(file, p->file) == 0) html_attr(&p->h, ATTR_ARIA_CURRENT, "page");
    html_text(&p->h, title);
    html_close(&p->h, TAG_A);
    html_close(&p->h, TAG_LI);
}

static void
put_masthead(page *p)
{
    html *h = &p->h;
    html_open_class(h, TAG_HEADER, "masthead");
    html_open_class(h, TAG_DIV, "wrap masthead-row");
    html_link(h, "name", "index.html", page_phrase(p, p->d->name));
    put_language_switch(p);
    html_close(h, TAG_DIV);
    html_open_class(h, TAG_NAV, "wrap chapters");
    html_attr(h, ATTR_ARIA_LABEL, page_word(p, WORD("Chapters")));
    html_open(h, TAG_UL);
    put_step(p, "index.html", page_word(p, WORD("In brief")));
    for (size_t i = 0; i < p->d->chapters; i++) {
        const char *file = html_format(&p->h, "%s.html", p->d->chapter[i].id);
        put_step(p, file, page_phrase(p, p->d->chapter[i].title));
    }
    put_step(p, "about.html", page_word(p, WORD("About the figures")));
    html_close(h, TAG_UL);
    html_close(h, TAG_NAV);
    html_close(h, TAG_HEADER);
}

status
page_begin(page *p, const char *title)
{
    html *h = &p->h;
    html_doctype(h);
    html_open(h, TAG_HTML);
    html_attr(h, ATTR_LANG, language_code(p->in));
    put_head(p, title);
    html_open(h, TAG_BODY);
    html_link(h, "skip", "#content", page_word(p, WORD("Skip to the content")));
    put_masthead(p);
    html_open(h, TAG_MAIN);
    html_attr(h, ATTR_ID, "content");
    html_attr(h, ATTR_TABINDEX, "-1");
    if (*page_phrase(p, p->d->notice)) {
        html_open_class(h, TAG_DIV, "wrap");
        CHECK(page_put_words(p, TAG_P, "notice", p->d->notice));
        html_close(h, TAG_DIV);
    }
    return ST_OK;
}

/* What the symbols on this page mean. */
void
page_put_legend(page *p)
{
    bool any = false;
    for (int s = 0; s < CELL_STATES; s++) any = any || (p->used[s] && *cell_meaning((released_state)s));
    if (!any) return;
    html *h = &p->h;
    html_open_class(h, TAG_SECTION, "wrap legend");
    html_attr(h, ATTR_ARIA_LABELLEDBY, "legend-title");
    html_open(h, TAG_H2);
    html_attr(h, ATTR_ID, "legend-title");
    html_text(h, page_word(p, WORD("Symbols on this page")));
    html_close(h, TAG_H2);
    html_open(h, TAG_DL);
    for (int s = 0; s < CELL_STATES; s++) {
        released_state state = (released_state)s;
        if (!p->used[s] || !*cell_meaning(state)) continue;
        const char *symbol = cell_symbol(state, p->official);
        html_element(h, TAG_DT, NULL, *symbol ? symbol : page_word(p, WORD("(empty)")));
        html_element(h, TAG_DD, NULL, page_word(p, cell_meaning(state)));
    }
    html_close(h, TAG_DL);
    html_close(h, TAG_SECTION);
    memset(p->used, 0, sizeof p->used);
}

static void
put_footer(page *p)
{
    html *h = &p->h;
    html_open_class(h, TAG_FOOTER, "footer");
    html_open_class(h, TAG_DIV, "wrap");
    html_element(h, TAG_P, "footer-title", page_phrase(p, p->d->title));
    html_open(h, TAG_P);
    if (*page_phrase(p, p->d->publisher)) {
        html_text(h, page_phrase(p, p->d->publisher));
        html_text(h, ". ");
    }
    if (p->d->data_date != DATE_MISSING) {
        html_text(h, page_word(p, WORD("Data frozen on")));
        html_text(h, " ");
        html_text(h, number_date(h, p->in, p->d->data_date));
        html_text(h, ". ");
    }
    html_text(h, page_word(p, WORD("Made with peil")));
    html_text(h, " ");
    html_text(h, p->d->version);
    html_text(h, ".");
    html_close(h, TAG_P);
    html_close(h, TAG_DIV);
    html_close(h, TAG_FOOTER);
}

status
page_end(page *p, text *out)
{
    page_put_legend(p);
    html_close(&p->h, TAG_MAIN);
    put_footer(p);
    html_close(&p->h, TAG_BODY);
    html_close(&p->h, TAG_HTML);
    return html_end(&p->h, out);
}
