#include "monitor/movement.h"

#include <math.h>

static bool
is_estimate(const monitor_figure *f)
{
    return f->kind && !strcmp(f->kind, "estimate");
}

static bool
is_counted(const monitor_figure *f)
{
    return !f->table && (!f->kind || !strcmp(f->kind, "table") || is_estimate(f)) && f->population && unit_find(f->population) > UNIT_NOTIFICATION;
}

static bool
same_items(const exact_axis *a, const exact_axis *b)
{
    if (a->n != b->n) return false;
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->item[i].code.code, b->item[i].code.code)) return false;
    return true;
}

/* Sum of the differences of all cells as a share of their sum; 0 when the figure has other rows now, or counts nobody. */
static double
difference(const exact_table *base, const exact_table *drawn)
{
    double moved = 0, all = 0;
    if (base->measure != EXACT_COUNT || drawn->measure != EXACT_COUNT || !same_items(&base->rows, &drawn->rows) ||
        !same_items(&base->columns, &drawn->columns))
        return 0;
    for (size_t k = 0; k < base->rows.n * base->columns.n; k++) {
        if (base->count[k] == EXACT_UNKNOWN || drawn->count[k] == EXACT_UNKNOWN) continue;
        all += (double)base->count[k];
        moved += fabs((double)drawn->count[k] - (double)base->count[k]);
    }
    return all > 0 ? moved / all : 0;
}

typedef struct counting {
    const monitor_definition *d;
    const table *notifications, *countries;
    const monitor_figure **figure; /* [n] */
    exact_table *base;             /* [n] */
    size_t n;
} counting;

static status
count_base(arena *tmp, counting *c, const units *base)
{
    const figure_source source = {.d = c->d, .units = base, .points = true};
    ALLOC(tmp, c->figure, c->d->figures_count);
    ALLOC(tmp, c->base, c->d->figures_count);
    for (uint32_t i = 0; i < c->d->figures_count; i++) {
        if (!is_counted(&c->d->figures[i])) continue;
        CHECK(figure_make(tmp, &source, &c->d->figures[i], &c->base[c->n]));
        if (c->base[c->n].measure == EXACT_COUNT) c->figure[c->n++] = &c->d->figures[i];
    }
    return ST_OK;
}

static status
count_draw(const counting *c, const units *base, const int32_t *person, double moved[])
{
    SCRATCH(tmp);
    units drawn;
    CHECK(monitor_derive(tmp, c->d, c->notifications, c->countries, person, &drawn));
    drawn.counted = base->counted;
    const figure_source source = {.d = c->d, .units = &drawn, .points = true};
    for (size_t i = 0; i < c->n; i++) {
        exact_table t;
        CHECK(figure_make(tmp, &source, c->figure[i], &t));
        moved[i] += difference(&c->base[i], &t) / MOVEMENT_DRAWS;
    }
    return ST_OK;
}

static double
deviation(const unified *u)
{
    double mean = 0, squares = 0, n = (double)u->draws;
    for (size_t k = 0; k < u->draws; k++) mean += (double)u->drawn_persons[k] / n;
    for (size_t k = 0; k < u->draws; k++) squares += ((double)u->drawn_persons[k] - mean) * ((double)u->drawn_persons[k] - mean);
    return n > 1 && mean > 0 ? sqrt(squares / (n - 1)) / mean : 0;
}

/* Pairs missed less pairs made wrongly, each as many persons as the pairs that were made took away. */
static link_estimate
too_many(const unified *u)
{
    const link_estimate p = u->quality.precision, r = u->quality.recall;
    double scale = u->persons ? (double)(u->rows - u->persons) / (double)u->persons : 0;
    if (!(r.low > 0)) return (link_estimate){0};
    return (link_estimate){scale * (p.value / r.value - 1), scale * (p.low / r.high - 1), scale * (p.high / r.low - 1)};
}

status
monitor_linkage_of(arena *out, const monitor_definition *d, const table *notifications, const table *countries,
                   const unified *persons, const units *base, monitor_linkage *result)
{
    SCRATCH(tmp);
    const link_quality *q = &persons->quality;
    monitor_linkage made = {.linked = persons->linked, .precision = q->precision, .recall = q->recall, .alarm = q->alarm, .draws = persons->draws};
    counting c = {.d = d, .notifications = notifications, .countries = countries};
    made.unlinkable = persons->rows ? (double)q->unlinkable / (double)persons->rows : 0;
    if (made.linked) CHECK(count_base(tmp, &c, base));
    made.persons = deviation(persons);
    if (made.linked) made.too_many = too_many(persons);
    made.figures = c.n;
    ALLOC(out, made.figure, c.n);
    ALLOC(out, made.moved, c.n);
    ALLOC(out, made.estimate, c.n);
    for (size_t i = 0; i < c.n; i++) made.figure[i] = c.figure[i]->figure, made.estimate[i] = is_estimate(c.figure[i]);
    for (size_t k = 0; k < made.draws; k++) CHECK(count_draw(&c, base, persons->drawn[k], made.moved));
    *result = made;
    return ST_OK;
}
