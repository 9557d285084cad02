/* How the figures were made, what the symbols mean, and every file of the report. */
#include "publish/number.h"
#include "publish/page.h"

static void
put_heading(page *p, const char *id)
{
    html_element(&p->h, TAG_H2, NULL, page_word(p, id));
}

static void
put_symbols(page *p)
{
    html *h = &p->h;
    put_heading(p, WORD("Symbols"));
    html_open_class(h, TAG_DIV, "scroll");
    html_attr(h, ATTR_ROLE, "region");
    html_attr(h, ATTR_TABINDEX, "0");
    html_attr(h, ATTR_ARIA_LABELLEDBY, "symbols-caption");
    html_open(h, TAG_TABLE);
    html_open(h, TAG_CAPTION);
    html_attr(h, ATTR_ID, "symbols-caption");
    html_text(h, page_word(p, WORD("Symbols that stand where no number can be shown")));
    html_close(h, TAG_CAPTION);
    html_open(h, TAG_THEAD);
    html_open(h, TAG_TR);
    static const char *const heads[] = {WORD("Here"), WORD("Statistics Netherlands"), WORD("Meaning")};
    for (int i = 0; i < 3; i++) {
        html_open(h, TAG_TH);
        html_attr(h, ATTR_SCOPE, "col");
        html_text(h, page_word(p, heads[i]));
        html_close(h, TAG_TH);
    }
    html_close(h, TAG_TR);
    html_close(h, TAG_THEAD);
    html_open(h, TAG_TBODY);
    for (int s = RELEASED_VALUE + 1; s < CELL_STATES; s++) {
        const char *official = cell_symbol((released_state)s, true), *here = cell_symbol((released_state)s, p->official);
        html_open(h, TAG_TR);
        html_open(h, TAG_TH);
        html_attr(h, ATTR_SCOPE, "row");
        html_text(h, *here ? here : page_word(p, WORD("(empty)")));
        html_close(h, TAG_TH);
        html_element(h, TAG_TD, NULL, *official ? official : page_word(p, WORD("(empty)")));
        html_element(h, TAG_TD, NULL, page_word(p, cell_meaning((released_state)s)));
        html_close(h, TAG_TR);
    }
    html_close(h, TAG_TBODY);
    html_close(h, TAG_TABLE);
    html_close(h, TAG_DIV);
}

static void
put_made(page *p, const char *name, const char *value, bool code)
{
    if (!value || !*value) return;
    html_element(&p->h, TAG_DT, NULL, name);
    html_open(&p->h, TAG_DD);
    if (code)
        html_element(&p->h, TAG_CODE, NULL, value);
    else
        html_text(&p->h, value);
    html_close(&p->h, TAG_DD);
}

static void
put_how_made(page *p)
{
    html *h = &p->h;
    put_heading(p, WORD("How this report was made"));
    html_element(h, TAG_P, NULL,
                 page_word(p, WORD("The same data, the same definition and the same version of the program give exactly "
                                   "this report again, on any machine.")));
    html_open_class(h, TAG_DL, "facts");
    put_made(p, page_word(p, WORD("Period")), page_phrase(p, p->d->period), false);
    if (p->d->data_date != DATE_MISSING)
        put_made(p, page_word(p, WORD("Data frozen on")), number_date(h, p->in, p->d->data_date), false);
    const struct {
        const char *word;
        phrase value;
    } links[] = {{WORD("Reports taken for one person that are (estimated)"), p->d->links_right},
                 {WORD("Reports of one person that were found to be (estimated)"), p->d->links_found},
                 {WORD("Persons counted too many by these links (estimated)"), p->d->links_too_many},
                 {WORD("Figures move with other likely links by at most"), p->d->links_move},
                 {WORD("The estimate of the number not reported moves with them by"), p->d->links_move_estimate}};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (links[i].value.in[p->in]) put_made(p, page_word(p, links[i].word), page_phrase(p, links[i].value), false);
    if (p->d->links_alarm)
        put_made(p, page_word(p, WORD("Warning")), page_word(p, p->d->links_alarm), false);
    put_made(p, page_word(p, WORD("Program")), html_format(&p->h, "peil %s", p->d->version), false);
    put_made(p, page_word(p, WORD("Hash of the data")), p->d->snapshot, true);
    put_made(p, page_word(p, WORD("Hash of the definition")), p->d->definition, true);
    html_close(h, TAG_DL);
}

static bool
any_tests(const document *d)
{
    for (size_t i = 0; i < d->chapters; i++)
        for (size_t k = 0; k < d->chapter[i].blocks; k++)
            if (d->chapter[i].block[k].kind == BLOCK_FIGURE && d->chapter[i].block[k].figure->tests) return true;
    return false;
}

static void
put_file_list(page *p)
{
    html *h = &p->h;
    put_heading(p, WORD("All numbers as files"));
    html_open(h, TAG_P);
    html_link(h, NULL, page_link(p, "data/figures.csv"), page_word(p, WORD("All figures in one file (CSV)")));
    html_text(h, " \xc2\xb7 ");
    html_link(h, NULL, page_link(p, "data/codes.csv"), page_word(p, WORD("What the codes mean (CSV)")));
    if (any_tests(p->d)) {
        html_text(h, " \xc2\xb7 ");
        html_link(h, NULL, page_link(p, "data/tests.csv"), page_word(p, WORD("All tests in one file (CSV)")));
    }
    html_close(h, TAG_P);
    html_open_class(h, TAG_UL, "files");
    for (size_t i = 0; i < p->d->chapters; i++)
        for (size_t k = 0; k < p->d->chapter[i].blocks; k++) {
            const block *b = &p->d->chapter[i].block[k];
            if (b->kind != BLOCK_FIGURE) continue;
            const char *code = released_figure(b->figure->data);
            const char *path = html_format(&p->h, "data/%s.csv", code);
            html_open(h, TAG_LI);
            html_open(h, TAG_A);
            html_attr(h, ATTR_HREF, page_link(p, path));
            html_text(h, page_word(p, WORD("Figure")));
            html_text(h, " ");
            html_text(h, figure_number(b->figure));
            html_close(h, TAG_A);
            html_text(h, " ");
            html_text(h, page_phrase(p, b->figure->title));
            html_close(h, TAG_LI);
        }
    html_close(h, TAG_UL);
}

status
page_about(page *p)
{
    html *h = &p->h;
    const char *title = page_word(p, WORD("About the figures"));
    CHECK(page_begin(p, title));
    html_open_class(h, TAG_DIV, "wrap chapter-head");
    html_element(h, TAG_P, "eyebrow", page_phrase(p, p->d->period));
    html_element(h, TAG_H1, NULL, title);
    html_close(h, TAG_DIV);
    html_open_class(h, TAG_DIV, "wrap prose-page");
    if (*page_phrase(p, p->d->protection)) {
        put_heading(p, WORD("How persons are protected"));
        CHECK(page_put_words(p, TAG_P, NULL, p->d->protection));
    }
    put_symbols(p);
    put_how_made(p);
    put_file_list(p);
    html_close(h, TAG_DIV);
    return ST_OK;
}
