#include "estimate/write.h"

#include "estimate/existence.h"
#include "table/csv.h"

#include <jansson.h>
#include <math.h>

static json_t *
number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static status
dump(arena *out, json_t *root, text *result)
{
    char *bytes = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(root);
    if (!bytes) FAIL(ST_NO_MEMORY, "out of memory (JSON)");
    size_t n = strlen(bytes);
    char *copy = arena_printf(out, "%s\n", bytes);
    free(bytes);
    if (!copy) FAIL(ST_NO_MEMORY, "out of memory (JSON)");
    *result = (text){copy, n + 1};
    return ST_OK;
}

/* "(Intercept)", "LA", "LA:NG". */
static status
term_name(arena *a, const overlap *o, unsigned term, text *result)
{
    text_builder b = text_builder_new(a);
    if (!term) text_put(&b, "(Intercept)");
    for (unsigned left = term; left; left &= left - 1) {
        if (left != term) text_put_char(&b, ':');
        text_put(&b, o->name[__builtin_ctz(left)]);
    }
    return text_builder_end(&b, result);
}

static status
put_model(arena *a, json_t *root, const overlap *o, const finding *f)
{
    text notation;
    CHECK(model_text(a, &f->model, &notation));
    json_object_set_new(root, "model", json_string(notation.bytes));
    json_t *terms = json_array(), *coefficients = json_object(), *empty = json_array();
    json_object_set_new(root, "terms", terms);
    json_object_set_new(root, "coefficients", coefficients);
    json_object_set_new(root, "minus_infinity", empty);
    for (int i = 0; i < f->model.n; i++) {
        text name;
        CHECK(term_name(a, o, f->model.term[i], &name));
        json_array_append_new(terms, json_string(name.bytes));
        if (!f->fit.converged) continue;
        json_object_set_new(coefficients, name.bytes, number(f->fit.beta[i]));
        if (isinf(f->fit.beta[i])) json_array_append_new(empty, json_string(name.bytes));
    }
    json_object_set_new(root, "deviance", number(f->statistics.deviance));
    json_object_set_new(root, "df", json_integer(f->statistics.df));
    json_object_set_new(root, "aic", number(f->statistics.aic));
    json_object_set_new(root, "bic", number(f->statistics.bic));
    json_object_set_new(root, "std_error", number(f->statistics.std_error));
    return ST_OK;
}

static void
put_posterior(json_t *root, const finding *f)
{
    json_object_set_new(root, "mean", number(f->mean));
    json_object_set_new(root, "median", number(f->median));
    if (f->method == METHOD_DECOMPOSABLE) {
        json_t *priors = json_array();
        for (int i = 0; i < METHOD_PRIORS; i++)
            json_array_append_new(priors, json_pack("{s:o, s:o}", "delta", number(f->delta[i]), "median", number(f->median_at[i])));
        json_object_set_new(root, "prior_band", json_pack("[o,o]", number(f->band_lower), number(f->band_upper)));
        json_object_set_new(root, "priors", priors);
        json_object_set_new(root, "model_probability", number(f->probability));
    } else {
        json_object_set_new(root, "r_hat", number(f->r_hat));
        json_object_set_new(root, "effective_draws", number(f->effective));
    }
}

static status
put_finding(arena *a, json_t *root, const overlap *o, const finding *f)
{
    json_t *lists = json_array();
    json_object_set_new(root, "method", json_string(method_name(f->method)));
    json_object_set_new(root, "lists", lists);
    for (int i = 0; i < o->lists; i++) json_array_append_new(lists, json_string(o->name[i]));
    json_object_set_new(root, "observed", json_integer((json_int_t)o->total));
    json_object_set_new(root, "estimate", number(f->estimate));
    json_object_set_new(root, "lower", number(f->lower));
    json_object_set_new(root, "upper", number(f->upper));
    if (f->resample.n) {
        json_object_set_new(root, "wide_lower", number(f->resample.wide_lower));
        json_object_set_new(root, "wide_upper", number(f->resample.wide_upper));
    }
    if (f->has_model) CHECK(put_model(a, root, o, f));
    if (!isnan(f->median)) put_posterior(root, f);
    json_object_set_new(root, "existence", json_integer(f->code));
    if (f->why) json_object_set_new(root, "why", json_string(f->why));
    if (f->search) json_object_set_new(root, "search", json_string(f->search));
    if (f->models) json_object_set_new(root, "models", json_integer((json_int_t)f->models));
    json_object_set_new(root, "replicates", json_integer((json_int_t)f->resample.n));
    json_object_set_new(root, "replicates_failed", json_integer((json_int_t)f->resample.failed));
    if (f->resample.n) json_object_set_new(root, "acceleration", number(f->resample.acceleration));
    json_object_set_new(root, "seconds", number(f->seconds));
    return ST_OK;
}

status
write_finding_json(arena *out, const overlap *o, const finding *f, text *result)
{
    SCRATCH(tmp);
    json_t *root = json_object();
    status code = put_finding(tmp, root, o, f);
    if (code != ST_OK) {
        json_decref(root);
        return code;
    }
    return dump(out, root, result);
}

status
write_links_json(arena *out, const links *l, const links_result *r, text *result)
{
    json_t *lists = json_array(), *draws = json_array();
    for (int i = 0; i < l->lists; i++) json_array_append_new(lists, json_string(l->list[i]));
    for (size_t i = 0; i < r->draws; i++)
        json_array_append_new(draws, json_pack("{s:o, s:o}", "observed", number(r->observed[i]), "estimate", number(r->estimate[i])));
    json_t *root = json_pack("{s:o, s:i, s:i, s:o, s:o, s:o, s:o, s:i, s:o}", "lists", lists, "records", (int)l->records, "pairs", (int)l->pairs,
                             "estimate", number(r->median), "lower", number(r->lower), "upper", number(r->upper), "share_of_links",
                             number(r->share), "replicates_failed", (int)r->failed, "draws", draws);
    return dump(out, root, result);
}

static json_t *
variants_json(size_t n, const variant list[])
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        const variant *v = &list[i];
        json_t *row = json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", v->name, "observed", number(v->observed), "estimate",
                                number(v->estimate), "lower", number(v->lower), "upper", number(v->upper));
        if (!isnan(v->known)) {
            json_object_set_new(row, "known", number(v->known));
            json_object_set_new(row, "covers", json_boolean(v->covers));
        }
        if (v->why) json_object_set_new(row, "why", json_string(v->why));
        json_array_append_new(array, row);
    }
    return array;
}

static status
put_methods(arena *a, json_t *root, const report *r)
{
    json_t *methods = json_array();
    json_object_set_new(root, "methods", methods);
    for (int m = 0; m < METHOD_COUNT; m++) {
        json_t *one = json_object();
        json_array_append_new(methods, one);
        CHECK(put_finding(a, one, r->table, &r->finding[m]));
        json_object_set_new(one, "usable", json_boolean(r->usable[m]));
    }
    return ST_OK;
}

static status
put_report(arena *a, json_t *root, const report *r)
{
    text nl, en;
    CHECK(report_sentence(a, r, LANGUAGE_NL, &nl));
    CHECK(report_sentence(a, r, LANGUAGE_EN, &en));
    json_object_set_new(root, "observed", json_integer((json_int_t)r->table->total));
    CHECK(put_methods(a, root, r));
    json_object_set_new(root, "left_out", variants_json(r->without, r->left_out));
    json_object_set_new(root, "merged", variants_json(r->merges, r->merged));
    json_object_set_new(root, "held_out", json_pack("{s:o, s:o}", "stepwise", variants_json(r->without, r->held_out[0]), "independence",
                                                    variants_json(r->without, r->held_out[1])));
    json_t *far = json_pack("{s:i, s:o, s:o, s:i}", "methods_usable", r->used, "factor", number(r->factor), "widest_interval_factor",
                            number(r->widest_factor), "pairs_apart", r->apart);
    if (r->used) {
        json_object_set_new(far, "lowest", json_pack("{s:s, s:o}", "method", method_name(r->lowest), "estimate", number(r->finding[r->lowest].estimate)));
        json_object_set_new(far, "highest", json_pack("{s:s, s:o}", "method", method_name(r->highest), "estimate", number(r->finding[r->highest].estimate)));
    }
    json_object_set_new(root, "disagreement", far);
    json_object_set_new(root, "sentence", json_pack("{s:s, s:s}", "nl", nl.bytes, "en", en.bytes));
    return ST_OK;
}

status
write_report_json(arena *out, const report *r, text *result)
{
    SCRATCH(tmp);
    json_t *root = json_object();
    status code = put_report(tmp, root, r);
    if (code != ST_OK) {
        json_decref(root);
        return code;
    }
    return dump(out, root, result);
}

static void
put_rounded(text_builder *b, double x)
{
    if (isnan(x)) text_put(b, "none");
    else if (isinf(x)) text_put(b, "unbounded");
    else text_printf(b, "%.0f", x);
}

status
write_finding_text(arena *out, const overlap *o, const finding *f, text *result)
{
    text_builder b = text_builder_new(out);
    text_printf(&b, "%s: %d lists, %.0f persons on them\n", method_name(f->method), o->lists, o->total);
    text_put(&b, "estimate   ");
    put_rounded(&b, f->estimate);
    if (!isnan(f->shown_lower)) {
        text_put(&b, " (95 % from ");
        put_rounded(&b, f->shown_lower);
        text_put(&b, " to ");
        put_rounded(&b, f->shown_upper);
        text_put_char(&b, ')');
    }
    text_put_char(&b, '\n');
    if (f->resample.n) {
        text_put(&b, "BCa        from ");
        put_rounded(&b, f->lower);
        text_put(&b, " to ");
        put_rounded(&b, f->upper);
        text_put(&b, " (as published; on sparse tables it covers too seldom)\n");
    }
    if (f->has_model) {
        text notation;
        CHECK(model_text(out, &f->model, &notation));
        text_printf(&b, "model      %s", notation.bytes);
        if (f->fit.converged)
            text_printf(&b, ", deviance %.4g on %d df, BIC %.6g", f->statistics.deviance, f->statistics.df, f->statistics.bic);
        if (!isnan(f->probability)) text_printf(&b, ", posterior probability %.3f", f->probability);
        text_put_char(&b, '\n');
    }
    if (f->resample.n) text_printf(&b, "replicates %zu, of which %zu without an estimate\n", f->resample.n, f->resample.failed);
    if (!isnan(f->band_lower))
        text_printf(&b, "priors     medians from %.0f to %.0f for prior counts from %.3g to %.3g a cell\n", f->band_lower, f->band_upper,
                    f->delta[0], f->delta[METHOD_PRIORS - 1]);
    if (!isnan(f->r_hat)) text_printf(&b, "R-hat      %.3f\n", f->r_hat);
    if (f->why) text_printf(&b, "note       %s\n", f->why);
    return text_builder_end(&b, result);
}

status
write_links_text(arena *out, const links *l, const links_result *r, text *result)
{
    text_builder b = text_builder_new(out);
    text_printf(&b, "%d lists, %zu records, ", l->lists, l->records);
    if (!l->draws) text_printf(&b, "%zu pairs that may be one person, ", l->pairs);
    text_printf(&b, "%zu draws of the links%s\nestimate   ", r->draws, l->draws ? ", as given" : "");
    put_rounded(&b, r->median);
    text_put(&b, " (95 % from ");
    put_rounded(&b, r->lower);
    text_put(&b, " to ");
    put_rounded(&b, r->upper);
    text_printf(&b, ")\nlinks      bring %.0f %% of the variance; %zu replicates without an estimate\n", 100 * r->share, r->failed);
    return text_builder_end(&b, result);
}

/* Notation with commas: quoted as CSV wants it. */
static status
put_notation(text_builder *b, const model *m)
{
    SCRATCH(tmp);
    text notation;
    CHECK(model_text(tmp, m, &notation));
    csv_put_field(b, notation);
    return ST_OK;
}

status
write_replicates(arena *out, const resample_result *r, text *result)
{
    text_builder b = text_builder_new(out);
    text_put(&b, "replicate,model,estimate\n");
    for (size_t i = 0; i < r->n; i++) {
        text_printf(&b, "%zu,", i + 1);
        CHECK(put_notation(&b, &r->model[i]));
        text_put_char(&b, ',');
        text_put_double(&b, r->estimate[i]);
        text_put_char(&b, '\n');
    }
    return text_builder_end(&b, result);
}

status
write_codes(arena *out, const model_family *f, const int codes[], text *result)
{
    text_builder b = text_builder_new(out);
    text_put(&b, "model,code\n");
    for (size_t i = 0; i < f->n; i++) {
        model m = model_of_member(f, f->member[i]);
        CHECK(put_notation(&b, &m));
        text_printf(&b, ",%d\n", codes[i]);
    }
    return text_builder_end(&b, result);
}

static void
put_values(text_builder *b, size_t n, const double values[])
{
    for (size_t i = 0; i < n; i++) {
        text_put_char(b, ',');
        text_put_double(b, values[i]);
    }
}

status
write_models(arena *out, const model_family *f, const model_row rows[], text *result)
{
    text_builder b = text_builder_new(out);
    text_put(&b, "model,estimate,std_error,deviance,df,aic,bic,code\n");
    for (size_t i = 0; i < f->n; i++) {
        const model_row *r = &rows[i];
        model m = model_of_member(f, r->member);
        double before[] = {r->estimate, r->std_error, r->deviance}, after[] = {r->aic, r->bic};
        CHECK(put_notation(&b, &m));
        put_values(&b, 3, before);
        text_printf(&b, ",%d", r->df);
        put_values(&b, 2, after);
        text_printf(&b, ",%d\n", r->code);
    }
    return text_builder_end(&b, result);
}

static status
model_json(const model_family *f, const model_row *r, json_t *list)
{
    SCRATCH(tmp);
    text notation;
    model m = model_of_member(f, r->member);
    CHECK(model_text(tmp, &m, &notation));
    json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o, s:i, s:o, s:o, s:i}", "model", notation.bytes, "estimate",
                                          number(r->estimate), "std_error", number(r->std_error), "deviance", number(r->deviance),
                                          "df", r->df, "aic", number(r->aic), "bic", number(r->bic), "code", r->code));
    return ST_OK;
}

status
write_models_json(arena *out, const model_family *f, const model_row rows[], text *result)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->n; i++) {
        status code = model_json(f, &rows[i], list);
        if (code == ST_OK) continue;
        json_decref(list);
        return code;
    }
    return dump(out, list, result);
}
