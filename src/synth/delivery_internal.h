/* What delivery.c (compiling and fields) and delivery_files.c (CSV and SPSS files) share. */
#ifndef PEIL_SYNTH_DELIVERY_INTERNAL_H
#define PEIL_SYNTH_DELIVERY_INTERNAL_H

#include "synth/delivery.h"

typedef enum value_kind { VALUE_DATE, VALUE_TEXT, VALUE_CODE, VALUE_SET, VALUE_COUNTRY, VALUE_REFERENCE } value_kind;

/* A variable of the register as notifications have it. */
typedef struct synth_variable {
    const char *name, *list; /* list: of its codes */
    value_kind kind;
    int64_t (*number)(const synth_row *); /* day, code (-1 none), set, country (-1 none) */
    const char *(*words)(const synth_row *);
} synth_variable;

/* A rule that fills (a part of) a column. */
typedef struct delivery_rule {
    const synth_variable *variable; /* NULL: the reporter's reference */
    const layout_column *from;
    const char *const *word; /* by code or country: what the reporter writes; NULL entries: cannot be written */
    size_t words;
    int flag; /* code of this flag column; -1: no flag */
    int reference; /* 1, 2, ..: which of the reference columns */
} delivery_rule;

typedef struct delivery_column {
    const char *name;
    delivery_rule *rule; /* one a part */
    size_t rules;
} delivery_column;

struct delivery {
    const layout *layout;
    const layout_register *lists;
    delivery_column *column;
    size_t columns;
    bool states_precision;
    size_t references;
};

/* The word for something unknown, "" when the layout has none; several are used in turn. */
const char *delivery_missing(const delivery *d, size_t index);

/* What the rule writes for the row, without regard to parts. */
void delivery_put_value(const delivery *d, const delivery_rule *rule, const synth_row *row, text_builder *b);

#endif
