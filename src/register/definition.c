#include "register/definition.h"

#include "base/date.h"
#include "base/definition.h"
#include "register/legal.h"

#include <stdio.h>

/* The files as libcyaml hands them over. */
typedef struct words_entry {
    const char *nl, *en;
} words_entry;

typedef struct code_entry {
    const char *code, *nl, *en, *htcds, *alpha3, *region, *parent, *eu_from, *eu_until, *reference;
    unsigned m49;
    const char **reporters;
    unsigned reporters_count;
} code_entry;

typedef struct list_entry {
    const char *name;
    code_entry *codes;
    unsigned codes_count;
} list_entry;

typedef struct variable_entry {
    const char *name, *codes, *empty, *htcds, *ictip, *gap;
    column_type type;
    variable_origin origin;
    variable_check check;
    disclosure_class disclosure;
    bool required, identifying;
    words_entry label;
    const char **roles;
    unsigned roles_count;
} variable_entry;

typedef struct register_entry {
    const char *name, *countries, *legal;
    words_entry title;
    code_entry *roles;
    unsigned roles_count;
    variable_entry *variables;
    unsigned variables_count;
    list_entry *lists;
    unsigned lists_count;
} register_entry;

typedef struct countries_entry {
    const char *name;
    code_entry *regions, *codes;
    unsigned regions_count, codes_count;
} countries_entry;

typedef struct legal_entry {
    const char *name;
    code_entry *bases, *purposes, *reasons;
    unsigned bases_count, purposes_count, reasons_count;
} legal_entry;

static const cyaml_schema_value_t text_value = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, CYAML_UNLIMITED)};
static const cyaml_schema_field_t words_fields[] = {DEFINITION_TEXT("nl", words_entry, nl),
                                                    DEFINITION_TEXT("en", words_entry, en), CYAML_FIELD_END};
#define CODE_FIELDS DEFINITION_TEXT("code", code_entry, code), DEFINITION_TEXT("nl", code_entry, nl), DEFINITION_TEXT("en", code_entry, en)
static const cyaml_schema_field_t code_fields[] = {CODE_FIELDS, DEFINITION_TEXT_OPTIONAL("htcds", code_entry, htcds), CYAML_FIELD_END};
static const cyaml_schema_value_t code_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, code_entry, code_fields)};
static const cyaml_schema_field_t list_fields[] = {
    DEFINITION_TEXT("name", list_entry, name),
    CYAML_FIELD_SEQUENCE("codes", CYAML_FLAG_POINTER, list_entry, codes, &code_value, 1, 10000), CYAML_FIELD_END};
static const cyaml_schema_value_t list_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, list_entry, list_fields)};

static const cyaml_strval_t types[] = {{"int8", COLUMN_INT8}, {"int16", COLUMN_INT16}, {"int32", COLUMN_INT32},
    {"date", COLUMN_DATE}, {"double", COLUMN_DOUBLE}, {"text", COLUMN_TEXT}, {"set", COLUMN_SET}};
static const cyaml_strval_t origins[] = {{"delivery", ORIGIN_DELIVERY}, {"source", ORIGIN_SOURCE}, {"store", ORIGIN_STORE}};
static const cyaml_strval_t checks[] = {{"bsn", CHECKED_BSN}, {"v_number", CHECKED_V_NUMBER}};
static const cyaml_strval_t disclosures[] = {{"direct", DISCLOSURE_DIRECT}, {"key", DISCLOSURE_KEY},
    {"sensitive", DISCLOSURE_SENSITIVE}, {"plain", DISCLOSURE_PLAIN}};
#define STRICT_ENUM(key, flags, member, strings) \
    CYAML_FIELD_ENUM(key, CYAML_FLAG_STRICT | (flags), variable_entry, member, strings, CYAML_ARRAY_LEN(strings))
static const cyaml_schema_field_t variable_fields[] = {
    DEFINITION_TEXT("name", variable_entry, name),
    STRICT_ENUM("type", 0, type, types),
    DEFINITION_TEXT_OPTIONAL("codes", variable_entry, codes),
    DEFINITION_TEXT_OPTIONAL("empty", variable_entry, empty),
    STRICT_ENUM("origin", CYAML_FLAG_OPTIONAL, origin, origins),
    STRICT_ENUM("check", CYAML_FLAG_OPTIONAL, check, checks),
    STRICT_ENUM("disclosure", 0, disclosure, disclosures),
    DEFINITION_FLAG("required", variable_entry, required),
    DEFINITION_FLAG("identifying", variable_entry, identifying),
    CYAML_FIELD_MAPPING("label", CYAML_FLAG_DEFAULT, variable_entry, label, words_fields),
    CYAML_FIELD_SEQUENCE("roles", CYAML_FLAG_POINTER, variable_entry, roles, &text_value, 1, 32),
    DEFINITION_TEXT_OPTIONAL("htcds", variable_entry, htcds),
    DEFINITION_TEXT_OPTIONAL("ictip", variable_entry, ictip),
    DEFINITION_TEXT_OPTIONAL("gap", variable_entry, gap),
    CYAML_FIELD_END};
static const cyaml_schema_value_t variable_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, variable_entry, variable_fields)};
static const cyaml_schema_field_t register_fields[] = {
    DEFINITION_TEXT("register", register_entry, name),
    DEFINITION_TEXT("countries", register_entry, countries),
    DEFINITION_TEXT("legal", register_entry, legal),
    CYAML_FIELD_MAPPING("title", CYAML_FLAG_DEFAULT, register_entry, title, words_fields),
    CYAML_FIELD_SEQUENCE("roles", CYAML_FLAG_POINTER, register_entry, roles, &code_value, 1, 32),
    CYAML_FIELD_SEQUENCE("variables", CYAML_FLAG_POINTER, register_entry, variables, &variable_value, 1, 200),
    CYAML_FIELD_SEQUENCE_COUNT("code_lists", CYAML_FLAG_POINTER, register_entry, lists, lists_count, &list_value, 1, 200),
    CYAML_FIELD_END};
static const cyaml_schema_value_t register_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, register_entry, register_fields)};

static const cyaml_schema_field_t region_fields[] = {CODE_FIELDS, CYAML_FIELD_UINT("m49", CYAML_FLAG_DEFAULT, code_entry, m49),
    DEFINITION_TEXT_OPTIONAL("parent", code_entry, parent), CYAML_FIELD_END};
static const cyaml_schema_value_t region_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, code_entry, region_fields)};
static const cyaml_schema_field_t country_fields[] = {CODE_FIELDS, DEFINITION_TEXT("alpha3", code_entry, alpha3),
    CYAML_FIELD_UINT("m49", CYAML_FLAG_OPTIONAL, code_entry, m49), DEFINITION_TEXT_OPTIONAL("region", code_entry, region),
    DEFINITION_TEXT_OPTIONAL("eu_from", code_entry, eu_from), DEFINITION_TEXT_OPTIONAL("eu_until", code_entry, eu_until),
    CYAML_FIELD_END};
static const cyaml_schema_value_t country_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, code_entry, country_fields)};
static const cyaml_schema_field_t countries_fields[] = {
    DEFINITION_TEXT("countries", countries_entry, name),
    CYAML_FIELD_SEQUENCE("regions", CYAML_FLAG_POINTER, countries_entry, regions, &region_value, 1, 100),
    CYAML_FIELD_SEQUENCE("codes", CYAML_FLAG_POINTER, countries_entry, codes, &country_value, 1, 1000), CYAML_FIELD_END};
static const cyaml_schema_value_t countries_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, countries_entry, countries_fields)};

static const cyaml_schema_field_t basis_fields[] = {CODE_FIELDS, DEFINITION_TEXT("reference", code_entry, reference),
    CYAML_FIELD_SEQUENCE("reporters", CYAML_FLAG_POINTER, code_entry, reporters, &text_value, 1, 32), CYAML_FIELD_END};
static const cyaml_schema_value_t basis_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, code_entry, basis_fields)};
static const cyaml_schema_field_t legal_fields[] = {
    DEFINITION_TEXT("legal", legal_entry, name),
    CYAML_FIELD_SEQUENCE("bases", CYAML_FLAG_POINTER, legal_entry, bases, &basis_value, 1, 8),
    CYAML_FIELD_SEQUENCE("purposes", CYAML_FLAG_POINTER, legal_entry, purposes, &code_value, 1, 32),
    CYAML_FIELD_SEQUENCE("reasons", CYAML_FLAG_POINTER, legal_entry, reasons, &code_value, 1, 32), CYAML_FIELD_END};
static const cyaml_schema_value_t legal_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, legal_entry, legal_fields)};

static status
make_list(arena *out, const char *path, const char *name, unsigned n, const code_entry from[], code_list *into)
{
    code *items;
    ALLOC(out, items, n);
    for (unsigned i = 0; i < n; i++) {
        items[i] = (code){from[i].code, {[LANGUAGE_NL] = from[i].nl, [LANGUAGE_EN] = from[i].en}};
        for (unsigned k = 0; k < i; k++)
            if (strcmp(items[k].code, items[i].code) == 0)
                FAIL(ST_CONFIG, "%s: list %s: code %s stands there twice: remove one", path, name, items[i].code);
    }
    *into = (code_list){name, n, items};
    return ST_OK;
}

static status
find_code(const char *path, const char *where, const code_list *list, const char *code, int *out)
{
    *out = code_find(list, text_of(code));
    if (*out < 0) FAIL(ST_CONFIG, "%s: %s: %s is not a code of the list %s: correct it or add it there", path, where, code, list->name);
    return ST_OK;
}

/* The bit set of some codes of a list. */
static status
find_codes(const char *path, const char *where, const code_list *list, size_t n, const char *const codes[], uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        int at;
        CHECK(find_code(path, where, list, codes[i], &at));
        *out |= 1u << at;
    }
    return ST_OK;
}

static status
neighbour_of(arena *tmp, const char *path, const char *name, char **out)
{
    const char *slash = strrchr(path, '/');
    *out = slash ? arena_printf(tmp, "%.*s/%s", (int)(slash - path), path, name) : arena_copy(tmp, name, strlen(name));
    if (!*out) FAIL(ST_NO_MEMORY, "out of memory while reading %s", path);
    return ST_OK;
}

static status
three_digits(arena *out, unsigned number, const char **result)
{
    *result = number ? arena_printf(out, "%03u", number) : arena_copy(out, "", 0);
    if (!*result) FAIL(ST_NO_MEMORY, "out of memory (countries)");
    return ST_OK;
}

static status
read_regions(arena *out, const char *path, const countries_entry *e, register_definition *d)
{
    region *regions;
    ALLOC(out, regions, e->regions_count);
    CHECK(make_list(out, path, "regions", e->regions_count, e->regions, &d->regions));
    for (unsigned i = 0; i < e->regions_count; i++) {
        regions[i].parent = -1;
        CHECK(three_digits(out, e->regions[i].m49, &regions[i].m49));
        if (e->regions[i].parent) CHECK(find_code(path, "parent", &d->regions, e->regions[i].parent, &regions[i].parent));
    }
    d->region = regions;
    return ST_OK;
}

static status
read_day(const char *path, const char *where, const char *value, int32_t *out)
{
    *out = DATE_MISSING;
    if (value && !date_parse(text_of(value), "%Y-%m-%d", out))
        FAIL(ST_CONFIG, "%s: %s: expected a day as YYYY-MM-DD", path, where);
    return ST_OK;
}

static status
read_countries(arena *out, const char *path, register_definition *d, code_list *list)
{
    void *loaded;
    CHECK(definition_load(out, path, &countries_value, &loaded));
    const countries_entry *e = loaded;
    CHECK(make_list(out, path, e->name, e->codes_count, e->codes, list));
    CHECK(read_regions(out, path, e, d));
    country *countries;
    ALLOC(out, countries, e->codes_count);
    for (unsigned i = 0; i < e->codes_count; i++) {
        const code_entry *c = &e->codes[i];
        countries[i] = (country){.alpha3 = c->alpha3, .region = -1};
        CHECK(three_digits(out, c->m49, &countries[i].m49));
        if (c->region) CHECK(find_code(path, c->code, &d->regions, c->region, &countries[i].region));
        CHECK(read_day(path, c->code, c->eu_from, &countries[i].eu_from));
        CHECK(read_day(path, c->code, c->eu_until, &countries[i].eu_until));
    }
    d->country = countries;
    return ST_OK;
}

/* The gate is compiled in: its codes and those of the files must be the same, in the same order. */
static status
check_codes(const char *path, const code_list *list, const char *const known[])
{
    size_t n = 0;
    while (known[n] && n < list->n && strcmp(known[n], list->items[n].code) == 0) n++;
    if (known[n] || n < list->n)
        FAIL(ST_CONFIG, "%s: list %s: expected %s as code %zu, as in the legal gate: correct the order or the code", path,
             list->name, known[n] ? known[n] : "nothing", n + 1);
    return ST_OK;
}

static status
read_legal(arena *out, const char *path, register_definition *d)
{
    void *loaded;
    CHECK(definition_load(out, path, &legal_value, &loaded));
    const legal_entry *e = loaded;
    code_list bases;
    CHECK(make_list(out, path, "bases", e->bases_count, e->bases, &bases));
    CHECK(make_list(out, path, "purposes", e->purposes_count, e->purposes, &d->purposes));
    CHECK(make_list(out, path, "reasons", e->reasons_count, e->reasons, &d->reasons));
    CHECK(check_codes(path, &bases, legal_basis_codes));
    CHECK(check_codes(path, &d->purposes, legal_purpose_codes));
    CHECK(check_codes(path, &d->reasons, legal_reason_codes));
    legal_basis_text *basis;
    ALLOC(out, basis, e->bases_count);
    uint32_t seen = 0;
    for (unsigned i = 0; i < e->bases_count; i++) {
        basis[i].reference = e->bases[i].reference;
        CHECK(find_codes(path, e->bases[i].code, register_codes(d, "reporters"), e->bases[i].reporters_count,
                         e->bases[i].reporters, &basis[i].reporters));
        if (seen & basis[i].reporters) FAIL(ST_CONFIG, "%s: %s: a reporter has two legal bases: leave one", path, e->bases[i].code);
        seen |= basis[i].reporters;
    }
    d->basis = basis;
    return ST_OK;
}

static status
read_lists(arena *out, const char *path, const register_entry *e, register_definition *d)
{
    code_list *lists;
    code_standard *standards;
    ALLOC(out, lists, e->lists_count + 1);
    ALLOC(out, standards, e->lists_count);
    for (unsigned i = 0; i < e->lists_count; i++) {
        const list_entry *l = &e->lists[i];
        CHECK(make_list(out, path, l->name, l->codes_count, l->codes, &lists[i]));
        const char **htcds;
        ALLOC(out, htcds, l->codes_count);
        for (unsigned k = 0; k < l->codes_count; k++) htcds[k] = l->codes[k].htcds;
        standards[i] = (code_standard){&lists[i], htcds};
    }
    d->list = lists;
    d->lists = e->lists_count;
    d->standard = standards;
    SCRATCH(tmp);
    char *countries;
    CHECK(neighbour_of(tmp, path, e->countries, &countries));
    CHECK(read_countries(out, countries, d, &lists[e->lists_count]));
    d->lists++;
    return ST_OK;
}

static status
check_variable(const char *path, const variable *v)
{
    static const size_t most[COLUMN_TYPES] = {[COLUMN_INT8] = 127, [COLUMN_INT16] = 32767, [COLUMN_INT32] = 1 << 20, [COLUMN_SET] = 32};
    if (v->codes && most[v->type] == 0)
        FAIL(ST_CONFIG, "%s: variable %s: a %s has no codes: leave out codes", path, v->name, column_type_name(v->type));
    if (v->codes && v->codes->n > most[v->type])
        FAIL(ST_CONFIG, "%s: variable %s: %zu codes do not fit in %s: choose a wider type", path, v->name, v->codes->n,
             column_type_name(v->type));
    if (v->type == COLUMN_SET && !v->codes) FAIL(ST_CONFIG, "%s: variable %s: a set needs codes", path, v->name);
    if (v->check != CHECKED_NOT && v->type != COLUMN_TEXT)
        FAIL(ST_CONFIG, "%s: variable %s: a checked number is of type text, since it may start with 0", path, v->name);
    if (v->identifying != (v->disclosure == DISCLOSURE_DIRECT))
        FAIL(ST_CONFIG, "%s: variable %s: identifying and disclosure: direct go together", path, v->name);
    if (v->identifying && v->type != COLUMN_TEXT && v->type != COLUMN_DATE)
        FAIL(ST_CONFIG, "%s: variable %s: an identifying variable is a text or a date", path, v->name);
    return ST_OK;
}

static status
read_variable(const char *path, const variable_entry *e, const register_definition *d, variable *v)
{
    *v = (variable){.name = e->name, .label = {[LANGUAGE_NL] = e->label.nl, [LANGUAGE_EN] = e->label.en}, .type = e->type,
                    .origin = e->origin, .check = e->check, .disclosure = e->disclosure, .empty = -1, .required = e->required,
                    .identifying = e->identifying, .htcds = e->htcds, .ictip = e->ictip, .gap = e->gap};
    if (e->codes) {
        v->codes = register_codes(d, e->codes);
        if (!v->codes) FAIL(ST_CONFIG, "%s: variable %s: there is no code list %s: add it to code_lists", path, e->name, e->codes);
    }
    if (e->empty && !v->codes) FAIL(ST_CONFIG, "%s: variable %s: empty needs codes", path, e->name);
    if (e->empty) CHECK(find_code(path, e->name, v->codes, e->empty, &v->empty));
    CHECK(find_codes(path, e->name, &d->roles, e->roles_count, e->roles, &v->roles));
    return check_variable(path, v);
}

static status
read_variables(arena *out, const char *path, const register_entry *e, register_definition *d)
{
    variable *variables;
    ALLOC(out, variables, e->variables_count);
    d->variable = variables;
    for (unsigned i = 0; i < e->variables_count; i++) {
        CHECK(read_variable(path, &e->variables[i], d, &variables[i]));
        if (register_variable(d, variables[i].name) >= 0)
            FAIL(ST_CONFIG, "%s: variable %s stands there twice: remove one", path, variables[i].name);
        d->n++;
    }
    return ST_OK;
}

/* What the intake and the gate go by in C must be declared as they know it. */
static status
check_backbone(const char *path, const register_definition *d)
{
    static const struct {
        const char *name;
        column_type type;
        const char *codes;
    } needed[] = {
        {"notification", COLUMN_INT32, NULL}, {"reporter", COLUMN_INT8, "reporters"}, {"received", COLUMN_DATE, NULL},
        {"legal_basis", COLUMN_INT8, "legal_bases"}, {"consent_registration", COLUMN_INT8, "consents"},
        {"consent_monitor", COLUMN_INT8, "consents"}, {"consent_shelter", COLUMN_INT8, "consents"},
        {"born", COLUMN_DATE, NULL}, {"born_precision", COLUMN_INT8, "precisions"},
    };
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        int at = register_variable(d, needed[i].name);
        if (at < 0) FAIL(ST_CONFIG, "%s: the variable %s is needed: add it", path, needed[i].name);
        const variable *v = &d->variable[at];
        if (v->type != needed[i].type || (needed[i].codes && (!v->codes || strcmp(v->codes->name, needed[i].codes) != 0)))
            FAIL(ST_CONFIG, "%s: variable %s: expected type %s%s%s", path, v->name, column_type_name(needed[i].type),
                 needed[i].codes ? " with codes " : "", needed[i].codes ? needed[i].codes : "");
    }
    static const char *const precisions[] = {"day", "month", "year", "estimated", "unknown", NULL};
    CHECK(check_codes(path, register_codes(d, "precisions"), precisions));
    CHECK(check_codes(path, register_codes(d, "legal_bases"), legal_basis_codes));
    return check_codes(path, register_codes(d, "consents"), legal_consent_codes);
}

status
register_definition_load(arena *out, const char *path, const register_definition **result)
{
    SCRATCH(tmp);
    void *loaded;
    CHECK(definition_load(out, path, &register_value, &loaded));
    const register_entry *e = loaded;
    register_definition *d;
    ALLOC(out, d, 1);
    *d = (register_definition){.name = e->name, .path = arena_copy(out, path, strlen(path)),
                               .title = {[LANGUAGE_NL] = e->title.nl, [LANGUAGE_EN] = e->title.en}};
    if (!d->path) FAIL(ST_NO_MEMORY, "out of memory while reading %s", path);
    CHECK(make_list(out, path, "roles", e->roles_count, e->roles, &d->roles));
    CHECK(read_lists(out, path, e, d));
    CHECK(read_variables(out, path, e, d));
    CHECK(check_backbone(path, d));
    char *legal;
    CHECK(neighbour_of(tmp, path, e->legal, &legal));
    CHECK(read_legal(out, legal, d));
    *result = d;
    return ST_OK;
}

int
register_variable(const register_definition *d, const char *name)
{
    for (size_t i = 0; i < d->n; i++)
        if (strcmp(d->variable[i].name, name) == 0) return (int)i;
    return -1;
}

const code_list *
register_codes(const register_definition *d, const char *name)
{
    for (size_t i = 0; i < d->lists; i++)
        if (strcmp(d->list[i].name, name) == 0) return &d->list[i];
    return NULL;
}

status
register_countries(arena *out, const register_definition *d, table *result)
{
    const code_list *countries = &d->list[d->lists - 1];
    table t;
    CHECK(table_new(out, "countries", countries->n, 5, &t));
    CHECK(table_set_column(out, &t, 0, "code", COLUMN_INT16, countries));
    CHECK(table_set_column(out, &t, 1, "region", COLUMN_INT8, &d->regions));
    CHECK(table_set_column(out, &t, 2, "continent", COLUMN_INT8, &d->regions));
    CHECK(table_set_column(out, &t, 3, "eu_from", COLUMN_DATE, NULL));
    CHECK(table_set_column(out, &t, 4, "eu_until", COLUMN_DATE, NULL));
    for (size_t i = 0; i < countries->n; i++) {
        const country *c = &d->country[i];
        int continent = c->region >= 0 && d->region[c->region].parent >= 0 ? d->region[c->region].parent : c->region;
        ((int16_t *)t.column[0].data)[i] = (int16_t)i;
        ((int8_t *)t.column[1].data)[i] = c->region < 0 ? INT8_MIN : (int8_t)c->region;
        ((int8_t *)t.column[2].data)[i] = continent < 0 ? INT8_MIN : (int8_t)continent;
        ((int32_t *)t.column[3].data)[i] = c->eu_from;
        ((int32_t *)t.column[4].data)[i] = c->eu_until;
    }
    *result = t;
    return ST_OK;
}
