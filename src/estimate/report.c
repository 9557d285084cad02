#include "estimate/report.h"

#include <math.h>

static variant
nothing(const char *name, double observed, const char *why)
{
    return (variant){.name = name, .observed = observed, .estimate = NAN, .lower = NAN, .upper = NAN, .why = why, .known = NAN};
}

static variant
of_finding(const char *name, double observed, const finding *f)
{
    variant v = nothing(name, observed, f->why);
    v.estimate = f->estimate, v.lower = f->shown_lower, v.upper = f->shown_upper;
    return v;
}

/* A table that cannot be read or a method that does not suit it is said, not an error of the report. */
static bool
is_reason(status code)
{
    return code == ST_INVALID || code == ST_LIMIT || code == ST_UNSUPPORTED;
}

static const char *
reason(arena *out)
{
    const char *copy = arena_printf(out, "%s", status_detail());
    return copy ? copy : "out of memory";
}

static status
run_variant(arena *out, const overlap *o, method m, const method_options *options, variant *v)
{
    finding f;
    method_options drawn = *options;
    drawn.given = 0; /* tables given belong to the table observed */
    CHECK(method_run(out, o, m, &drawn, &f));
    *v = of_finding(v->name, o->total, &f);
    return ST_OK;
}

/* Run on an altered table, unless altering it has failed for a reason. */
static status
try_variant(arena *out, status made, const overlap *o, const method_options *options, variant *v)
{
    if (made != ST_OK && !is_reason(made)) return made;
    if (made != ST_OK) {
        *v = nothing(v->name, NAN, reason(out));
        return ST_OK;
    }
    return run_variant(out, o, METHOD_STEPWISE, options, v);
}

static status
leave_out(arena *out, const overlap *o, const method_options *options, report *r)
{
    ALLOC(out, r->left_out, o->lists);
    r->without = (size_t)o->lists;
    for (int i = 0; i < o->lists; i++) {
        overlap less;
        r->left_out[i].name = o->name[i];
        CHECK(try_variant(out, overlap_without(out, o, i, &less), &less, options, &r->left_out[i]));
    }
    return ST_OK;
}

static status
merge(arena *out, const overlap *o, const method_options *options, report *r)
{
    if (o->lists < 3) return ST_OK;
    ALLOC(out, r->merged, o->lists * (o->lists - 1) / 2);
    for (int i = 0; i < o->lists; i++)
        for (int j = i + 1; j < o->lists; j++) {
            overlap less;
            variant *v = &r->merged[r->merges++];
            v->name = arena_printf(out, "%s+%s", o->name[i], o->name[j]);
            if (!v->name) FAIL(ST_NO_MEMORY, "out of memory (report)");
            CHECK(try_variant(out, overlap_merge(out, o, i, j, &less), &less, options, v));
        }
    return ST_OK;
}

/* Persons on list i by the other lists; those on none of them are the known answer. */
static status
hold_out_one(arena *out, const overlap *o, int i, method m, const method_options *options, variant *v)
{
    overlap others;
    double known = o->count[(size_t)1 << i];
    v->name = o->name[i];
    status made = overlap_within(out, o, i, &others);
    if (made != ST_OK && !is_reason(made)) return made;
    if (made != ST_OK) {
        *v = nothing(v->name, NAN, reason(out));
    } else {
        CHECK(run_variant(out, &others, m, options, v));
        v->estimate -= others.total, v->lower -= others.total, v->upper -= others.total;
    }
    v->known = known;
    v->covers = v->lower <= known && known <= v->upper;
    return ST_OK;
}

static status
hold_out(arena *out, const overlap *o, const method_options *options, report *r)
{
    static const method with[2] = {METHOD_STEPWISE, METHOD_INDEPENDENCE};
    for (int m = 0; m < 2; m++) {
        ALLOC(out, r->held_out[m], o->lists);
        for (int i = 0; i < o->lists; i++) {
            variant *v = &r->held_out[m][i];
            CHECK(hold_out_one(out, o, i, with[m], options, v));
            if (isnan(v->lower) || isnan(v->upper)) continue;
            r->held_out_tried[m]++;
            r->held_out_covered[m] += v->covers;
        }
    }
    return ST_OK;
}

static bool
usable(const finding *f)
{
    if (isnan(f->estimate)) return false;
    return f->method != METHOD_LATENT || f->r_hat < 1.05;
}

static void
compare_methods(report *r)
{
    double low = INFINITY, high = -INFINITY;
    for (int m = 0; m < METHOD_COUNT; m++) {
        const finding *f = &r->finding[m];
        r->usable[m] = usable(f);
        if (!r->usable[m]) continue;
        r->used++;
        if (f->estimate < low) low = f->estimate, r->lowest = (method)m;
        if (f->estimate > high) high = f->estimate, r->highest = (method)m;
        if (f->shown_upper / f->shown_lower > r->widest_factor) r->widest_factor = f->shown_upper / f->shown_lower;
        for (int k = 0; k < m; k++)
            if (r->usable[k] && (f->shown_lower > r->finding[k].shown_upper || f->shown_upper < r->finding[k].shown_lower)) r->apart++;
    }
    r->factor = r->used ? high / low : NAN;
}

status
report_run(arena *out, const overlap *o, const method_options *options, report *result)
{
    report r = {.table = o};
    for (int m = 0; m < METHOD_COUNT; m++) {
        status code = method_run(out, o, (method)m, options, &r.finding[m]);
        if (code == ST_OK) continue;
        if (!is_reason(code)) return code;
        r.finding[m] = finding_nothing((method)m, reason(out));
    }
    CHECK(leave_out(out, o, options, &r));
    CHECK(merge(out, o, options, &r));
    CHECK(hold_out(out, o, options, &r));
    compare_methods(&r);
    *result = r;
    return ST_OK;
}

status
report_table(arena *out, const report *r, table *result)
{
    static const char *const names[] = {"estimate", "lower", "upper"};
    table t;
    text_column *method_names;
    CHECK(table_new(out, "estimates", METHOD_COUNT, 5, &t));
    CHECK(table_set_column(out, &t, 0, "method", COLUMN_TEXT, NULL));
    for (size_t i = 0; i < 3; i++) CHECK(table_set_column(out, &t, i + 1, names[i], COLUMN_DOUBLE, NULL));
    CHECK(table_set_column(out, &t, 4, "usable", COLUMN_INT8, NULL));
    CHECK(text_column_new(out, METHOD_COUNT, &method_names));
    for (size_t m = 0; m < METHOD_COUNT; m++) {
        const finding *f = &r->finding[m];
        CHECK(text_column_put(method_names, m, text_of(method_name((method)m))));
        ((double *)t.column[1].data)[m] = f->estimate;
        ((double *)t.column[2].data)[m] = f->shown_lower;
        ((double *)t.column[3].data)[m] = f->shown_upper;
        ((int8_t *)t.column[4].data)[m] = r->usable[m];
    }
    CHECK(text_column_end(method_names, &t.column[0]));
    *result = t;
    return ST_OK;
}
