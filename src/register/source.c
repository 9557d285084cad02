#include "register/source.h"

#include "base/date.h"
#include "base/definition.h"

/* The file as libcyaml hands it over. */
typedef struct map_entry {
    const char *from, *to;
} map_entry;

typedef struct partial_entry {
    const char *date, *precision;
} partial_entry;

typedef struct flag_entry {
    const char *column, *to;
} flag_entry;

typedef enum match_by { MATCH_NONE, MATCH_CODE, MATCH_ALPHA3, MATCH_M49, MATCH_NL, MATCH_EN } match_by;

typedef struct column_entry {
    const char *variable, *column, *date, *separator, *yes, *no;
    int part;
    match_by match;
    const char **also;
    partial_entry *partial;
    map_entry *map;
    flag_entry *flags;
    unsigned also_count, partial_count, map_count, flags_count;
} column_entry;

typedef struct words_entry {
    const char *nl, *en;
} words_entry;

typedef enum file_format { FORMAT_CSV, FORMAT_SAV } file_format;

typedef struct source_entry {
    const char *name, *definition, *reporter, *legal_basis, *file, *delimiter;
    words_entry title;
    file_format format;
    bool bom, crlf;
    const char **missing, **row;
    column_entry *columns;
    unsigned missing_count, row_count, columns_count;
} source_entry;

#define LIST(key, structure, member, entry, flags) \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | (flags), structure, member, entry, 1, 1000)
static const cyaml_schema_value_t text_value = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 0, CYAML_UNLIMITED)};
static const cyaml_schema_field_t words_fields[] = {DEFINITION_TEXT("nl", words_entry, nl),
                                                    DEFINITION_TEXT("en", words_entry, en), CYAML_FIELD_END};
static const cyaml_schema_field_t map_fields[] = {DEFINITION_TEXT("from", map_entry, from), DEFINITION_TEXT("to", map_entry, to),
                                                  CYAML_FIELD_END};
static const cyaml_schema_value_t map_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, map_entry, map_fields)};
static const cyaml_schema_field_t partial_fields[] = {DEFINITION_TEXT("date", partial_entry, date),
                                                      DEFINITION_TEXT("precision", partial_entry, precision), CYAML_FIELD_END};
static const cyaml_schema_value_t partial_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, partial_entry, partial_fields)};
static const cyaml_schema_field_t flag_fields[] = {DEFINITION_TEXT("column", flag_entry, column), DEFINITION_TEXT("to", flag_entry, to),
                                                   CYAML_FIELD_END};
static const cyaml_schema_value_t flag_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, flag_entry, flag_fields)};
static const cyaml_strval_t matches[] = {{"code", MATCH_CODE}, {"alpha3", MATCH_ALPHA3}, {"m49", MATCH_M49}, {"nl", MATCH_NL}, {"en", MATCH_EN}};
static const cyaml_strval_t formats[] = {{"csv", FORMAT_CSV}, {"sav", FORMAT_SAV}};
static const cyaml_schema_field_t column_fields[] = {
    DEFINITION_TEXT_OPTIONAL("variable", column_entry, variable),
    LIST("also", column_entry, also, &text_value, CYAML_FLAG_OPTIONAL),
    DEFINITION_TEXT_OPTIONAL("column", column_entry, column),
    DEFINITION_TEXT_OPTIONAL("date", column_entry, date),
    LIST("partial", column_entry, partial, &partial_value, CYAML_FLAG_OPTIONAL),
    DEFINITION_TEXT_OPTIONAL("separator", column_entry, separator),
    CYAML_FIELD_INT("part", CYAML_FLAG_OPTIONAL, column_entry, part),
    CYAML_FIELD_ENUM("match", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, column_entry, match, matches, CYAML_ARRAY_LEN(matches)),
    LIST("map", column_entry, map, &map_value, CYAML_FLAG_OPTIONAL),
    LIST("flags", column_entry, flags, &flag_value, CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_STRING_PTR("yes", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, column_entry, yes, 0, CYAML_UNLIMITED),
    CYAML_FIELD_STRING_PTR("no", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, column_entry, no, 0, CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_value_t column_value_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, column_entry, column_fields)};
static const cyaml_schema_field_t source_fields[] = {
    DEFINITION_TEXT("source", source_entry, name),
    DEFINITION_TEXT("register", source_entry, definition),
    DEFINITION_TEXT("reporter", source_entry, reporter),
    DEFINITION_TEXT("legal_basis", source_entry, legal_basis),
    CYAML_FIELD_MAPPING("title", CYAML_FLAG_DEFAULT, source_entry, title, words_fields),
    DEFINITION_TEXT("file", source_entry, file),
    CYAML_FIELD_ENUM("format", CYAML_FLAG_STRICT, source_entry, format, formats, CYAML_ARRAY_LEN(formats)),
    DEFINITION_TEXT_OPTIONAL("delimiter", source_entry, delimiter),
    DEFINITION_FLAG("bom", source_entry, bom),
    DEFINITION_FLAG("crlf", source_entry, crlf),
    LIST("missing", source_entry, missing, &text_value, CYAML_FLAG_OPTIONAL),
    LIST("row", source_entry, row, &text_value, 0),
    LIST("columns", source_entry, columns, &column_value_schema, 0),
    CYAML_FIELD_END};
static const cyaml_schema_value_t source_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, source_entry, source_fields)};

/* A source while it is compiled. */
typedef struct compiling {
    arena *out;
    const char *path;
    const source_entry *entry;
    const register_definition *d;
    const char **column;
    size_t columns;
    source_rule *rule;
    size_t rules;
    uint64_t *covered; /* [d->n] rules that fill a variable */
} compiling;

/* The position of a header among the source's columns, added when it is new. */
static size_t
column_at(compiling *c, const char *header)
{
    for (size_t i = 0; i < c->columns; i++)
        if (strcmp(c->column[i], header) == 0) return i;
    c->column[c->columns] = header;
    return c->columns++;
}

static status
find_variable(const compiling *c, const char *name, size_t *out)
{
    int at = register_variable(c->d, name);
    if (at < 0) FAIL(ST_CONFIG, "%s: variable %s: %s does not declare it: correct the name or add it there", c->path, name, c->d->path);
    if (c->d->variable[at].origin != ORIGIN_DELIVERY)
        FAIL(ST_CONFIG, "%s: variable %s: it does not come from a delivery: remove the column", c->path, name);
    *out = (size_t)at;
    return ST_OK;
}

static status
find_code(const compiling *c, const variable *v, const char *code, int *out)
{
    *out = code_find(v->codes, text_of(code));
    if (*out < 0) FAIL(ST_CONFIG, "%s: variable %s: %s is not a code of the list %s", c->path, v->name, code, v->codes->name);
    return ST_OK;
}

static const char *
match_word(const compiling *c, const code_list *list, match_by match, size_t i)
{
    switch (match) {
    case MATCH_ALPHA3: return c->d->country[i].alpha3;
    case MATCH_M49: return c->d->country[i].m49;
    case MATCH_NL: return list->items[i].label[LANGUAGE_NL];
    case MATCH_EN: return list->items[i].label[LANGUAGE_EN];
    default: return list->items[i].code;
    }
}

/* SPSS holds M49 as a number: without leading zeros. */
static const char *
without_zeros(const char *digits)
{
    while (*digits == '0' && digits[1]) digits++;
    return digits;
}

static status
match_codes(compiling *c, const variable *v, match_by match, lookup **codes)
{
    const code_list *list = v->codes;
    bool countries = list == &c->d->list[c->d->lists - 1];
    if ((match == MATCH_ALPHA3 || match == MATCH_M49) && !countries)
        FAIL(ST_CONFIG, "%s: variable %s: match alpha3 and m49 are for countries only", c->path, v->name);
    CHECK(register_lookup_new(c->out, 2 * list->n, codes));
    for (size_t i = 0; i < list->n; i++) {
        const char *word = match_word(c, list, match, i);
        if (!*word) continue;
        if (!register_lookup_add(*codes, text_of(word), (int)i))
            FAIL(ST_CONFIG, "%s: variable %s: two codes of the list %s are written %s: give a map", c->path, v->name, list->name, word);
        if (match == MATCH_M49) (void)register_lookup_add(*codes, text_of(without_zeros(word)), (int)i);
    }
    return ST_OK;
}

static status
map_codes(compiling *c, const variable *v, const column_entry *e, lookup **codes)
{
    CHECK(register_lookup_new(c->out, e->map_count, codes));
    for (unsigned i = 0; i < e->map_count; i++) {
        int code;
        CHECK(find_code(c, v, e->map[i].to, &code));
        if (!register_lookup_add(*codes, text_of(e->map[i].from), code))
            FAIL(ST_CONFIG, "%s: variable %s: the map has %s twice: remove one", c->path, v->name, e->map[i].from);
    }
    return ST_OK;
}

/* What messages say was expected: the words of a short map, else the name of the list. */
static status
expect_codes(compiling *c, const variable *v, const column_entry *e, source_rule *r)
{
    static const char *const how[] = {"", "its codes", "ISO 3166-1 alpha-3", "UN M49", "Dutch names", "English names"};
    text_builder b = text_builder_new(c->out);
    if (e->map_count) {
        text_put(&b, "one of ");
        for (unsigned i = 0; i < e->map_count; i++) text_printf(&b, "%s%s", i ? ", " : "", e->map[i].from);
    } else {
        text_printf(&b, "a code of the list %s (%s)", v->codes->name, how[e->match ? e->match : MATCH_CODE]);
    }
    if (r->kind == RULE_CODES) text_printf(&b, ", several with \"%s\" between", r->separator);
    text said;
    CHECK(text_builder_end(&b, &said));
    r->expected = said.bytes;
    return ST_OK;
}

static status
compile_codes(compiling *c, const variable *v, const column_entry *e, source_rule *r)
{
    lookup *codes;
    if (e->map_count && e->match) FAIL(ST_CONFIG, "%s: variable %s: map and match exclude each other: remove one", c->path, v->name);
    if (e->map_count)
        CHECK(map_codes(c, v, e, &codes));
    else
        CHECK(match_codes(c, v, e->match ? e->match : MATCH_CODE, &codes));
    r->codes = codes;
    r->kind = v->type == COLUMN_SET ? RULE_CODES : RULE_CODE;
    if (r->kind == RULE_CODES && !e->separator)
        FAIL(ST_CONFIG, "%s: variable %s: a set needs a separator, or flags", c->path, v->name);
    return expect_codes(c, v, e, r);
}

/* "%d-%m-%Y" as "DD-MM-YYYY". */
static status
describe_date(compiling *c, const variable *v, const char *format, const char **out)
{
    text_builder b = text_builder_new(c->out);
    text_put(&b, "a date as ");
    for (const char *f = format; *f; f++) {
        if (*f != '%') {
            text_put_char(&b, *f);
            continue;
        }
        const char *part = *++f == 'Y' ? "YYYY" : *f == 'y' ? "YY" : *f == 'm' ? "MM" : *f == 'd' ? "DD" : NULL;
        if (!part) FAIL(ST_CONFIG, "%s: variable %s: a date format knows %%Y %%y %%m %%d only", c->path, v->name);
        text_put(&b, part);
    }
    text_put(&b, " that exists");
    text said;
    CHECK(text_builder_end(&b, &said));
    *out = said.bytes;
    return ST_OK;
}

static status
compile_date(compiling *c, const variable *v, const column_entry *e, source_rule *r)
{
    if (!e->date) FAIL(ST_CONFIG, "%s: variable %s: a date needs its format as date: \"%%d-%%m-%%Y\"", c->path, v->name);
    if (e->partial_count && strcmp(v->name, "born") != 0)
        FAIL(ST_CONFIG, "%s: variable %s: only born may be partial", c->path, v->name);
    date_form *form;
    ALLOC(c->out, form, e->partial_count + 1);
    form[0].format = e->date;
    const char *unused;
    for (unsigned i = 0; i < e->partial_count; i++) {
        form[i + 1].format = e->partial[i].date;
        form[i + 1].precision = code_find(register_codes(c->d, "precisions"), text_of(e->partial[i].precision));
        if (form[i + 1].precision < 1)
            FAIL(ST_CONFIG, "%s: variable %s: a partial date has precision month, year or estimated", c->path, v->name);
        CHECK(describe_date(c, v, e->partial[i].date, &unused));
    }
    r->kind = RULE_DATE;
    r->forms = e->partial_count + 1;
    r->form = form;
    return describe_date(c, v, e->date, &r->expected);
}

static status
compile_flags(compiling *c, const variable *v, const column_entry *e, source_rule *r)
{
    if (v->type != COLUMN_SET) FAIL(ST_CONFIG, "%s: variable %s: flags are for sets", c->path, v->name);
    if (!e->yes || !e->no || strcmp(e->yes, e->no) == 0)
        FAIL(ST_CONFIG, "%s: variable %s: flags need yes and no, and they differ", c->path, v->name);
    source_flag *flag;
    ALLOC(c->out, flag, e->flags_count);
    for (unsigned i = 0; i < e->flags_count; i++) {
        flag[i].column = column_at(c, e->flags[i].column);
        CHECK(find_code(c, v, e->flags[i].to, &flag[i].code));
    }
    r->kind = RULE_FLAGS;
    r->flags = e->flags_count;
    r->flag = flag;
    r->column = flag[0].column;
    r->yes = e->yes;
    r->no = e->no;
    r->expected = arena_printf(c->out, "\"%s\" or \"%s\"", e->yes, e->no);
    if (!r->expected) FAIL(ST_NO_MEMORY, "out of memory while reading %s", c->path);
    return ST_OK;
}

static status
compile_kind(compiling *c, const column_entry *e, source_rule *r)
{
    const variable *v = &c->d->variable[r->variable];
    if (e->flags_count) return compile_flags(c, v, e, r);
    if (!e->column) FAIL(ST_CONFIG, "%s: variable %s: say which column it is, as column: or flags:", c->path, v->name);
    r->column = column_at(c, e->column);
    r->separator = e->separator && *e->separator ? e->separator : NULL;
    r->part = e->part;
    if (e->part < 0 || (e->part > 0 && !r->separator))
        FAIL(ST_CONFIG, "%s: variable %s: part counts from 1 and needs a separator", c->path, v->name);
    if (e->part > 0 && v->type == COLUMN_SET) FAIL(ST_CONFIG, "%s: variable %s: a set takes all parts: remove part", c->path, v->name);
    if (v->codes) return compile_codes(c, v, e, r);
    if (e->map_count || e->match) FAIL(ST_CONFIG, "%s: variable %s: it has no codes: remove map and match", c->path, v->name);
    if (v->type == COLUMN_DATE) return compile_date(c, v, e, r);
    r->kind = v->type == COLUMN_TEXT ? RULE_TEXT : RULE_NUMBER;
    r->expected = v->check == CHECKED_BSN        ? "a number of nine digits that passes the eleven-test"
                  : v->check == CHECKED_V_NUMBER ? "a number of ten digits"
                  : v->type == COLUMN_TEXT       ? "a text of at most 1,000 bytes"
                                                 : "a whole number";
    return ST_OK;
}

static void
mark_last_parts(compiling *c)
{
    for (size_t i = 0; i < c->rules; i++) {
        c->rule[i].last_part = true;
        for (size_t k = 0; k < c->rules; k++)
            if (c->rule[k].column == c->rule[i].column && c->rule[k].part > c->rule[i].part) c->rule[i].last_part = false;
    }
}

static status
cover(compiling *c, size_t variable)
{
    if (c->covered[variable]++)
        FAIL(ST_CONFIG, "%s: variable %s: two columns give it: remove one", c->path, c->d->variable[variable].name);
    return ST_OK;
}

static status
compile_column(compiling *c, const column_entry *e)
{
    if (!e->variable) {
        if (!e->column) FAIL(ST_CONFIG, "%s: an entry of columns has neither variable nor column: add one", c->path);
        (void)column_at(c, e->column);
        return ST_OK;
    }
    source_rule *r = &c->rule[c->rules++];
    CHECK(find_variable(c, e->variable, &r->variable));
    CHECK(cover(c, r->variable));
    CHECK(compile_kind(c, e, r));
    size_t *also;
    ALLOC(c->out, also, e->also_count);
    for (unsigned i = 0; i < e->also_count; i++) {
        CHECK(find_variable(c, e->also[i], &also[i]));
        CHECK(cover(c, also[i]));
        const variable *from = &c->d->variable[r->variable], *to = &c->d->variable[also[i]];
        if (from->type != to->type || from->codes != to->codes || from->identifying != to->identifying)
            FAIL(ST_CONFIG, "%s: variable %s: also %s differs in type, codes or secrecy", c->path, from->name, to->name);
    }
    r->also = also;
    r->n_also = e->also_count;
    return ST_OK;
}

/* Columns that identify a row at the reporter: never ones that say who the person is, since a keyed mark of them is kept
 * even for a report that is only counted. */
static status
compile_row(compiling *c, size_t *row)
{
    for (unsigned i = 0; i < c->entry->row_count; i++) {
        const char *name = c->entry->row[i];
        size_t at = 0;
        while (at < c->columns && strcmp(c->column[at], name) != 0) at++;
        if (at == c->columns) FAIL(ST_CONFIG, "%s: row: there is no column %s: add it to columns", c->path, name);
        for (size_t k = 0; k < c->rules; k++) {
            const source_rule *r = &c->rule[k];
            if (r->column == at && r->kind != RULE_FLAGS && c->d->variable[r->variable].identifying)
                FAIL(ST_CONFIG, "%s: row: column %s says who the person is: identify rows by the reporter's own number", c->path, name);
        }
        row[i] = at;
    }
    return ST_OK;
}

static status
check_covered(const compiling *c, legal_basis basis)
{
    for (size_t i = 0; i < c->d->n; i++) {
        const variable *v = &c->d->variable[i];
        if (v->origin == ORIGIN_DELIVERY && v->required && !c->covered[i])
            FAIL(ST_CONFIG, "%s: no column gives %s, which is required: add it", c->path, v->name);
    }
    static const char *const consents[] = {"consent_registration", "consent_monitor"};
    for (size_t i = 0; i < 2 && basis == BASIS_consent; i++)
        if (!c->covered[register_variable(c->d, consents[i])])
            FAIL(ST_CONFIG, "%s: no column gives %s: without it every report would only be counted", c->path, consents[i]);
    return ST_OK;
}

/* The legal basis stands in the source and in the legal table: two who must agree before a reporter's names are kept. */
static status
find_basis(const compiling *c, int reporter, legal_basis *basis)
{
    const code_list *bases = register_codes(c->d, "legal_bases");
    int at = code_find(bases, text_of(c->entry->legal_basis));
    if (at < 0) FAIL(ST_CONFIG, "%s: legal_basis: %s is not a code of the list legal_bases", c->path, c->entry->legal_basis);
    if (!(c->d->basis[at].reporters >> reporter & 1))
        FAIL(ST_CONFIG, "%s: legal_basis: the legal table does not give %s the basis %s: correct one of the two", c->path,
             c->entry->reporter, c->entry->legal_basis);
    *basis = (legal_basis)at;
    return ST_OK;
}

static status
find_layout(const compiling *c, register_source *s)
{
    const source_entry *e = c->entry;
    s->sav = e->format == FORMAT_SAV;
    s->bom = e->bom;
    s->crlf = e->crlf;
    if (s->sav) {
        if (e->delimiter) FAIL(ST_CONFIG, "%s: delimiter: a .sav file has none: remove it", c->path);
        return ST_OK;
    }
    if (!e->delimiter || (strcmp(e->delimiter, ",") != 0 && strcmp(e->delimiter, ";") != 0 && strcmp(e->delimiter, "\t") != 0))
        FAIL(ST_CONFIG, "%s: delimiter: expected \",\" \";\" or a tab", c->path);
    s->delimiter = e->delimiter[0];
    return ST_OK;
}

static status
load_definition(arena *out, const char *path, const char *name, const register_definition **d)
{
    SCRATCH(tmp);
    const char *slash = strrchr(path, '/');
    char *beside = slash ? arena_printf(tmp, "%.*s/%s", (int)(slash - path), path, name) : arena_copy(tmp, name, strlen(name));
    if (!beside) FAIL(ST_NO_MEMORY, "out of memory while reading %s", path);
    return register_definition_load(out, beside, d);
}

static status
compile(compiling *c, register_source *s)
{
    const source_entry *e = c->entry;
    size_t most = 0;
    for (unsigned i = 0; i < e->columns_count; i++) most += 1 + e->columns[i].flags_count;
    ALLOC(c->out, c->column, most);
    ALLOC(c->out, c->rule, e->columns_count);
    ALLOC(c->out, c->covered, c->d->n);
    for (unsigned i = 0; i < e->columns_count; i++) CHECK(compile_column(c, &e->columns[i]));
    mark_last_parts(c);
    size_t *row;
    ALLOC(c->out, row, e->row_count);
    CHECK(compile_row(c, row));
    CHECK(find_basis(c, s->reporter, &s->basis));
    CHECK(check_covered(c, s->basis));
    s->columns = c->columns, s->column = c->column;
    s->rules = c->rules, s->rule = c->rule;
    s->rows = e->row_count, s->row = row;
    s->precision_stated = c->covered[register_variable(c->d, "born_precision")] > 0;
    return find_layout(c, s);
}

static status
build(arena *out, const char *path, const source_entry *e, const register_definition *definition, const register_source **result)
{
    register_source *s;
    ALLOC(out, s, 1);
    *s = (register_source){.name = e->name, .path = arena_copy(out, path, strlen(path)), .definition = definition, .file = e->file,
                           .title = {[LANGUAGE_NL] = e->title.nl, [LANGUAGE_EN] = e->title.en},
                           .missings = e->missing_count, .missing = e->missing};
    if (!s->path) FAIL(ST_NO_MEMORY, "out of memory while reading %s", path);
    s->reporter = code_find(register_codes(definition, "reporters"), text_of(e->reporter));
    if (s->reporter < 0) FAIL(ST_CONFIG, "%s: reporter: %s is not a code of the list reporters", path, e->reporter);
    compiling c = {.out = out, .path = s->path, .entry = e, .d = definition};
    CHECK(compile(&c, s));
    *result = s;
    return ST_OK;
}

status
register_source_load(arena *out, const char *path, const register_definition *definition, const register_source **result)
{
    void *loaded;
    CHECK(definition_load(out, path, &source_value, &loaded));
    const source_entry *e = loaded;
    if (!definition) CHECK(load_definition(out, path, e->definition, &definition));
    return build(out, path, e, definition, result);
}

status
register_source_load_bytes(arena *out, const char *name, text bytes, const register_definition *definition, const register_source **result)
{
    void *loaded;
    CHECK(definition_load_bytes(out, name, bytes, &source_value, &loaded));
    return build(out, name, loaded, definition, result);
}
