#include "tabulate/condition.h"

static uint32_t
chosen_bits(const condition *c)
{
    uint32_t bits = 0;
    for (size_t i = 0; c->column->codes && i < c->column->codes->n && i < 32; i++) bits |= (uint32_t)(c->chosen[i] != 0) << i;
    return bits;
}

static void
select_set(const condition *c, size_t rows, uint8_t *keep)
{
    const uint32_t *set = column_set(c->column);
    uint32_t bits = c->kind == CONDITION_KNOWN ? 0 : chosen_bits(c);
    for (size_t i = 0; i < rows; i++) {
        bool holds = c->kind == CONDITION_ANY ? (set[i] & bits) != 0
                     : c->kind == CONDITION_NONE ? (set[i] & bits) == 0
                     : c->kind == CONDITION_ONLY ? set[i] != 0 && (set[i] & ~bits) == 0
                                                 : set[i] != 0;
        keep[i] &= holds;
    }
}

static bool
holds_number(const condition *c, int64_t v)
{
    if (v == INT64_MIN) return c->kind == CONDITION_NONE;
    if (c->kind == CONDITION_KNOWN) return true;
    if (c->kind == CONDITION_RANGE) return v >= c->lower && v <= c->upper;
    bool in = v >= 0 && (uint64_t)v < c->column->codes->n && c->chosen[v];
    return c->kind == CONDITION_NONE ? !in : in;
}

static void
select_double(const condition *c, size_t rows, uint8_t *keep)
{
    const double *value = column_double(c->column);
    double lower = (double)c->lower, upper = (double)c->upper;
    for (size_t i = 0; i < rows; i++)
        keep[i] &= c->kind == CONDITION_KNOWN ? value[i] == value[i] : value[i] >= lower && value[i] <= upper;
}

static status
check(const condition *c)
{
    bool by_code = c->kind == CONDITION_ANY || c->kind == CONDITION_NONE || c->kind == CONDITION_ONLY;
    if (by_code && !c->column->codes)
        FAIL(ST_INVALID, "column %s has no codes: give from and to, or known", c->column->name);
    if (c->kind == CONDITION_RANGE && (c->column->type == COLUMN_SET || c->column->type == COLUMN_TEXT))
        FAIL(ST_INVALID, "column %s is of type %s: a range needs numbers or dates; give codes", c->column->name,
             column_type_name(c->column->type));
    return ST_OK;
}

status
condition_select(size_t rows, size_t n, const condition conditions[], uint8_t keep[])
{
    for (size_t k = 0; k < n; k++) CHECK(check(&conditions[k]));
    memset(keep, 1, rows);
    for (size_t k = 0; k < n; k++) {
        const condition *c = &conditions[k];
        if (c->column->type == COLUMN_SET)
            select_set(c, rows, keep);
        else if (c->column->type == COLUMN_DOUBLE)
            select_double(c, rows, keep);
        else if (c->column->type == COLUMN_TEXT)
            for (size_t i = 0; i < rows; i++) keep[i] &= column_int32(c->column)[i] >= 0;
        else
            for (size_t i = 0; i < rows; i++) keep[i] &= holds_number(c, column_value(c->column, i));
    }
    return ST_OK;
}
