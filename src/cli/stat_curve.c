/* peil stat km, na, aj, mcf, ghosh-lin: curves as CSV, or JSON with one array a column. */
#include "cli/stat.h"

#include "base/log.h"
#include "follow/aj.h"
#include "follow/curves.h"
#include "follow/mcf.h"
#include "table/csv.h"

#include <math.h>
#include <stdio.h>

/* A curve's columns: names and numbers; the first, strata, stands apart. */
typedef struct sheet {
    size_t rows, columns;
    const char *name[12];
    const double *value[12];
    const char **strata; /* [rows] */
} sheet;

static status
print_csv(const sheet *s)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    text_put(&b, "strata");
    for (size_t c = 0; c < s->columns; c++) text_printf(&b, ",%s", s->name[c]);
    text_put_char(&b, '\n');
    for (size_t r = 0; r < s->rows; r++) {
        csv_put_field(&b, text_of(s->strata[r]));
        for (size_t c = 0; c < s->columns; c++) {
            double v = s->value[c][r];
            text_put_char(&b, ',');
            if (v == floor(v) && fabs(v) < 1e15)
                text_printf(&b, "%.0f", v + 0.0);
            else
                text_put_double(&b, v);
        }
        text_put_char(&b, '\n');
    }
    text all;
    CHECK(text_builder_end(&b, &all));
    if (fwrite(all.bytes, 1, all.n, stdout) != all.n) FAIL(ST_IO, "writing to standard output failed");
    return ST_OK;
}

static status
print_sheet(const options *o, const stat_data *d, const char *method, const sheet *s)
{
    if (!option_flag(o, "json")) {
        stat_note_excluded(d);
        return print_csv(s);
    }
    json_t *all = json_object();
    json_object_set_new(all, "method", json_string(method));
    json_object_set_new(all, "n", json_integer((json_int_t)d->s.n));
    json_object_set_new(all, "excluded", stat_excluded(d));
    json_object_set_new(all, "strata", stat_names(s->rows, s->strata));
    for (size_t c = 0; c < s->columns; c++) json_object_set_new(all, s->name[c], stat_numbers(s->rows, s->value[c]));
    return stat_print(all);
}

static status
put_column(sheet *s, const char *name, const double *value)
{
    s->name[s->columns] = name;
    s->value[s->columns++] = value;
    return ST_OK;
}

/* Integers of the counts: at_risk (column -1), events (-2) or exits with a status. */
enum { AT_RISK = -1, EVENTS = -2 };

static status
put_counts(arena *a, sheet *s, const char *name, const follow_counts *c, int what)
{
    double *value;
    size_t width = (size_t)c->causes + 1;
    ALLOC(a, value, c->rows);
    for (size_t r = 0; r < c->rows; r++)
        value[r] = (double)(what == AT_RISK  ? c->at_risk[r]
                            : what == EVENTS ? counts_events(c, r)
                                             : (size_t)what < width ? c->exits[r * width + (size_t)what] : 0);
    return put_column(s, name, value);
}

/* The stratum's name on each row, `times` rows a row of the counts. */
static status
name_strata(arena *a, const stat_data *d, const follow_counts *c, size_t times, sheet *s)
{
    s->rows = c->rows * times;
    ALLOC(a, s->strata, s->rows);
    for (int32_t g = 0; g < c->groups; g++)
        for (size_t r = c->first[g] * times; r < c->first[g + 1] * times; r++) s->strata[r] = d->by.n ? d->by.name[g] : "";
    return ST_OK;
}

static follow_interval
interval_of(const options *o)
{
    const char *ci = option_text(o, "ci");
    return strcmp(ci, "plain") == 0 ? INTERVAL_PLAIN : strcmp(ci, "log-log") == 0 ? INTERVAL_LOG_LOG : INTERVAL_LOG;
}

/* With --id, spans of a person that touch are one. */
static status
joined(arena *a, const stat_data *d, spans *s)
{
    *s = d->s;
    if (!d->s.person) return ST_OK;
    size_t gaps;
    status code = follow_spans_join(a, &d->s, s, &gaps);
    return code == ST_OK ? ST_OK : status_prefix(code, "%s: ", d->file);
}

static status
km(arena *a, const options *o, const stat_data *d, bool hazard)
{
    spans s;
    follow_counts c;
    follow_curve k;
    sheet out = {0};
    CHECK(joined(a, d, &s));
    CHECK(follow_count(a, &s, &c));
    CHECK(follow_km(a, &c, &(follow_curve_options){interval_of(o), option_double(o, "level")}, &k));
    CHECK(name_strata(a, d, &c, 1, &out));
    CHECK(put_column(&out, "time", c.time));
    CHECK(put_counts(a, &out, "n_risk", &c, AT_RISK));
    CHECK(put_counts(a, &out, "n_event", &c, EVENTS));
    CHECK(put_counts(a, &out, "n_censor", &c, 0));
    if (!hazard) {
        CHECK(put_column(&out, "surv", k.survival));
        CHECK(put_column(&out, "std_err", k.std_error));
        CHECK(put_column(&out, "lower", k.lower));
        CHECK(put_column(&out, "upper", k.upper));
    }
    CHECK(put_column(&out, "cumhaz", k.hazard));
    CHECK(put_column(&out, "se_cumhaz", k.hazard_error));
    if (hazard) {
        CHECK(put_column(&out, "lower", k.hazard_lower));
        CHECK(put_column(&out, "upper", k.hazard_upper));
    }
    return print_sheet(o, d, hazard ? "nelson-aalen" : "kaplan-meier", &out);
}

static status
aj(arena *a, const options *o, const stat_data *d)
{
    spans s;
    follow_counts c;
    follow_states p;
    sheet out = {0};
    CHECK(joined(a, d, &s));
    CHECK(follow_count(a, &s, &c));
    status code = follow_aj(a, &c, &s, &p);
    if (code != ST_OK) return status_prefix(code, "%s: ", d->file);
    size_t k = (size_t)p.states;
    double *time, *state;
    CHECK(name_strata(a, d, &c, k, &out));
    ALLOC(a, time, out.rows);
    ALLOC(a, state, out.rows);
    for (size_t r = 0; r < out.rows; r++) time[r] = c.time[r / k], state[r] = (double)(r % k);
    CHECK(put_column(&out, "time", time));
    CHECK(put_column(&out, "state", state));
    CHECK(put_column(&out, "p", p.p));
    CHECK(put_column(&out, "se", p.error));
    return print_sheet(o, d, "aalen-johansen", &out);
}

static status
mcf(arena *a, const options *o, const stat_data *d, bool terminal)
{
    follow_mean m;
    sheet out = {0};
    status code = follow_mcf(a, &d->s, terminal, &m);
    if (code != ST_OK) return status_prefix(code, "%s: ", d->file);
    CHECK(name_strata(a, d, &m.counts, 1, &out));
    CHECK(put_column(&out, "time", m.counts.time));
    CHECK(put_counts(a, &out, "n_risk", &m.counts, AT_RISK));
    CHECK(put_counts(a, &out, "n_event", &m.counts, 1));
    if (terminal) CHECK(put_counts(a, &out, "n_terminal", &m.counts, 2));
    CHECK(put_column(&out, "mcf", m.mean));
    CHECK(put_column(&out, "se_robust", m.error));
    return print_sheet(o, d, terminal ? "ghosh-lin" : "mean cumulative function", &out);
}

status
stat_curve(arena *a, const options *o, const char *method)
{
    stat_data d;
    bool codes = strcmp(method, "km") != 0 && strcmp(method, "na") != 0;
    if (option_count(o) != 2) FAIL(ST_USAGE, "expected: peil stat %s FILE.csv --time T --event E", method);
    bool recurrent = strcmp(method, "mcf") == 0 || strcmp(method, "ghosh-lin") == 0;
    CHECK(stat_read(a, o, option_argument(o, 1), STAT_TIMES | (codes ? STAT_CODES : 0) | (recurrent ? STAT_TERMINAL : 0), &d));
    if (strcmp(method, "km") == 0) return km(a, o, &d, false);
    if (strcmp(method, "na") == 0) return km(a, o, &d, true);
    if (strcmp(method, "aj") == 0 || strcmp(method, "cuminc") == 0) return aj(a, o, &d);
    return mcf(a, o, &d, strcmp(method, "ghosh-lin") == 0);
}
