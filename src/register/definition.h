/* What a register holds: variables, code lists, countries, roles, legal bases; read from sources/notifications.yaml and
 * the two files it names. The store, the intake and the codebook all go by this one description. */
#ifndef PEIL_REGISTER_DEFINITION_H
#define PEIL_REGISTER_DEFINITION_H

#include "table/table.h"

typedef enum variable_origin { ORIGIN_DELIVERY, ORIGIN_SOURCE, ORIGIN_STORE } variable_origin;
typedef enum variable_check { CHECKED_NOT, CHECKED_BSN, CHECKED_V_NUMBER } variable_check;
typedef enum disclosure_class { DISCLOSURE_DIRECT, DISCLOSURE_KEY, DISCLOSURE_SENSITIVE, DISCLOSURE_PLAIN } disclosure_class;

typedef struct variable {
    const char *name;
    const char *label[LANGUAGE_COUNT];
    column_type type;
    const code_list *codes; /* NULL: none */
    variable_origin origin;
    variable_check check;
    disclosure_class disclosure;
    uint32_t roles; /* bit i: role i of the definition may see single values */
    int empty;      /* code of a row that has none; -1: stays missing */
    bool required, identifying;
    const char *htcds, *ictip, *gap; /* NULL: none */
} variable;

/* A country beside its entry in the code list `countries` (same position). */
typedef struct country {
    const char *alpha3, *m49; /* m49 three digits; "" when it has none */
    int region;               /* position in `regions`: the sub-region; -1: none */
    int32_t eu_from, eu_until; /* first and last day as EU member state; DATE_MISSING: never, not ended */
} country;

typedef struct region {
    const char *m49;
    int parent; /* position in `regions`; -1: a continent */
} region;

/* A standard's value for each code of a list; NULL: none. */
typedef struct code_standard {
    const code_list *list;
    const char *const *htcds;
} code_standard;

typedef struct legal_basis_text {
    const char *reference;
    uint32_t reporters; /* bit i: reporter i reports on this basis */
} legal_basis_text;

typedef struct register_definition {
    const char *name, *path;
    const char *title[LANGUAGE_COUNT];
    size_t n;
    const variable *variable;
    size_t lists;
    const code_list *list; /* the lists of the definition, then "countries" */
    const code_standard *standard; /* [lists - 1] */
    code_list roles, regions, purposes, reasons;
    const country *country; /* [n of the list countries] */
    const region *region;
    const legal_basis_text *basis; /* by code of the list legal_bases */
} register_definition;

/* Errors  ST_NOT_FOUND, ST_IO, ST_CONFIG (names file, line or key, and how to mend it), ST_NO_MEMORY */
status register_definition_load(arena *out, const char *path, const register_definition **result);

/* Position of a variable, -1 when there is none. */
int register_variable(const register_definition *d, const char *name);

/* A code list by name, NULL when there is none. */
const code_list *register_codes(const register_definition *d, const char *name);

/* The countries as a table "countries" for rooms that may not include this one: code (position in the list, int16 with
 * codes), region and continent (int8 with codes; missing where a country has none), eu_from, eu_until (date). */
status register_countries(arena *out, const register_definition *d, table *result);

#endif
