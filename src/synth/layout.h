/* How a reporter's delivery looks, read from sources/REPORTER.yaml: the same file that intake reads it by. */
#ifndef PEIL_SYNTH_LAYOUT_H
#define PEIL_SYNTH_LAYOUT_H

#include "base/text.h"

typedef struct layout_map {
    const char *from, *to; /* the reporter's word, the register's code */
} layout_map;

typedef struct layout_flag {
    const char *column, *to;
} layout_flag;

typedef struct layout_partial {
    const char *date, *precision;
} layout_partial;

typedef struct layout_column {
    const char *variable, *column; /* variable NULL: the reporter's own reference */
    const char *date, *separator, *match, *yes, *no;
    int part; /* 1, 2, ..: the value is a part of the field; 0: all of it */
    layout_map *map;
    unsigned map_count;
    layout_flag *flags;
    unsigned flags_count;
    layout_partial *partial;
    unsigned partial_count;
    const char **also;
    unsigned also_count;
} layout_column;

typedef struct layout {
    const char *source, *file, *format, *delimiter;
    bool bom, crlf;
    const char **missing;
    unsigned missing_count;
    layout_column *columns;
    unsigned columns_count;
} layout;

/* Countries in the writings a layout may ask for. */
typedef struct layout_country {
    const char *code, *alpha3, *m49, *nl, *en;
} layout_country;

/* A register's code list with Dutch labels. */
typedef struct layout_code {
    const char *code, *nl;
} layout_code;

typedef struct layout_list {
    const char *name;
    layout_code *codes;
    unsigned codes_count;
} layout_list;

typedef struct layout_register {
    layout_country *country;
    unsigned countries;
    layout_list *list;
    unsigned lists;
} layout_register;

/* Errors  ST_NOT_FOUND, ST_IO, ST_CONFIG, ST_NO_MEMORY */
status synth_layout_read(arena *out, const char *path, const layout **result);
status synth_layout_register_read(arena *out, const char *folder, layout_register *result);

/* The list of that name; NULL when there is none. */
const layout_list *synth_layout_list(const layout_register *r, const char *name);

#endif
