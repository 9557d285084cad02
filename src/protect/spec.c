#include "protect/spec.h"

#include "base/definition.h"

#define LIST (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_schema_value_t one_text = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, CYAML_UNLIMITED)};

static const cyaml_schema_field_t group_fields[] = {
    DEFINITION_TEXT("code", spec_group, code),
    CYAML_FIELD_SEQUENCE("parts", CYAML_FLAG_POINTER, spec_group, parts, &one_text, 1, CYAML_UNLIMITED),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_group = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, spec_group, group_fields)};

static const cyaml_schema_field_t dimension_fields[] = {
    CYAML_FIELD_INT("merge", CYAML_FLAG_OPTIONAL, spec_dimension, merge),
    CYAML_FIELD_SEQUENCE("merged", LIST, spec_dimension, merged, &one_group, 0, CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("dropped", LIST, spec_dimension, dropped, &one_text, 0, CYAML_UNLIMITED),
    DEFINITION_TEXT("name", spec_dimension, name),
    DEFINITION_TEXT_OPTIONAL("total", spec_dimension, total),
    DEFINITION_FLAG("overlapping", spec_dimension, overlapping),
    CYAML_FIELD_SEQUENCE("groups", LIST, spec_dimension, groups, &one_group, 0, CYAML_UNLIMITED),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_dimension = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, spec_dimension, dimension_fields)};

static const cyaml_schema_field_t amount_fields[] = {
    DEFINITION_TEXT("name", spec_amount, name),
    CYAML_FIELD_INT("minimum", CYAML_FLAG_OPTIONAL, spec_amount, minimum),
    CYAML_FIELD_INT("dominance_n", CYAML_FLAG_OPTIONAL, spec_amount, dominance_n),
    CYAML_FIELD_FLOAT("dominance_k", CYAML_FLAG_OPTIONAL, spec_amount, dominance_k),
    CYAML_FIELD_FLOAT("p_percent", CYAML_FLAG_OPTIONAL, spec_amount, p_percent),
    CYAML_FIELD_INT("digits", CYAML_FLAG_OPTIONAL, spec_amount, digits),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_amount = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, spec_amount, amount_fields)};

static const cyaml_schema_field_t table_fields[] = {
    DEFINITION_TEXT("file", spec_table, file),
    DEFINITION_TEXT_OPTIONAL("population", spec_table, population),
    CYAML_FIELD_INT("minimum", CYAML_FLAG_OPTIONAL, spec_table, minimum),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_table = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, spec_table, table_fields)};

static const cyaml_schema_field_t spec_fields[] = {
    CYAML_FIELD_SEQUENCE("amounts", LIST, protect_spec, amounts, &one_amount, 0, CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("tables", LIST, protect_spec, tables, &one_table, 0, CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("dimensions", LIST, protect_spec, dimensions, &one_dimension, 0, CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("revisions", LIST, protect_spec, revisions, &one_text, 0, CYAML_UNLIMITED),
    CYAML_FIELD_INT("base", CYAML_FLAG_OPTIONAL, protect_spec, base),
    CYAML_FIELD_INT("minimum", CYAML_FLAG_OPTIONAL, protect_spec, minimum),
    DEFINITION_FLAG("hide_zero", protect_spec, hide_zero),
    DEFINITION_FLAG("hide_full", protect_spec, hide_full),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t whole_spec = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, protect_spec, spec_fields)};

status
spec_load(arena *a, const char *path, protect_spec *spec)
{
    void *loaded;
    CHECK(definition_load(a, path, &whole_spec, &loaded));
    *spec = *(protect_spec *)loaded;
    if (spec->base == 0) spec->base = 5;
    if (spec->minimum == 0) spec->minimum = 5;
    if (spec->base < 2 || spec->base > 1000) FAIL(ST_CONFIG, "%s: base: expected 2 to 1000", path);
    if (spec->minimum < 1 || spec->minimum > 1000) FAIL(ST_CONFIG, "%s: minimum: expected 1 to 1000", path);
    for (unsigned i = 0; i < spec->amounts_count; i++) {
        spec_amount *m = &spec->amounts[i];
        if (m->minimum == 0) m->minimum = 10;
        if (m->digits == 0) m->digits = 3;
        if (m->minimum < 3 || m->digits < 1 || m->digits > 6 || m->dominance_n < 0 || m->dominance_n > 5 || m->dominance_k < 0 ||
            m->dominance_k > 100 || m->p_percent < 0 || m->p_percent > 100)
            FAIL(ST_CONFIG, "%s: amount %s: expected a minimum of at least 3, 1 to 6 digits, dominance_n to 5, dominance_k and p_percent in percent", path, m->name);
    }
    for (unsigned i = 0; i < spec->tables_count; i++)
        if (spec->tables[i].minimum < 0 || spec->tables[i].minimum > 1000)
            FAIL(ST_CONFIG, "%s: table %s: minimum: expected 1 to 1000", path, spec->tables[i].file);
    for (unsigned i = 0; i < spec->dimensions_count; i++)
        if (spec->dimensions[i].merge < 0 || (spec->dimensions[i].merge > 0 && spec->dimensions[i].overlapping))
            FAIL(ST_CONFIG, "%s: dimension %s: merge: expected a number of persons, and codes that do not overlap", path, spec->dimensions[i].name);
    return ST_OK;
}

const spec_dimension *
spec_find(const protect_spec *spec, const char *dimension)
{
    for (unsigned i = 0; i < spec->dimensions_count; i++)
        if (strcmp(spec->dimensions[i].name, dimension) == 0) return &spec->dimensions[i];
    return NULL;
}

const char *
spec_total(const spec_dimension *d)
{
    return d && d->total ? d->total : "TOTAL";
}

static status
code_of(protect_system *s, uint16_t d, const spec_dimension *dimension, const char *code, uint16_t *result)
{
    if (strcmp(code, spec_total(dimension)) == 0) {
        *result = 0;
        return ST_OK;
    }
    return system_code_find(s, d, code, result);
}

bool
spec_is_amount(const protect_spec *spec, text column)
{
    for (unsigned i = 0; i < spec->amounts_count; i++) {
        size_t n = strlen(spec->amounts[i].name);
        if (column.n >= n && memcmp(column.bytes, spec->amounts[i].name, n) == 0 && (column.n == n || column.bytes[n] == '_')) return true;
    }
    return false;
}

const char *
spec_population(const protect_spec *spec, const char *file)
{
    for (unsigned i = 0; i < spec->tables_count; i++)
        if (strcmp(spec->tables[i].file, file) == 0 && spec->tables[i].population) return spec->tables[i].population;
    return "persons";
}

int
spec_minimum(const protect_spec *spec, const char *population)
{
    int least = 0; /* the strictest that any of its tables asks for */
    for (unsigned i = 0; i < spec->tables_count; i++)
        if (strcmp(spec_population(spec, spec->tables[i].file), population) == 0 && spec->tables[i].minimum > least) least = spec->tables[i].minimum;
    return least ? least : spec->minimum;
}

const char *
spec_merged(const spec_dimension *d, const char *code)
{
    if (!d) return code;
    for (unsigned g = 0; g < d->merged_count; g++)
        for (unsigned i = 0; i < d->merged[g].parts_count; i++)
            if (strcmp(d->merged[g].parts[i], code) == 0) return d->merged[g].code;
    for (unsigned i = 0; i < d->dropped_count; i++)
        if (strcmp(d->dropped[i], code) == 0) return NULL;
    return code;
}

/* Codes are quoted: 1e3, no and 007 are codes too. */
static void
put_quoted(text_builder *b, const char *code)
{
    text_put_char(b, '"');
    for (; *code; code++) {
        if (*code == '"' || *code == '\\') text_put_char(b, '\\');
        text_put_char(b, *code);
    }
    text_put_char(b, '"');
}

static void
put_list(text_builder *b, unsigned n, char *const list[])
{
    text_put_char(b, '[');
    for (unsigned i = 0; i < n; i++) {
        if (i) text_put(b, ", ");
        put_quoted(b, list[i]);
    }
    text_put(b, "]");
}

static void
put_groups(text_builder *b, const char *name, unsigned n, const spec_group groups[])
{
    if (n == 0) return;
    text_printf(b, "    %s:\n", name);
    for (unsigned i = 0; i < n; i++) {
        text_put(b, "      - {code: ");
        put_quoted(b, groups[i].code);
        text_put(b, ", parts: ");
        put_list(b, groups[i].parts_count, groups[i].parts);
        text_put(b, "}\n");
    }
}

static void
put_rules(text_builder *b, const protect_spec *spec)
{
    if (spec->amounts_count) text_put(b, "amounts:\n");
    for (unsigned i = 0; i < spec->amounts_count; i++) {
        const spec_amount *m = &spec->amounts[i];
        text_put(b, "  - {name: ");
        put_quoted(b, m->name);
        text_printf(b, ", minimum: %d, dominance_n: %d, dominance_k: %g, p_percent: %g, digits: %d}\n", m->minimum, m->dominance_n, m->dominance_k,
                    m->p_percent, m->digits);
    }
    if (spec->tables_count) text_put(b, "tables:\n");
    for (unsigned i = 0; i < spec->tables_count; i++) {
        text_put(b, "  - {file: ");
        put_quoted(b, spec->tables[i].file);
        text_put(b, ", population: ");
        put_quoted(b, spec_population(spec, spec->tables[i].file));
        text_printf(b, ", minimum: %d}\n", spec->tables[i].minimum);
    }
}

status
spec_write(arena *a, const protect_spec *spec, text *out)
{
    text_builder b = text_builder_new(a);
    text_printf(&b, "base: %d\nminimum: %d\nhide_zero: %s\nhide_full: %s\n", spec->base, spec->minimum, spec->hide_zero ? "yes" : "no",
                spec->hide_full ? "yes" : "no");
    if (spec->revisions_count) {
        text_put(&b, "revisions: ");
        put_list(&b, spec->revisions_count, spec->revisions);
        text_put_char(&b, '\n');
    }
    put_rules(&b, spec);
    if (spec->dimensions_count) text_put(&b, "dimensions:\n");
    for (unsigned i = 0; i < spec->dimensions_count; i++) {
        const spec_dimension *d = &spec->dimensions[i];
        text_put(&b, "  - name: ");
        put_quoted(&b, d->name);
        text_put(&b, "\n    total: ");
        put_quoted(&b, spec_total(d));
        if (d->overlapping) text_put(&b, "\n    overlapping: yes");
        text_put_char(&b, '\n');
        put_groups(&b, "groups", d->groups_count, d->groups);
        put_groups(&b, "merged", d->merged_count, d->merged);
        if (d->dropped_count) {
            text_put(&b, "    dropped: ");
            put_list(&b, d->dropped_count, d->dropped);
            text_put_char(&b, '\n');
        }
    }
    return text_builder_end(&b, out);
}

/* One declared group; marks its parts as taken. */
static status
add_group(protect_system *s, uint16_t d, const spec_dimension *dimension, const spec_group *g, bool taken[])
{
    SCRATCH(tmp);
    uint16_t parent, *child;
    const char *own = spec_merged(dimension, g->code);
    if (!own || strcmp(own, g->code) != 0) return ST_OK; /* the whole group was merged away */
    ALLOC(tmp, child, g->parts_count);
    CHECK(code_of(s, d, dimension, g->code, &parent));
    size_t n = 0;
    for (unsigned i = 0; i < g->parts_count; i++) {
        const char *code = spec_merged(dimension, g->parts[i]);
        if (!code) continue;
        CHECK(code_of(s, d, dimension, code, &child[n]));
        if (child[n] == 0 || child[n] == parent) FAIL(ST_CONFIG, "dimension %s, group %s: a group cannot be a part of itself or hold the total", dimension->name, g->code);
        taken[child[n]] = true;
        bool again = false; /* several parts merged into one */
        for (size_t k = 0; k < n && !again; k++) again = child[k] == child[n];
        n += !again;
    }
    return n ? system_partition_add(s, d, parent, !dimension->overlapping, n, child) : ST_OK;
}

static bool
is_group(const protect_system *s, uint16_t d, uint16_t code)
{
    for (size_t p = 0; p < s->partitions; p++)
        if (s->partition[p].dimension == d && s->partition[p].parent == code) return true;
    return false;
}

/* How often a code without parts is reached from the codes listed: more than once when groupings overlap. */
static void
count_leaves(const protect_system *s, uint16_t d, uint16_t code, int depth, int reached[])
{
    bool group = false;
    for (size_t p = 0; p < s->partitions && depth < 16; p++) {
        const system_partition *part = &s->partition[p];
        if (part->dimension != d || part->parent != code || group) continue;
        group = true; /* its first way of being divided is enough */
        for (size_t i = 0; i < part->n; i++) count_leaves(s, d, part->child[i], depth + 1, reached);
    }
    if (!group) reached[code]++;
}

/* The total: of the codes no group holds, or, where groupings cross, of the codes without parts. */
static status
add_total(protect_system *s, uint16_t d, const spec_dimension *dimension, const bool taken[])
{
    SCRATCH(tmp);
    size_t codes = s->dimension[d].n, n = 0;
    uint16_t *child;
    int *reached;
    bool crossing = false;
    ALLOC(tmp, child, codes);
    ALLOC(tmp, reached, codes);
    for (uint16_t c = 1; c < codes; c++)
        if (!taken[c]) count_leaves(s, d, c, 0, reached);
    for (uint16_t c = 1; c < codes; c++) crossing |= reached[c] > 1;
    for (uint16_t c = 1; c < codes; c++)
        if (crossing ? !is_group(s, d, c) : !taken[c]) child[n++] = c;
    if (n == 0 || is_group(s, d, 0)) return ST_OK;
    return system_partition_add(s, d, 0, !(dimension && dimension->overlapping), n, child);
}

status
spec_partitions(const protect_spec *spec, protect_system *s)
{
    for (uint16_t d = 0; d < s->dimensions; d++) {
        SCRATCH(tmp);
        const spec_dimension *dimension = spec_find(spec, s->dimension[d].name);
        bool *taken;
        ALLOC(tmp, taken, 4096);
        for (unsigned g = 0; dimension && g < dimension->groups_count; g++) CHECK(add_group(s, d, dimension, &dimension->groups[g], taken));
        CHECK(add_total(s, d, dimension, taken));
    }
    return ST_OK;
}
