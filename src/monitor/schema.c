#include "monitor/schema.h"

#include "monitor/definition.h"

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define MANY DEFINITION_LIST
#define WORDS(key, structure, member) CYAML_FIELD_MAPPING(key, CYAML_FLAG_OPTIONAL, structure, member, words)
#define NUMBER(key, structure, member) CYAML_FIELD_INT(key, CYAML_FLAG_OPTIONAL, structure, member)
#define NL(structure, member) DEFINITION_TEXT_OPTIONAL("nl", structure, member.in[LANGUAGE_NL])
#define EN(structure, member) DEFINITION_TEXT_OPTIONAL("en", structure, member.in[LANGUAGE_EN])

static const cyaml_schema_value_t one_text = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, CYAML_UNLIMITED)};

static const cyaml_schema_field_t words[] = {
    DEFINITION_TEXT("nl", monitor_words, in[LANGUAGE_NL]),
    DEFINITION_TEXT("en", monitor_words, in[LANGUAGE_EN]),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t condition_fields[] = {
    DEFINITION_TEXT("variable", monitor_condition, variable),
    MANY("any", monitor_condition, any, &one_text),
    MANY("none", monitor_condition, none, &one_text),
    MANY("only", monitor_condition, only, &one_text),
    DEFINITION_TEXT_OPTIONAL("from", monitor_condition, from),
    DEFINITION_TEXT_OPTIONAL("to", monitor_condition, to),
    DEFINITION_FLAG("known", monitor_condition, known),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_condition = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_condition, condition_fields)};

static const cyaml_schema_field_t item_fields[] = {
    DEFINITION_TEXT("code", monitor_item, code),
    NL(monitor_item, label),
    EN(monitor_item, label),
    MANY("codes", monitor_item, codes, &one_text),
    MANY("regions", monitor_item, regions, &one_text),
    MANY("countries", monitor_item, countries, &one_text),
    DEFINITION_FLAG("eu", monitor_item, eu),
    DEFINITION_TEXT_OPTIONAL("from", monitor_item, from),
    DEFINITION_TEXT_OPTIONAL("to", monitor_item, to),
    MANY("where", monitor_item, where, &one_condition),
    MANY("without", monitor_item, without, &one_text),
    DEFINITION_TEXT_OPTIONAL("part_of", monitor_item, part_of),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_item = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_item, item_fields)};

static const cyaml_schema_field_t delivery_fields[] = {
    DEFINITION_TEXT("source", monitor_delivery, source),
    DEFINITION_TEXT("file", monitor_delivery, file),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_delivery = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_delivery, delivery_fields)};

static const cyaml_schema_field_t table_fields[] = {
    DEFINITION_TEXT("name", monitor_table, name),
    DEFINITION_TEXT("file", monitor_table, file),
    DEFINITION_FLAG("published", monitor_table, published),
    WORDS("source", monitor_table, source),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_table = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_table, table_fields)};

static const cyaml_schema_field_t variable_fields[] = {
    DEFINITION_TEXT("variable", monitor_variable, variable),
    DEFINITION_TEXT("kind", monitor_variable, kind),
    MANY("of", monitor_variable, of, &one_text),
    DEFINITION_TEXT_OPTIONAL("at", monitor_variable, at),
    DEFINITION_TEXT_OPTIONAL("precision", monitor_variable, precision),
    DEFINITION_TEXT_OPTIONAL("by", monitor_variable, by),
    DEFINITION_TEXT_OPTIONAL("code", monitor_variable, code),
    DEFINITION_TEXT_OPTIONAL("otherwise", monitor_variable, otherwise),
    MANY("weak", monitor_variable, weak, &one_text),
    MANY("order", monitor_variable, order, &one_text),
    MANY("codes", monitor_variable, codes, &one_text),
    MANY("items", monitor_variable, items, &one_item),
    NUMBER("from", monitor_variable, from),
    NUMBER("to", monitor_variable, to),
    DEFINITION_FLAG("transient", monitor_variable, transient),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_variable = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_variable, variable_fields)};

static const cyaml_schema_field_t exclusion_fields[] = {
    DEFINITION_TEXT("name", monitor_exclusion, name),
    CYAML_FIELD_MAPPING("title", CYAML_FLAG_DEFAULT, monitor_exclusion, title, words),
    CYAML_FIELD_SEQUENCE("where", CYAML_FLAG_POINTER, monitor_exclusion, where, &one_condition, 1, CYAML_UNLIMITED),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_exclusion = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_exclusion, exclusion_fields)};

static const cyaml_schema_field_t registers_fields[] = {
    DEFINITION_TEXT("source", monitor_registers, source),
    DEFINITION_TEXT("folder", monitor_registers, folder),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t window_fields[] = {
    DEFINITION_TEXT("variable", monitor_window, variable),
    DEFINITION_TEXT("table", monitor_window, table),
    DEFINITION_TEXT("day", monitor_window, day),
    DEFINITION_TEXT_OPTIONAL("types", monitor_window, types),
    DEFINITION_TEXT_OPTIONAL("same", monitor_window, same),
    DEFINITION_TEXT_OPTIONAL("eligibility", monitor_window, eligibility),
    CYAML_FIELD_INT("years", CYAML_FLAG_DEFAULT, monitor_window, years),
    NUMBER("same_case", monitor_window, same_case),
    NUMBER("lag", monitor_window, lag),
    MANY("where", monitor_window, where, &one_condition),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_window = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_window, window_fields)};

static const cyaml_schema_field_t help_fields[] = {
    DEFINITION_TEXT("variable", monitor_help, variable),
    DEFINITION_TEXT("table", monitor_help, table),
    DEFINITION_TEXT("start", monitor_help, start),
    DEFINITION_TEXT("after", monitor_help, after),
    CYAML_FIELD_INT("days", CYAML_FLAG_DEFAULT, monitor_help, days),
    NUMBER("moves", monitor_help, moves),
    MANY("where", monitor_help, where, &one_condition),
    MANY("collect", monitor_help, collect, &one_text),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_help = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_help, help_fields)};

static const cyaml_schema_field_t cost_fields[] = {
    DEFINITION_TEXT("variable", monitor_cost, variable),
    DEFINITION_TEXT("table", monitor_cost, table),
    DEFINITION_TEXT("year", monitor_cost, year),
    DEFINITION_TEXT("value", monitor_cost, value),
    DEFINITION_TEXT("after", monitor_cost, after),
    CYAML_FIELD_INT("from", CYAML_FLAG_DEFAULT, monitor_cost, from),
    CYAML_FIELD_INT("until", CYAML_FLAG_DEFAULT, monitor_cost, until),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_cost = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_cost, cost_fields)};

static const cyaml_schema_field_t order_fields[] = {
    DEFINITION_TEXT("variable", monitor_order, variable),
    DEFINITION_TEXT("table", monitor_order, table),
    DEFINITION_TEXT("day", monitor_order, day),
    MANY("where", monitor_order, where, &one_condition),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_order = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_order, order_fields)};

static const cyaml_schema_field_t place_fields[] = {
    DEFINITION_TEXT("table", monitor_place, table),
    DEFINITION_TEXT("start", monitor_place, start),
    DEFINITION_TEXT_OPTIONAL("variable", monitor_place, variable),
    MANY("where", monitor_place, where, &one_condition),
    MANY("items", monitor_place, items, &one_item),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_place = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_place, place_fields)};

static const cyaml_schema_field_t controls_fields[] = {
    DEFINITION_TEXT("variable", monitor_controls, variable),
    DEFINITION_TEXT("table", monitor_controls, table),
    DEFINITION_TEXT_OPTIONAL("left", monitor_controls, left),
    DEFINITION_TEXT_OPTIONAL("on", monitor_controls, on),
    CYAML_FIELD_SEQUENCE("match", CYAML_FLAG_POINTER, monitor_controls, match, &one_text, 1, 4),
    MANY("where", monitor_controls, where, &one_condition),
    CYAML_FIELD_SEQUENCE("items", CYAML_FLAG_POINTER, monitor_controls, items, &one_item, 2, 2),
    CYAML_FIELD_INT("per_case", CYAML_FLAG_DEFAULT, monitor_controls, per_case),
    NUMBER("seed", monitor_controls, seed),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t population_fields[] = {
    DEFINITION_TEXT("name", monitor_population, name),
    DEFINITION_TEXT_OPTIONAL("kind", monitor_population, kind),
    DEFINITION_TEXT_OPTIONAL("table", monitor_population, table),
    DEFINITION_TEXT_OPTIONAL("of", monitor_population, of),
    DEFINITION_TEXT_OPTIONAL("day", monitor_population, day),
    DEFINITION_TEXT_OPTIONAL("from", monitor_population, from),
    DEFINITION_TEXT_OPTIONAL("until", monitor_population, until),
    DEFINITION_TEXT_OPTIONAL("data_end", monitor_population, data_end),
    DEFINITION_TEXT_OPTIONAL("people", monitor_population, people),
    DEFINITION_TEXT_OPTIONAL("left", monitor_population, left),
    DEFINITION_TEXT_OPTIONAL("window", monitor_population, window),
    CYAML_FIELD_MAPPING("title", CYAML_FLAG_DEFAULT, monitor_population, title, words),
    MANY("where", monitor_population, where, &one_condition),
    MANY("windows", monitor_population, windows, &one_window),
    MANY("help", monitor_population, help, &one_help),
    MANY("costs", monitor_population, costs, &one_cost),
    MANY("orders", monitor_population, orders, &one_order),
    MANY("places", monitor_population, places, &one_place),
    DEFINITION_TEXT_OPTIONAL("after", monitor_population, after),
    NUMBER("days", monitor_population, days),
    NUMBER("soon", monitor_population, soon),
    DEFINITION_FLAG("same_day", monitor_population, same_day),
    CYAML_FIELD_MAPPING_PTR("controls", OPTIONAL, monitor_population, controls, controls_fields),
    MANY("derived", monitor_population, derived, &one_variable),
    MANY("exclusions", monitor_population, exclusions, &one_exclusion),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_population = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_population, population_fields)};

static const cyaml_schema_field_t part_fields[] = {
    DEFINITION_TEXT("code", monitor_part, code),
    NL(monitor_part, label),
    EN(monitor_part, label),
    DEFINITION_TEXT("population", monitor_part, population),
    DEFINITION_TEXT_OPTIONAL("variable", monitor_part, variable),
    DEFINITION_TEXT_OPTIONAL("value", monitor_part, value),
    MANY("where", monitor_part, where, &one_condition),
    MANY("keep", monitor_part, keep, &one_text),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_part = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_part, part_fields)};

static const cyaml_schema_field_t test_fields[] = {
    DEFINITION_TEXT("of", monitor_test, of),
    DEFINITION_TEXT_OPTIONAL("dimension", monitor_test, dimension),
    DEFINITION_TEXT_OPTIONAL("rows", monitor_test, rows),
    DEFINITION_TEXT_OPTIONAL("matched", monitor_test, matched),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_test = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_test, test_fields)};

static const cyaml_schema_field_t block_fields[] = {
    DEFINITION_TEXT_OPTIONAL("variable", monitor_block, variable),
    DEFINITION_TEXT_OPTIONAL("name", monitor_block, name),
    MANY("codes", monitor_block, codes, &one_text),
    MANY("items", monitor_block, items, &one_item),
    CYAML_FIELD_MAPPING_PTR("missing", OPTIONAL, monitor_block, missing, item_fields),
    DEFINITION_TEXT_OPTIONAL("total", monitor_block, total),
    DEFINITION_FLAG("everybody", monitor_block, everybody),
    DEFINITION_TEXT_OPTIONAL("code", monitor_block, code),
    NL(monitor_block, label),
    EN(monitor_block, label),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_block = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_block, block_fields)};

static const cyaml_schema_field_t axis_fields[] = {
    WORDS("title", monitor_axis, title),
    CYAML_FIELD_SEQUENCE("blocks", OPTIONAL, monitor_axis, blocks, &one_block, 1, 100),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t remark_fields[] = {
    DEFINITION_TEXT("at", monitor_remark, at),
    NL(monitor_remark, text),
    EN(monitor_remark, text),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_remark = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_remark, remark_fields)};

static const cyaml_schema_field_t chart_fields[] = {
    DEFINITION_TEXT("kind", monitor_chart, kind),
    DEFINITION_TEXT_OPTIONAL("dimension", monitor_chart, dimension),
    DEFINITION_TEXT_OPTIONAL("column", monitor_chart, column),
    DEFINITION_TEXT_OPTIONAL("row", monitor_chart, row),
    WORDS("title", monitor_chart, title),
    MANY("remarks", monitor_chart, remarks, &one_remark),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_chart = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_chart, chart_fields)};

static const cyaml_schema_field_t protection_fields[] = {
    DEFINITION_TEXT_OPTIONAL("mode", monitor_protection, mode),
    NUMBER("base", monitor_protection, base),
    NUMBER("minimum", monitor_protection, minimum),
    NUMBER("minimum_share", monitor_protection, minimum_share),
    NUMBER("minimum_mean", monitor_protection, minimum_mean),
    NUMBER("share_decimals", monitor_protection, share_decimals),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t figure_fields[] = {
    DEFINITION_TEXT("figure", monitor_figure, figure),
    DEFINITION_TEXT_OPTIONAL("number", monitor_figure, number),
    DEFINITION_TEXT_OPTIONAL("kind", monitor_figure, kind),
    DEFINITION_TEXT_OPTIONAL("population", monitor_figure, population),
    DEFINITION_TEXT_OPTIONAL("table", monitor_figure, table),
    DEFINITION_TEXT_OPTIONAL("from", monitor_figure, from),
    CYAML_FIELD_MAPPING("title", CYAML_FLAG_DEFAULT, monitor_figure, title, words),
    WORDS("note", monitor_figure, note),
    WORDS("unit", monitor_figure, unit),
    MANY("where", monitor_figure, where, &one_condition),
    MANY("keep", monitor_figure, keep, &one_text),
    CYAML_FIELD_MAPPING("rows", CYAML_FLAG_DEFAULT, monitor_figure, rows, axis_fields),
    CYAML_FIELD_MAPPING("columns", CYAML_FLAG_DEFAULT, monitor_figure, columns, axis_fields),
    DEFINITION_TEXT_OPTIONAL("measure", monitor_figure, measure),
    DEFINITION_TEXT_OPTIONAL("value", monitor_figure, value),
    DEFINITION_TEXT_OPTIONAL("within", monitor_figure, within),
    DEFINITION_FLAG("everybody", monitor_figure, everybody),
    MANY("parts", monitor_figure, parts, &one_part),
    MANY("tests", monitor_figure, tests, &one_test),
    MANY("charts", monitor_figure, charts, &one_chart),
    CYAML_FIELD_MAPPING_PTR("protection", OPTIONAL, monitor_figure, protection, protection_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_figure = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_figure, figure_fields)};

static const cyaml_schema_field_t piece_fields[] = {
    CYAML_FIELD_MAPPING_PTR("heading", OPTIONAL, monitor_piece, heading, words),
    CYAML_FIELD_MAPPING_PTR("text", OPTIONAL, monitor_piece, text, words),
    DEFINITION_TEXT_OPTIONAL("figure", monitor_piece, figure),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_piece = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_piece, piece_fields)};

static const cyaml_schema_field_t chapter_fields[] = {
    DEFINITION_TEXT("id", monitor_chapter, id),
    CYAML_FIELD_MAPPING("title", CYAML_FLAG_DEFAULT, monitor_chapter, title, words),
    WORDS("lead", monitor_chapter, lead),
    MANY("pieces", monitor_chapter, pieces, &one_piece),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_chapter = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_chapter, chapter_fields)};

static const cyaml_schema_field_t key_fields[] = {
    DEFINITION_TEXT("figure", monitor_key, figure),
    DEFINITION_TEXT("row", monitor_key, row),
    DEFINITION_TEXT("column", monitor_key, column),
    DEFINITION_TEXT_OPTIONAL("trend", monitor_key, trend),
    CYAML_FIELD_MAPPING("label", CYAML_FLAG_DEFAULT, monitor_key, label, words),
    WORDS("note", monitor_key, note),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_key = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, monitor_key, key_fields)};

static const cyaml_schema_field_t front_fields[] = {
    DEFINITION_TEXT("figure", monitor_front, figure),
    CYAML_FIELD_MAPPING("chart", CYAML_FLAG_DEFAULT, monitor_front, chart, chart_fields),
    WORDS("title", monitor_front, title),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t monitor_fields[] = {
    DEFINITION_TEXT("monitor", monitor_definition, monitor),
    CYAML_FIELD_MAPPING("name", CYAML_FLAG_DEFAULT, monitor_definition, name, words),
    CYAML_FIELD_MAPPING("title", CYAML_FLAG_DEFAULT, monitor_definition, title, words),
    WORDS("subtitle", monitor_definition, subtitle),
    WORDS("lead", monitor_definition, lead),
    WORDS("publisher", monitor_definition, publisher),
    WORDS("notice", monitor_definition, notice),
    WORDS("period", monitor_definition, period_label),
    WORDS("protected_how", monitor_definition, protected_how),
    DEFINITION_TEXT("from", monitor_definition, from),
    DEFINITION_TEXT("until", monitor_definition, until),
    DEFINITION_TEXT_OPTIONAL("date", monitor_definition, date),
    DEFINITION_TEXT_OPTIONAL("register", monitor_definition, reg_file),
    MANY("deliveries", monitor_definition, deliveries, &one_delivery),
    CYAML_FIELD_MAPPING_PTR("registers", OPTIONAL, monitor_definition, registers, registers_fields),
    MANY("populations", monitor_definition, populations, &one_population),
    MANY("tables", monitor_definition, tables, &one_table),
    MANY("persons", monitor_definition, persons, &one_variable),
    MANY("derived", monitor_definition, derived, &one_variable),
    MANY("exclusions", monitor_definition, exclusions, &one_exclusion),
    CYAML_FIELD_SEQUENCE("figures", CYAML_FLAG_POINTER, monitor_definition, figures, &one_figure, 1, 1000),
    MANY("chapters", monitor_definition, chapters, &one_chapter),
    MANY("keys", monitor_definition, keys, &one_key),
    CYAML_FIELD_MAPPING_PTR("front", OPTIONAL, monitor_definition, front, front_fields),
    CYAML_FIELD_MAPPING_PTR("protection", OPTIONAL, monitor_definition, protection, protection_fields),
    DEFINITION_FLAG("appendix", monitor_definition, appendix),
    DEFINITION_TEXT_OPTIONAL("adjust", monitor_definition, adjust),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t monitor_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, monitor_definition, monitor_fields)};
