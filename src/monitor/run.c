#include "monitor/run.h"

#include "base/file.h"
#include "base/log.h"
#include "monitor/curve.h"
#include "monitor/figure.h"
#include "monitor/load.h"
#include "monitor/report.h"
#include "monitor/spread.h"
#include "monitor/tested.h"
#include "table/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct run {
    arena *a;
    const monitor_definition *d;
    const run_options *options;
    provenance p;
    loaded loaded;
    figure_source source;
    size_t n; /* tables: the figures, then exclusions and intake */
    exact_table *table;
    const protect_rules **own;
    const char **population;
    released **tests; /* [figures] NULL entries: none */
} run;

static status
start(arena *a, const monitor_definition *d, const run_options *o, bool registers, run *r)
{
    *r = (run){.a = a, .d = d, .options = o, .p = {.d = d}, .source = {.d = d}};
    if ((d->deliveries_count > 0 || d->registers) && !o->deliveries)
        FAIL(ST_USAGE, "%s is made of deliveries: name their folder with --deliveries DIR", d->monitor);
    CHECK(monitor_check(d));
    if (d->deliveries_count == 0 && !d->registers) return ST_OK;
    const load_options load = {.deliveries = o->deliveries, .work = o->work, .store = o->store, .key = o->key, .without_registers = !registers};
    CHECK(d->deliveries_count ? monitor_load(a, d, &load, &r->loaded) : monitor_load_registers(a, d, &load, &r->loaded));
    if (d->deliveries_count) r->source.units = &r->loaded.units;
    r->source.populations = &r->loaded.populations;
    r->p.has_snapshot = true;
    r->p.snapshot = r->loaded.snapshot;
    r->p.deliveries = r->loaded.deliveries;
    r->p.delivery = r->loaded.delivery;
    r->p.linkage = &r->loaded.linkage;
    return ST_OK;
}

static status
mode_find(const monitor_definition *d, const char *name, protect_mode *mode)
{
    static const char *const names[] = {"round", "conventional", "suppress"};
    *mode = PROTECT_ROUND;
    if (!name) return ST_OK;
    for (int i = 0; i < 3; i++)
        if (!strcmp(names[i], name)) {
            *mode = (protect_mode)i;
            return ST_OK;
        }
    FAIL(ST_CONFIG, "%s: protection: there is no mode %s: there are round, conventional, suppress", d->file, name);
}

static status
make_rules(const monitor_definition *d, const monitor_protection *m, protect_rules *rules)
{
    protect_mode mode;
    CHECK(mode_find(d, m ? m->mode : NULL, &mode));
    *rules = protect_rules_preset(mode);
    if (!m) return ST_OK;
    if (m->base) rules->base = m->base;
    if (m->minimum) rules->minimum = m->minimum;
    if (m->minimum_share) rules->minimum_share = m->minimum_share;
    if (m->minimum_mean) rules->minimum_mean = m->minimum_mean;
    rules->share_decimals = m->share_decimals;
    return ST_OK;
}

/* A figure's own rules: those it declares, or none where its table was published before. */
static status
make_own(run *r, const monitor_figure *f, const protect_rules **own)
{
    protect_rules *rules;
    bool published = false;
    for (uint32_t i = 0; f->table && i < r->d->tables_count; i++)
        published = published || (!strcmp(r->d->tables[i].name, f->table) && r->d->tables[i].published);
    *own = NULL;
    if (!published && !f->protection) return ST_OK;
    ALLOC(r->a, rules, 1);
    CHECK(make_rules(r->d, f->protection, rules));
    if (published) rules->mode = PROTECT_PUBLISHED;
    *own = rules;
    return ST_OK;
}

static status
tabulate(run *r)
{
    const monitor_definition *d = r->d;
    size_t most = d->figures_count + d->populations_count + 4;
    ALLOC(r->a, r->table, most);
    ALLOC(r->a, r->own, most);
    ALLOC(r->a, r->population, d->figures_count);
    for (uint32_t i = 0; i < d->figures_count; i++) {
        CHECK(figure_make(r->a, &r->source, &d->figures[i], &r->table[i]));
        CHECK(make_own(r, &d->figures[i], &r->own[i]));
        r->population[i] = r->table[i].population;
    }
    r->n = d->figures_count;
    if (r->source.units) {
        CHECK(figure_exclusions(r->a, &r->source, unit_name(UNIT_VICTIM_YEAR), &r->table[r->n++]));
        CHECK(provenance_intake(r->a, &r->p, &r->table[r->n++]));
    }
    if (!d->registers) return ST_OK;
    CHECK(registers_figure(r->a, &r->loaded.registers, &r->table[r->n++]));
    CHECK(populations_controls(r->a, &r->loaded.populations, &r->table[r->n]));
    r->n += r->table[r->n].rows.n > 0;
    for (uint32_t i = 0; i < d->populations_count; i++)
        CHECK(figure_exclusions(r->a, &r->source, d->populations[i].name, &r->table[r->n++]));
    return ST_OK;
}

static status
protect(run *r, protect_result *result)
{
    protect_options o = protect_options_preset();
    CHECK(make_rules(r->d, r->d->protection, &o.rules));
    o.own = r->own;
    o.seed = r->options->seed;
    return protect_report(r->a, r->n, r->table, &o, result);
}

/* What is worked out of protected counts: tests, and curves in the place of the counts behind them. */
static status
work_out(run *r, protect_result *report)
{
    const monitor_definition *d = r->d;
    ALLOC(r->a, r->tests, d->figures_count);
    for (uint32_t i = 0; i < d->figures_count; i++) /* before the tests: these look at means as they are printed */
        if (d->figures[i].kind && !strcmp(d->figures[i].kind, "spread"))
            CHECK(spread_release(r->a, &r->source, &d->figures[i], &r->table[i], report->released[i], &report->released[i]));
    CHECK(tested_release(r->a, &r->source, r->table, report, r->tests));
    for (uint32_t i = 0; i < d->figures_count; i++) {
        const monitor_figure *f = &d->figures[i];
        if (f->kind && !strcmp(f->kind, "curve")) CHECK(curve_release(r->a, &r->table[i], report->released[i], &report->released[i]));
    }
    return ST_OK;
}

/* Is this folder a publication of ours, or empty? */
static bool
may_replace(const char *path)
{
    SCRATCH(tmp);
    size_t n = 1;
    char **names, *mark = path_join(tmp, path, "provenance.json");
    if (!mark || folder_list(tmp, path, &n, &names) != ST_OK) return false;
    return n == 0 || file_exists(mark);
}

static status
exchange(const char *made, const char *out)
{
    struct stat s;
    if (lstat(out, &s) != 0) {
        if (rename(made, out) != 0) FAIL(ST_IO, "%s cannot be put in its place (%s)", out, strerror(errno));
        return ST_OK;
    }
    if (renameat2(AT_FDCWD, made, AT_FDCWD, out, RENAME_EXCHANGE) == 0) return folder_remove(made);
    CHECK(folder_remove(out)); /* a file system without exchange */
    if (rename(made, out) != 0) FAIL(ST_IO, "%s cannot be put in its place (%s)", out, strerror(errno));
    return ST_OK;
}

static void
remove_half(void *path)
{
    if (access(path, F_OK) == 0 && folder_remove(path) != ST_OK) log_note("%s", status_detail());
}

/* A sibling of the folder, so that putting it in its place is one step; gone when the arena ends. */
static status
make_sibling(arena *a, const char *out, char **sibling)
{
    SCRATCH(tmp);
    size_t n = strlen(out);
    while (n > 1 && out[n - 1] == '/') n--;
    char *plain = arena_copy(tmp, out, n), *slash = plain ? strrchr(plain, '/') : NULL;
    *sibling = plain ? arena_printf(a, "%s.new-XXXXXX", plain) : NULL;
    if (!*sibling) FAIL(ST_NO_MEMORY, "out of memory (folder)");
    if (slash && slash != plain) {
        *slash = 0;
        CHECK(folder_make(plain));
    }
    if (!mkdtemp(*sibling)) FAIL(ST_IO, "%s cannot be made (%s): is the folder above it writable?", *sibling, strerror(errno));
    CHECK(arena_defer(a, remove_half, *sibling));
    mode_t mask = umask(0);
    umask(mask);
    if (chmod(*sibling, 0777 & ~mask) != 0) FAIL(ST_IO, "%s: its permissions cannot be set (%s)", *sibling, strerror(errno));
    return ST_OK;
}

static status
write_out(run *r, const protect_result *report)
{
    SCRATCH(tmp);
    document doc;
    text json;
    char *made, *file;
    const char *out = r->options->out;
    struct stat s;
    const report_parts parts = {report, (const released *const *)r->tests, r->population};
    CHECK(report_document(tmp, &r->p, &parts, &doc));
    CHECK(provenance_json(tmp, &r->p, report, &json));
    if (lstat(out, &s) == 0 && !may_replace(out))
        FAIL(ST_BUSY, "%s is not empty and no publication of peil: name another folder with --out", out);
    CHECK(make_sibling(tmp, out, &made));
    CHECK(publish_write(&doc, made, &(publish_options){.official_symbols = r->options->official_symbols}));
    file = path_join(tmp, made, "provenance.json");
    if (!file) FAIL(ST_NO_MEMORY, "out of memory (provenance)");
    CHECK(file_put(file, json));
    CHECK(folder_sync(made));
    return exchange(made, out);
}

status
monitor_run(const monitor_definition *d, const run_options *options, run_times *times)
{
    SCRATCH(tmp);
    run r;
    protect_result report;
    double at[5];
    at[0] = clock_wall();
    CHECK(start(tmp, d, options, true, &r));
    at[1] = clock_wall();
    CHECK(tabulate(&r));
    at[2] = clock_wall();
    CHECK(protect(&r, &report));
    CHECK(work_out(&r, &report));
    at[3] = clock_wall();
    CHECK(write_out(&r, &report));
    at[4] = clock_wall();
    if (times) *times = (run_times){at[1] - at[0], at[2] - at[1], at[3] - at[2], at[4] - at[3]};
    return ST_OK;
}

static status
no_figure(const monitor_definition *d, const char *figure)
{
    char names[400] = "";
    for (uint32_t i = 0; i < d->figures_count; i++) {
        size_t n = strlen(names);
        snprintf(names + n, sizeof names - n, "%s%s", n ? ", " : "", d->figures[i].figure);
    }
    FAIL(ST_NOT_FOUND, "%s has no figure %s: there are %s", d->monitor, figure, names);
}

static bool
needs_registers(const monitor_definition *d, const monitor_figure *f)
{
    bool needs = monitor_population_find(d, f->population) != NULL;
    for (uint32_t i = 0; i < f->parts_count; i++) needs = needs || monitor_population_find(d, f->parts[i].population);
    return needs;
}

status
monitor_tabulate(arena *out, const monitor_definition *d, const run_options *options, size_t n, const char *const figure[], exact_table *result)
{
    SCRATCH(tmp);
    run r;
    bool registers = false;
    const monitor_figure **f;
    ALLOC(tmp, f, n);
    for (size_t i = 0; i < n; i++) {
        f[i] = monitor_figure_find(d, figure[i]);
        if (!f[i]) return no_figure(d, figure[i]);
        registers = registers || needs_registers(d, f[i]);
    }
    CHECK(start(out, d, options, registers, &r));
    /* the source points into r, which ends here; what a table borrows lies in the definition and the snapshot */
    for (size_t i = 0; i < n; i++) CHECK(figure_make(out, &r.source, f[i], &result[i]));
    return ST_OK;
}

static void
put_value(text_builder *b, const exact_table *t, size_t cell)
{
    if (t->count[cell] == EXACT_UNKNOWN) return;
    double n = (double)t->count[cell];
    if (t->measure == EXACT_COUNT)
        text_printf(b, "%lld", (long long)t->count[cell]);
    else if (t->measure == EXACT_SHARE && t->base[cell] > 0)
        text_put_double(b, 100 * n / (double)t->base[cell]);
    else if (t->measure == EXACT_MEAN && n > 0)
        text_put_double(b, t->sum[cell] / n);
}

static void
put_table(text_builder *b, const exact_table *t)
{
    for (size_t r = 0; r < t->rows.n; r++)
        for (size_t c = 0; c < t->columns.n; c++) {
            const char *fields[] = {t->figure, t->rows.item[r].code.code, t->columns.item[c].code.code};
            for (size_t i = 0; i < 3; i++) {
                csv_put_field(b, text_of(fields[i]));
                text_put_char(b, ',');
            }
            put_value(b, t, r * t->columns.n + c);
            text_put_char(b, '\n');
        }
}

status
monitor_tabulate_csv(arena *out, size_t n, const exact_table t[], text *result)
{
    text_builder b = text_builder_new(out);
    text_put(&b, "figure,row,column,value\n");
    for (size_t i = 0; i < n; i++) put_table(&b, &t[i]);
    return text_builder_end(&b, result);
}
