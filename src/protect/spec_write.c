#include "protect/spec.h"

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

static void
put_key_list(text_builder *b, const char *key, unsigned n, char *const list[])
{
    if (n == 0) return;
    text_printf(b, ", %s: ", key);
    put_list(b, n, list);
}

static void
put_key(text_builder *b, const char *key, const char *value)
{
    text_printf(b, "%s: ", key);
    put_quoted(b, value);
}

static void
put_printed(text_builder *b, const protect_spec *spec)
{
    if (spec->shares_count) text_put(b, "shares:\n");
    for (unsigned i = 0; i < spec->shares_count; i++) {
        const spec_share *s = &spec->shares[i];
        put_key(b, "  - {name", s->name);
        put_key(b, ", file", s->file);
        put_key_list(b, "over", s->over_count, s->over);
        text_printf(b, ", decimals: %d, minimum: %d, exact: %s}\n", s->decimals, s->minimum, s->exact ? "yes" : "no");
    }
    if (spec->statistics_count) text_put(b, "statistics:\n");
    for (unsigned i = 0; i < spec->statistics_count; i++) {
        const spec_statistic *s = &spec->statistics[i];
        put_key(b, "  - {name", s->name);
        put_key(b, ", file", s->file);
        put_key(b, ", rows", s->rows);
        put_key(b, ", columns", s->columns);
        put_key(b, ", kind", s->kind);
        put_key_list(b, "row_codes", s->row_codes_count, s->row_codes);
        put_key_list(b, "column_codes", s->column_codes_count, s->column_codes);
        put_key_list(b, "where", s->where_count, s->where);
        text_printf(b, ", digits: %d, exact: %s}\n", s->digits, s->exact ? "yes" : "no");
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
    if (spec->interval) text_printf(&b, "interval: %d\n", spec->interval);
    if (spec->interval_percent > 0) text_printf(&b, "interval_percent: %g\n", spec->interval_percent);
    if (spec->revised_count) text_put(&b, "revised:\n");
    for (unsigned i = 0; i < spec->revised_count; i++) {
        put_key(&b, "  - {because", spec->revised[i].because);
        put_key_list(&b, "where", spec->revised[i].where_count, spec->revised[i].where);
        text_put(&b, "}\n");
    }
    put_rules(&b, spec);
    put_printed(&b, spec);
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
