#include "protect/release.h"

#include "base/file.h"
#include "base/hash.h"
#include "protect/amounts.h"
#include "protect/check.h"
#include "protect/folder.h"
#include "protect/merge.h"
#include "protect/suppress.h"
#include "table/csv.h"

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
    int64_t reach;
    amounts amounts;
    audit_result audit;
    release_facts facts;
} making;

static status
round_release(arena *a, making *m)
{
    protect_system *s = &m->data.system;
    protect_round_options o = {.base = m->data.spec.base, .seed = m->options->seed, .earlier = m->data.earlier};
    protect_rounding r;
    if (m->options->mode == PROTECT_CONVENTIONAL) CHECK(protect_round_conventional(a, s, &o, &r));
    else CHECK(protect_round_controlled(a, s, &o, &r));
    protect_certificate *c = &m->facts.c;
    if (r.conflict != SYSTEM_NONE) {
        const char *what = system_describe(a, s, s->row[r.conflict].whole);
        m->facts.conflict = arena_printf(a, "the parts of (%s) by %s, in %s", what ? what : "",
                                         s->dimension[s->partition[s->row[r.conflict].partition].dimension].name, s->source[s->row[r.conflict].whole]);
    }
    c->method = m->options->mode == PROTECT_CONVENTIONAL ? WORD("conventional rounding") : WORD("controlled rounding");
    c->solver = r.solver;
    c->moved = r.moved;
    c->beyond = r.beyond;
    c->mean_deviation = r.mean;
    c->additive = r.additive;
    c->basis = r.beyond > 0 ? WORD("an outsider learns each count to within the largest deviation")
                              : WORD("an outsider learns each count to within the rounding base");
    m->value = r.value;
    m->facts.restricted = r.restricted;
    m->reach = m->options->mode == PROTECT_CONVENTIONAL ? o.base / 2 : check_reach(&r, o.base);
    return ST_OK;
}

/* What the count's population asks for. */
static int
minimum_of(const making *m, size_t cell)
{
    return spec_minimum(&m->data.spec, m->data.system.population[system_key(&m->data.system, cell)[0]]);
}

static status
suppress_release(arena *a, making *m, int runs)
{
    protect_system *s = &m->data.system;
    suppress_options o = {.minimum = m->data.spec.minimum, .hide_zero = m->data.spec.hide_zero, .runs = runs, .hide_full = m->data.spec.hide_full};
    suppression r;
    uint8_t *known, *more;
    ALLOC(a, known, s->n);
    ALLOC(a, more, s->n);
    for (size_t i = 0; i < s->n; i++) {
        int minimum = minimum_of(m, i);
        if (minimum < o.minimum) o.minimum = minimum;
        more[i] = s->value[i] > 0 && s->value[i] < minimum;
    }
    o.sensitive = more;
    for (size_t i = 0; i < s->n; i++) known[i] = m->data.earlier_reach == 0 && m->data.earlier[i] == s->value[i];
    if (m->options->earlier) o.known = known;
    CHECK(protect_suppress(a, s, &o, &r));
    protect_certificate *c = &m->facts.c;
    c->method = WORD("suppression");
    c->solver = r.solver;
    c->hidden = r.suppressed;
    c->additive = true;
    c->basis = WORD("an outsider learns the shown counts exactly and no hidden one");
    m->value = s->value;
    m->hidden = r.hidden;
    m->sensitive = r.sensitive;
    m->facts.restricted = true;
    return ST_OK;
}

static status
attack_once(arena *a, making *m)
{
    const protect_system *s = &m->data.system;
    int64_t *lower, *upper;
    bool suppressed = m->options->mode == PROTECT_SUPPRESS;
    size_t clues;
    audit_clue *clue;
    CHECK(amounts_clues(a, &m->data, &m->amounts, &clues, &clue));
    CHECK(release_bounds(a, &m->data, m->value, m->hidden, m->reach, s->value, &lower, &upper));
    audit_input in = {.system = s, .lower = lower, .upper = upper, .start = s->value, .sensitive = m->sensitive, .seed = 1,
                      .clues = clues, .clue = clue, .against = suppressed ? AUDIT_LONERS : AUDIT_OUTSIDERS, .zeros = suppressed && m->data.spec.hide_zero};
    return protect_audit(a, &in, &m->audit);
}

/* Put the first count that is exposed, and still at its nearest multiple, on its other neighbour; false: there is none. */
static bool
change_one(making *m)
{
    const protect_system *s = &m->data.system;
    int base = m->data.spec.base;
    for (size_t i = 0; i < m->audit.n; i++) {
        const audit_cell *c = &m->audit.cell[i];
        int64_t exact = s->value[c->cell], rest = exact % base;
        if (!c->exposed || rest == 0 || 2 * llabs(m->value[c->cell] - exact) > base) continue;
        m->value[c->cell] += m->value[c->cell] > exact ? -base : base;
        m->facts.changed++;
        m->reach = base - 1; /* from now on nobody knows that a number is the nearest */
        return true;
    }
    return false;
}

/* The names of the counts that are exposed, a few of them. */
static const char *
exposed_names(arena *a, const making *m)
{
    text_builder b = text_builder_new(a);
    text out;
    size_t named = 0;
    for (size_t i = 0; i < m->audit.n && named < 3; i++) {
        if (!m->audit.cell[i].exposed) continue;
        uint32_t cell = m->audit.cell[i].cell;
        const char *what = system_describe(a, &m->data.system, cell);
        text_printf(&b, "%s%s: %s", named++ ? "; " : "", m->data.system.source[cell], what ? what : "");
    }
    return text_builder_end(&b, &out) == ST_OK ? out.bytes : "";
}

/* Attack; conventional rounding makes the fewest changes until nobody is found. */
static status
attack_release(arena *a, making *m)
{
    const protect_system *s = &m->data.system;
    bool suppressed = m->options->mode == PROTECT_SUPPRESS;
    if (!suppressed) ALLOC(a, m->sensitive, s->n);
    for (size_t i = 0; i < s->n && !suppressed; i++) m->sensitive[i] = s->value[i] > 0 && s->value[i] < minimum_of(m, i);
    CHECK(amounts_read(a, &m->data, &m->amounts));
    CHECK(amounts_choose(a, &m->data, m->hidden, &m->amounts));
    do CHECK(attack_once(a, m)); /* first fewer digits, then other numbers */
    while (m->audit.exposed > 0 && (amounts_blur(&m->amounts) || (m->options->mode == PROTECT_CONVENTIONAL && change_one(m))));
    if (m->audit.exposed > 0)
        FAIL(ST_EXPOSED, "%zu of %zu small counts can be recovered, or could not be shown to be safe, %zu of them only by persons in the report "
             "(%s): nothing is released; publish fewer tables or coarser codes", m->audit.exposed, m->audit.n, m->audit.inside, exposed_names(a, m));
    if (m->facts.changed) {
        protect_rounding r = {.value = m->value};
        protect_round_measure(s, m->data.spec.base, &r);
        m->facts.c.moved = r.moved;
        m->facts.c.mean_deviation = r.mean;
        m->facts.c.additive = r.additive;
    }
    return ST_OK;
}

static status
hash_file(arena *a, const char *path, const char **hash)
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

/* Numbers of the earlier release: kept, moved though they still could stand, no longer true. */
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
    if (file_exists(certificate)) CHECK(hash_file(a, certificate, &f->earlier_hash));
    for (size_t i = 0; i < d->system.n; i++) {
        if (d->earlier[i] == TABLES_HIDDEN) continue;
        if (llabs(d->earlier[i] - d->system.value[i]) > d->earlier_reach) f->revised++;
        else if (d->earlier[i] == m->value[i]) f->kept++;
        else f->adjusted++;
    }
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
fill_facts(arena *a, making *m)
{
    release_facts *f = &m->facts;
    protect_certificate *c = &f->c;
    const protect_system *s = &m->data.system;
    f->mode = m->options->mode;
    f->minimum = m->data.spec.minimum;
    f->narrowed = m->audit.narrowed;
    f->programs = m->audit.programs;
    c->base = f->mode == PROTECT_SUPPRESS ? 1 : m->data.spec.base;
    c->figures = m->data.n;
    c->cells = s->n;
    for (size_t i = 0; i < s->rows; i++) c->equations += s->row[i].relation == SYSTEM_EQUAL;
    c->sensitive = m->audit.n;
    c->largest_deviation = (int)m->reach;
    c->audited = true;
    c->exposed = m->audit.exposed;
    c->narrowest = (int)m->audit.narrowest;
    c->widest = (int)m->audit.widest;
    f->amounts = m->amounts.n;
    ALLOC(a, f->amount, f->amounts);
    for (size_t k = 0; k < m->amounts.n; k++) {
        const amount_column *column = &m->amounts.column[k];
        f->amount[k] = (certificate_amount){column->spec->name, column->digits, column->shows, column->hides};
    }
    CHECK(hash_data(a, m));
    CHECK(compare_earlier(a, m));
    CHECK(list_hidden(a, m));
    return list_merges(a, m);
}

static status
write_certificate(arena *a, making *m, const char *to)
{
    release_facts *f = &m->facts;
    text json;
    const char *path = path_join(a, to, "certificate.json"), *spec = path_join(a, to, "protect.yaml");
    if (!path || !spec) FAIL(ST_NO_MEMORY, "out of memory (certificate)");
    CHECK(hash_file(a, spec, &f->spec_hash));
    f->tables = m->data.n;
    ALLOC(a, f->table, f->tables);
    for (size_t i = 0; i < m->data.n; i++) {
        const char *file = path_join(a, to, m->data.file[i].name);
        if (!file) FAIL(ST_NO_MEMORY, "out of memory (certificate)");
        f->table[i] = (certificate_table){.file = m->data.file[i].name, .cells = m->data.file[i].n};
        CHECK(hash_file(a, file, &f->table[i].hash));
    }
    CHECK(certificate_json(a, f, &json));
    CHECK(file_write(path, json));
    return m->options->page ? m->options->page(a, f, to) : ST_OK;
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
write_release(arena *a, making *m)
{
    const char *out = m->options->out;
    const char *part = arena_printf(a, "%s.part", out), *old = arena_printf(a, "%s.old", out);
    if (!part || !old) FAIL(ST_NO_MEMORY, "out of memory (release)");
    if (file_exists(part)) CHECK(remove_folder(a, part));
    if (file_exists(old)) CHECK(remove_folder(a, old));
    CHECK(folder_make(part));
    CHECK(amounts_print(a, &m->data, &m->amounts));
    for (size_t i = 0; i < m->data.n; i++) {
        const char *path = path_join(a, part, m->data.file[i].name);
        if (!path) FAIL(ST_NO_MEMORY, "out of memory (release)");
        CHECK(tables_write(&m->data.spec, &m->data.system, &m->data.file[i], m->value, m->hidden, path));
    }
    text spec;
    const char *path = path_join(a, part, "protect.yaml");
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (release)");
    if (m->facts.merges) CHECK(spec_write(a, &m->data.spec, &spec));
    else CHECK(file_map(a, m->options->spec, &spec));
    CHECK(file_write(path, spec));
    CHECK(write_certificate(a, m, part));
    if (m->options->explain) CHECK(write_explanation(a, m));
    bool replaced = file_exists(out);
    if (replaced && rename(out, old) != 0) FAIL(ST_IO, "%s: cannot be moved aside", out);
    if (rename(part, out) != 0) FAIL(ST_IO, "%s: cannot be put in place", out);
    return replaced ? remove_folder(a, old) : ST_OK;
}

status
release_protect(arena *a, size_t n, const char *const path[], const release_options *o, release_facts *facts)
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
    CHECK(fill_facts(a, m));
    CHECK(write_release(a, m));
    *facts = m->facts;
    return ST_OK;
}
