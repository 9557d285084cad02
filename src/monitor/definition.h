/* A monitor as data: what is delivered, what is derived, who is left out, which figures are made and how they are shown.
 *
 * monitors/NAME/monitor.yaml, read by libcyaml; docs/monitor-definition.md explains every key. Paths in it are relative to
 * its folder. Reading checks the words alone; whether columns and codes exist is checked by a run over tables without
 * rows (monitor_check), before any delivery is opened. */
#ifndef PEIL_MONITOR_DEFINITION_H
#define PEIL_MONITOR_DEFINITION_H

#include "base/hash.h"
#include "base/words.h"

/* libcyaml counts lists in a member NAME_count. */
#define LIST(type, name) \
    type *name;          \
    uint32_t name##_count

typedef struct monitor_words {
    const char *in[LANGUAGE_COUNT];
} monitor_words;

/* A code and what falls in it: which of these keys mean something depends on where it stands. */
typedef struct monitor_condition {
    const char *variable;
    LIST(const char *, any);
    LIST(const char *, none);
    LIST(const char *, only);
    const char *from, *to; /* numbers or dates, both ends in */
    bool known;
} monitor_condition;

typedef struct monitor_item {
    const char *code;
    monitor_words label;
    LIST(const char *, codes);     /* codes of the variable that fall in it */
    LIST(const char *, regions);   /* M49 regions */
    LIST(const char *, countries); /* ISO 3166-1 alpha-2 */
    bool eu;                       /* member states on the day */
    const char *from, *to;         /* numbers, both ends in */
    LIST(monitor_condition, where);
    LIST(const char *, without);   /* exclusions that apply to this item alone */
    const char *part_of;           /* code of the item it is a part of */
} monitor_item;

/* A delivery: a file laid out as a source says. */
typedef struct monitor_delivery {
    const char *source, *file;
} monitor_delivery;

/* A frequency table: counts somebody else made, as CSV figure,row,column,value. */
typedef struct monitor_table {
    const char *name, *file;
    bool published; /* public already: passed through and marked so */
    monitor_words source;
} monitor_table;

/* A variable of a person made of those of her notifications, or one derived from other variables. */
typedef struct monitor_variable {
    const char *variable, *kind;
    LIST(const char *, of);
    const char *at, *precision, *by, *code, *otherwise;
    LIST(const char *, weak);
    LIST(const char *, order);
    LIST(const char *, codes);
    LIST(monitor_item, items);
    int from, to;
    bool transient; /* needed to derive, not kept */
} monitor_variable;

typedef struct monitor_exclusion {
    const char *name;
    monitor_words title;
    LIST(monitor_condition, where);
} monitor_exclusion;

/* The folder of registers and what it holds. */
typedef struct monitor_registers {
    const char *source, *folder; /* sources/registers.yaml; a folder within the deliveries */
} monitor_registers;

/* Again within so many years: events of a register after the index day. */
typedef struct monitor_window {
    const char *variable, *table, *day, *types, *same, *eligibility; /* same: a column whose equal values are one case */
    int years, same_case, lag;
    LIST(monitor_condition, where);
} monitor_window;

/* Help that begins within so many days after a day of the person. */
typedef struct monitor_help {
    const char *variable, *table, *start, *after;
    int days, moves; /* moves: days after the first start in which further starts are moves; 0: not counted */
    LIST(monitor_condition, where);
    LIST(const char *, collect);
} monitor_help;

/* Mean yearly amount in the year of a day and the year after. */
typedef struct monitor_cost {
    const char *variable, *table, *year, *value, *after;
    int from, until; /* years the register covers */
} monitor_cost;

/* Before or after the index day: the first row in another register. */
typedef struct monitor_order {
    const char *variable, *table, *day;
    LIST(monitor_condition, where);
} monitor_order;

/* A register whose rows are places or statuses a person passes through. */
typedef struct monitor_place {
    const char *table, *start, *variable; /* variable: its codes are the places; NULL: the one item is */
    LIST(monitor_condition, where);
    LIST(monitor_item, items);            /* brought together, as of a block */
} monitor_place;

typedef struct monitor_controls {
    const char *variable, *table, *left, *on; /* on: controls had not left by this day */
    LIST(const char *, match);
    LIST(monitor_condition, where);           /* cases that get controls */
    LIST(monitor_item, items);                /* labels of cases and controls */
    int per_case, seed;
} monitor_controls;

/* What figures count of the registers: rows, persons by their first row (a cohort), a part of another population, the events
 * of a window, or steps from one place to the next. */
typedef struct monitor_population {
    const char *name, *kind, *table, *of, *day, *from, *until, *data_end, *people, *left, *window;
    monitor_words title;
    LIST(monitor_condition, where);
    LIST(monitor_window, windows);
    LIST(monitor_help, help);
    LIST(monitor_cost, costs);
    LIST(monitor_order, orders);
    LIST(monitor_place, places); /* steps between them that begin within `days` days after the day `after`; `soon`: a chain cut so many after the first */
    const char *after;
    int days, soon;
    bool same_day;               /* also on the day `after` */
    monitor_controls *controls;
    LIST(monitor_variable, derived);
    LIST(monitor_exclusion, exclusions);

    int32_t first_day, last_day, end_day; /* worked out while reading */
} monitor_population;

/* One dimension of an axis: a variable, items by conditions, a total or everybody. */
typedef struct monitor_block {
    const char *variable, *name;
    LIST(const char *, codes);
    LIST(monitor_item, items);
    monitor_item *missing;
    const char *total;    /* variable or name of the block it adds up */
    bool everybody;
    const char *code;     /* of a total or everybody */
    monitor_words label;
} monitor_block;

typedef struct monitor_axis {
    monitor_words title;
    LIST(monitor_block, blocks);
} monitor_axis;

/* A remark in a chart, at a column. */
typedef struct monitor_remark {
    const char *at; /* code of the column */
    monitor_words text;
} monitor_remark;

typedef struct monitor_chart {
    const char *kind, *dimension, *column, *row;
    monitor_words title;
    LIST(monitor_remark, remarks);
} monitor_chart;

typedef struct monitor_protection {
    const char *mode; /* round, conventional, suppress; NULL: round */
    int base, minimum, minimum_share, minimum_mean, share_decimals; /* 0: the preset */
} monitor_protection;

/* A row or column of a figure that compares populations. */
typedef struct monitor_part {
    const char *code, *population, *variable, *value; /* variable: stands in for that of the other axis; value: for that of the figure */
    monitor_words label;
    LIST(monitor_condition, where);
    LIST(const char *, keep);
} monitor_part;

/* A test of the counts of a figure, printed as far as the leak gate allows. */
typedef struct monitor_test {
    const char *of;        /* table: all rows by all columns; rows: each row and the others by columns */
    const char *dimension; /* of the columns; NULL: of the first */
    const char *rows;      /* dimension of the rows; NULL: of the first */
    const char *matched;   /* of cases and controls: instead (the test minds the matching), beside (the other one as well); NULL: it ignores it */
} monitor_test;

typedef struct monitor_figure {
    const char *figure, *number, *kind, *population, *table, *from;
    monitor_words title, note, unit;
    LIST(monitor_condition, where);
    LIST(const char *, keep); /* exclusions that do not apply */
    monitor_axis rows, columns;
    const char *measure, *value, *within;
    bool everybody; /* of shares: the denominator is everybody in the population, in an item or not */
    LIST(monitor_part, parts);
    LIST(monitor_test, tests);
    LIST(monitor_chart, charts);
    monitor_protection *protection;
} monitor_figure;

/* A piece of a chapter: exactly one of heading, text, figure. */
typedef struct monitor_piece {
    monitor_words *heading, *text;
    const char *figure;
} monitor_piece;

typedef struct monitor_chapter {
    const char *id;
    monitor_words title, lead;
    LIST(monitor_piece, pieces);
} monitor_chapter;

/* A number large on the first page. */
typedef struct monitor_key {
    const char *figure, *row, *column, *trend;
    monitor_words label, note;
} monitor_key;

typedef struct monitor_front {
    const char *figure;
    monitor_chart chart;
    monitor_words title;
} monitor_front;

typedef struct monitor_definition {
    const char *monitor;
    monitor_words name, title, subtitle, lead, publisher, notice, period_label, protected_how;
    const char *from, *until, *date; /* YYYY-MM-DD */
    const char *reg_file;            /* the register's variables */
    LIST(monitor_delivery, deliveries);
    monitor_registers *registers;
    LIST(monitor_population, populations);
    LIST(monitor_table, tables);
    LIST(monitor_variable, persons);
    LIST(monitor_variable, derived);
    LIST(monitor_exclusion, exclusions);
    LIST(monitor_figure, figures);
    LIST(monitor_chapter, chapters);
    LIST(monitor_key, keys);
    monitor_front *front;
    monitor_protection *protection;
    bool appendix; /* a chapter that defines each population, with its exclusions */
    const char *adjust; /* p-values of a chapter: holm, benjamini_hochberg or none; NULL: none */

    /* worked out while reading */
    const char *folder, *file; /* monitors/NAME, monitors/NAME/monitor.yaml */
    int32_t first_day, last_day, data_date;
    hash content; /* of monitor.yaml and every table it names */
} monitor_definition;

/* Read MONITOR/monitor.yaml (or a path to a .yaml file).
 * Errors  ST_NOT_FOUND, ST_IO, ST_CONFIG (file, key, how to mend), ST_NO_MEMORY */
status monitor_definition_read(arena *out, const char *monitor, monitor_definition **result);

/* The same from bytes, for tests: files it names are looked for in `folder`; they are not hashed. */
status monitor_definition_read_bytes(arena *out, const char *folder, text bytes, monitor_definition **result);

/* A path the definition names, from its folder; NULL when there is no memory. */
char *monitor_path(arena *a, const monitor_definition *d, const char *path);

const monitor_figure *monitor_figure_find(const monitor_definition *d, const char *figure); /* NULL: not there */
const monitor_population *monitor_population_find(const monitor_definition *d, const char *name);

/* The exclusions that apply to a population: those of the monitor for units of notifications, else its own. */
const monitor_exclusion *monitor_exclusions(const monitor_definition *d, const char *population, uint32_t *n);
const monitor_exclusion *monitor_exclusion_find(const monitor_definition *d, const char *population, const char *name);

#endif
