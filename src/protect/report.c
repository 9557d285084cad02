#include "protect/report.h"

#include "protect/check.h"
#include "protect/released_make.h"
#include "protect/spread.h"

#include <math.h>

protect_rules
protect_rules_preset(protect_mode mode)
{
    return (protect_rules){.mode = mode, .base = 5, .minimum = mode == PROTECT_SUPPRESS ? 5 : 0, .minimum_share = 10,
                           .minimum_mean = 10, .hide_zero = false, .hide_full = true};
}

protect_options
protect_options_preset(void)
{
    return (protect_options){.rules = protect_rules_preset(PROTECT_ROUND)};
}

static const protect_rules *
rules_of(const protect_options *o, size_t table)
{
    return o->own && o->own[table] ? o->own[table] : &o->rules;
}

static status
check_rules(const exact_table *t, const protect_rules *r)
{
    if (r->base < 2 || r->base > 1000) FAIL(ST_CONFIG, "figure %s: rounding base: expected 2 to 1000", t->figure);
    if (r->minimum_mean < 10) FAIL(ST_CONFIG, "figure %s: minimum for a mean: expected at least 10 persons", t->figure);
    if (r->share_decimals < 0 || r->share_decimals > 1) FAIL(ST_CONFIG, "figure %s: a percentage has 0 or 1 decimals", t->figure);
    return ST_OK;
}

static status
check_table(const exact_table *t, const protect_rules *r)
{
    if (t->measure == EXACT_SHARE && !t->base) FAIL(ST_INVALID, "figure %s: a share without denominators", t->figure);
    if (t->measure == EXACT_MEAN && !t->sum) FAIL(ST_INVALID, "figure %s: a mean without sums", t->figure);
    if (t->measure == EXACT_MEAN && r->mode != PROTECT_PUBLISHED && !(t->low && t->high))
        FAIL(ST_INVALID, "figure %s: a mean without its smallest and largest value", t->figure);
    for (size_t i = 0; i < t->rows.n * t->columns.n; i++) {
        const char *row = t->rows.item[i / t->columns.n].code.code, *column = t->columns.item[i % t->columns.n].code.code;
        if (t->count[i] < 0 && t->count[i] != EXACT_UNKNOWN)
            FAIL(ST_INVALID, "figure %s, row %s, column %s: a count below zero", t->figure, row, column);
        if (t->impossible && t->impossible[i] && t->count[i] > 0)
            FAIL(ST_INVALID, "figure %s, row %s, column %s: somebody where nobody can be", t->figure, row, column);
        if (t->measure == EXACT_SHARE && r->mode != PROTECT_PUBLISHED && t->count[i] != EXACT_UNKNOWN && t->base[i] < t->count[i])
            FAIL(ST_INVALID, "figure %s, row %s, column %s: a share with a denominator below its numerator", t->figure, row, column);
    }
    return ST_OK;
}

static released_cell
hide(const char *reason)
{
    return (released_cell){RELEASED_CONFIDENTIAL, NAN, 0, reason};
}

static double
round_to(double value, int decimals)
{
    double scale = decimals ? 10 : 1;
    return round(value * scale) / scale;
}

static released_cell
low_or_value(double value, int decimals, const char *reason)
{
    double shown = round_to(value, decimals);
    if (shown == 0 && value != 0) return (released_cell){RELEASED_LOW, 0, decimals, reason};
    return (released_cell){RELEASED_VALUE, shown, decimals, reason};
}

static released_cell
share(int64_t part, int64_t whole, const protect_rules *r, const char *reason)
{
    if (whole <= 0) return (released_cell){RELEASED_UNKNOWN, NAN, 0, WORD("not available")};
    return low_or_value(100 * (double)part / (double)whole, r->share_decimals, reason);
}

/* A figure that is public already: as it is, and saying so. */
static released_cell
pass_through(const exact_table *t, size_t i, const protect_rules *r)
{
    const char *reason = WORD("as published before");
    if (t->measure == EXACT_COUNT) return (released_cell){RELEASED_VALUE, (double)t->count[i], 0, reason};
    if (t->measure == EXACT_SHARE) return share(t->count[i], t->base[i], r, reason);
    if (t->count[i] <= 0) return (released_cell){RELEASED_UNKNOWN, NAN, 0, WORD("not available")};
    return low_or_value(t->sum[i] / (double)t->count[i], 1, reason);
}

/* A report while it is being protected. */
typedef struct report {
    size_t n;
    const exact_table *table;
    const protect_options *options;
    bool *use;                   /* takes part in the system: not published before */
    const protect_rules *shared; /* of all that take part; NULL: none does */
    figure_cells *cells;
    protect_system system;
    protect_rounding rounding;
    uint8_t *hidden;             /* [system.n] counts that must not be shown */
    bool hide_means;             /* means would give counts away */
    audit_result audit;
} report;

static released_cell
protected_mean(const report *p, const exact_table *t, size_t i, int64_t count, const protect_rules *r)
{
    if (count < r->minimum_mean || t->count[i] < 10) return hide(WORD("hidden: too few persons for a mean"));
    if (p->hide_means) return hide(WORD("hidden so that nobody can be recognised"));
    spread_number mean = spread_mean(t->count[i], t->sum[i], t->low[i], t->high[i]);
    if (isnan(mean.value)) return hide(WORD("hidden so that nobody can be recognised"));
    return (released_cell){RELEASED_VALUE, mean.value, mean.step < 1, WORD("rounded so that no one person shows in it"), mean.step};
}

static released_cell
protected_cell(const report *p, size_t table, size_t i)
{
    const exact_table *t = &p->table[table];
    const protect_rules *r = rules_of(p->options, table);
    uint32_t cell = p->cells[table].count[i];
    int64_t count = p->rounding.value[cell];
    if (p->hidden[cell]) return hide(WORD("hidden so that nobody can be recognised"));
    if (t->measure == EXACT_COUNT) {
        if (count < r->minimum) return hide(WORD("hidden: too few persons"));
        return (released_cell){RELEASED_VALUE, (double)count, 0,
                               r->base == 5 ? WORD("rounded to a multiple of five") : WORD("rounded")};
    }
    if (t->measure == EXACT_MEAN) return protected_mean(p, t, i, count, r);
    int64_t base = p->rounding.value[p->cells[table].base[i]];
    if (p->hidden[p->cells[table].base[i]]) return hide(WORD("hidden so that nobody can be recognised"));
    if (base < r->minimum_share) return hide(WORD("hidden: too few persons for a percentage"));
    return share(count, base, r, WORD("computed from rounded counts"));
}

/* The protected counts behind a figure, for what is worked out of them. */
static status
keep_counts(arena *out, const report *p, size_t table, released *made)
{
    size_t n = made->rows.n * made->columns.n;
    const uint32_t *from[] = {p->cells[table].count, p->cells[table].base};
    const int64_t **to[] = {&made->count, &made->base};
    const uint32_t **to_id[] = {&made->count_id, &made->base_id};
    for (int k = 0; k < 2; k++) {
        int64_t *count;
        uint32_t *id;
        if (!from[k]) continue;
        ALLOC(out, count, n);
        ALLOC(out, id, n);
        memcpy(id, from[k], n * sizeof *id);
        *to_id[k] = id;
        for (size_t i = 0; i < n; i++) count[i] = from[k][i] == SYSTEM_NONE ? 0 : p->rounding.value[from[k][i]];
        *to[k] = count;
    }
    return ST_OK;
}

static status
release_table(arena *out, const report *p, size_t table, released **result)
{
    const exact_table *t = &p->table[table];
    CHECK(released_make(out, t, result));
    released *made = *result;
    made->published = !p->use[table];
    if (p->use[table]) CHECK(keep_counts(out, p, table, made));
    for (size_t i = 0; i < t->rows.n * t->columns.n; i++) {
        if (t->impossible && t->impossible[i])
            made->cell[i] = (released_cell){RELEASED_IMPOSSIBLE, NAN, 0, WORD("cannot occur")};
        else if (t->count[i] == EXACT_UNKNOWN)
            continue;
        else
            made->cell[i] = made->published ? pass_through(t, i, rules_of(p->options, table)) : protected_cell(p, table, i);
    }
    return ST_OK;
}

/* Which figures are rounded together; one base and one way for all. */
static status
choose(report *p)
{
    for (size_t i = 0; i < p->n; i++) {
        const exact_table *t = &p->table[i];
        const protect_rules *r = rules_of(p->options, i);
        CHECK(check_rules(t, r));
        CHECK(check_table(t, r));
        p->use[i] = r->mode != PROTECT_PUBLISHED;
        if (!p->use[i]) continue;
        if (r->mode == PROTECT_SUPPRESS)
            FAIL(ST_UNSUPPORTED, "figure %s: a report of figures is rounded; tables of exact counts are suppressed by peil protect",
                 t->figure);
        if (!p->shared) p->shared = r;
        if (p->shared->base != r->base || p->shared->mode != r->mode)
            FAIL(ST_CONFIG, "figure %s: one report has one way of rounding and one base: expected those of the figures before it",
                 t->figure);
    }
    return ST_OK;
}

static status
round_report(arena *tmp, report *p)
{
    protect_round_options o = {.base = p->shared->base, .seed = p->options->seed};
    if (p->shared->mode == PROTECT_CONVENTIONAL) return protect_round_conventional(tmp, &p->system, &o, &p->rounding);
    status code = protect_round_controlled(tmp, &p->system, &o, &p->rounding);
    return code == ST_INFEASIBLE ? protect_round_conventional(tmp, &p->system, &o, &p->rounding) : code;
}

/* The means that would be printed, as clues. */
static status
mean_clues(arena *tmp, const report *p, size_t *n, audit_clue **clues)
{
    check_means m = {0};
    ALLOC(tmp, m.table, p->n);
    ALLOC(tmp, m.cells, p->n);
    ALLOC(tmp, m.shown, p->n);
    for (size_t i = 0; i < p->n; i++) {
        const exact_table *t = &p->table[i];
        if (!p->use[i] || t->measure != EXACT_MEAN || p->hide_means) continue;
        uint8_t *shown;
        ALLOC(tmp, shown, t->rows.n * t->columns.n);
        for (size_t k = 0; k < t->rows.n * t->columns.n; k++)
            shown[k] = t->count[k] != EXACT_UNKNOWN && protected_cell(p, i, k).state != RELEASED_CONFIDENTIAL;
        m.table[m.n] = t;
        m.cells[m.n] = &p->cells[i];
        m.shown[m.n++] = shown;
    }
    return check_mean_clues(tmp, &p->system, &m, n, clues);
}

enum { MOST_ROUNDS = 20 };

/* Attack; while something is exposed hide the means, then the counts that are exposed, and attack again. */
static status
pass_audit(arena *tmp, report *p)
{
    int64_t reach = check_reach(&p->rounding, p->shared->base);
    for (int round = 0; round < MOST_ROUNDS; round++) {
        size_t clues;
        audit_clue *clue;
        CHECK(mean_clues(tmp, p, &clues, &clue));
        CHECK(check_rounding(tmp, &p->system, p->shared->base, reach, p->rounding.value, p->hidden, clues, clue, &p->audit));
        if (p->audit.exposed == 0) return ST_OK;
        if (clues > 0) {
            p->hide_means = true;
            continue;
        }
        for (size_t i = 0; i < p->audit.n; i++) {
            const audit_cell *c = &p->audit.cell[i];
            if (!c->exposed) continue;
            p->hidden[c->cell] = 1;
            for (size_t k = 0; k < p->system.rows; k++) { /* its sums would give it away: hide their largest parts too */
                const system_row *r = &p->system.row[k];
                bool in = r->whole == c->cell;
                uint32_t large = r->whole;
                for (uint32_t j = 0; j < r->n; j++) in |= r->part[j] == c->cell;
                for (uint32_t j = 0; j < r->n; j++)
                    if (r->part[j] != c->cell && (large == r->whole || p->system.value[r->part[j]] > p->system.value[large])) large = r->part[j];
                if (in) p->hidden[large] = 1;
            }
        }
    }
    FAIL(ST_EXPOSED, "%zu small counts can be recovered from the report: publish fewer figures or coarser groups", p->audit.exposed);
}

static void
fill_certificate(const report *p, protect_certificate *c)
{
    const protect_system *s = &p->system;
    const protect_rounding *r = &p->rounding;
    bool controlled = p->shared->mode == PROTECT_ROUND && r->additive;
    c->method = controlled ? WORD("controlled rounding") : WORD("conventional rounding");
    c->solver = r->solver;
    c->base = p->shared->base;
    c->cells = s->n;
    for (size_t i = 0; i < s->rows; i++) c->equations += s->row[i].relation == SYSTEM_EQUAL;
    c->sensitive = p->audit.n;
    c->moved = r->moved;
    c->beyond = r->beyond;
    c->mean_deviation = r->mean;
    c->largest_deviation = (int)check_reach(r, c->base);
    c->additive = r->additive;
    c->audited = true;
    c->exposed = p->audit.exposed;
    c->narrowest = (int)p->audit.narrowest;
    c->widest = (int)p->audit.widest;
    c->basis = r->beyond > 0 ? WORD("an outsider learns each count to within the largest deviation")
                             : WORD("an outsider learns each count to within the rounding base");
}

static void
count_hidden(const released *r, protect_certificate *c)
{
    for (size_t i = 0; i < r->rows.n * r->columns.n; i++) c->hidden += r->cell[i].state == RELEASED_CONFIDENTIAL;
}

/* For inside: every count that is hidden or not at its nearest multiple. */
static status
write_notes(arena *out, const report *p, protect_result *result)
{
    size_t most = 0;
    for (size_t t = 0; t < p->n; t++) most += p->table[t].rows.n * p->table[t].columns.n;
    protect_note *note;
    ALLOC(out, note, most);
    for (size_t t = 0; t < p->n; t++) {
        const exact_table *e = &p->table[t];
        for (size_t i = 0; p->use[t] && i < e->rows.n * e->columns.n; i++) {
            if (p->cells[t].count[i] == SYSTEM_NONE) continue;
            const released_cell *c = &result->released[t]->cell[i];
            int64_t moved = p->rounding.value[p->cells[t].count[i]] - e->count[i];
            const char *reason = NULL;
            if (c->state == RELEASED_CONFIDENTIAL) reason = c->reason;
            else if (2 * moved > p->shared->base) reason = WORD("rounded up although down is nearer: so that the sums add up");
            else if (2 * -moved > p->shared->base) reason = WORD("rounded down although up is nearer: so that the sums add up");
            if (reason)
                note[result->notes++] = (protect_note){e->figure, e->rows.item[i / e->columns.n].code.code,
                                                       e->columns.item[i % e->columns.n].code.code, reason};
        }
    }
    result->note = note;
    return ST_OK;
}

static status
protect_counts(arena *tmp, report *p)
{
    CHECK(figures_system(tmp, p->n, p->table, p->use, &p->system, p->cells));
    ALLOC(tmp, p->hidden, p->system.n);
    CHECK(round_report(tmp, p));
    return pass_audit(tmp, p);
}

status
protect_report(arena *out, size_t n, const exact_table tables[], const protect_options *options, protect_result *result)
{
    SCRATCH(tmp);
    protect_options preset = protect_options_preset();
    report p = {.n = n, .table = tables, .options = options ? options : &preset};
    protect_result r = {.n = n, .certificate = {.method = WORD("none"), .solver = "none", .figures = n, .additive = true,
                                                .narrowest = -1, .widest = -1, .basis = WORD("as published before")}};
    ALLOC(out, r.released, n);
    ALLOC(tmp, p.use, n);
    ALLOC(tmp, p.cells, n);
    CHECK(choose(&p));
    if (p.shared) CHECK(protect_counts(tmp, &p));
    for (size_t i = 0; i < n; i++) {
        CHECK(release_table(out, &p, i, &r.released[i]));
        count_hidden(r.released[i], &r.certificate);
    }
    if (p.shared) {
        fill_certificate(&p, &r.certificate);
        CHECK(write_notes(out, &p, &r));
    }
    *result = r;
    return ST_OK;
}
