#include "estimate/write_strata.h"

#include <jansson.h>
#include <math.h>

static json_t *
number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static void
put_interval(json_t *to, const strata_interval *v)
{
    json_object_set_new(to, "observed", number(v->observed));
    json_object_set_new(to, "estimate", number(v->estimate));
    json_object_set_new(to, "lower", number(v->lower));
    json_object_set_new(to, "upper", number(v->upper));
}

static status
put_terms(arena *a, json_t *root, const strata *s, const strata_model *m)
{
    json_t *terms = json_array();
    json_object_set_new(root, "terms", terms);
    for (int i = 0; i < m->n; i++) {
        text name;
        CHECK(strata_term_name(a, s, m->term[i], &name));
        json_array_append_new(terms, json_string(name.bytes));
    }
    return ST_OK;
}

static void
put_strata(json_t *root, const strata *s, const strata_result *r)
{
    json_t *list = json_array(), *margins = json_object();
    json_object_set_new(root, "strata", list);
    json_object_set_new(root, "margins", margins);
    for (size_t g = 0; g < s->n; g++) {
        json_t *one = json_object();
        for (int j = 0; j < s->covariates; j++) json_object_set_new(one, s->covariate[j], json_string(s->label[j][strata_level(s, g, j)]));
        put_interval(one, &r->stratum[g]);
        json_array_append_new(list, one);
    }
    for (int j = 0; j < s->covariates; j++) {
        json_t *levels = json_object();
        json_object_set_new(margins, s->covariate[j], levels);
        for (int l = 0; l < s->levels[j]; l++) {
            json_t *one = json_object();
            put_interval(one, &r->level[j][l]);
            json_object_set_new(levels, s->label[j][l], one);
        }
    }
}

status
write_strata_json(arena *out, const strata *s, const strata_result *r, text *result)
{
    SCRATCH(tmp);
    json_t *root = json_object(), *lists = json_array();
    json_object_set_new(root, "method", json_string("covariates"));
    json_object_set_new(root, "lists", lists);
    for (int i = 0; i < s->lists; i++) json_array_append_new(lists, json_string(s->list[i]));
    put_interval(root, &r->total);
    status code = put_terms(tmp, root, s, &r->model);
    if (code != ST_OK) {
        json_decref(root);
        return code;
    }
    json_object_set_new(root, "parameters", json_integer(r->fit.parameters));
    json_object_set_new(root, "deviance", number(r->fit.deviance));
    json_object_set_new(root, "bic", number(r->fit.bic));
    json_object_set_new(root, "exists", json_boolean(r->fit.exists));
    json_object_set_new(root, "partly_unknown", json_integer((json_int_t)s->partials));
    json_object_set_new(root, "em_steps", json_integer(r->fit.em_steps));
    json_object_set_new(root, "replicates", json_integer((json_int_t)r->replicates));
    json_object_set_new(root, "replicates_failed", json_integer((json_int_t)r->failed));
    json_object_set_new(root, "bootstrap", json_string(r->parametric ? "parametric" : "of records"));
    if (r->why) json_object_set_new(root, "why", json_string(r->why));
    put_strata(root, s, r);
    json_object_set_new(root, "seconds", number(r->seconds));
    char *bytes = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    json_decref(root);
    if (!bytes) FAIL(ST_NO_MEMORY, "out of memory (JSON)");
    char *copy = arena_printf(out, "%s\n", bytes);
    free(bytes);
    if (!copy) FAIL(ST_NO_MEMORY, "out of memory (JSON)");
    *result = text_of(copy);
    return ST_OK;
}

static void
put_line(text_builder *b, const char *name, const strata_interval *v)
{
    text_printf(b, "  %-28s %10.0f %12.0f", name, v->observed, v->estimate);
    if (!isnan(v->lower)) text_printf(b, "   %10.0f - %10.0f", v->lower, v->upper);
    text_put_char(b, '\n');
}

status
write_strata_text(arena *out, const strata *s, const strata_result *r, text *result)
{
    text_builder b = text_builder_new(out);
    text_printf(&b, "%d lists, %.0f persons on them; observed, estimate, 95 %% interval\n", s->lists, s->total);
    put_line(&b, "all", &r->total);
    for (int j = 0; j < s->covariates; j++)
        for (int l = 0; l < s->levels[j]; l++) {
            char *name = arena_printf(out, "%s %s", s->covariate[j], s->label[j][l]);
            if (!name) FAIL(ST_NO_MEMORY, "out of memory (text)");
            put_line(&b, name, &r->level[j][l]);
        }
    text_put(&b, "model     ");
    for (int i = 0; i < r->model.n; i++) {
        text name;
        if (r->model.term[i].lists == 0 && r->model.term[i].covariates == 0) continue;
        CHECK(strata_term_name(out, s, r->model.term[i], &name));
        text_printf(&b, " %s", name.bytes);
    }
    text_printf(&b, "\n%d parameters, BIC %.6g; %zu replicates, %zu without an estimate\n", r->fit.parameters, r->fit.bic, r->replicates, r->failed);
    if (r->why) text_printf(&b, "note       %s\n", r->why);
    return text_builder_end(&b, result);
}
