#include "protect/release.h"

#include "base/file.h"
#include "base/hash.h"
#include "protect/check.h"
#include "protect/folder.h"
#include "protect/suppress.h"
#include "table/csv.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A release while it is made. */
typedef struct making {
    const release_options *options;
    folder earlier;
    release_data data;
    int64_t *value;       /* [n] to be released */
    uint8_t *hidden;      /* [n] NULL: nothing is */
    uint8_t *sensitive;   /* [n] what nobody may find out */
    bool restricted;
    int64_t reach;
    audit_result audit;
    protect_certificate certificate;
} making;

static status
round_release(arena *a, making *m)
{
    protect_system *s = &m->data.system;
    protect_round_options o = {.base = m->data.spec.base, .seed = m->options->seed, .earlier = m->data.earlier};
    protect_rounding r;
    if (m->options->mode == PROTECT_CONVENTIONAL) CHECK(protect_round_conventional(a, s, &o, &r));
    else CHECK(protect_round_controlled(a, s, &o, &r));
    protect_certificate *c = &m->certificate;
    c->method = m->options->mode == PROTECT_CONVENTIONAL ? WORD("conventional rounding") : WORD("controlled rounding");
    c->solver = r.solver;
    c->moved = r.moved;
    c->mean_deviation = r.mean;
    c->additive = r.additive;
    c->basis = WORD("an outsider learns each count to within the rounding base");
    m->value = r.value;
    m->restricted = r.restricted;
    m->reach = m->options->mode == PROTECT_CONVENTIONAL ? o.base / 2 : check_reach(&r, o.base);
    return ST_OK;
}

static status
suppress_release(arena *a, making *m, int runs)
{
    protect_system *s = &m->data.system;
    suppress_options o = {.minimum = m->data.spec.minimum, .hide_zero = m->data.spec.hide_zero, .runs = runs, .hide_full = m->data.spec.hide_full};
    suppression r;
    uint8_t *known;
    ALLOC(a, known, s->n);
    for (size_t i = 0; i < s->n; i++) known[i] = m->data.earlier_reach == 0 && m->data.earlier[i] == s->value[i];
    o.known = known;
    CHECK(protect_suppress(a, s, &o, &r));
    protect_certificate *c = &m->certificate;
    c->method = WORD("suppression");
    c->solver = r.solver;
    c->hidden = r.suppressed;
    c->additive = true;
    c->basis = WORD("an outsider learns the shown counts exactly and no hidden one");
    m->value = s->value;
    m->hidden = r.hidden;
    m->sensitive = r.sensitive;
    m->restricted = true;
    return ST_OK;
}

static status
attack_release(arena *a, making *m)
{
    const protect_system *s = &m->data.system;
    int64_t *lower, *upper;
    bool suppressed = m->options->mode == PROTECT_SUPPRESS;
    CHECK(release_bounds(a, &m->data, m->value, m->hidden, m->reach, s->value, &lower, &upper));
    if (!suppressed) ALLOC(a, m->sensitive, s->n);
    for (size_t i = 0; i < s->n && !suppressed; i++) m->sensitive[i] = s->value[i] > 0 && s->value[i] < m->data.spec.minimum;
    audit_input in = {.system = s, .lower = lower, .upper = upper, .start = s->value, .sensitive = m->sensitive, .seed = 1,
                      .against = suppressed ? AUDIT_LONERS : AUDIT_OUTSIDERS, .zeros = suppressed && m->data.spec.hide_zero};
    CHECK(protect_audit(a, &in, &m->audit));
    for (size_t i = 0; i < m->audit.n; i++) {
        const audit_cell *c = &m->audit.cell[i];
        if (!c->exposed) continue;
        const char *what = system_describe(a, s, c->cell);
        FAIL(ST_EXPOSED, "%zu of %zu small counts can be recovered, or could not be shown to be safe, %zu of them only by persons in the report, "
             "the first (%s) in %s: nothing is released; publish fewer tables or coarser codes", m->audit.exposed, m->audit.n,
             m->audit.inside, what ? what : "", s->source[c->cell]);
    }
    return ST_OK;
}

static void
fill_certificate(making *m)
{
    protect_certificate *c = &m->certificate;
    const protect_system *s = &m->data.system;
    c->base = m->options->mode == PROTECT_SUPPRESS ? 1 : m->data.spec.base;
    c->figures = m->data.n;
    c->cells = s->n;
    for (size_t i = 0; i < s->rows; i++) c->equations += s->row[i].relation == SYSTEM_EQUAL;
    c->sensitive = m->audit.n;
    c->largest_deviation = (int)m->reach;
    c->audited = true;
    c->exposed = m->audit.exposed;
    c->narrowest = (int)m->audit.narrowest;
    c->widest = (int)m->audit.widest;
}

static const char *
mode_name(protect_mode mode)
{
    if (mode == PROTECT_SUPPRESS) return "suppress";
    return mode == PROTECT_CONVENTIONAL ? "conventional" : "round";
}

static status
hash_file(const char *path, char hex[HASH_HEX])
{
    SCRATCH(tmp);
    text bytes;
    CHECK(file_map(tmp, path, &bytes));
    hash_hex(hash_of(bytes.bytes, bytes.n), hex);
    return ST_OK;
}

static void
drop_json(void *json)
{
    json_decref(json);
}

static status
write_certificate(arena *a, const making *m, const char *to)
{
    const protect_certificate *c = &m->certificate;
    json_t *root = json_object(), *tables = json_array();
    CHECK(arena_defer(a, drop_json, root));
    for (size_t i = 0; i < m->data.n; i++) {
        char hex[HASH_HEX];
        const char *path = path_join(a, to, m->data.file[i].name);
        if (!path) FAIL(ST_NO_MEMORY, "out of memory (certificate)");
        CHECK(hash_file(path, hex));
        json_array_append_new(tables, json_pack("{s:s, s:s, s:I}", "file", m->data.file[i].name, "blake2b", hex, "cells", (json_int_t)m->data.file[i].n));
    }
    json_t *about = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:I, s:I, s:I, s:I, s:I, s:f, s:i, s:b, s:b, s:o}", "program",
        "peil " PEIL_VERSION, "mode", mode_name(m->options->mode), "method", c->method, "solver", c->solver, "base", c->base, "minimum",
        m->data.spec.minimum, "cells", (json_int_t)c->cells, "equations", (json_int_t)c->equations, "sensitive", (json_int_t)c->sensitive,
        "hidden", (json_int_t)c->hidden, "moved", (json_int_t)c->moved, "mean_deviation", c->mean_deviation, "largest_deviation",
        c->largest_deviation, "additive", (int)c->additive, "neighbouring_multiples", (int)m->restricted, "tables", tables);
    json_t *audit = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:s?}", "attacked", (json_int_t)m->audit.n, "exposed", (json_int_t)c->exposed,
        "narrowed", (json_int_t)m->audit.narrowed, "narrowest", (json_int_t)c->narrowest, "widest", (json_int_t)c->widest, "linear_programs",
        (json_int_t)m->audit.programs, "against", m->options->earlier);
    if (!about || !audit || json_object_update(root, about) || json_object_set(root, "audit", audit) ||
        json_object_set_new(root, "what_outsiders_learn", json_string(c->basis)))
        FAIL(ST_NO_MEMORY, "out of memory (certificate)");
    json_decref(about);
    json_decref(audit);
    char *bytes = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    if (!bytes) FAIL(ST_NO_MEMORY, "out of memory (certificate)");
    CHECK(arena_defer(a, free, bytes));
    const char *path = path_join(a, to, "certificate.json");
    char *line = arena_printf(a, "%s\n", bytes);
    if (!path || !line) FAIL(ST_NO_MEMORY, "out of memory (certificate)");
    return file_write(path, text_of(line));
}

/* Why each count was hidden or moved: for inside only, since it tells on which side of its number a count lies. */
static status
write_explanation(arena *a, const making *m)
{
    const protect_system *s = &m->data.system;
    text_builder b = text_builder_new(a);
    text out;
    text_put(&b, "table,cell,reason\n");
    for (size_t i = 0; i < s->n; i++) {
        const char *reason = NULL, *what = system_describe(a, s, i);
        int64_t d = m->value[i] - s->value[i];
        bool small = s->value[i] > 0 && s->value[i] < m->data.spec.minimum;
        if (m->hidden && m->hidden[i]) reason = small ? "hidden: fewer persons than the minimum" : "hidden: with the sums it would give a small count away";
        else if (2 * d > m->data.spec.base) reason = "rounded up although down is nearer: so that the sums add up";
        else if (2 * -d > m->data.spec.base) reason = "rounded down although up is nearer: so that the sums add up";
        if (!reason) continue;
        csv_put_field(&b, text_of(s->source[i]));
        text_put_char(&b, ',');
        csv_put_field(&b, text_of(what ? what : ""));
        text_put_char(&b, ',');
        csv_put_field(&b, text_of(reason));
        text_put_char(&b, '\n');
    }
    CHECK(text_builder_end(&b, &out));
    return file_write(m->options->explain, out);
}

/* Remove a folder of plain files. */
static status
remove_folder(arena *a, const char *path)
{
    size_t n;
    char **name;
    CHECK(folder_list(a, path, &n, &name));
    for (size_t i = 0; i < n; i++) {
        const char *file = path_join(a, path, name[i]);
        if (!file || unlink(file) != 0) FAIL(ST_IO, "%s: cannot remove %s", path, name[i]);
    }
    if (rmdir(path) != 0) FAIL(ST_IO, "%s: cannot remove the folder", path);
    return ST_OK;
}

/* May the folder be replaced? */
static status
check_target(arena *a, const char *path)
{
    size_t n = 0;
    char **name;
    if (!file_exists(path)) return ST_OK;
    CHECK(folder_list(a, path, &n, &name));
    const char *certificate = path_join(a, path, "certificate.json");
    if (n > 0 && certificate && !file_exists(certificate))
        FAIL(ST_USAGE, "%s: holds other files: expected a new folder, an empty one or an earlier release", path);
    return ST_OK;
}

/* Two tables must not have one name. */
static status
check_names(const release_data *d)
{
    for (size_t i = 0; i < d->n; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(d->file[i].name, d->file[j].name) == 0) FAIL(ST_USAGE, "two tables are called %s: expected different names", d->file[i].name);
    return ST_OK;
}

/* Everything into a folder beside, which then takes the place of the old one. */
static status
write_release(arena *a, const making *m)
{
    const char *out = m->options->out;
    const char *part = arena_printf(a, "%s.part", out), *old = arena_printf(a, "%s.old", out);
    if (!part || !old) FAIL(ST_NO_MEMORY, "out of memory (release)");
    if (file_exists(part)) CHECK(remove_folder(a, part));
    if (file_exists(old)) CHECK(remove_folder(a, old));
    CHECK(folder_make(part));
    for (size_t i = 0; i < m->data.n; i++) {
        const char *path = path_join(a, part, m->data.file[i].name);
        if (!path) FAIL(ST_NO_MEMORY, "out of memory (release)");
        CHECK(tables_write(&m->data.spec, &m->data.system, &m->data.file[i], m->value, m->hidden, path));
    }
    text spec;
    const char *path = path_join(a, part, "protect.yaml");
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (release)");
    CHECK(file_map(a, m->options->spec, &spec));
    CHECK(file_write(path, spec));
    CHECK(write_certificate(a, m, part));
    if (m->options->explain) CHECK(write_explanation(a, m));
    bool replaced = file_exists(out);
    if (replaced && rename(out, old) != 0) FAIL(ST_IO, "%s: cannot be moved aside", out);
    if (rename(part, out) != 0) FAIL(ST_IO, "%s: cannot be put in place", out);
    return replaced ? remove_folder(a, old) : ST_OK;
}

status
release_protect(arena *a, size_t n, const char *const path[], const release_options *o, protect_certificate *certificate)
{
    making *m;
    ALLOC(a, m, 1);
    m->options = o;
    CHECK(check_target(a, o->out));
    if (o->earlier) CHECK(folder_open(a, o->earlier, &m->earlier));
    CHECK(release_data_load(a, n, path, o->spec, o->earlier ? &m->earlier : NULL, false, &m->data));
    CHECK(check_names(&m->data));
    CHECK(o->mode == PROTECT_SUPPRESS ? suppress_release(a, m, 0) : round_release(a, m));
    status code = attack_release(a, m);
    if (code == ST_EXPOSED && o->mode == PROTECT_SUPPRESS) { /* the audit finds the moves of the first order most easily */
        CHECK(suppress_release(a, m, 1));
        code = attack_release(a, m);
    }
    if (code != ST_OK) return code;
    fill_certificate(m);
    CHECK(write_release(a, m));
    *certificate = m->certificate;
    return ST_OK;
}
