#include "cli/persons_files.h"

#include "base/file.h"
#include "table/csv.h"

#include <stdlib.h>

static void
put_report(text_builder *b, const unsigned char mark[MARK_BYTES])
{
    char id[REPORT_ID + 1];
    register_report_id(mark, id);
    text_put(b, id);
    text_put_char(b, ',');
}

static void
put_number(text_builder *b, int64_t number, char end)
{
    if (number) text_printf(b, "%lld", (long long)number);
    text_put_char(b, end);
}

static int
compare_rows(const void *x, const void *y, void *rows)
{
    const store_person *row = rows;
    return memcmp(row[*(const size_t *)x].mark, row[*(const size_t *)y].mark, MARK_BYTES);
}

status
persons_write_list(const char *path, const table *n, const store_persons *p, const int64_t number[])
{
    SCRATCH(tmp);
    size_t *order;
    column *reporter, *delivery, *row;
    text out;
    text_builder b = text_builder_new(tmp);
    CHECK(table_require(n, "reporter", &reporter));
    CHECK(table_require(n, "delivery", &delivery));
    CHECK(table_require(n, "row", &row));
    ALLOC(tmp, order, p->n);
    for (size_t i = 0; i < p->n; i++) order[i] = i;
    qsort_r(order, p->n, sizeof *order, compare_rows, p->row);
    text_put(&b, "report,reporter,delivery,row,person\n");
    for (size_t k = 0; k < p->n; k++) {
        size_t i = order[k];
        int64_t code = column_value(reporter, i);
        put_report(&b, p->row[i].mark);
        if (reporter->codes && code >= 0 && (size_t)code < reporter->codes->n) csv_put_field(&b, text_of(reporter->codes->items[code].code));
        text_printf(&b, ",%lld,%lld,", (long long)column_value(delivery, i), (long long)column_value(row, i));
        put_number(&b, number ? number[i] : p->row[i].number, '\n');
    }
    CHECK(text_builder_end(&b, &out));
    return file_write(path, out);
}

static void
put_reviewed(text_builder *b, const store_persons *p, const int32_t row[2], const link_waterfall *what, const char *why)
{
    char ids[2 * (REPORT_ID + 1) + 1];
    for (int k = 0; k < 2; k++) {
        register_report_id(p->row[row[k]].mark, ids + k * (REPORT_ID + 1));
        ids[k * (REPORT_ID + 1) + REPORT_ID] = ',';
    }
    ids[sizeof ids - 1] = '\0';
    if (what) link_waterfall_lines(b, text_of(ids), what, why);
    else text_printf(b, "%s,,refused,%s,0\n", ids, why);
}

static const char *
why_refused(unify_rule rule)
{
    switch (rule) {
    case UNIFY_BSN: return "not joined: an equal bsn but another v_number or the rest contradicts";
    case UNIFY_V_NUMBER: return "not joined: an equal v_number but another bsn or the rest contradicts";
    case UNIFY_NAME_BIRTH_SEX: return "not joined: equal name and birth but two different numbers";
    default: return "not joined: linked but two different numbers or an equal number in doubt";
    }
}

status
persons_write_review(const char *path, const persons_linked *p)
{
    SCRATCH(tmp);
    text out;
    const unified *u = &p->persons;
    text_builder b = text_builder_new(tmp);
    text_put(&b, LINK_REVIEW_HEADER);
    for (size_t k = 0; k < u->doubts; k++) put_reviewed(&b, &p->stored, (int32_t[]){u->doubt[k].a, u->doubt[k].b}, &u->doubt[k].what, NULL);
    for (size_t k = 0; k < u->clashes; k++)
        put_reviewed(&b, &p->stored, (int32_t[]){u->clash[k].a, u->clash[k].b}, u->clash_what ? &u->clash_what[k] : NULL, why_refused(u->clash[k].rule));
    CHECK(text_builder_end(&b, &out));
    return file_write(path, out);
}

status
persons_write_log(const char *path, register_store *s)
{
    SCRATCH(tmp);
    size_t n;
    person_step *step;
    text out;
    text_builder b = text_builder_new(tmp);
    CHECK(register_persons_log(tmp, s, &n, &step));
    text_put(&b, "linkage,undone,report,person_before,person_after\n");
    for (size_t i = 0; i < n; i++) {
        text_printf(&b, "%lld,%s,", (long long)step[i].linkage, step[i].undone ? "yes" : "no");
        put_report(&b, step[i].mark);
        put_number(&b, step[i].before, ',');
        put_number(&b, step[i].after, '\n');
    }
    CHECK(text_builder_end(&b, &out));
    return file_write(path, out);
}

status
persons_write_audit(const char *path, register_store *s)
{
    SCRATCH(tmp);
    text out;
    CHECK(register_audit_csv(tmp, s, &out));
    return file_write(path, out);
}
