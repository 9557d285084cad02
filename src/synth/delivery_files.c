#include "base/file.h"
#include "synth/delivery_internal.h"
#include "table/csv.h"
#include "table/spss.h"

static status
write_csv(const delivery *d, const synth_register *g, int reporter, const char *path)
{
    SCRATCH(tmp);
    text_builder file = text_builder_new(tmp), field = text_builder_new(tmp);
    const char delimiter = d->layout->delimiter[0], *end = d->layout->crlf ? "\r\n" : "\n";
    if (d->layout->bom) text_put(&file, "\xef\xbb\xbf");
    for (size_t c = 0; c < d->columns; c++) {
        if (c) text_put_char(&file, delimiter);
        csv_put_field(&file, text_of(d->column[c].name));
    }
    text_put(&file, end);
    for (size_t i = g->first[reporter]; i < g->first[reporter + 1]; i++) {
        for (size_t c = 0; c < d->columns; c++) {
            field.n = 0;
            synth_delivery_field(d, &g->row[i], i - g->first[reporter], c, &field);
            if (c) text_put_char(&file, delimiter);
            csv_put_field(&file, (text){field.bytes, field.n});
        }
        text_put(&file, end);
    }
    text content;
    CHECK(text_builder_end(&file, &content));
    if (field.failed) FAIL(ST_NO_MEMORY, "out of memory (%s)", path);
    return file_write(path, content);
}

/* Value labels of an SPSS column: item i is the number i. */
static status
number_labels(arena *out, const delivery *d, const delivery_rule *rule, const code_list **result)
{
    const layout_list *list = synth_layout_list(d->lists, rule->variable->list);
    int64_t most = 1;
    for (size_t i = 0; i < rule->words && rule->flag < 0; i++) {
        int64_t number = 0;
        if (!rule->word[i]) continue;
        if (!text_to_int(text_of(rule->word[i]), &number) || number < 0 || number > 100)
            FAIL(ST_CONFIG, "%s: variable %s: expected numbers from 0 to 100 in an SPSS file", d->layout->source, rule->variable->name);
        if (number > most) most = number;
    }
    code *item;
    code_list *codes;
    ALLOC(out, item, most + 1);
    ALLOC(out, codes, 1);
    for (int64_t k = 0; k <= most; k++) item[k] = (code){"", {"-", "-"}};
    item[0].label[LANGUAGE_NL] = rule->flag >= 0 ? "nee" : "Onbekend";
    if (rule->flag >= 0) item[1].label[LANGUAGE_NL] = "ja";
    for (size_t i = 0; i < rule->words && rule->flag < 0; i++) {
        int64_t number = 0;
        if (rule->word[i] && text_to_int(text_of(rule->word[i]), &number)) item[number].label[LANGUAGE_NL] = list->codes[i].nl;
    }
    *codes = (code_list){rule->variable->name, (size_t)most + 1, item};
    *result = codes;
    return ST_OK;
}

static status
sav_column(arena *out, const delivery *d, table *t, size_t c)
{
    const delivery_rule *rule = &d->column[c].rule[0];
    const code_list *codes = NULL;
    column_type type = COLUMN_TEXT;
    value_kind kind = rule->variable ? rule->variable->kind : VALUE_REFERENCE;
    if (kind == VALUE_DATE) type = COLUMN_DATE;
    if (kind == VALUE_COUNTRY) type = COLUMN_INT16;
    if (kind == VALUE_CODE || rule->flag >= 0) {
        type = COLUMN_INT8;
        CHECK(number_labels(out, d, rule, &codes));
    }
    return table_set_column(out, t, c, d->column[c].name, type, codes);
}

static status
fill_text(arena *out, const delivery *d, const synth_row row[], table *t, size_t c)
{
    SCRATCH(tmp);
    text_column *column;
    text_builder b = text_builder_new(tmp);
    CHECK(text_column_new(out, t->rows, &column));
    for (size_t i = 0; i < t->rows; i++) {
        b.n = 0;
        delivery_put_value(d, &d->column[c].rule[0], &row[i], &b);
        CHECK(text_column_put(column, i, (text){b.bytes, b.n}));
    }
    if (b.failed) FAIL(ST_NO_MEMORY, "out of memory (delivery)");
    return text_column_end(column, &t->column[c]);
}

static status
fill_numbers(const delivery *d, const synth_row row[], table *t, size_t c)
{
    SCRATCH(tmp);
    const delivery_rule *rule = &d->column[c].rule[0];
    text_builder b = text_builder_new(tmp);
    column *column = &t->column[c];
    for (size_t i = 0; i < t->rows; i++) {
        int64_t value = 0;
        if (column->type == COLUMN_DATE) {
            ((int32_t *)column->data)[i] = (int32_t)rule->variable->number(&row[i]);
            continue;
        }
        b.n = 0;
        delivery_put_value(d, rule, &row[i], &b);
        if (b.n && !text_to_int((text){b.bytes, b.n}, &value))
            FAIL(ST_CONFIG, "%s: column %s: expected numbers in an SPSS file", d->layout->source, column->name);
        if (column->type == COLUMN_INT8) ((int8_t *)column->data)[i] = (int8_t)value;
        else ((int16_t *)column->data)[i] = (int16_t)value;
    }
    if (b.failed) FAIL(ST_NO_MEMORY, "out of memory (delivery)");
    return ST_OK;
}

/* Numbers with value labels, 0 for unknown; dates; the rest as strings. */
static status
write_sav(const delivery *d, const synth_register *g, int reporter, const char *path)
{
    SCRATCH(tmp);
    table t;
    const synth_row *row = &g->row[g->first[reporter]];
    CHECK(table_new(tmp, d->layout->source, g->first[reporter + 1] - g->first[reporter], d->columns, &t));
    for (size_t c = 0; c < d->columns; c++) {
        if (d->column[c].rules > 1) FAIL(ST_CONFIG, "%s: column %s: an SPSS file has no parts", d->layout->source, d->column[c].name);
        CHECK(sav_column(tmp, d, &t, c));
        if (t.column[c].type == COLUMN_TEXT) CHECK(fill_text(tmp, d, row, &t, c));
        else CHECK(fill_numbers(d, row, &t, c));
    }
    return spss_write(path, &t, NULL);
}

static status
write_delivery(const synth_register *g, const layout_register *lists, int reporter, const char *sources, const char *folder)
{
    SCRATCH(tmp);
    const layout *l;
    delivery *d;
    char *yaml = arena_printf(tmp, "%s/%s.yaml", sources, synth_reporters[reporter]);
    if (!yaml) FAIL(ST_NO_MEMORY, "out of memory (delivery)");
    CHECK(synth_layout_read(tmp, yaml, &l));
    char *path = path_join(tmp, folder, l->file);
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (delivery)");
    CHECK(synth_delivery_new(tmp, l, lists, &d));
    return strcmp(l->format, "sav") == 0 ? write_sav(d, g, reporter, path) : write_csv(d, g, reporter, path);
}

static status
write_truth(const synth_register *g, const char *sources, const char *folder)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    text_put(&b, "delivery,row,person\n");
    for (int r = 0; r < SYNTH_REPORTERS; r++) {
        const layout *l;
        char *yaml = arena_printf(tmp, "%s/%s.yaml", sources, synth_reporters[r]);
        if (!yaml) FAIL(ST_NO_MEMORY, "out of memory (truth)");
        CHECK(synth_layout_read(tmp, yaml, &l));
        for (size_t i = g->first[r]; i < g->first[r + 1]; i++)
            text_printf(&b, "%s,%zu,%d\n", l->file, i - g->first[r] + 1, g->row[i].person + 1);
    }
    text content;
    CHECK(text_builder_end(&b, &content));
    char *path = path_join(tmp, folder, "truth.csv");
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (truth)");
    return file_write(path, content);
}

/* The codes this room draws by must stand where the register has them. */
static status
check_list(const layout_register *lists, const char *name, size_t n, const char *const code[])
{
    const layout_list *list = synth_layout_list(lists, name);
    bool same = list && list->codes_count == n;
    for (size_t i = 0; same && i < n; i++) same = strcmp(list->codes[i].code, code[i]) == 0;
    if (!same) FAIL(ST_CONFIG, "notifications.yaml: code list %s has other codes than the generator draws: change src/synth too", name);
    return ST_OK;
}

static status
check_lists(const layout_register *lists)
{
    static const char *const forms[] = {"sexual", "labour", "criminal", "organ_removal", "unknown"};
    static const char *const sexes[] = {"female", "male", "unknown"}, *const no_yes[] = {"no", "yes"};
    static const char *const precisions[] = {"day", "month", "year", "estimated", "unknown"};
    static const char *const consents[] = {"not_needed", "given", "guardian", "refused", "withdrawn"};
    static const char *const residences[] = {"none", "reflection", "temporary", "continued"};
    static const char *const criminal[SYNTH_SECTORS_CRIMINAL] = {"drugs", "theft", "fraud", "begging", "other"};
    static const char *const labour[SYNTH_SECTORS_LABOUR] = {"agriculture_forestry_fishing", "domestic_work", "hospitality",
        "manufacturing", "construction", "transport_storage", "trade", "other_services", "other"};
    CHECK(check_list(lists, "reporters", SYNTH_REPORTERS, synth_reporters));
    CHECK(check_list(lists, "units", SYNTH_UNITS, synth_units));
    CHECK(check_list(lists, "forms", 5, forms));
    CHECK(check_list(lists, "sexes", 3, sexes));
    CHECK(check_list(lists, "no_yes", 2, no_yes));
    CHECK(check_list(lists, "precisions", 5, precisions));
    CHECK(check_list(lists, "consents", 5, consents));
    CHECK(check_list(lists, "residences", 4, residences));
    CHECK(check_list(lists, "sectors_sexual", SYNTH_SECTORS_SEXUAL, synth_sectors_sexual));
    CHECK(check_list(lists, "sectors_labour", SYNTH_SECTORS_LABOUR, labour));
    return check_list(lists, "sectors_criminal", SYNTH_SECTORS_CRIMINAL, criminal);
}

status
synth_deliveries_write(const synth_register *g, const char *sources, const char *folder)
{
    SCRATCH(tmp);
    layout_register lists;
    CHECK(synth_layout_register_read(tmp, sources, &lists));
    CHECK(check_lists(&lists));
    CHECK(folder_make(folder));
    for (int r = 0; r < SYNTH_REPORTERS; r++) CHECK(write_delivery(g, &lists, r, sources, folder));
    return write_truth(g, sources, folder);
}
