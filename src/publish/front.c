/* The first page: the result at a glance, then the way to everything else. */
#include "publish/chart.h"
#include "publish/page.h"

static status
put_key(page *p, const key_figure *k)
{
    html *h = &p->h;
    html_open_class(h, TAG_LI, "key");
    html_open_class(h, TAG_P, "key-number");
    released_cell cell = released_at(k->cell.figure, k->cell.row, k->cell.column);
    page_put_cell(p, cell);
    if (released_measure(k->cell.figure) == EXACT_SHARE && cell.state == RELEASED_VALUE) html_text(h, "%");
    html_close(h, TAG_P);
    CHECK(page_put_words(p, TAG_P, "key-label", k->label));
    if (k->trend) CHECK(chart_put_trend(p->a, h, p->in, k));
    CHECK(page_put_words(p, TAG_P, "key-note", k->note));
    html_close(h, TAG_LI);
    return ST_OK;
}

static status
put_keys(page *p)
{
    html *h = &p->h;
    if (!p->d->keys) return ST_OK;
    html_open_class(h, TAG_SECTION, "wrap");
    html_attr(h, ATTR_ARIA_LABELLEDBY, "keys-title");
    html_open_class(h, TAG_H2, "visually-hidden");
    html_attr(h, ATTR_ID, "keys-title");
    html_text(h, page_word(p, WORD("Key figures")));
    html_close(h, TAG_H2);
    html_open_class(h, TAG_UL, "keys");
    for (size_t i = 0; i < p->d->keys; i++)
        if (p->d->key[i].cell.figure) CHECK(put_key(p, &p->d->key[i]));
    html_close(h, TAG_UL);
    html_close(h, TAG_SECTION);
    return ST_OK;
}

static status
put_hero(page *p)
{
    html *h = &p->h;
    html_open_class(h, TAG_DIV, "hero");
    html_open_class(h, TAG_DIV, "wrap");
    html_element(h, TAG_P, "eyebrow", page_phrase(p, p->d->period));
    html_element(h, TAG_H1, NULL, page_phrase(p, p->d->title));
    CHECK(page_put_words(p, TAG_P, "subtitle", p->d->subtitle));
    CHECK(page_put_words(p, TAG_P, "lead", p->d->lead));
    html_close(h, TAG_DIV);
    CHECK(put_keys(p));
    html_close(h, TAG_DIV);
    return ST_OK;
}

/* Where a figure stands: "CHAPTER.html#figure-2-2"; NULL: no chapter holds it. */
static const char *
figure_place(page *p, const released *figure)
{
    const char *code = released_figure(figure), *slug = figure_slug(&p->h, code);
    for (size_t i = 0; i < p->d->chapters; i++) {
        const chapter *c = &p->d->chapter[i];
        for (size_t k = 0; k < c->blocks; k++)
            if (c->block[k].kind == BLOCK_FIGURE && strcmp(released_figure(c->block[k].figure->data), code) == 0)
                return html_format(&p->h, "%s.html#figure-%s", c->id, slug);
    }
    return NULL;
}

static status
put_front_figure(page *p)
{
    html *h = &p->h;
    const figure *f = p->d->front;
    if (!f) return ST_OK;
    html_open_class(h, TAG_SECTION, "wrap figure front-figure");
    html_attr(h, ATTR_ARIA_LABELLEDBY, "front-title");
    html_open(h, TAG_H2);
    html_attr(h, ATTR_ID, "front-title");
    html_text(h, *page_phrase(p, p->d->front_title) ? page_phrase(p, p->d->front_title) : page_phrase(p, f->title));
    html_close(h, TAG_H2);
    chart_place place = {p->in, "front", f, &p->d->front_chart, p->official};
    CHECK(chart_put(h, &place));
    const char *href = figure_place(p, f->data);
    if (href) {
        html_open_class(h, TAG_P, "more");
        html_open(h, TAG_A);
        html_attr(h, ATTR_HREF, href);
        html_text(h, page_word(p, WORD("Table and explanation: figure")));
        html_text(h, " ");
        html_text(h, figure_number(f));
        html_close(h, TAG_A);
        html_close(h, TAG_P);
    }
    html_close(h, TAG_SECTION);
    return ST_OK;
}

static status
put_contents(page *p)
{
    html *h = &p->h;
    html_open_class(h, TAG_SECTION, "wrap contents");
    html_attr(h, ATTR_ARIA_LABELLEDBY, "contents-title");
    html_open(h, TAG_H2);
    html_attr(h, ATTR_ID, "contents-title");
    html_text(h, page_word(p, WORD("In this monitor")));
    html_close(h, TAG_H2);
    html_open_class(h, TAG_UL, "cards");
    for (size_t i = 0; i < p->d->chapters; i++) {
        const chapter *c = &p->d->chapter[i];
        const char *file = html_format(&p->h, "%s.html", c->id);
        html_open_class(h, TAG_LI, "card");
        html_open(h, TAG_H3);
        html_link(h, NULL, file, page_phrase(p, c->title));
        html_close(h, TAG_H3);
        CHECK(page_put_words(p, TAG_P, NULL, c->lead));
        html_close(h, TAG_LI);
    }
    html_close(h, TAG_UL);
    html_close(h, TAG_SECTION);
    return ST_OK;
}

status
page_front(page *p)
{
    CHECK(page_begin(p, page_phrase(p, p->d->title)));
    CHECK(put_hero(p));
    CHECK(put_front_figure(p));
    return put_contents(p);
}
