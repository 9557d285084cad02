#include "cli/check_facts.h"
#include "cli/stat.h"

#include "table/csv.h"

#include <math.h>
#include <stdio.h>
#include <strings.h>

static const char *const verdict_names[] = {"contradiction", "implausible", "agrees"};

static bool
unit_of(const char *unit, check_unit *result)
{
    static const char *const names[] = {"count", "percent", "chi2", "p", "df", "year", "years", "p below", "percent below", "categories"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcasecmp(unit, names[i])) {
            *result = (check_unit)i;
            return true;
        }
    *result = CHECK_OTHER;
    return !*unit;
}

/* Dutch words that mean something here, and others that are said as often. */
static const char *
plain_word(const char *word)
{
    static const char *const words[][2] = {
        {"totaal", "total"}, {"total", "total"}, {"met", "with"}, {"zonder", "without"}, {"toets", "test"}, {"aantal", "count"}, {"n", "N"},
        {"procent", "percent"}, {"percentage", "percent"}, {"%", "percent"}, {"jaar", "year"}, {"jaren", "years"},
    };
    for (size_t i = 0; word && i < sizeof words / sizeof *words; i++)
        if (!strcasecmp(word, words[i][0])) return words[i][1];
    return word;
}

static int
decimals_of(text value)
{
    const char *point = memchr(value.bytes, '.', value.n);
    return point ? (int)(value.bytes + value.n - point - 1) : 0;
}

static const char *
copy(arena *a, text t)
{
    return arena_copy(a, t.bytes, t.n);
}

typedef struct places {
    int figure, row, column, value, unit, id, population, statement;
} places;

/* A decimal comma is a point, unless it could part thousands; a point in a count parts thousands, and is not taken. */
static status
read_number(arena *a, const char *file, size_t row, text value, check_claim *c)
{
    char *plain = arena_copy(a, value.bytes, value.n), *comma = plain ? strchr(plain, ',') : NULL;
    if (!plain) FAIL(ST_NO_MEMORY, "out of memory (value)");
    if (comma && strlen(comma) != 4 && !strchr(comma + 1, ',') && !strchr(plain, '.')) *comma = '.';
    text number = text_of(plain);
    if (!text_to_double(number, &c->value))
        FAIL(ST_INVALID, "%s: row %zu, column value: expected a number, with a point before decimals and nothing between thousands (1234.5)", file, row);
    if (c->unit == CHECK_COUNT && c->value != floor(c->value))
        FAIL(ST_INVALID, "%s: row %zu, column value: expected a whole number for a count, with nothing between thousands; a share has unit percent", file, row);
    c->decimals = decimals_of(number);
    return ST_OK;
}

static status
read_claim(check_list *l, const csv_row *row, const places *at, const char *file)
{
    check_claim c = {copy(l->a, text_trim(row->field[at->figure])), plain_word(copy(l->a, text_trim(row->field[at->row]))),
                     plain_word(copy(l->a, text_trim(row->field[at->column]))), CHECK_COUNT, 0, 0};
    const char *unit = at->unit < 0 ? "" : plain_word(copy(l->a, text_trim(row->field[at->unit])));
    text value = text_trim(row->field[at->value]);
    if (!unit) FAIL(ST_NO_MEMORY, "out of memory (claims)");
    if (value.n == 0) return ST_OK; /* hidden */
    if (value.bytes[value.n - 1] == '%' && (!*unit || !strcmp(unit, "percent"))) {
        unit = "percent";
        value = text_trim((text){value.bytes, value.n - 1});
    }
    if (*unit && !unit_of(unit, &c.unit))
        FAIL(ST_INVALID, "%s: row %zu, column unit: expected count, percent, percent below, chi2, p, p below, df, categories, year or years", file, row->number);
    CHECK(read_number(l->a, file, row->number, value, &c));
    return check_list_add(l, c);
}

static status
read_fact(arena *a, const csv_row *row, const places *at, const char *file, check_fact *f)
{
    text value = text_trim(row->field[at->value]);
    *f = (check_fact){copy(a, row->field[at->id]), copy(a, row->field[at->population]), copy(a, row->field[at->statement]),
                      copy(a, row->field[at->unit]), -1, decimals_of(value)};
    if (!f->id || !f->population || !f->statement || !f->unit) FAIL(ST_NO_MEMORY, "out of memory (facts)");
    if (value.n && !text_to_double(value, &f->value))
        FAIL(ST_INVALID, "%s: row %zu, column value: expected a number with a decimal point", file, row->number);
    return ST_OK;
}

enum { MOST_FACTS = 10000 };

static int
find_column(const csv *c, const char *english, const char *dutch)
{
    int at = csv_find(c, english);
    return at >= 0 ? at : csv_find(c, dutch);
}

static status
read_file(check_list *l, const char *file)
{
    csv *c;
    CHECK(csv_open(l->a, file, NULL, &c));
    places at = {find_column(c, "figure", "figuur"), find_column(c, "row", "rij"), find_column(c, "column", "kolom"), find_column(c, "value", "waarde"),
                 find_column(c, "unit", "eenheid"), csv_find(c, "id"), csv_find(c, "population"), csv_find(c, "statement")};
    bool figures = at.figure >= 0 && at.row >= 0 && at.column >= 0 && at.value >= 0;
    bool facts = at.id >= 0 && at.population >= 0 && at.statement >= 0 && at.value >= 0 && at.unit >= 0;
    if (!figures && !facts)
        FAIL(ST_INVALID, "%s: expected one printed number a line, in columns figure,row,column,value[,unit] (or id,population,statement,value,unit) in any "
             "order, such as 2.6,women,2019,450,count; a table as it looks is to be written out so: sums are a row or column named total", file);
    check_fact *list = NULL;
    size_t n = 0;
    if (!figures) ALLOC(l->a, list, MOST_FACTS);
    for (;;) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) break;
        if (figures) {
            CHECK(read_claim(l, &row, &at, file));
            continue;
        }
        if (n == MOST_FACTS) FAIL(ST_LIMIT, "%s: more than %d facts", file, MOST_FACTS);
        CHECK(read_fact(l->a, &row, &at, file, &list[n]));
        n += list[n].value >= 0;
    }
    return check_facts_claims(l, n, list);
}

static status
print_csv(size_t n, const check_finding *f, bool all)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    text_put(&b, "figure,check,verdict,detail\n");
    for (size_t i = 0; i < n; i++) {
        if (f[i].verdict == CHECK_AGREES && !all) continue;
        csv_put_field(&b, text_of(f[i].figure));
        text_printf(&b, ",%s,%s,", f[i].what, verdict_names[f[i].verdict]);
        csv_put_field(&b, text_of(f[i].detail));
        text_put_char(&b, '\n');
    }
    text out;
    CHECK(text_builder_end(&b, &out));
    if (fwrite(out.bytes, 1, out.n, stdout) != out.n) FAIL(ST_IO, "writing to standard output failed");
    return ST_OK;
}

static status
print_json(size_t n, const check_finding *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "figure", json_string(f[i].figure));
        json_object_set_new(one, "check", json_string(f[i].what));
        json_object_set_new(one, "verdict", json_string(verdict_names[f[i].verdict]));
        json_object_set_new(one, "detail", json_string(f[i].detail));
        json_array_append_new(list, one);
    }
    return stat_print(list);
}

static status
run(arena *a, const options *o)
{
    check_list l = {.a = a};
    size_t n;
    check_finding *f;
    for (int i = 0; i < option_count(o); i++) CHECK(read_file(&l, option_argument(o, i)));
    CHECK(follow_check(a, l.n, l.claim, &n, &f));
    CHECK(option_flag(o, "json") ? print_json(n, f) : print_csv(n, f, option_flag(o, "all")));
    size_t count[3] = {0, 0, 0};
    for (size_t i = 0; i < n; i++) count[f[i].verdict]++;
    if (n == 0)
        fputs("peil check: nothing could be compared: sums need a row or column total (or N), shares unit percent, tests unit chi2, p or df "
              "beside rows with columns with, without and N\n", stderr);
    fprintf(stderr, "peil check: %zu comparisons: %zu contradictions, %zu implausible, %zu agree\n", n, count[CHECK_CONTRADICTION],
            count[CHECK_IMPLAUSIBLE], count[CHECK_AGREES]);
    return ST_OK;
}

static const verb_option check_options[] = {
    {"all", OPTION_FLAG, NULL, 0, 0, NULL, "also print what agrees", false},
    {"json", OPTION_FLAG, NULL, 0, 0, NULL, "every comparison as JSON", false},
    {0},
};

const verb verb_check = {
    .name = "check",
    .arguments = "FILE.csv...",
    .least = 1,
    .most = -1,
    .summary = "Find contradictions in a table of published figures.",
    .details = "FILE.csv has columns figure,row,column,value[,unit], or id,population,statement,value,unit for facts from a text.\n"
               "Sums against totals, percentages against counts, a chi-square, its df and its p-value against all tables of whole persons that\n"
               "round to what is printed, follow-up against the end of the data. Only printed values and ranges of percentages and statistics are shown, never a count worked out from them.",
    .example = "peil check docs/data/published-2016-2020.csv",
    .options = check_options,
    .run = run,
};
