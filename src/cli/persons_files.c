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
put_doubt(text_builder *b, const persons_linked *p, const unify_doubt *d)
{
    for (size_t i = 0; i < d->what.n; i++) {
        put_report(b, p->stored.row[d->a].mark);
        put_report(b, p->stored.row[d->b].mark);
        text_printf(b, "%.6f,%.4f,%s,%s,%.4f\n", d->what.p, d->what.log_odds, d->what.name[i], d->what.what[i], d->what.part[i]);
    }
}

status
persons_write_review(const char *path, const persons_linked *p)
{
    SCRATCH(tmp);
    text out;
    text_builder b = text_builder_new(tmp);
    text_put(&b, "id_a,id_b,probability,log_odds,part,what,weight\n");
    for (size_t k = 0; k < p->persons.doubts; k++) put_doubt(&b, p, &p->persons.doubt[k]);
    for (size_t k = 0; k < p->persons.clashes; k++) {
        const unify_clash *c = &p->persons.clash[k];
        put_report(&b, p->stored.row[c->a].mark);
        put_report(&b, p->stored.row[c->b].mark);
        text_printf(&b, ",,%s,not joined: numbers or all else contradict,\n", unify_rule_name(c->rule));
    }
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
