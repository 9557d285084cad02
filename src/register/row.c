#include "register/row.h"

#include "base/date.h"

enum { PRECISION_DAY, PRECISION_MONTH, PRECISION_YEAR, PRECISION_ESTIMATED, PRECISION_UNKNOWN, ESTIMATE_YEARS = 2, OLDEST = 120 };

static size_t
position_of(const register_definition *d, const char *name)
{
    int at = register_variable(d, name);
    return at < 0 ? SIZE_MAX : (size_t)at; /* only period_start and period_end may be absent */
}

status
register_row_reader_new(arena *a, const register_source *s, rejections *notes, row_reader **result)
{
    const register_definition *d = s->definition;
    row_reader *r;
    ALLOC(a, r, 1);
    *r = (row_reader){.source = s, .notes = notes, .received = position_of(d, "received"), .born = position_of(d, "born"),
                      .precision = position_of(d, "born_precision"), .period_start = position_of(d, "period_start"),
                      .period_end = position_of(d, "period_end")};
    r->consent[PURPOSE_registration] = position_of(d, "consent_registration");
    r->consent[PURPOSE_monitor] = position_of(d, "consent_monitor");
    r->consent[PURPOSE_shelter] = position_of(d, "consent_shelter");
    ALLOC(a, r->value, d->n);
    ALLOC(a, r->digits, d->n);
    ALLOC(a, r->gated, s->rules);
    for (size_t i = 0; i < s->rules; i++) {
        size_t v = s->rule[i].variable;
        r->gated[i] = v == r->received || v == r->born || v == r->precision;
        for (int p = 0; p < PURPOSE_COUNT; p++) r->gated[i] |= v == r->consent[p];
        for (size_t k = 0; k < s->rule[i].n_also; k++)
            for (int p = 0; p < PURPOSE_COUNT; p++) r->gated[i] |= s->rule[i].also[k] == r->consent[p];
    }
    *result = r;
    return ST_OK;
}

static void
repaired(row_reader *r, const source_rule *rule, const char *expected, const char *mend)
{
    register_note(r->notes, NOTE_REPAIRED, r->source->column[rule->column], expected, mend);
}

static text
trimmed(row_reader *r, const source_rule *rule, text field)
{
    text inner = text_trim(field);
    if (inner.n != field.n && inner.n && !rule->part) repaired(r, rule, "no spaces around the value", "spaces were taken off");
    return inner;
}

static bool
is_missing(const register_source *s, text a)
{
    if (a.n == 0) return true;
    for (size_t i = 0; i < s->missings; i++)
        if (text_is(a, s->missing[i])) return true;
    return false;
}

/* Take the part before the separator off `rest`. */
static text
next_part(text *rest, const char *separator)
{
    size_t n = strlen(separator);
    const char *at = rest->n ? memmem(rest->bytes, rest->n, separator, n) : NULL;
    text part = {rest->bytes, at ? (size_t)(at - rest->bytes) : rest->n};
    size_t taken = part.n + (at ? n : 0);
    *rest = (text){rest->bytes + taken, rest->n - taken};
    return part;
}

/* The field of a rule: whole, or one of its parts; a text's last part keeps what follows. */
static text
field_of(row_reader *r, const source_rule *rule, text field)
{
    if (!rule->part) return field;
    text rest = field, part = TEXT("");
    for (int i = 1; i <= rule->part; i++) part = next_part(&rest, rule->separator);
    if (!rule->last_part || rest.n == 0) return text_trim(part);
    if (rule->kind == RULE_TEXT) return text_trim((text){part.bytes, (size_t)(rest.bytes + rest.n - part.bytes)});
    repaired(r, rule, "no more values than the register holds", "the values beyond were left out");
    return text_trim(part);
}

bool
register_bsn_valid(const char digits[9])
{
    int sum = 0, any = 0;
    for (int i = 0; i < 9; i++) {
        sum += (digits[i] - '0') * (i < 8 ? 9 - i : -1);
        any |= digits[i] - '0';
    }
    return any && sum % 11 == 0;
}

/* Only digits, without points, spaces and hyphens between them; 0 when there is anything else or too much. */
static size_t
only_digits(text a, char out[DIGITS_WIDTH], bool *changed)
{
    size_t n = 0;
    *changed = false;
    for (size_t i = 0; i < a.n; i++) {
        char c = a.bytes[i];
        if (c == '.' || c == ' ' || c == '-') {
            *changed = true;
            continue;
        }
        if (c < '0' || c > '9' || n == DIGITS_WIDTH) return 0;
        out[n++] = c;
    }
    return n;
}

static text
read_checked(row_reader *r, const source_rule *rule, text a)
{
    const variable *v = &r->source->definition->variable[rule->variable];
    char *digits = r->digits[rule->variable];
    bool changed;
    size_t n = only_digits(a, digits, &changed), wanted = v->check == CHECKED_BSN ? 9 : 10;
    if (n + 1 == wanted) {
        memmove(digits + 1, digits, n++);
        digits[0] = '0';
        if (v->check != CHECKED_BSN || register_bsn_valid(digits)) repaired(r, rule, rule->expected, "a missing leading zero was added");
    }
    if (n != wanted || (v->check == CHECKED_BSN && !register_bsn_valid(digits))) {
        repaired(r, rule, rule->expected, "the number was left out: deliver the right one");
        return TEXT("");
    }
    if (changed) repaired(r, rule, rule->expected, "points, spaces and hyphens were taken out");
    return (text){digits, n};
}

static void
read_text(row_reader *r, const source_rule *rule, text a, value *out)
{
    if (a.n > TEXT_LIMIT) {
        repaired(r, rule, "a text of at most 1,000 bytes", "the text was left out: deliver it shorter");
        return;
    }
    out->bytes = r->source->definition->variable[rule->variable].check ? read_checked(r, rule, a) : a;
}

static void
read_number(row_reader *r, const source_rule *rule, text a, value *out)
{
    static const int64_t most[COLUMN_TYPES] = {[COLUMN_INT8] = INT8_MAX, [COLUMN_INT16] = INT16_MAX, [COLUMN_INT32] = INT32_MAX};
    int64_t number, limit = most[r->source->definition->variable[rule->variable].type];
    if (text_to_int(a, &number) && number >= -limit && number <= limit)
        out->number = number;
    else
        repaired(r, rule, rule->expected, "the number was left out: deliver the right one");
}

/* A date known to the month or year lies in the middle of it. */
static int32_t
middle_of(int32_t day, int precision)
{
    date_parts p = date_to_parts(day);
    if (precision == PRECISION_MONTH) p.day = 15;
    if (precision == PRECISION_YEAR) p.month = 7, p.day = 1;
    int32_t middle = day;
    return date_from_parts(p, &middle) ? middle : day;
}

static void
read_date(row_reader *r, const source_rule *rule, text a, value *out)
{
    int32_t day;
    for (size_t i = 0; i < rule->forms; i++) {
        if (!date_parse(a, rule->form[i].format, &day)) continue;
        out->number = day;
        if (i == 0) return;
        int precision = rule->form[i].precision;
        if (precision == PRECISION_ESTIMATED) out->number = middle_of(day, PRECISION_YEAR);
        if (!r->source->precision_stated) r->value[r->precision].number = precision;
        repaired(r, rule, rule->expected, precision == PRECISION_MONTH ? "kept with precision month" :
                 precision == PRECISION_YEAR ? "kept with precision year" : "kept as an estimated year");
        return;
    }
    if (rule->variable != r->received) /* without it the row is rejected, and named then */
        repaired(r, rule, rule->expected, "the date was left out: deliver the right one");
}

static void
read_code(row_reader *r, const source_rule *rule, text a, value *out)
{
    int code = register_lookup_find(rule->codes, a);
    if (code >= 0)
        out->number = code;
    else
        repaired(r, rule, rule->expected, "the code was left out: deliver the right one or add it to the source");
}

static void
read_codes(row_reader *r, const source_rule *rule, text rest, value *out)
{
    uint32_t set = 0;
    while (rest.n) {
        text part = text_trim(next_part(&rest, rule->separator));
        if (is_missing(r->source, part)) continue;
        int code = register_lookup_find(rule->codes, part);
        if (code >= 0)
            set |= 1u << code;
        else
            repaired(r, rule, rule->expected, "a code was left out: deliver the right one or add it to the source");
    }
    if (set) out->number = set;
}

static void
read_flags(row_reader *r, const source_rule *rule, const text field[], value *out)
{
    uint32_t set = 0;
    for (size_t i = 0; i < rule->flags; i++) {
        text a = text_trim(field[rule->flag[i].column]);
        if (text_is(a, rule->yes))
            set |= 1u << rule->flag[i].code;
        else if (!text_is(a, rule->no) && !is_missing(r->source, a))
            register_note(r->notes, NOTE_REPAIRED, r->source->column[rule->flag[i].column], rule->expected,
                          "taken as no: deliver the right code");
    }
    if (set) out->number = set;
}

static void
read_rule(row_reader *r, const source_rule *rule, const text field[])
{
    value *out = &r->value[rule->variable];
    if (rule->kind == RULE_FLAGS) {
        read_flags(r, rule, field, out);
    } else {
        text a = field_of(r, rule, trimmed(r, rule, field[rule->column]));
        if (!is_missing(r->source, a)) {
            switch (rule->kind) {
            case RULE_TEXT: read_text(r, rule, a, out); break;
            case RULE_NUMBER: read_number(r, rule, a, out); break;
            case RULE_DATE: read_date(r, rule, a, out); break;
            case RULE_CODE: read_code(r, rule, a, out); break;
            default: read_codes(r, rule, a, out);
            }
        }
    }
    for (size_t i = 0; i < rule->n_also; i++) r->value[rule->also[i]] = *out;
}

static void
read_rules(row_reader *r, const delivery_row *row, bool gated)
{
    for (size_t i = 0; i < r->source->rules; i++)
        if (r->gated[i] == gated) read_rule(r, &r->source->rule[i], row->field);
}

/* The rule that gives a variable, NULL when the source has none. */
static const source_rule *
rule_of(const row_reader *r, size_t variable)
{
    for (size_t i = 0; i < r->source->rules; i++)
        if (r->source->rule[i].variable == variable) return &r->source->rule[i];
    return NULL;
}

static void
note_variable(row_reader *r, note_action action, size_t variable, const char *expected, const char *mend)
{
    const source_rule *rule = rule_of(r, variable);
    register_note(r->notes, action, rule ? r->source->column[rule->column] : "", expected, mend);
}

/* Date of birth and precision agree, and lie before the report. */
static void
settle_birth(row_reader *r)
{
    value *born = &r->value[r->born], *precision = &r->value[r->precision];
    int32_t received = (int32_t)r->value[r->received].number;
    if (born->number != INT64_MIN && (born->number > received || date_age((int32_t)born->number, received) > OLDEST)) {
        note_variable(r, NOTE_REPAIRED, r->born, "a date of birth at most 120 years before the report, and not after it",
                      "the date was left out: deliver the right one");
        born->number = INT64_MIN;
    }
    if (born->number == INT64_MIN)
        precision->number = PRECISION_UNKNOWN;
    else if (precision->number == INT64_MIN)
        precision->number = PRECISION_DAY;
    else
        born->number = middle_of((int32_t)born->number, (int)precision->number);
}

bool
register_row_read_gate(row_reader *r, const delivery_row *row)
{
    const register_definition *d = r->source->definition;
    for (size_t i = 0; i < d->n; i++) r->value[i] = (value){.number = INT64_MIN};
    read_rules(r, row, true);
    int64_t received = r->value[r->received].number;
    int year = received == INT64_MIN ? 0 : date_to_parts((int32_t)received).year;
    if (year < 1990 || year > 2100) {
        register_note(r->notes, NOTE_REJECTED, r->source->column[rule_of(r, r->received)->column],
                      rule_of(r, r->received)->expected, "give a day from 1990 to 2100 and deliver the row again");
        return false;
    }
    settle_birth(r);
    return true;
}

bool
register_row_read_rest(row_reader *r, const delivery_row *row)
{
    const register_definition *d = r->source->definition;
    read_rules(r, row, false);
    if (r->period_start != SIZE_MAX && r->period_end != SIZE_MAX) {
        value *start = &r->value[r->period_start], *end = &r->value[r->period_end];
        if (start->number != INT64_MIN && end->number != INT64_MIN && start->number > end->number) {
            note_variable(r, NOTE_REPAIRED, r->period_start, "a start that is not after the end", "both days were left out: deliver the right ones");
            start->number = end->number = INT64_MIN;
        }
    }
    for (size_t i = 0; i < d->n; i++) {
        const variable *v = &d->variable[i];
        value *x = &r->value[i];
        if (v->empty >= 0 && x->number == INT64_MIN) x->number = v->type == COLUMN_SET ? (int64_t)1 << v->empty : v->empty;
        if (v->required && v->origin == ORIGIN_DELIVERY && x->number == INT64_MIN && x->bytes.n == 0) {
            note_variable(r, NOTE_REJECTED, i, "a value", "fill it in and deliver the row again");
            return false;
        }
    }
    return true;
}

/* From the first to the last day the person can be born on. */
static void
birth_range(int64_t born, int64_t precision, int32_t *earliest, int32_t *latest)
{
    *earliest = *latest = DATE_MISSING;
    if (born == INT64_MIN || precision == PRECISION_UNKNOWN) return;
    date_parts p = date_to_parts((int32_t)born), from = p, to = p;
    int spread = precision == PRECISION_ESTIMATED ? ESTIMATE_YEARS : 0;
    if (precision != PRECISION_DAY) from.day = 1;
    if (precision == PRECISION_MONTH) to = (date_parts){p.year + p.month / 12, p.month % 12 + 1, 1};
    if (precision >= PRECISION_YEAR) from.month = 1, from.year -= spread, to = (date_parts){p.year + spread + 1, 1, 1};
    if (!date_from_parts(from, earliest) || !date_from_parts(to, latest)) {
        *earliest = *latest = DATE_MISSING;
        return;
    }
    if (precision != PRECISION_DAY) --*latest;
}

void
register_row_gate_input(const row_reader *r, legal_consent consent[PURPOSE_COUNT], legal_age *age)
{
    for (int p = 0; p < PURPOSE_COUNT; p++) {
        int64_t stated = r->value[r->consent[p]].number;
        consent[p] = stated == INT64_MIN ? CONSENT_not_stated : (legal_consent)stated;
    }
    int32_t earliest, latest;
    birth_range(r->value[r->born].number, r->value[r->precision].number, &earliest, &latest);
    *age = register_legal_age(earliest, latest, (int32_t)r->value[r->received].number);
}
