/* A small register for tests: columns as a run has them, and a monitor over it. */
#ifndef PEIL_TESTS_MONITOR_SMALL_H
#define PEIL_TESTS_MONITOR_SMALL_H

#include "testing.h"

#include "base/date.h"
#include "base/rng.h"
#include "monitor/derive.h"
#include "monitor/figure.h"

static const code small_form[] = {{"sexual", {"seksueel", "sexual"}}, {"labour", {"arbeid", "labour"}},
                                  {"criminal", {"crimineel", "criminal"}}, {"unknown", {"onbekend", "unknown"}}};
static const code small_reporter[] = {{"police", {"politie", "police"}}, {"kmar", {"KMar", "KMar"}}, {"fairwork", {"FairWork", "FairWork"}}};
static const code small_sex[] = {{"female", {"vrouw", "female"}}, {"male", {"man", "male"}}, {"unknown", {"onbekend", "unknown"}}};
static const code small_country[] = {{"NL", {"Nederland", "Netherlands"}}, {"GB", {"VK", "UK"}}, {"NA", {"Namibië", "Namibia"}},
                                     {"PL", {"Polen", "Poland"}}};
static const code small_precision[] = {{"day", {"dag", "day"}}, {"year", {"jaar", "year"}}, {"unknown", {"onbekend", "unknown"}}};
static const code_list small_forms = {"forms", 4, small_form}, small_reporters = {"reporters", 3, small_reporter},
                       small_sexes = {"sexes", 3, small_sex}, small_countries = {"countries", 4, small_country},
                       small_precisions = {"precisions", 3, small_precision};

typedef struct small_row {
    int32_t person;
    const char *received; /* NULL: missing */
    uint32_t forms;
    int reporter, sex, nationality; /* -1: missing */
    const char *born;
    int precision;
} small_row;

static inline int32_t
small_day(const char *day)
{
    int32_t out = DATE_MISSING;
    if (day && !date_parse(text_of(day), "%Y-%m-%d", &out)) fail_msg("bad day %s", day);
    return out;
}

static inline table
small_table(arena *a, size_t n, const small_row rows[], int32_t **person)
{
    table t;
    const struct {
        const char *name;
        column_type type;
        const code_list *codes;
    } columns[] = {{"received", COLUMN_DATE, NULL}, {"forms", COLUMN_SET, &small_forms}, {"reporter", COLUMN_INT8, &small_reporters},
                   {"sex", COLUMN_INT8, &small_sexes}, {"nationality", COLUMN_INT16, &small_countries},
                   {"born", COLUMN_DATE, NULL}, {"born_precision", COLUMN_INT8, &small_precisions}};
    ASSERT_OK(table_new(a, "notifications", n, 7, &t));
    for (size_t i = 0; i < 7; i++) ASSERT_OK(table_set_column(a, &t, i, columns[i].name, columns[i].type, columns[i].codes));
    *person = arena_alloc(a, n, sizeof **person);
    for (size_t i = 0; i < n; i++) {
        const small_row *r = &rows[i];
        (*person)[i] = r->person;
        ((int32_t *)t.column[0].data)[i] = small_day(r->received);
        ((uint32_t *)t.column[1].data)[i] = r->forms;
        ((int8_t *)t.column[2].data)[i] = r->reporter < 0 ? INT8_MIN : (int8_t)r->reporter;
        ((int8_t *)t.column[3].data)[i] = r->sex < 0 ? INT8_MIN : (int8_t)r->sex;
        ((int16_t *)t.column[4].data)[i] = r->nationality < 0 ? INT16_MIN : (int16_t)r->nationality;
        ((int32_t *)t.column[5].data)[i] = small_day(r->born);
        ((int8_t *)t.column[6].data)[i] = r->precision < 0 ? INT8_MIN : (int8_t)r->precision;
    }
    return t;
}

#define SMALL_HEAD                                                                                     \
    "monitor: small\nname: {nl: n, en: n}\ntitle: {nl: t, en: t}\nfrom: 2019-01-01\nuntil: 2020-12-31\n"  \
    "persons:\n"                                                                                       \
    "  - {variable: received, kind: earliest, of: [received]}\n"                                       \
    "  - {variable: forms, kind: union, of: [forms], weak: [unknown]}\n"                               \
    "  - {variable: reporters, kind: collect, of: [reporter]}\n"                                       \
    "  - {variable: sex, kind: first, of: [sex], weak: [unknown]}\n"                                   \
    "  - {variable: nationality, kind: first, of: [nationality]}\n"                                    \
    "  - {variable: born, kind: best, of: [born], by: born_precision, transient: true}\n"              \
    "  - {variable: born_precision, kind: best, of: [born_precision], by: born_precision}\n"
#define SMALL_DERIVED                                                                                  \
    "derived:\n"                                                                                       \
    "  - {variable: year, kind: year, of: [received]}\n"                                               \
    "  - {variable: domestic, kind: member, of: [nationality], codes: [NL]}\n"                         \
    "  - {variable: form, kind: split, of: [forms], code: sexual, by: domestic, items: [{code: domestic_sexual, codes: [\"yes\"]}, " \
    "{code: cross_border_sexual, codes: [\"no\"]}]}\n"                                                 \
    "  - {variable: main_form, kind: hierarchy, of: [form], order: [domestic_sexual, cross_border_sexual, labour], otherwise: unknown}\n" \
    "  - {variable: age, kind: age, of: [born], at: received, precision: born_precision}\n"            \
    "  - {variable: age_group, kind: groups, of: [age], items: [{code: minor, to: 17}, {code: adult, from: 18}]}\n"
#define SMALL_EXCLUSIONS                                                                               \
    "exclusions:\n"                                                                                    \
    "  - {name: kmar_only_sexual, title: {nl: k, en: k}, where: [{variable: forms, any: [sexual]}, {variable: reporters, only: [kmar]}]}\n"
#define SMALL_FIGURES                                                                                  \
    "figures:\n"                                                                                       \
    "  - {figure: \"1\", population: victim_year, title: {nl: f, en: f}, rows: {blocks: [{variable: form}]}, columns: {blocks: "       \
    "[{variable: year}, {total: year, code: all}]}}\n"
#define SMALL_MONITOR SMALL_HEAD SMALL_DERIVED SMALL_EXCLUSIONS SMALL_FIGURES

#endif
