/* How one reporter's delivery is laid out: sources/REPORTER.yaml, compiled into rules over its columns.
 *
 * A new reporter, or another layout, is another YAML file. docs/sources.md explains the keys. */
#ifndef PEIL_REGISTER_SOURCE_H
#define PEIL_REGISTER_SOURCE_H

#include "register/definition.h"
#include "register/legal.h"
#include "register/lookup.h"

typedef enum rule_kind {
    RULE_TEXT,
    RULE_NUMBER,
    RULE_DATE,
    RULE_CODE,  /* one code */
    RULE_CODES, /* several codes in one column, with a separator */
    RULE_FLAGS  /* one column a code */
} rule_kind;

typedef struct date_form {
    const char *format; /* as date_parse reads it */
    int precision;      /* position in the list precisions */
} date_form;

typedef struct source_flag {
    size_t column; /* position in the source's columns */
    int code;
} source_flag;

typedef struct source_rule {
    rule_kind kind;
    size_t variable; /* position in the definition */
    size_t n_also;
    const size_t *also; /* variables that get the same value */
    size_t column;      /* position in the source's columns; flags: of the first */
    const char *separator; /* NULL: the whole field */
    int part;              /* 1, 2, ..: which part a single value is; 0: the whole field */
    bool last_part;        /* no rule reads a later part of the column */
    size_t forms;
    const date_form *form; /* the first is to the day */
    const lookup *codes;
    size_t flags;
    const source_flag *flag;
    const char *yes, *no;
    const char *expected; /* "a date as DD-MM-YYYY that exists", "one of M, V, X" */
} source_rule;

typedef struct register_source {
    const char *name, *path;
    const char *title[LANGUAGE_COUNT];
    const register_definition *definition;
    int reporter; /* position in the list reporters */
    legal_basis basis;
    const char *file; /* usual name of the delivery */
    bool sav;         /* SPSS; else CSV */
    char delimiter;
    bool bom, crlf; /* as the reporter writes it; both are read either way */
    size_t missings;
    const char *const *missing; /* words that mean: nothing known */
    size_t columns;
    const char *const *column; /* headers, each once, in the order of the file */
    size_t rows;
    const size_t *row; /* columns that tell one row of the reporter from another */
    size_t rules;
    const source_rule *rule;
    bool precision_stated; /* born_precision has a rule of its own */
} register_source;

/* Load a source and, when `definition` is NULL, the register it names.
 * Errors  ST_NOT_FOUND, ST_IO, ST_CONFIG (names file, column or key, and how to mend it), ST_NO_MEMORY */
status register_source_load(arena *out, const char *path, const register_definition *definition, const register_source **result);

/* The same from bytes, for tests; `name` is what messages call the file. */
status register_source_load_bytes(arena *out, const char *name, text bytes, const register_definition *definition,
                                  const register_source **result);

#endif
