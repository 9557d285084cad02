#include "monitor/appendix.h"

#include "monitor/figure.h"

static const released *
find_table(const protect_result *report, const char *population)
{
    size_t n = strlen(FIGURE_EXCLUSIONS);
    for (size_t i = 0; i < report->n; i++) {
        const char *code = released_figure(report->released[i]);
        if (strncmp(code, FIGURE_EXCLUSIONS, n)) continue;
        if (population ? code[n] == '-' && !strcmp(code + n + 1, population) : code[n] == 0) return report->released[i];
    }
    return NULL;
}

enum { MOST_FAULTS = FAULTS };

/* Rows of the register that could not be used at all: no day, before birth, an end before the start. */
static status
put_faults(arena *out, const protect_result *report, const monitor_population *p, figure *result)
{
    exclusion *list;
    const released *r = NULL;
    for (size_t i = 0; i < report->n; i++)
        if (!strcmp(released_figure(report->released[i]), REGISTERS_FIGURE)) r = report->released[i];
    ALLOC(out, list, MOST_FAULTS);
    for (size_t i = 0; r && p && p->table && !p->of && i < released_rows(r)->n; i++) {
        if (strcmp(released_rows(r)->item[i].code.code, p->table)) continue;
        for (size_t k = FAULT_NO_DAY; k < FAULTS && k < released_columns(r)->n; k++) {
            const code *own = &released_columns(r)->item[k].code;
            list[result->exclusions++] = (exclusion){{{own->label[0], own->label[1]}}, {r, i, k}};
        }
    }
    result->exclusion = list;
    return ST_OK;
}

typedef struct telling {
    arena *out;
    const monitor_definition *d;
    language in;
    text_builder *b;
} telling;

static void
put_sentence(const telling *t, const char *words, const char *what)
{
    if (what && *what) text_printf(t->b, "%s: %s. ", words_get(t->in, words), what);
}

static status
put_conditions(const telling *t, uint32_t n, const monitor_condition conditions[])
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    text made;
    for (uint32_t i = 0; i < n; i++) {
        const char *one;
        CHECK(figure_condition_text(tmp, &conditions[i], &one));
        text_printf(&b, "%s%s", i ? "; " : "", one);
    }
    CHECK(text_builder_end(&b, &made));
    put_sentence(t, WORD("Conditions"), made.bytes);
    return ST_OK;
}

static const char *
rule_words(const telling *t, const monitor_window *w)
{
    const char *rule = w->eligibility ? w->eligibility : "anniversary";
    if (!strcmp(rule, "calendar")) return words_get(t->in, WORD("by calendar year"));
    return words_get(t->in, !strcmp(rule, "open") ? WORD("for as long as each was followed") : WORD("followed for the whole window"));
}

static void
put_window(const telling *t, const monitor_window *w)
{
    text_printf(t->b, "%s %s: ", words_get(t->in, WORD("Window")), w->variable);
    text_printf(t->b, words_get(t->in, w->years == 1 ? WORD("%d year") : WORD("%d years")), w->years);
    text_printf(t->b, ", %s", rule_words(t, w));
    if (w->same_case) text_printf(t->b, words_get(t->in, WORD(", incidents within %d days of the one before are the same case")), w->same_case);
    if (w->lag) text_printf(t->b, words_get(t->in, WORD(", the last %d days of the data left out because registrations lag")), w->lag);
    text_put(t->b, ". ");
}

static const char *
kind_words(const telling *t, const monitor_population *p)
{
    static const struct {
        const char *kind, *words;
    } kinds[] = {
        {"rows", WORD("every row of the register")}, {"persons", WORD("each person once, by the first row")},
        {"person_years", WORD("each person once a calendar year")}, {"part", WORD("a part of another population")},
        {"events", WORD("new incidents within a window")}, {"moves", WORD("steps into the first place, from one to the next, and out of the last")},
    };
    const char *kind = p->kind ? p->kind : "rows";
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].kind, kind)) return words_get(t->in, kinds[i].words);
    return kind;
}

static status
tell(const telling *t, const monitor_population *p)
{
    SCRATCH(tmp);
    char *period = arena_printf(tmp, "%s - %s", p->from ? p->from : t->d->from, p->until ? p->until : t->d->until);
    const monitor_population *of = p->of ? monitor_population_find(t->d, p->of) : NULL;
    if (!period) FAIL(ST_NO_MEMORY, "out of memory (appendix)");
    put_sentence(t, WORD("Counted"), kind_words(t, p));
    put_sentence(t, WORD("Register"), p->of ? NULL : p->table);
    put_sentence(t, WORD("Of"), of ? of->title.in[t->in] : NULL);
    put_sentence(t, WORD("Period"), period);
    CHECK(put_conditions(t, p->where_count, p->where));
    for (uint32_t i = 0; i < p->windows_count; i++) put_window(t, &p->windows[i]);
    if (p->soon) {
        text_printf(t->b, words_get(t->in, WORD("Chains are also counted as cut %d days after their first place, with an end of their own.")), p->soon);
        text_put(t->b, " ");
    }
    if (p->data_end) put_sentence(t, WORD("Followed until"), p->data_end);
    if (p->controls) {
        text_printf(t->b, words_get(t->in, WORD("Controls: %d for each case, with equal values of")), p->controls->per_case);
        for (uint32_t i = 0; i < p->controls->match_count; i++) text_printf(t->b, "%s %s", i ? "," : "", p->controls->match[i]);
        text_put(t->b, ". ");
    }
    return ST_OK;
}

/* p NULL: the notifications. */
static status
make_figure(arena *out, const monitor_definition *d, const monitor_population *p, const released *data, size_t number, figure *result)
{
    static const char *const plain = WORD("Victims per calendar year: a person counts once in each year with a notification");
    static const char *const note = WORD("A person is counted under the first reason that holds. All counts are rounded.");
    *result = (figure){.data = data, .number = arena_printf(out, "B%zu", number)};
    if (!result->number) FAIL(ST_NO_MEMORY, "out of memory (appendix)");
    for (int in = 0; in < LANGUAGE_COUNT; in++) {
        text_builder b = text_builder_new(out);
        text made;
        telling t = {out, d, (language)in, &b};
        if (p) CHECK(tell(&t, p));
        text_put(&b, words_get((language)in, note));
        CHECK(text_builder_end(&b, &made));
        result->title.in[in] = p ? p->title.in[in] : words_get((language)in, plain);
        result->note.in[in] = made.bytes;
        result->unit.in[in] = figure_counted(p, (language)in);
        result->population.in[in] = result->title.in[in];
    }
    return ST_OK;
}

status
appendix_chapter(arena *out, const monitor_definition *d, const protect_result *report, chapter *result)
{
    static const char *const title = WORD("Appendix: who was counted");
    static const char *const lead = WORD("Whom the figures count, by which rules they were followed, and who was left out for which reason.");
    figure *figures;
    block *blocks;
    size_t n = 0;
    chapter made = {.id = "populations"};
    ALLOC(out, figures, d->populations_count + 1);
    ALLOC(out, blocks, d->populations_count + 1);
    for (uint32_t i = 0; i <= d->populations_count; i++) {
        const monitor_population *p = i ? &d->populations[i - 1] : NULL;
        const released *data = find_table(report, p ? p->name : NULL);
        if (!data) continue;
        CHECK(make_figure(out, d, p, data, n + 1, &figures[n]));
        CHECK(put_faults(out, report, p, &figures[n]));
        blocks[n] = (block){BLOCK_FIGURE, {{NULL}}, &figures[n]};
        n++;
    }
    for (int in = 0; in < LANGUAGE_COUNT; in++) {
        made.title.in[in] = words_get((language)in, title);
        made.lead.in[in] = words_get((language)in, lead);
    }
    made.blocks = n;
    made.block = blocks;
    *result = made;
    return ST_OK;
}
