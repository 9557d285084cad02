#include "cli/check_facts.h"

#include <ctype.h>
#include <stdlib.h>

status
check_list_add(check_list *l, check_claim claim)
{
    if (!claim.figure || !claim.row || !claim.column) FAIL(ST_NO_MEMORY, "out of memory (claims)");
    if (l->n == l->room) {
        check_claim *grown;
        l->room = l->room ? 2 * l->room : 256;
        ALLOC(l->a, grown, l->room);
        if (l->n) memcpy(grown, l->claim, l->n * sizeof *grown);
        l->claim = grown;
    }
    l->claim[l->n++] = claim;
    return ST_OK;
}

typedef struct facts {
    check_list *l;
    size_t n;
    const check_fact *fact;
} facts;

static const check_fact *
find(const facts *f, const char *id)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->fact[i].id, id) == 0) return &f->fact[i];
    return NULL;
}

static const check_fact *
find_two(const facts *f, const char *base, const char *suffix)
{
    const char *id = arena_printf(f->l->a, "%s%s", base, suffix);
    return id ? find(f, id) : NULL;
}

/* A number right after `words` in a statement; false when they do not stand there. */
static bool
number_after(const char *statement, const char *words, double *value, int *decimals)
{
    const char *at = strstr(statement, words);
    if (!at) return false;
    at += strlen(words);
    char *end;
    *value = strtod(at, &end);
    const char *point = memchr(at, '.', (size_t)(end - at));
    *decimals = point ? (int)(end - point - 1) : 0;
    if (*decimals && !isdigit((unsigned char)end[-1])) *decimals = 0; /* a full stop behind the number */
    return end != at;
}

/* "(7 percent)" */
static bool
percent_in(const char *statement, double *value)
{
    const char *at = strchr(statement, '(');
    char *end;
    if (!at) return false;
    *value = strtod(at + 1, &end);
    return end != at + 1 && strncmp(end, " percent", 8) == 0;
}

static status
put(const facts *f, const char *figure, const char *row, const char *column, const check_fact *fact)
{
    if (!fact) return ST_OK;
    check_unit unit = strcmp(fact->unit, "percent") == 0 ? CHECK_PERCENT : CHECK_COUNT;
    return check_list_add(f->l, (check_claim){figure, row, column, unit, fact->value, fact->decimals});
}

static status
put_number(const facts *f, const char *figure, const char *row, const char *column, check_unit unit, double value, int decimals)
{
    return check_list_add(f->l, (check_claim){figure, row, column, unit, value, decimals});
}

static status
put_test(const facts *f, const char *figure, const check_fact *chi2, bool finer)
{
    double value;
    int decimals;
    CHECK(put_number(f, figure, "test", "chi2", CHECK_CHI2, chi2->value, chi2->decimals));
    if (number_after(chi2->statement, "df ", &value, &decimals)) CHECK(put_number(f, figure, "test", "df", CHECK_DF, value, 0));
    if (finer) CHECK(put_number(f, figure, "test", "outcomes", CHECK_CATEGORIES, 3, 0));
    if (number_after(chi2->statement, "p=", &value, &decimals)) CHECK(put_number(f, figure, "test", "p", CHECK_P, value, decimals));
    if (number_after(chi2->statement, "p<", &value, &decimals)) CHECK(put_number(f, figure, "test", "p", CHECK_P_BELOW, value, decimals));
    return ST_OK;
}

/* The fact PREFIX_WORD for the first word of a statement ("minors with ..."), else PREFIX_population. */
static const check_fact *
whole_of(const facts *f, const check_fact *part)
{
    size_t prefix = strcspn(part->id, "_"), word = strcspn(part->statement, " ");
    const char *id = arena_printf(f->l->a, "%.*s_%.*s", (int)prefix, part->id, (int)word, part->statement);
    const check_fact *whole = id ? find(f, id) : NULL;
    if (whole) return whole;
    id = arena_printf(f->l->a, "%.*s_population", (int)prefix, part->id);
    return id ? find(f, id) : NULL;
}

static status
cases_and_controls(const facts *f, const char *base, const check_fact *chi2)
{
    const check_fact *with = find(f, base), *controls = find_two(f, base, "_controls"), *controls_with = find_two(f, base, "_controls_with");
    double of, share;
    int decimals;
    if (!with) return ST_OK;
    CHECK(put(f, base, "victims", "with", with));
    if (number_after(with->statement, "of those ", &of, &decimals)) {
        CHECK(put_number(f, base, "victims", "N", CHECK_COUNT, of, 0));
        for (size_t i = 0; i < f->n; i++) {
            const check_fact *outer = &f->fact[i], *n = find_two(f, outer->id, "_controls_with");
            if (outer->value == of && n) CHECK(put(f, base, "controls", "N", n));
        }
        if (percent_in(chi2->statement, &share)) CHECK(put_number(f, base, "controls", "with", CHECK_PERCENT, share, 0));
    } else {
        CHECK(put(f, base, "victims", "N", whole_of(f, with)));
        CHECK(put(f, base, "controls", "N", controls));
        CHECK(put(f, base, "controls", "with", controls_with));
    }
    return put_test(f, base, chi2, false);
}

/* Y_sex_chi2: women and men of Y. */
static status
women_and_men(const facts *f, const char *figure, const char *outer, const check_fact *chi2)
{
    CHECK(put(f, figure, "women", "with", find_two(f, outer, "_women")));
    CHECK(put(f, figure, "men", "with", find_two(f, outer, "_men")));
    CHECK(put(f, figure, "total", "with", find(f, outer)));
    CHECK(put(f, figure, "total", "N", find_two(f, outer, "_population")));
    return put_test(f, figure, chi2, strstr(chi2->statement, "several") != NULL);
}

/* X_population and X_GROUP in percent. */
static status
groups(const facts *f, const char *base, const check_fact *chi2)
{
    size_t length = strlen(base);
    CHECK(put(f, base, "total", "N", find_two(f, base, "_population")));
    for (size_t i = 0; i < f->n; i++) {
        const check_fact *g = &f->fact[i];
        if (strncmp(g->id, base, length) == 0 && g->id[length] == '_' && strcmp(g->unit, "percent") == 0)
            CHECK(put(f, base, g->id + length + 1, "with", g));
    }
    return put_test(f, base, chi2, false);
}

static status
statistic(const facts *f, const check_fact *chi2)
{
    size_t length = strlen(chi2->id) - strlen("_chi2");
    const char *base = arena_copy(f->l->a, chi2->id, length);
    if (!base) FAIL(ST_NO_MEMORY, "out of memory (facts)");
    if (find_two(f, base, "_population") && !find(f, base)) return groups(f, base, chi2);
    if (length > 4 && strcmp(base + length - 4, "_sex") == 0) {
        const char *outer = arena_copy(f->l->a, base, length - 4);
        return outer ? women_and_men(f, base, outer, chi2) : status_fail(ST_NO_MEMORY, "out of memory (facts)");
    }
    return cases_and_controls(f, base, chi2);
}

/* The last year in "registered in 2016" or "registered 2010-2018"; 0: none. */
static double
last_year(const char *statement)
{
    double year, end;
    int decimals;
    if (number_after(statement, "registered in ", &year, &decimals)) return year;
    const char *at = strstr(statement, "registered ");
    if (!at) return 0;
    const char *dash = strchr(at, '-');
    end = dash ? strtod(dash + 1, NULL) : 0;
    return end > 1900 && end < 2200 ? end : 0;
}

static status
follow_up(const facts *f, const check_fact *fact)
{
    double registered = last_year(fact->statement), end = 0;
    const char *window = NULL;
    for (const char *c = fact->id; (c = strchr(c, '_')) != NULL; c++)
        if (isdigit((unsigned char)c[1]) && c[2] == 'y' && c[3] == '_') window = c + 1;
    if (!window || registered == 0) return ST_OK;
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->fact[i].population, fact->population) == 0 && last_year(f->fact[i].statement) > end) end = last_year(f->fact[i].statement);
    CHECK(put_number(f, fact->id, "follow-up", "registered", CHECK_YEAR, registered, 0));
    CHECK(put_number(f, fact->id, "follow-up", "years", CHECK_YEARS, strtod(window, NULL), 0));
    return put_number(f, fact->id, "follow-up", "end", CHECK_YEAR, end, 0);
}

status
check_facts_claims(check_list *l, size_t n, const check_fact *fact)
{
    facts f = {l, n, fact};
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(fact[i].id);
        if (length > 5 && strcmp(fact[i].unit, "chi2") == 0 && strcmp(fact[i].id + length - 5, "_chi2") == 0) CHECK(statistic(&f, &fact[i]));
        CHECK(follow_up(&f, &fact[i]));
    }
    return ST_OK;
}
