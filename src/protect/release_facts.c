#include "protect/release_making.h"

#include "base/file.h"
#include "base/hash.h"

#include <stdlib.h>

status
making_hash_file(arena *a, const char *path, const char **hash)
{
    SCRATCH(tmp);
    text bytes;
    char hex[HASH_HEX];
    CHECK(file_map(tmp, path, &bytes));
    hash_hex(hash_of(bytes.bytes, bytes.n), hex);
    *hash = arena_copy(a, hex, sizeof hex - 1);
    if (!*hash) FAIL(ST_NO_MEMORY, "out of memory (certificate)");
    return ST_OK;
}

/* Which counts there are and what they are, in canonical order, under the owner's key. */
static status
hash_data(arena *a, making *m)
{
    if (!m->options->key) return ST_OK;
    SCRATCH(tmp);
    const protect_system *s = &m->data.system;
    text secret, names;
    char hex[HASH_HEX];
    CHECK(file_map(tmp, m->options->key, &secret));
    if (secret.n < 32) FAIL(ST_INVALID, "%s: a key of less than 32 bytes could be guessed: expected a longer one", m->options->key);
    text_builder b = text_builder_new(tmp);
    for (size_t i = 0; i < s->n; i++) {
        const char *what = system_describe(tmp, s, i);
        text_printf(&b, "%s=%lld\n", what ? what : "", (long long)s->value[i]);
    }
    CHECK(text_builder_end(&b, &names));
    hash key = hash_of(secret.bytes, secret.n);
    hash_hex(hash_keyed(&key, names.bytes, names.n), hex);
    m->facts.data_hash = arena_copy(a, hex, sizeof hex - 1);
    if (!m->facts.data_hash) FAIL(ST_NO_MEMORY, "out of memory (certificate)");
    return ST_OK;
}

/* Is every dimension=code of the reason one of the count's? */
static bool
concerns(const protect_system *s, uint32_t cell, const spec_revision *r)
{
    for (unsigned i = 0; i < r->where_count; i++) {
        const char *equal = strchr(r->where[i], '=');
        bool found = false;
        for (size_t d = 0; equal && d < s->dimensions; d++) {
            uint16_t code = system_key(s, cell)[d + 1];
            size_t n = (size_t)(equal - r->where[i]);
            found |= code && strlen(s->dimension[d].name) == n && strncmp(s->dimension[d].name, r->where[i], n) == 0 && strcmp(s->dimension[d].code[code], equal + 1) == 0;
        }
        if (!found) return false;
    }
    return true;
}

/* Every number that is another than before. Whether both can be true is told by the two numbers alone, not by the exact count: that one
 * that could still stand is no longer true would tell something. */
static status
list_revisions(arena *a, making *m)
{
    const release_data *d = &m->data;
    const protect_system *s = &d->system;
    release_facts *f = &m->facts;
    ALLOC(a, f->revision, s->n);
    for (uint32_t i = 0; i < s->n; i++) {
        if (d->earlier[i] == TABLES_HIDDEN || (m->hidden && m->hidden[i])) continue;
        if (d->earlier[i] == m->value[i]) {
            f->kept++;
            continue;
        }
        const char *what = system_describe(a, s, i), *reason = NULL;
        bool both = llabs(d->earlier[i] - m->value[i]) <= d->earlier_reach + m->reach;
        for (unsigned k = 0; k < d->spec.revised_count && !reason; k++)
            if (concerns(s, i, &d->spec.revised[k])) reason = d->spec.revised[k].because;
        f->revision[f->revisions++] = (certificate_revision){s->source[i], what ? what : "", d->earlier[i], m->value[i], both, reason};
        *(both ? &f->adjusted : &f->revised) += 1;
    }
    return ST_OK;
}

/* Numbers of the earlier release: kept, another where both can be true, revised. */
static status
compare_earlier(arena *a, making *m)
{
    release_facts *f = &m->facts;
    const release_data *d = &m->data;
    const char *path = m->options->earlier;
    if (!path) return ST_OK;
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') n--;
    size_t from = n;
    while (from > 0 && path[from - 1] != '/') from--;
    f->earlier = arena_copy(a, path + from, n - from);
    const char *certificate = path_join(a, path, "certificate.json");
    if (!f->earlier || !certificate) FAIL(ST_NO_MEMORY, "out of memory (certificate)");
    if (file_exists(certificate)) CHECK(making_hash_file(a, certificate, &f->earlier_hash));
    CHECK(list_revisions(a, m));
    for (size_t i = d->joint.own; i < d->joint.own + d->joint.earlier; i++) f->only_earlier += d->earlier[i] != TABLES_HIDDEN;
    f->unusable = m->found.apart ? f->only_earlier : m->found.unusable;
    f->reasons = d->spec.revisions_count;
    f->reason = d->spec.revisions;
    return ST_OK;
}

static status
list_hidden(arena *a, making *m)
{
    const protect_system *s = &m->data.system;
    release_facts *f = &m->facts;
    ALLOC(a, f->hide, f->c.hidden);
    for (size_t i = 0; i < s->n && m->hidden; i++) {
        if (!m->hidden[i] || f->hides == f->c.hidden) continue;
        const char *what = system_describe(a, s, i);
        f->hide[f->hides++] = (certificate_hidden){s->source[i], what ? what : ""};
    }
    return ST_OK;
}

static status
list_merges(arena *a, making *m)
{
    const protect_spec *spec = &m->data.spec;
    release_facts *f = &m->facts;
    size_t n = 0;
    for (unsigned i = 0; i < spec->dimensions_count; i++) n += spec->dimensions[i].merged_count;
    ALLOC(a, f->merge, n);
    for (unsigned i = 0; i < spec->dimensions_count; i++)
        for (unsigned g = 0; g < spec->dimensions[i].merged_count; g++) {
            const spec_group *group = &spec->dimensions[i].merged[g];
            f->merge[f->merges++] = (certificate_merge){spec->dimensions[i].name, group->code, group->parts_count, group->parts};
        }
    return ST_OK;
}

static status
list_printed(arena *a, making *m)
{
    release_facts *f = &m->facts;
    const printed *p = &m->printed;
    f->shares = p->shares;
    f->statistics = p->statistics;
    ALLOC(a, f->share, p->shares);
    ALLOC(a, f->statistic, p->statistics);
    for (size_t k = 0; k < p->shares; k++)
        f->share[k] = (certificate_share){p->share[k].spec->name, p->share[k].spec->file, p->share[k].decimals, p->share[k].shown, p->share[k].hidden};
    for (size_t k = 0; k < p->statistics; k++)
        f->statistic[k] = (certificate_statistic){p->statistic[k].spec->name, p->statistic[k].spec->file, p->statistic[k].spec->kind, p->statistic[k].exact,
                                                  p->statistic[k].digits};
    return ST_OK;
}

status
making_facts(arena *a, making *m)
{
    release_facts *f = &m->facts;
    protect_certificate *c = &f->c;
    const protect_system *s = &m->data.system;
    f->mode = m->options->mode;
    f->minimum = m->data.spec.minimum;
    f->narrowed = m->found.audit.narrowed;
    f->programs = m->found.audit.programs;
    c->base = f->mode == PROTECT_SUPPRESS ? 1 : m->data.spec.base;
    c->figures = m->data.n;
    c->cells = s->n;
    for (size_t i = 0; i < s->rows; i++) c->equations += s->row[i].relation == SYSTEM_EQUAL;
    c->sensitive = m->found.audit.n;
    c->largest_deviation = (int)m->reach;
    c->audited = true;
    c->exposed = m->found.audit.exposed;
    c->narrowest = (int)m->found.audit.narrowest;
    c->widest = (int)m->found.audit.widest;
    f->amounts = m->amounts.n;
    ALLOC(a, f->amount, f->amounts);
    for (size_t k = 0; k < m->amounts.n; k++) {
        const amount_column *column = &m->amounts.column[k];
        f->amount[k] = (certificate_amount){column->spec->name, column->digits, column->shows, column->hides};
    }
    f->interval = m->data.spec.interval;
    f->interval_percent = m->data.spec.interval_percent;
    f->zeros_too = m->data.spec.hide_zero && f->mode != PROTECT_SUPPRESS;
    f->full_too = m->data.spec.hide_full && f->mode != PROTECT_SUPPRESS;
    f->zeros = m->found.zeros;
    f->zeros_found = m->found.zeros_found;
    f->full = m->found.full;
    f->full_found = m->found.full_found;
    CHECK(list_printed(a, m));
    CHECK(hash_data(a, m));
    CHECK(compare_earlier(a, m));
    CHECK(list_hidden(a, m));
    return list_merges(a, m);
}

