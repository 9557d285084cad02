#include "cli/certificate_page.h"

#include "base/file.h"
#include "publish/html.h"

typedef struct writing {
    html h;
    language in;
    const release_facts *f;
} writing;

static const char *
say(const writing *w, const char *id)
{
    return words_get(w->in, id);
}

static void
put_named(writing *w, const char *name, const char *value)
{
    html_open(&w->h, TAG_TR);
    html_open(&w->h, TAG_TH);
    html_attr(&w->h, ATTR_SCOPE, "row");
    html_text(&w->h, name);
    html_close(&w->h, TAG_TH);
    html_element(&w->h, TAG_TD, NULL, value);
    html_close(&w->h, TAG_TR);
}

static void
put_fact(writing *w, const char *what, const char *value)
{
    put_named(w, say(w, what), value);
}

static void
put_number(writing *w, const char *what, size_t n)
{
    put_fact(w, what, html_format(&w->h, "%zu", n));
}

static void
put_protection(writing *w)
{
    const release_facts *f = w->f;
    html_element(&w->h, TAG_H2, NULL, say(w, WORD("How the counts were protected")));
    html_element(&w->h, TAG_P, NULL, say(w, certificate_why_moved(f)));
    if (f->conflict)
        html_element(&w->h, TAG_P, NULL, html_format(&w->h, "%s %s", say(w, WORD("That neighbouring multiples cannot keep all sums shows in:")), f->conflict));
    html_open(&w->h, TAG_TABLE);
    put_fact(w, WORD("Method"), say(w, f->c.method));
    put_fact(w, WORD("Solver"), f->c.solver);
    put_number(w, WORD("Different counts"), f->c.cells);
    put_number(w, WORD("Sums that tie them"), f->c.equations);
    put_number(w, WORD("Counts under the minimum"), f->c.sensitive);
    put_number(w, WORD("Counts not shown"), f->c.hidden);
    if (f->mode != PROTECT_SUPPRESS) {
        put_number(w, WORD("Counts not at their nearest multiple"), f->c.moved);
        put_number(w, WORD("Counts beyond a neighbouring multiple"), f->c.beyond);
        put_fact(w, WORD("Mean deviation"), html_format(&w->h, "%.2f", f->c.mean_deviation));
        put_number(w, WORD("A shown count is off by at most"), (size_t)f->c.largest_deviation);
    }
    put_fact(w, WORD("Do all sums hold?"), say(w, f->c.additive ? WORD("yes") : WORD("no")));
    html_close(&w->h, TAG_TABLE);
}

static void
put_attack(writing *w)
{
    const release_facts *f = w->f;
    html_element(&w->h, TAG_H2, NULL, say(w, WORD("What was tried against them")));
    html_element(&w->h, TAG_P, NULL,
                 say(w, WORD("Independent code worked out for each small count which values fit all tables together, as an outsider would, and as somebody who knows that he is in it.")));
    html_open(&w->h, TAG_TABLE);
    put_number(w, WORD("Counts attacked"), f->c.sensitive);
    put_number(w, WORD("Counts found out"), f->c.exposed);
    put_number(w, WORD("Counts that the sums narrow down"), f->narrowed);
    if (f->c.narrowest >= 0) put_number(w, WORD("Narrowest interval, highest less lowest value"), (size_t)f->c.narrowest);
    if (f->interval) put_number(w, WORD("Width that an interval must have at least"), (size_t)f->interval);
    if (f->interval_percent > 0) put_fact(w, WORD("And in percent of the most that the count can be"), html_format(&w->h, "%g", f->interval_percent));
    if (f->zeros_too) {
        put_number(w, WORD("Counts of nobody that were attacked too"), f->zeros);
        put_number(w, WORD("Counts of nobody found out"), f->zeros_found);
    }
    if (f->full_too) {
        put_number(w, WORD("Counts that hold all of their whole, attacked too"), f->full);
        put_number(w, WORD("Of these recognised"), f->full_found);
    }
    put_fact(w, WORD("Earlier release that the attacker had too"), f->earlier ? f->earlier : say(w, WORD("none")));
    html_close(&w->h, TAG_TABLE);
    html_element(&w->h, TAG_P, NULL, say(w, f->c.basis));
}

enum { MOST_REVISIONS = 300 };

static void
put_revisions(writing *w)
{
    const release_facts *f = w->f;
    if (!f->revisions) return;
    html_element(&w->h, TAG_H3, NULL, say(w, WORD("Which numbers differ from the earlier ones, and why")));
    html_open(&w->h, TAG_TABLE);
    for (size_t i = 0; i < f->revisions && i < MOST_REVISIONS; i++) {
        const certificate_revision *r = &f->revision[i];
        html_open(&w->h, TAG_TR);
        html_element(&w->h, TAG_TD, NULL, r->table);
        html_element(&w->h, TAG_TD, NULL, r->cell);
        html_element(&w->h, TAG_TD, NULL, html_format(&w->h, "%lld, %lld", (long long)r->earlier, (long long)r->now));
        html_element(&w->h, TAG_TD, NULL, html_format(&w->h, "%s %s", say(w, certificate_why_revised(r)), r->reason ? r->reason : ""));
        html_close(&w->h, TAG_TR);
    }
    html_close(&w->h, TAG_TABLE);
    if (f->revisions > MOST_REVISIONS) html_element(&w->h, TAG_P, NULL, say(w, WORD("certificate.json has all of them.")));
}

static void
put_earlier(writing *w)
{
    const release_facts *f = w->f;
    if (!f->earlier) return;
    html_element(&w->h, TAG_H2, NULL, say(w, WORD("Beside the earlier release")));
    html_open(&w->h, TAG_TABLE);
    put_number(w, WORD("Numbers kept"), f->kept);
    put_number(w, WORD("Other numbers, where both can be true of one count"), f->adjusted);
    put_number(w, WORD("Numbers revised: both cannot be true of one count"), f->revised);
    put_number(w, WORD("Counts of the earlier release alone, known to the attacker"), f->only_earlier);
    put_number(w, WORD("Of these no longer true beside the counts of today"), f->unusable);
    html_close(&w->h, TAG_TABLE);
    put_revisions(w);
    if (f->revised && !f->reasons) html_element(&w->h, TAG_P, NULL, say(w, WORD("No reason for the revisions was given.")));
    if (f->reasons) html_open(&w->h, TAG_UL);
    for (size_t i = 0; i < f->reasons; i++) html_element(&w->h, TAG_LI, NULL, f->reason[i]);
    if (f->reasons) html_close(&w->h, TAG_UL);
}

static void
put_amounts(writing *w)
{
    const release_facts *f = w->f;
    if (!f->amounts) return;
    html_element(&w->h, TAG_H2, NULL, say(w, WORD("Means and medians")));
    html_element(&w->h, TAG_P, NULL,
                 say(w, WORD("They are left out for too few persons, where one or two persons have most of the amount, and where they would give such a cell away.")));
    for (size_t i = 0; i < f->amounts; i++) {
        html_element(&w->h, TAG_H3, NULL, f->amount[i].name);
        html_open(&w->h, TAG_TABLE);
        put_number(w, WORD("Significant digits that the attack allowed"), (size_t)f->amount[i].digits);
        put_number(w, WORD("Means shown"), f->amount[i].shown);
        put_number(w, WORD("Means left out"), f->amount[i].hidden);
        html_close(&w->h, TAG_TABLE);
    }
}

/* What stands beside the counts, and of which counts it was computed. */
static void
put_printed(writing *w)
{
    const release_facts *f = w->f;
    if (!f->shares && !f->statistics) return;
    html_element(&w->h, TAG_H2, NULL, say(w, WORD("Percentages and test statistics")));
    html_element(&w->h, TAG_P, NULL,
                 say(w, WORD("Percentages are computed of the counts as released. A statistic of exact counts is printed with so many digits only that each count of its table, and each sum, keeps five values or all it had.")));
    html_open(&w->h, TAG_TABLE);
    for (size_t i = 0; i < f->shares; i++) put_named(w, f->share[i].name, say(w, WORD("computed of released counts")));
    for (size_t i = 0; i < f->statistics; i++) {
        const certificate_statistic *s = &f->statistic[i];
        const char *what = !s->digits ? say(w, WORD("withheld")) : !s->exact ? say(w, WORD("computed of released counts"))
                           : html_format(&w->h, "%s: %d", say(w, WORD("of exact counts, significant digits")), s->digits);
        put_named(w, s->name, what);
    }
    html_close(&w->h, TAG_TABLE);
}

static void
put_pair(writing *w, const char *one, const char *other)
{
    html_open(&w->h, TAG_TR);
    html_element(&w->h, TAG_TD, NULL, one);
    html_element(&w->h, TAG_TD, NULL, other);
    html_close(&w->h, TAG_TR);
}

static void
put_hidden(writing *w)
{
    const release_facts *f = w->f;
    if (f->hides) {
        html_element(&w->h, TAG_H2, NULL, say(w, WORD("Which counts are not shown, and why")));
        html_element(&w->h, TAG_P, NULL, say(w, certificate_why_hidden()));
        html_open(&w->h, TAG_TABLE);
        for (size_t i = 0; i < f->hides; i++) put_pair(w, f->hide[i].table, f->hide[i].cell);
        html_close(&w->h, TAG_TABLE);
    }
    if (f->merges) {
        html_element(&w->h, TAG_H2, NULL, say(w, WORD("Which codes were put together because they are small")));
        html_open(&w->h, TAG_TABLE);
        for (size_t i = 0; i < f->merges; i++) {
            const char *parts = "";
            for (size_t k = 0; k < f->merge[i].parts; k++) parts = html_format(&w->h, "%s%s%s", parts, k ? ", " : "", f->merge[i].part[k]);
            put_pair(w, html_format(&w->h, "%s: %s", f->merge[i].dimension, f->merge[i].code), parts);
        }
        html_close(&w->h, TAG_TABLE);
    }
}

static void
put_hashes(writing *w)
{
    const release_facts *f = w->f;
    html_element(&w->h, TAG_H2, NULL, say(w, WORD("Which files this is about")));
    html_element(&w->h, TAG_P, NULL, say(w, WORD("The BLAKE2b hash of each file shows whether it was changed since.")));
    html_open(&w->h, TAG_TABLE);
    for (size_t i = 0; i < f->tables; i++) put_pair(w, f->table[i].file, f->table[i].hash);
    put_pair(w, "protect.yaml", f->spec_hash);
    html_close(&w->h, TAG_TABLE);
    if (f->data_hash)
        html_element(&w->h, TAG_P, NULL, html_format(&w->h, "%s %s", say(w, WORD("Hash of the exact counts, under a key that only the owner has:")), f->data_hash));
}

status
certificate_page(arena *a, const release_facts *f, const char *folder)
{
    writing w = {.h = html_new(a), .f = f};
    text page;
    const char *path = path_join(a, folder, "certificate.html");
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (certificate)");
    html_doctype(&w.h);
    html_open(&w.h, TAG_HTML);
    html_attr(&w.h, ATTR_LANG, "nl");
    html_open(&w.h, TAG_HEAD);
    html_open(&w.h, TAG_META);
    html_attr(&w.h, ATTR_CHARSET, "utf-8");
    html_close(&w.h, TAG_META);
    html_element(&w.h, TAG_TITLE, NULL, words_get(LANGUAGE_NL, WORD("Certificate of protection")));
    html_close(&w.h, TAG_HEAD);
    html_open(&w.h, TAG_BODY);
    for (w.in = 0; w.in < LANGUAGE_COUNT; w.in++) {
        html_open(&w.h, TAG_SECTION);
        html_attr(&w.h, ATTR_LANG, language_code(w.in));
        html_element(&w.h, TAG_H1, NULL, say(&w, WORD("Certificate of protection")));
        put_protection(&w);
        put_attack(&w);
        put_earlier(&w);
        put_printed(&w);
        put_amounts(&w);
        put_hidden(&w);
        put_hashes(&w);
        html_close(&w.h, TAG_SECTION);
    }
    html_close(&w.h, TAG_BODY);
    html_close(&w.h, TAG_HTML);
    CHECK(html_end(&w.h, &page));
    return file_write(path, page);
}
