#include "protect/spec.h"

static status
check_amount(const char *path, spec_amount *m)
{
    if (m->minimum == 0) m->minimum = 10;
    if (m->digits == 0) m->digits = 3;
    if (m->minimum < 3 || m->digits < 1 || m->digits > 6 || m->dominance_n < 0 || m->dominance_n > 5 || m->dominance_k < 0 ||
        m->dominance_k > 100 || m->p_percent < 0 || m->p_percent > 100)
        FAIL(ST_CONFIG, "%s: amount %s: expected a minimum of at least 3, 1 to 6 digits, dominance_n to 5, dominance_k and p_percent in percent", path, m->name);
    if (m->dominance_n > 0 && m->dominance_k == 0) FAIL(ST_CONFIG, "%s: amount %s: dominance_n without dominance_k: expected the percentage that is too much", path, m->name);
    return ST_OK;
}

static status
check_shares(const char *path, protect_spec *spec)
{
    for (unsigned i = 0; i < spec->shares_count; i++) {
        spec_share *s = &spec->shares[i];
        if (s->minimum == 0) s->minimum = 10;
        if (s->decimals < 0 || s->decimals > 3) FAIL(ST_CONFIG, "%s: share %s: decimals: expected 0 to 3", path, s->name);
        if (s->minimum < 1 || s->minimum > 1000000) FAIL(ST_CONFIG, "%s: share %s: minimum: expected a number of persons", path, s->name);
        if (strcmp(s->name, "count") == 0) FAIL(ST_CONFIG, "%s: share count: name: expected another name than that of the column of counts", path);
        for (unsigned d = 0; d < spec->dimensions_count; d++)
            if (strcmp(s->name, spec->dimensions[d].name) == 0) FAIL(ST_CONFIG, "%s: share %s: name: a dimension has it: expected another", path, s->name);
        for (unsigned k = 0; k < i; k++)
            if (strcmp(s->name, spec->shares[k].name) == 0 && strcmp(s->file, spec->shares[k].file) == 0)
                FAIL(ST_CONFIG, "%s: share %s: twice for %s: expected different names", path, s->name, s->file);
    }
    return ST_OK;
}

static status
check_statistics(const char *path, protect_spec *spec)
{
    for (unsigned i = 0; i < spec->statistics_count; i++) {
        spec_statistic *s = &spec->statistics[i];
        if (s->digits == 0) s->digits = 4;
        if (s->digits < 1 || s->digits > 6) FAIL(ST_CONFIG, "%s: statistic %s: digits: expected 1 to 6", path, s->name);
        for (unsigned k = 0; k < i; k++)
            if (strcmp(s->name, spec->statistics[k].name) == 0) FAIL(ST_CONFIG, "%s: statistic %s: twice: expected different names", path, s->name);
    }
    return ST_OK;
}

/* Does a group come back to itself by its parts? */
static bool
goes_round(const spec_dimension *d, const char *from, const char *code, unsigned depth)
{
    for (unsigned g = 0; g < d->groups_count; g++) {
        if (strcmp(d->groups[g].code, code) != 0) continue;
        for (unsigned i = 0; i < d->groups[g].parts_count; i++)
            if (strcmp(d->groups[g].parts[i], from) == 0 || (depth < d->groups_count && goes_round(d, from, d->groups[g].parts[i], depth + 1))) return true;
    }
    return false;
}

static status
check_dimension(const char *path, const protect_spec *spec, unsigned i)
{
    const spec_dimension *d = &spec->dimensions[i];
    if (d->merge < 0 || (d->merge > 0 && d->overlapping))
        FAIL(ST_CONFIG, "%s: dimension %s: merge: expected a number of persons, and codes that do not overlap", path, d->name);
    for (unsigned k = 0; k < i; k++)
        if (strcmp(d->name, spec->dimensions[k].name) == 0) FAIL(ST_CONFIG, "%s: dimension %s: twice: expected all its groups in one place", path, d->name);
    for (unsigned g = 0; g < d->groups_count; g++) {
        const spec_group *group = &d->groups[g];
        for (unsigned a = 0; a < group->parts_count; a++)
            for (unsigned b = 0; b < a; b++)
                if (strcmp(group->parts[a], group->parts[b]) == 0)
                    FAIL(ST_CONFIG, "%s: dimension %s, group %s: part %s stands there twice: expected once", path, d->name, group->code, group->parts[a]);
        if (goes_round(d, group->code, group->code, 0))
            FAIL(ST_CONFIG, "%s: dimension %s, group %s: it is a part of itself, if need be by other groups: expected a tree", path, d->name, group->code);
    }
    return ST_OK;
}

status
spec_check(const char *path, protect_spec *spec)
{
    if (spec->base == 0) spec->base = 5;
    if (spec->minimum == 0) spec->minimum = 5;
    if (spec->base < 2 || spec->base > 1000) FAIL(ST_CONFIG, "%s: base: expected 2 to 1000", path);
    if (spec->minimum < 1 || spec->minimum > 1000) FAIL(ST_CONFIG, "%s: minimum: expected 1 to 1000", path);
    if (spec->interval < 0 || spec->interval > 1000000) FAIL(ST_CONFIG, "%s: interval: expected the least width, a number of persons", path);
    if (!(spec->interval_percent >= 0 && spec->interval_percent <= 100)) FAIL(ST_CONFIG, "%s: interval_percent: expected 0 to 100", path);
    for (unsigned i = 0; i < spec->amounts_count; i++) CHECK(check_amount(path, &spec->amounts[i]));
    for (unsigned i = 0; i < spec->tables_count; i++)
        if (spec->tables[i].minimum < 0 || spec->tables[i].minimum > 1000)
            FAIL(ST_CONFIG, "%s: table %s: minimum: expected 1 to 1000", path, spec->tables[i].file);
    for (unsigned i = 0; i < spec->dimensions_count; i++) CHECK(check_dimension(path, spec, i));
    CHECK(check_shares(path, spec));
    return check_statistics(path, spec);
}
