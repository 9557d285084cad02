/* A chapter: its lead, its text and its figures. */
#include "publish/page.h"

static status
put_block(page *p, const block *b)
{
    switch (b->kind) {
    case BLOCK_PARAGRAPH:
        html_open_class(&p->h, TAG_DIV, "wrap");
        CHECK(page_put_words(p, TAG_P, "prose", b->text));
        html_close(&p->h, TAG_DIV);
        return ST_OK;
    case BLOCK_HEADING:
        html_open_class(&p->h, TAG_DIV, "wrap");
        CHECK(page_put_words(p, TAG_H2, "heading", b->text));
        html_close(&p->h, TAG_DIV);
        return ST_OK;
    default: return page_figure(p, b->figure);
    }
}

/* The chapters before and after this one. */
static status
put_neighbours(page *p, const chapter *c)
{
    html *h = &p->h;
    size_t at = (size_t)(c - p->d->chapter);
    html_open_class(h, TAG_NAV, "wrap neighbours");
    html_attr(h, ATTR_ARIA_LABEL, page_word(p, WORD("Previous and next chapter")));
    for (int side = 0; side < 2; side++) {
        if (side == 0 ? at == 0 : at + 1 >= p->d->chapters) continue;
        const chapter *other = side == 0 ? c - 1 : c + 1;
        const char *file = html_format(&p->h, "%s.html", other->id);
        html_open_class(h, TAG_A, side == 0 ? "previous" : "next");
        html_attr(h, ATTR_HREF, file);
        html_element(h, TAG_SPAN, "direction", page_word(p, side == 0 ? WORD("Previous") : WORD("Next")));
        html_text(h, " ");
        html_element(h, TAG_SPAN, NULL, page_phrase(p, other->title));
        html_close(h, TAG_A);
    }
    html_close(h, TAG_NAV);
    return ST_OK;
}

status
page_chapter(page *p, const chapter *c)
{
    html *h = &p->h;
    CHECK(page_begin(p, page_phrase(p, c->title)));
    html_open_class(h, TAG_DIV, "wrap chapter-head");
    html_element(h, TAG_P, "eyebrow", page_phrase(p, p->d->period));
    html_element(h, TAG_H1, NULL, page_phrase(p, c->title));
    CHECK(page_put_words(p, TAG_P, "lead", c->lead));
    html_close(h, TAG_DIV);
    for (size_t i = 0; i < c->blocks; i++) CHECK(put_block(p, &c->block[i]));
    page_put_legend(p);
    return put_neighbours(p, c);
}
