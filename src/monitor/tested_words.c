/* The line under a figure for each of its tests. */
#include "monitor/measured.h"
#include "monitor/method.h"
#include "monitor/tested.h"

typedef struct speaking {
    const monitor_definition *d;
    const released *tests;
    size_t row;
    language in;
    text_builder *b;
} speaking;

static const char *
word(const speaking *s, const char *id)
{
    return words_get(s->in, id);
}

static bool
has(const speaking *s, int measure)
{
    released_state state = released_at(s->tests, s->row, (size_t)measure).state;
    return state == RELEASED_VALUE || state == RELEASED_LOW;
}

static const code *
measure_of(const speaking *s, int measure)
{
    return &released_columns(s->tests)->item[measure].code;
}

static void
put_number(const speaking *s, const char *before, int measure)
{
    text_printf(s->b, "%s{%s/%s/%s}", before, released_figure(s->tests), released_rows(s->tests)->item[s->row].code.code, measure_of(s, measure)->code);
}

static const char *
decimal(const speaking *s, double bound)
{
    static const char *const texts[][LANGUAGE_COUNT] = {{"0,001", "0.001"}, {"0,01", "0.01"}, {"0,05", "0.05"}};
    return texts[(bound > 0.001) + (bound > 0.01)][s->in];
}

static void
put_p(const speaking *s, int measure)
{
    text_printf(s->b, ", %s", measure_of(s, measure)->label[s->in]);
    if (released_at(s->tests, s->row, (size_t)measure).state == RELEASED_LOW) text_printf(s->b, " < %s", decimal(s, 0.001));
    else put_number(s, " = ", measure);
}

/* ", adjusted p < 0.01" */
static void
put_below(const speaking *s, const char *p_words, int measure)
{
    released_cell c = released_at(s->tests, s->row, (size_t)measure);
    if (!has(s, measure)) return;
    text_printf(s->b, ", %s", p_words);
    if (c.value < 1) text_printf(s->b, " < %s", decimal(s, c.value));
    else text_printf(s->b, " %s %s", word(s, WORD("not below")), decimal(s, 0.05));
}

static void
put_adjusted(const speaking *s)
{
    const char *way = s->d->adjust;
    if (!has(s, MEASURED_P) && !has(s, MEASURED_EXACT)) put_below(s, word(s, WORD("p")), MEASURED_BELOW);
    if (way && strcmp(way, "none")) put_below(s, word(s, WORD("adjusted p")), strcmp(way, "holm") ? MEASURED_BH : MEASURED_HOLM);
}

static void
put_effect(const speaking *s, const char *words, int measure)
{
    if (!has(s, measure)) return;
    text_printf(s->b, "; %s", words);
    put_number(s, " ", measure);
    if (!has(s, measure + 1) || !has(s, measure + 2)) return;
    put_number(s, " (", measure + 1);
    put_number(s, s->in == LANGUAGE_NL ? " tot " : " to ", measure + 2);
    text_put(s->b, ")");
}

static const struct {
    const char *method, *words;
} methods[] = {
    {"pearson", WORD("Pearson's chi-square")},
    {"fisher", WORD("Fisher's exact test")},
    {"monte_carlo", WORD("exact test by simulation")},
    {"mantel_haenszel", WORD("chi-square of Mantel and Haenszel")},
    {"exact_stratified", WORD("exact test within strata")},
    {"welch", WORD("Welch's test")},
    {"kruskal_wallis", WORD("rank test (Wilcoxon; Kruskal and Wallis)")},
};

static const char *
method_words(const speaking *s, const char *method)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(methods[i].method, method)) return word(s, methods[i].words);
    return method;
}

static void
put_sentence(const speaking *s)
{
    const exact_item *item = &released_rows(s->tests)->item[s->row];
    bool chi = method_is_chisq(item->dimension);
    text_printf(s->b, "%s: %s", item->code.label[s->in], method_words(s, item->dimension));
    if (chi && has(s, MEASURED_CHISQ)) {
        put_number(s, " ", MEASURED_CHISQ);
        text_printf(s->b, ", %s", measure_of(s, MEASURED_DF)->label[s->in]);
        put_number(s, " ", MEASURED_DF);
        if (has(s, MEASURED_P)) put_p(s, MEASURED_P);
    } else if (has(s, MEASURED_T)) {
        put_number(s, " t ", MEASURED_T);
        text_printf(s->b, ", %s", measure_of(s, MEASURED_DF)->label[s->in]);
        put_number(s, " ", MEASURED_DF);
        if (has(s, MEASURED_P)) put_p(s, MEASURED_P);
    } else if (!chi && has(s, MEASURED_EXACT))
        put_p(s, MEASURED_EXACT);
    else
        text_printf(s->b, " %s", word(s, WORD("withheld, it would give counts away")));
    put_adjusted(s);
    if (has(s, MEASURED_ROWS)) {
        put_number(s, "; ", MEASURED_ROWS);
        put_number(s, " \xc3\x97 ", MEASURED_COLUMNS);
    }
    bool matched = !strcmp(item->dimension, "mantel_haenszel") || !strcmp(item->dimension, "exact_stratified");
    put_effect(s, matched ? word(s, WORD("risk ratio within strata")) : measure_of(s, MEASURED_RR)->label[s->in], MEASURED_RR);
    static const int effects[] = {MEASURED_V, MEASURED_DIFFERENCE, MEASURED_MORE};
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++) put_effect(s, measure_of(s, effects[i])->label[s->in], effects[i]);
    if (!has(s, MEASURED_LEAST)) return;
    text_printf(s->b, "; %s", measure_of(s, MEASURED_LEAST)->label[s->in]);
    put_number(s, " ", MEASURED_LEAST);
}

/* What the adjusted p-values of the figure are adjusted for. */
static bool
put_family(const speaking *s)
{
    const char *way = s->d->adjust;
    if (!way || !strcmp(way, "none") || released_rows(s->tests)->n == 0) return false;
    size_t row = 0; /* the first whose counts are all shown */
    while (row < released_rows(s->tests)->n && !has(&(speaking){s->d, s->tests, row, s->in, s->b}, MEASURED_FAMILY)) row++;
    if (row == released_rows(s->tests)->n) return false;
    text_put(s->b, word(s, !strcmp(way, "holm") ? WORD("Adjusted by Holm's method for all tests of this chapter")
                                                   : WORD("Adjusted by the method of Benjamini and Hochberg for all tests of this chapter")));
    text_put(s->b, ": ");
    put_number(&(speaking){s->d, s->tests, row, s->in, s->b}, "", MEASURED_FAMILY);
    return true;
}

status
tested_sentences(arena *out, const monitor_definition *d, const released *tests, size_t *n, phrase **result)
{
    phrase *list;
    size_t rows = tests ? released_rows(tests)->n : 0;
    *n = rows;
    ALLOC(out, list, rows + 1);
    for (size_t i = 0; i <= rows && tests; i++)
        for (int in = 0; in < LANGUAGE_COUNT; in++) {
            text_builder b = text_builder_new(out);
            text made;
            speaking s = {d, tests, i, (language)in, &b};
            if (i < rows) put_sentence(&s);
            else *n = rows + put_family(&s);
            CHECK(text_builder_end(&b, &made));
            list[i].in[in] = made.bytes;
        }
    *result = list;
    return ST_OK;
}
