#include "protect/spec.h"

#include "base/definition.h"

static const cyaml_schema_value_t one_text = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, CYAML_UNLIMITED)};

static const cyaml_schema_field_t group_fields[] = {
    DEFINITION_TEXT("code", spec_group, code),
    CYAML_FIELD_SEQUENCE("parts", CYAML_FLAG_POINTER, spec_group, parts, &one_text, 1, CYAML_UNLIMITED),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_group = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, spec_group, group_fields)};

static const cyaml_schema_field_t dimension_fields[] = {
    CYAML_FIELD_INT("merge", CYAML_FLAG_OPTIONAL, spec_dimension, merge),
    DEFINITION_LIST("merged", spec_dimension, merged, &one_group),
    DEFINITION_LIST("dropped", spec_dimension, dropped, &one_text),
    DEFINITION_TEXT("name", spec_dimension, name),
    DEFINITION_TEXT_OPTIONAL("total", spec_dimension, total),
    DEFINITION_FLAG("overlapping", spec_dimension, overlapping),
    DEFINITION_LIST("groups", spec_dimension, groups, &one_group),
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

static const cyaml_schema_field_t share_fields[] = {
    DEFINITION_TEXT("name", spec_share, name),
    DEFINITION_TEXT("file", spec_share, file),
    CYAML_FIELD_SEQUENCE("over", CYAML_FLAG_POINTER, spec_share, over, &one_text, 1, CYAML_UNLIMITED),
    CYAML_FIELD_INT("decimals", CYAML_FLAG_OPTIONAL, spec_share, decimals),
    CYAML_FIELD_INT("minimum", CYAML_FLAG_OPTIONAL, spec_share, minimum),
    DEFINITION_FLAG("exact", spec_share, exact),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_share = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, spec_share, share_fields)};

static const cyaml_schema_field_t statistic_fields[] = {
    DEFINITION_TEXT("name", spec_statistic, name),
    DEFINITION_TEXT("file", spec_statistic, file),
    DEFINITION_TEXT("rows", spec_statistic, rows),
    DEFINITION_TEXT("columns", spec_statistic, columns),
    DEFINITION_TEXT("kind", spec_statistic, kind),
    DEFINITION_LIST("row_codes", spec_statistic, row_codes, &one_text),
    DEFINITION_LIST("column_codes", spec_statistic, column_codes, &one_text),
    DEFINITION_LIST("where", spec_statistic, where, &one_text),
    CYAML_FIELD_INT("digits", CYAML_FLAG_OPTIONAL, spec_statistic, digits),
    DEFINITION_FLAG("exact", spec_statistic, exact),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_statistic = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, spec_statistic, statistic_fields)};

static const cyaml_schema_field_t revision_fields[] = {
    DEFINITION_TEXT("because", spec_revision, because),
    DEFINITION_LIST("where", spec_revision, where, &one_text),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_revision = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, spec_revision, revision_fields)};

static const cyaml_schema_field_t table_fields[] = {
    DEFINITION_TEXT("file", spec_table, file),
    DEFINITION_TEXT_OPTIONAL("population", spec_table, population),
    CYAML_FIELD_INT("minimum", CYAML_FLAG_OPTIONAL, spec_table, minimum),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_table = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, spec_table, table_fields)};

static const cyaml_schema_field_t spec_fields[] = {
    DEFINITION_LIST("amounts", protect_spec, amounts, &one_amount),
    DEFINITION_LIST("shares", protect_spec, shares, &one_share),
    DEFINITION_LIST("statistics", protect_spec, statistics, &one_statistic),
    CYAML_FIELD_INT("interval", CYAML_FLAG_OPTIONAL, protect_spec, interval),
    CYAML_FIELD_FLOAT("interval_percent", CYAML_FLAG_OPTIONAL, protect_spec, interval_percent),
    DEFINITION_LIST("tables", protect_spec, tables, &one_table),
    DEFINITION_LIST("dimensions", protect_spec, dimensions, &one_dimension),
    DEFINITION_LIST("revisions", protect_spec, revisions, &one_text),
    DEFINITION_LIST("revised", protect_spec, revised, &one_revision),
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
    return spec_check(path, spec);
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
    for (unsigned i = 0; i < spec->shares_count; i++)
        if (text_is(column, spec->shares[i].name)) return true;
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
