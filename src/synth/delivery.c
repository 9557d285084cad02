#include "synth/delivery_internal.h"

#include "base/date.h"
#include "synth/countries.h"

#define NUMBER(name) static int64_t number_##name(const synth_row *r) { return r->name; }
#define WORDS(name, member) static const char *words_##name(const synth_row *r) { return r->member; }
NUMBER(received) NUMBER(consent) NUMBER(monitor) NUMBER(shelter) NUMBER(born) NUMBER(precision) NUMBER(sex) NUMBER(nationality)
NUMBER(nationality_2) NUMBER(forms) NUMBER(sector_sexual) NUMBER(sector_labour) NUMBER(sector_criminal) NUMBER(period_start)
NUMBER(period_end) NUMBER(dublin) NUMBER(residence) NUMBER(unit)
WORDS(given, given) WORDS(family, family) WORDS(bsn, bsn) WORDS(v_number, v_number) WORDS(place, place)
#undef NUMBER
#undef WORDS

static const synth_variable variables[] = {
    {"received", NULL, VALUE_DATE, number_received, NULL},
    {"consent_registration", "consents", VALUE_CODE, number_consent, NULL},
    {"consent_monitor", "consents", VALUE_CODE, number_monitor, NULL},
    {"consent_shelter", "consents", VALUE_CODE, number_shelter, NULL},
    {"given_name", NULL, VALUE_TEXT, NULL, words_given},
    {"family_name", NULL, VALUE_TEXT, NULL, words_family},
    {"born", NULL, VALUE_DATE, number_born, NULL},
    {"born_precision", "precisions", VALUE_CODE, number_precision, NULL},
    {"sex", "sexes", VALUE_CODE, number_sex, NULL},
    {"nationality", NULL, VALUE_COUNTRY, number_nationality, NULL},
    {"nationality_2", NULL, VALUE_COUNTRY, number_nationality_2, NULL},
    {"bsn", NULL, VALUE_TEXT, NULL, words_bsn},
    {"v_number", NULL, VALUE_TEXT, NULL, words_v_number},
    {"forms", "forms", VALUE_SET, number_forms, NULL},
    {"sector_sexual", "sectors_sexual", VALUE_SET, number_sector_sexual, NULL},
    {"sector_labour", "sectors_labour", VALUE_SET, number_sector_labour, NULL},
    {"sector_criminal", "sectors_criminal", VALUE_SET, number_sector_criminal, NULL},
    {"place", NULL, VALUE_TEXT, NULL, words_place},
    {"period_start", NULL, VALUE_DATE, number_period_start, NULL},
    {"period_end", NULL, VALUE_DATE, number_period_end, NULL},
    {"dublin", "no_yes", VALUE_CODE, number_dublin, NULL},
    {"residence", "residences", VALUE_CODE, number_residence, NULL},
    {"unit", "units", VALUE_CODE, number_unit, NULL},
};

static const synth_variable *
find_variable(const char *name)
{
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (strcmp(variables[i].name, name) == 0) return &variables[i];
    return NULL;
}

static const char *
country_word(const layout_country *c, const char *match)
{
    if (strcmp(match, "alpha3") == 0) return c->alpha3;
    if (strcmp(match, "m49") == 0) return c->m49;
    if (strcmp(match, "nl") == 0) return c->nl;
    if (strcmp(match, "en") == 0) return c->en;
    return c->code;
}

static status
compile_countries(arena *out, const layout *l, const layout_register *lists, delivery_rule *rule)
{
    const char **word;
    ALLOC(out, word, synth_countries_count);
    for (int c = 0; c < synth_countries_count; c++)
        for (unsigned k = 0; k < lists->countries; k++)
            if (strcmp(lists->country[k].code, synth_countries[c].code) == 0)
                word[c] = country_word(&lists->country[k], rule->from->match ? rule->from->match : "code");
    for (int c = 0; c < synth_countries_count; c++)
        if (!word[c]) FAIL(ST_CONFIG, "%s: no word for country %s: add it to countries.yaml", l->source, synth_countries[c].code);
    rule->word = word;
    rule->words = (size_t)synth_countries_count;
    return ST_OK;
}

static status
compile_codes(arena *out, const layout *l, const layout_register *lists, delivery_rule *rule)
{
    const layout_list *list = synth_layout_list(lists, rule->variable->list);
    if (!list) FAIL(ST_CONFIG, "notifications.yaml: expected a code list %s", rule->variable->list);
    const char **word;
    ALLOC(out, word, list->codes_count);
    for (unsigned i = 0; i < list->codes_count; i++) {
        const layout_column *c = rule->from;
        if (c->match) word[i] = list->codes[i].code;
        for (unsigned k = 0; k < c->map_count; k++)
            if (strcmp(c->map[k].to, list->codes[i].code) == 0 && !word[i]) word[i] = c->map[k].from;
        for (unsigned k = 0; k < c->flags_count; k++)
            if (strcmp(c->flags[k].to, list->codes[i].code) == 0) word[i] = c->flags[k].column;
        if (!word[i] && rule->variable->kind == VALUE_SET)
            FAIL(ST_CONFIG, "%s: variable %s: no word for code %s: add it to the map", l->source, rule->variable->name, list->codes[i].code);
    }
    rule->word = word;
    rule->words = list->codes_count;
    return ST_OK;
}

static delivery_column *
column_of(delivery *d, const char *name)
{
    for (size_t i = 0; i < d->columns; i++)
        if (strcmp(d->column[i].name, name) == 0) return &d->column[i];
    d->column[d->columns].name = name;
    return &d->column[d->columns++];
}

/* Rules of one column stand in the order of their parts. */
static status
add_rule(arena *out, delivery *d, const char *column, delivery_rule rule)
{
    delivery_column *c = column_of(d, column);
    if (!c->rule) ALLOC(out, c->rule, 4);
    size_t at = rule.from->part > 0 ? (size_t)rule.from->part - 1 : 0;
    if (at >= 4) FAIL(ST_CONFIG, "%s: column %s: at most four parts", d->layout->source, column);
    c->rule[at] = rule;
    if (c->rules < at + 1) c->rules = at + 1;
    return ST_OK;
}

static status
compile_column(arena *out, delivery *d, const layout_column *from)
{
    delivery_rule rule = {.from = from, .flag = -1};
    if (!from->variable) {
        rule.reference = (int)++d->references;
        if (!from->column) FAIL(ST_CONFIG, "%s: a column without a name", d->layout->source);
        return add_rule(out, d, from->column, rule);
    }
    rule.variable = find_variable(from->variable);
    if (!rule.variable) FAIL(ST_CONFIG, "%s: notifications have no variable %s", d->layout->source, from->variable);
    if (strcmp(from->variable, "born_precision") == 0) d->states_precision = true;
    if (rule.variable->kind == VALUE_COUNTRY) CHECK(compile_countries(out, d->layout, d->lists, &rule));
    if (rule.variable->kind == VALUE_CODE || rule.variable->kind == VALUE_SET) CHECK(compile_codes(out, d->layout, d->lists, &rule));
    if (from->flags_count == 0) {
        if (!from->column) FAIL(ST_CONFIG, "%s: variable %s: expected a column", d->layout->source, from->variable);
        return add_rule(out, d, from->column, rule);
    }
    for (size_t code = 0; code < rule.words; code++) {
        rule.flag = (int)code;
        CHECK(add_rule(out, d, rule.word[code], rule));
    }
    return ST_OK;
}

status
synth_delivery_new(arena *out, const layout *l, const layout_register *lists, delivery **result)
{
    delivery *d;
    ALLOC(out, d, 1);
    d->layout = l, d->lists = lists;
    size_t most = 0;
    for (unsigned i = 0; i < l->columns_count; i++) most += 1 + l->columns[i].flags_count;
    ALLOC(out, d->column, most);
    for (unsigned i = 0; i < l->columns_count; i++) CHECK(compile_column(out, d, &l->columns[i]));
    *result = d;
    return ST_OK;
}

size_t
synth_delivery_columns(const delivery *d)
{
    return d->columns;
}

const char *
synth_delivery_header(const delivery *d, size_t column)
{
    return d->column[column].name;
}

const char *
delivery_missing(const delivery *d, size_t index)
{
    return d->layout->missing_count ? d->layout->missing[index % d->layout->missing_count] : "";
}

static void
put_number(text_builder *b, int number, int width)
{
    char digits[12];
    for (int i = width; i-- > 0; number /= 10) digits[i] = (char)('0' + number % 10);
    text_put_bytes(b, digits, (size_t)width);
}

static void
put_date(text_builder *b, int32_t day, const char *format)
{
    date_parts p = date_to_parts(day);
    for (const char *at = format; *at; at++) {
        if (*at != '%') {
            text_put_char(b, *at);
            continue;
        }
        at++;
        if (*at == 'Y') put_number(b, p.year, 4);
        else if (*at == 'y') put_number(b, p.year % 100, 2);
        else if (*at == 'm') put_number(b, p.month, 2);
        else if (*at == 'd') put_number(b, p.day, 2);
        else break;
    }
}

/* A birth known to the month or year is written so where the layout has a way to. */
static const char *
birth_format(const delivery *d, const layout_column *from, const synth_row *row)
{
    const layout_list *list = synth_layout_list(d->lists, "precisions");
    for (unsigned k = 0; list && k < from->partial_count && row->precision >= 0; k++)
        if (strcmp(from->partial[k].precision, list->codes[row->precision].code) == 0) return from->partial[k].date;
    return from->date;
}

static void
put_set(const delivery_rule *rule, int64_t set, text_builder *b)
{
    const char *between = "";
    for (size_t i = 0; i < rule->words; i++) {
        if (!(set >> i & 1)) continue;
        text_put(b, between);
        text_put(b, rule->word[i]);
        between = rule->from->separator ? rule->from->separator : "|";
    }
}

/* Cases of the inspectorate hold up to four victims: the first reference is the case, the second the victim in it. */
static void
put_reference(const delivery *d, const delivery_rule *rule, const synth_row *row, text_builder *b)
{
    static const char *const prefix[SYNTH_REPORTERS] = {"PL", "KM", "NLA", "ZC", "FW", "M"};
    if (rule->reference > 1) {
        text_printf(b, "%u", row->number % 4 + 1);
        return;
    }
    int year = date_to_parts(row->received).year;
    text_printf(b, "%s%d-%06u", prefix[row->reporter], year, d->references > 1 ? row->number / 4 + 1 : row->number);
}

void
delivery_put_value(const delivery *d, const delivery_rule *rule, const synth_row *row, text_builder *b)
{
    if (!rule->from) return;
    if (!rule->variable) {
        put_reference(d, rule, row, b);
        return;
    }
    const synth_variable *v = rule->variable;
    if (v->kind == VALUE_TEXT) {
        text_put(b, v->words(row));
        return;
    }
    int64_t value = v->number(row);
    if (v->kind == VALUE_DATE) {
        bool birth = strcmp(v->name, "born") == 0;
        if (value != DATE_MISSING) put_date(b, (int32_t)value, birth ? birth_format(d, rule->from, row) : rule->from->date);
    } else if (rule->flag >= 0) {
        const char *word = value >> rule->flag & 1 ? rule->from->yes : rule->from->no;
        text_put(b, word ? word : "");
    } else if (v->kind == VALUE_SET) {
        put_set(rule, value, b);
    } else if (value >= 0 && (size_t)value < rule->words && rule->word[value]) {
        text_put(b, rule->word[value]);
    }
}

void
synth_delivery_field(const delivery *d, const synth_row *row, size_t index, size_t column, text_builder *b)
{
    const delivery_column *c = &d->column[column];
    size_t from = b->n, end = b->n;
    for (size_t k = 0; k < c->rules; k++) {
        if (k > 0) text_put(b, c->rule[k].from && c->rule[k].from->separator ? c->rule[k].from->separator : "|");
        size_t start = b->n;
        delivery_put_value(d, &c->rule[k], row, b);
        if (b->n > start) end = b->n; /* empty parts at the end go with their separators */
    }
    b->n = end;
    if (end == from && c->rule[0].flag < 0) text_put(b, delivery_missing(d, index + column));
}
