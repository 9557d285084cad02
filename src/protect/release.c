#include "protect/release_making.h"

#include "protect/check.h"
#include "protect/suppress.h"

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
    m->facts.impossible = r.impossible;
    m->reach = m->options->mode == PROTECT_CONVENTIONAL ? o.base / 2 : check_reach(&r, o.base);
    return ST_OK;
}

int
making_minimum(const making *m, size_t cell)
{
    return spec_minimum(&m->data.spec, m->data.system.population[system_key(&m->data.system, cell)[0]]);
}

/* What is to be suppressed: the release, and with it what the earlier one alone has, as far as both can be true. */
static status
suppress_system(arena *a, const making *m, protect_system *whole, uint8_t *known[], uint8_t *apart[])
{
    const joint *j = &m->data.joint;
    int64_t *lower, *upper, *x, most;
    size_t unusable;
    bool found = false;
    *whole = m->data.system;
    ALLOC(a, *known, j->system.n);
    ALLOC(a, *apart, j->system.n);
    for (size_t i = 0; i < j->own; i++) (*known)[i] = m->data.earlier_reach == 0 && m->data.earlier[i] == whole->value[i];
    if (j->own == j->system.n) return ST_OK;
    CHECK(release_bounds(a, &m->data, whole->value, NULL, 0, whole->value, &lower, &upper, &most));
    ALLOC(a, x, j->system.n);
    memcpy(x, whole->value, j->own * sizeof *x);
    CHECK(joint_complete(j, most, lower, upper, x, &unusable, &found));
    if (!found) return ST_OK; /* the attack leaves the earlier release out as well */
    *whole = j->system;
    whole->value = x;
    for (size_t i = j->own; i < j->system.n; i++) {
        (*apart)[i] = 1;
        (*known)[i] = lower[i] == upper[i];
    }
    return ST_OK;
}

static status
suppress_release(arena *a, making *m, int runs)
{
    const protect_system *own = &m->data.system;
    protect_system s;
    suppress_options o = {.minimum = m->data.spec.minimum, .hide_zero = m->data.spec.hide_zero, .runs = runs, .hide_full = m->data.spec.hide_full};
    suppression r;
    uint8_t *known, *apart, *more;
    CHECK(suppress_system(a, m, &s, &known, &apart));
    ALLOC(a, more, s.n);
    for (size_t i = 0; i < s.n; i++) {
        int minimum = spec_minimum(&m->data.spec, s.population[system_key(&s, i)[0]]);
        if (minimum < o.minimum) o.minimum = minimum;
        more[i] = s.value[i] > 0 && s.value[i] < minimum;
    }
    o.sensitive = more;
    if (m->options->earlier) o.known = known;
    if (s.n > own->n) o.apart = apart;
    CHECK(protect_suppress(a, &s, &o, &r));
    protect_certificate *c = &m->facts.c;
    c->method = WORD("suppression");
    c->solver = r.solver;
    c->hidden = r.suppressed;
    c->additive = true;
    c->basis = WORD("an outsider learns the shown counts exactly and no hidden one");
    m->value = own->value;
    m->hidden = r.hidden;
    m->sensitive = r.sensitive;
    m->facts.restricted = true;
    return ST_OK;
}

status
making_attack(arena *a, const making *m, const printed *p, release_found *found)
{
    size_t clues;
    audit_clue *clue;
    CHECK(amounts_clues(a, &m->data, &m->amounts, &clues, &clue));
    release_attack_input in = {.data = &m->data, .value = m->value, .hidden = m->hidden, .reach = m->reach, .exact = m->data.system.value,
                               .sensitive = m->sensitive, .suppressed = m->options->mode == PROTECT_SUPPRESS, .clues = clues, .clue = clue, .printed = p};
    return release_attack(a, &in, found);
}

/* The names of the counts that are exposed, or known too well, a few of them. */
static const char *
exposed_names(arena *a, const making *m)
{
    text_builder b = text_builder_new(a);
    text out;
    size_t named = 0;
    const audit_result *r = &m->found.audit;
    for (size_t i = 0; i < r->n && named < 3; i++) {
        if (!r->cell[i].exposed && !m->found.narrow[i]) continue;
        uint32_t cell = r->cell[i].cell;
        const char *what = system_describe(a, m->found.system, cell);
        text_printf(&b, "%s%s: %s", named++ ? "; " : "", m->found.system->source[cell], what ? what : "");
    }
    return text_builder_end(&b, &out) == ST_OK ? out.bytes : "";
}

static status
refuse(arena *a, const making *m)
{
    const release_found *f = &m->found;
    if (f->audit.exposed)
        FAIL(ST_EXPOSED, "%zu of %zu small counts can be recovered, or could not be shown to be safe, %zu of them only by persons in the report "
             "(%s): nothing is released; publish fewer tables or coarser codes", f->audit.exposed, f->audit.n, f->audit.inside, exposed_names(a, m));
    if (f->narrows)
        FAIL(ST_EXPOSED, "%zu of %zu small counts are known to within less than the interval that protect.yaml asks for (%s): nothing is released; publish fewer "
             "tables or coarser codes, or ask for a smaller interval", f->narrows, f->audit.n, exposed_names(a, m));
    FAIL(ST_EXPOSED, "%zu counts of nobody and %zu counts that hold all of their whole can be recognised (hide_zero, hide_full): nothing is released; publish "
         "fewer tables or coarser codes", f->zeros_found, f->full_found);
}

/* The counts, and means with as many digits as they allow; conventional rounding makes few changes until nobody is found. */
static status
attack_counts(arena *a, making *m)
{
    bool more = true;
    CHECK(amounts_read(a, &m->data, &m->amounts));
    CHECK(amounts_choose(a, &m->data, m->hidden, &m->amounts));
    while (more) { /* first fewer digits, then other numbers */
        CHECK(making_attack(a, m, NULL, &m->found));
        more = release_fails(&m->found) && amounts_blur(&m->amounts);
    }
    if (release_fails(&m->found) && m->options->mode == PROTECT_CONVENTIONAL) CHECK(making_change(a, m));
    return release_fails(&m->found) ? refuse(a, m) : ST_OK;
}

/* Percentages and statistics beside them, these with as many digits as the gate and the attack allow. */
static status
attack_printed(arena *a, making *m)
{
    printed *p = &m->printed;
    bool more = true;
    if (p->shares + p->statistics == 0) return ST_OK;
    CHECK(printed_compute(a, &m->data, m->value, m->hidden, p));
    int64_t *lower = m->found.lower, *upper = m->found.upper;
    while (more) {
        CHECK(printed_gate(a, &m->data, lower, upper, p));
        CHECK(making_attack(a, m, p, &m->found));
        more = release_fails(&m->found) && printed_blur(p);
    }
    return release_fails(&m->found) ? refuse(a, m) : ST_OK;
}

static status
make_safe(arena *a, making *m)
{
    const protect_system *s = &m->data.system;
    bool suppressed = m->options->mode == PROTECT_SUPPRESS;
    if (!suppressed) ALLOC(a, m->sensitive, s->n);
    for (size_t i = 0; i < s->n && !suppressed; i++) m->sensitive[i] = s->value[i] > 0 && s->value[i] < making_minimum(m, i);
    CHECK(attack_counts(a, m));
    return attack_printed(a, m);
}

status
release_protect(arena *a, size_t n, const char *const path[], const release_options *o, release_facts *facts)
{
    making *m;
    ALLOC(a, m, 1);
    m->options = o;
    if (o->earlier) CHECK(folder_open(a, o->earlier, &m->earlier));
    CHECK(release_data_load(a, n, path, o->spec, o->earlier ? &m->earlier : NULL, false, &m->data));
    CHECK(making_check(a, m));
    CHECK(printed_place(a, &m->data, o->find, &m->printed));
    CHECK(o->mode == PROTECT_SUPPRESS ? suppress_release(a, m, 0) : round_release(a, m));
    status code = make_safe(a, m);
    if (code == ST_EXPOSED && o->mode == PROTECT_SUPPRESS) { /* the audit finds the moves of the first order most easily */
        CHECK(suppress_release(a, m, 1));
        code = make_safe(a, m);
    }
    if (code != ST_OK) return code;
    CHECK(making_facts(a, m));
    CHECK(making_write(a, m));
    *facts = m->facts;
    return ST_OK;
}
