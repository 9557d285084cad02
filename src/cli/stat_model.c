/* peil stat logrank, cox, finegray, clogit: JSON. */
#include "cli/stat.h"

#include "follow/clogit.h"
#include "follow/cox.h"
#include "follow/finegray.h"
#include "follow/logrank.h"

#include <math.h>
#define MATHLIB_STANDALONE
#include <Rmath.h>

static void
put_test(json_t *all, const char *name, double value, int df)
{
    char p[32];
    snprintf(p, sizeof p, "%s_p", name);
    json_object_set_new(all, name, stat_number(value));
    json_object_set_new(all, p, stat_number(df > 0 ? pchisq(value, df, 0, 0) : NAN));
}

static json_t *
errors_of(size_t p, const double *coef, const double *variance)
{
    json_t *list = json_array();
    for (size_t a = 0; a < p; a++) json_array_append_new(list, stat_number(isnan(coef[a]) ? NAN : sqrt(variance[a * p + a])));
    return list;
}

/* exp(coef) with its interval, by the errors given. */
static json_t *
ratios_of(size_t p, const double *coef, const double *variance, double level)
{
    json_t *list = json_array();
    double z = qnorm(1 - (1 - level) / 2, 0, 1, 1, 0);
    for (size_t a = 0; a < p; a++) {
        double se = sqrt(variance[a * p + a]);
        json_array_append_new(list, stat_numbers(3, (double[]){exp(coef[a]), exp(coef[a] - z * se), exp(coef[a] + z * se)}));
    }
    return list;
}

static json_t *
start_model(const stat_data *d, const char *method, int64_t events, const double *coef)
{
    json_t *all = json_object();
    json_object_set_new(all, "method", json_string(method));
    json_object_set_new(all, "n", json_integer((json_int_t)d->s.n));
    json_object_set_new(all, "events", json_integer(events));
    json_object_set_new(all, "excluded", stat_excluded(d));
    json_object_set_new(all, "names", stat_names(d->p, d->names));
    json_object_set_new(all, "coef", stat_numbers(d->p, coef));
    return all;
}

static status
int8_events(arena *a, const stat_data *d, int8_t **result)
{
    int8_t *event;
    ALLOC(a, event, d->s.n);
    for (size_t i = 0; i < d->s.n; i++) event[i] = (int8_t)d->s.status[i];
    *result = event;
    return ST_OK;
}

static status
logrank(arena *a, const options *o, const stat_data *d)
{
    (void)o;
    follow_logrank_result r;
    if (d->by.n < 2)
        FAIL(ST_INVALID, "%s: expected at least two groups in the column of --by (%zu rows left out without a value)", d->file, d->excluded.missing);
    CHECK(follow_logrank(a, &d->s, d->strata.of, (int32_t)d->strata.n, &r));
    json_t *all = json_object(), *n = json_array();
    for (int32_t g = 0; g < r.groups; g++) json_array_append_new(n, json_integer(r.n[g]));
    json_object_set_new(all, "method", json_string(d->strata.of ? "stratified log-rank" : "log-rank"));
    json_object_set_new(all, "groups", stat_names(d->by.n, d->by.name));
    json_object_set_new(all, "excluded", stat_excluded(d));
    json_object_set_new(all, "n", n);
    json_object_set_new(all, "obs", stat_numbers(d->by.n, r.observed));
    json_object_set_new(all, "exp", stat_numbers(d->by.n, r.expected));
    json_object_set_new(all, "chisq", stat_number(r.chisq));
    json_object_set_new(all, "df", json_integer(r.df));
    json_object_set_new(all, "p", stat_number(r.p));
    json_object_set_new(all, "var", stat_square(d->by.n, r.variance));
    return stat_print(all);
}

static json_t *
zph_of(const stat_data *d, const cox_result *r)
{
    if (!r->zph) return json_null();
    json_t *all = json_object(), *names = stat_names(d->terms, d->term_name), *df = json_array(), *p = json_array();
    json_array_append_new(names, json_string("GLOBAL"));
    for (size_t k = 0; k <= d->terms; k++) {
        json_array_append_new(df, json_integer(r->zph_df[k]));
        json_array_append_new(p, stat_number(r->zph_df[k] ? pchisq(r->zph[k], r->zph_df[k], 0, 0) : NAN));
    }
    json_object_set_new(all, "transform", json_string("km"));
    json_object_set_new(all, "names", names);
    json_object_set_new(all, "chisq", stat_numbers(d->terms + 1, r->zph));
    json_object_set_new(all, "df", df);
    json_object_set_new(all, "p", p);
    return all;
}

static void
put_fit(json_t *all, bool converged, int iterations, const double *loglik, int df)
{
    json_object_set_new(all, "loglik", stat_numbers(2, loglik));
    json_object_set_new(all, "df", json_integer(df));
    json_object_set_new(all, "converged", json_boolean(converged));
    json_object_set_new(all, "iterations", json_integer(iterations));
}

static status
cox(arena *a, const options *o, const stat_data *d)
{
    int8_t *event;
    cox_result r;
    CHECK(int8_events(a, d, &event));
    bool breslow = strcmp(option_text(o, "ties"), "breslow") == 0;
    cox_input in = {d->s.n, (int)d->p, d->x, d->s.start, d->s.time, event, d->strata.of, d->cluster.of, (int32_t)d->strata.n,
                    (int32_t)d->cluster.n, breslow, true, d->term};
    CHECK(follow_cox(a, &in, &r));
    json_t *all = start_model(d, breslow ? "cox breslow" : "cox efron", r.events, r.coef);
    json_object_set_new(all, "se", errors_of(d->p, r.coef, r.variance));
    json_object_set_new(all, "robust_se", r.robust ? errors_of(d->p, r.coef, r.robust) : json_null());
    json_object_set_new(all, "hazard_ratio", ratios_of(d->p, r.coef, r.robust ? r.robust : r.variance, option_double(o, "level")));
    put_fit(all, r.converged, r.iterations, r.loglik, r.df);
    put_test(all, "score", r.score, r.df);
    put_test(all, "lrt", r.lrt, r.df);
    put_test(all, "wald", r.wald, r.df);
    json_object_set_new(all, "var", stat_square(d->p, r.robust ? r.robust : r.variance));
    if (r.robust) json_object_set_new(all, "naive_var", stat_square(d->p, r.variance));
    json_object_set_new(all, "zph", zph_of(d, &r));
    return stat_print(all);
}

static status
finegray(arena *a, const options *o, const stat_data *d)
{
    int8_t *state;
    finegray_result r;
    if (d->s.person && d->s.persons != (int32_t)d->s.n) FAIL(ST_INVALID, "%s: finegray: expected one row a person", d->file);
    CHECK(int8_events(a, d, &state));
    for (size_t i = 0; i < d->s.n; i++) state[i] = state[i] > 1 ? 2 : state[i];
    bool efron = d->s.start && strcmp(option_text(o, "ties"), "efron") == 0;
    status code = follow_finegray(a, &(finegray_input){d->s.n, (int)d->p, d->x, d->s.time, state, d->s.start, efron}, &r);
    if (code != ST_OK) return status_prefix(code, "%s: ", d->file);
    json_t *all = start_model(d, !d->s.start ? "fine-gray" : efron ? "fine-gray, delayed entry, efron" : "fine-gray, delayed entry, breslow", r.events, r.coef);
    json_object_set_new(all, "competing", json_integer(r.competing));
    json_object_set_new(all, "se", errors_of(d->p, r.coef, r.variance));
    json_object_set_new(all, "hazard_ratio", ratios_of(d->p, r.coef, r.variance, option_double(o, "level")));
    put_fit(all, r.converged, r.iterations, r.loglik, r.df);
    put_test(all, "lrt", r.lrt, r.df);
    put_test(all, "wald", r.wald, r.df);
    json_object_set_new(all, "var", stat_square(d->p, r.variance));
    json_object_set_new(all, "invinf", stat_square(d->p, r.naive));
    return stat_print(all);
}

static status
clogit(arena *a, const options *o, const stat_data *d)
{
    int8_t *event;
    clogit_result r;
    if (!d->strata.of) FAIL(ST_USAGE, "clogit: --strata COLUMN (the matched set) is needed");
    CHECK(int8_events(a, d, &event));
    CHECK(follow_clogit(a, &(clogit_input){d->s.n, (int)d->p, d->x, event, d->strata.of, (int32_t)d->strata.n}, &r));
    json_t *all = start_model(d, "conditional logistic, exact", r.cases, r.coef);
    json_object_set_new(all, "informative_sets", json_integer(r.informative));
    json_object_set_new(all, "se", errors_of(d->p, r.coef, r.variance));
    json_object_set_new(all, "odds_ratio", ratios_of(d->p, r.coef, r.variance, option_double(o, "level")));
    put_fit(all, r.converged, r.iterations, r.loglik, r.df);
    put_test(all, "score", r.score, r.df);
    put_test(all, "lrt", r.lrt, r.df);
    put_test(all, "wald", r.wald, r.df);
    json_object_set_new(all, "var", stat_square(d->p, r.variance));
    return stat_print(all);
}

status
stat_model(arena *a, const options *o, const char *method)
{
    stat_data d;
    bool is_clogit = strcmp(method, "clogit") == 0, is_finegray = strcmp(method, "finegray") == 0, is_logrank = strcmp(method, "logrank") == 0;
    if (option_count(o) != 2) FAIL(ST_USAGE, "expected: peil stat %s FILE.csv --event E ...", method);
    if (!is_logrank && !option_text(o, "covariates")) FAIL(ST_USAGE, "%s: --covariates A,B is needed", method);
    CHECK(stat_read(a, o, option_argument(o, 1), (is_clogit ? 0 : STAT_TIMES) | (is_finegray ? STAT_CODES : 0), &d));
    if (is_logrank) return logrank(a, o, &d);
    if (d.p == 0) FAIL(ST_INVALID, "%s: the covariates have only one value", d.file);
    if (is_clogit) return clogit(a, o, &d);
    return is_finegray ? finegray(a, o, &d) : cox(a, o, &d);
}
