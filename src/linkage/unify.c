#include "linkage/unify.h"

#include "base/date.h"
#include "linkage/unify_link.h"
#include "linkage/unify_parts.h"

#include <stdlib.h>

const char *
unify_rule_name(unify_rule rule)
{
    static const char *const names[UNIFY_RULES] = {"bsn", "v_number", "name_birth_sex", "linked", "decided"};
    return names[rule];
}

enum { FEWEST_LINKED = 50 /* fewer say nothing about frequencies */ };

/* Disjoint sets. */

static int32_t
find(int32_t parent[], int32_t row)
{
    while (parent[row] != row) row = parent[row] = parent[parent[row]];
    return row;
}

static void
join(unify_work *w, int32_t a, int32_t b, unify_rule rule)
{
    int32_t x = find(w->parent, a), y = find(w->parent, b);
    if (x == y) return;
    w->merge[w->merges++] = (unify_merge){a, b, rule};
    if (w->rank[y] < w->rank[x]) {
        int32_t z = x;
        x = y, y = z;
    }
    w->parent[y] = x;
    for (int k = 0; k < 2; k++)
        if (w->number[k][x] == NONE) w->number[k][x] = w->number[k][y];
    if (!w->decisions || w->apart_first[y] == NONE) return;
    if (w->apart_first[x] == NONE) w->apart_first[x] = w->apart_first[y];
    else w->apart_next[w->apart_last[x]] = w->apart_first[y];
    w->apart_last[x] = w->apart_last[y];
}

static bool
unnumbered(const unify_work *w, int32_t root)
{
    return w->number[0][root] == NONE && w->number[1][root] == NONE;
}

/* Chains of the decisions that say different, each row with its own. */
static status
chain_apart(arena *tmp, unify_work *w)
{
    if (!w->decisions) return ST_OK;
    ALLOC(tmp, w->apart_first, w->n);
    ALLOC(tmp, w->apart_last, w->n);
    ALLOC(tmp, w->apart_next, 2 * w->decisions);
    for (size_t i = 0; i < w->n; i++) w->apart_first[i] = NONE;
    for (int32_t at = 0; at < 2 * (int32_t)w->decisions; at++) {
        const unify_decision *d = &w->decision[at / 2];
        int32_t row = at % 2 ? d->b : d->a;
        if (d->same) continue;
        if (w->apart_first[row] == NONE) w->apart_last[row] = at;
        w->apart_next[at] = w->apart_first[row];
        w->apart_first[row] = at;
    }
    return ST_OK;
}

/* Has anybody decided that somebody of one person is not somebody of the other? */
static bool
decided_apart(const unify_work *w, int32_t x, int32_t y)
{
    if (!w->decisions) return false;
    for (int32_t at = w->apart_first[x]; at != NONE; at = w->apart_next[at]) {
        const unify_decision *d = &w->decision[at / 2];
        if (find(w->parent, at % 2 ? d->a : d->b) == y) return true;
    }
    return false;
}

/* What people decided comes first; decisions that contradict each other are an error, not a guess. */
static status
join_decided(unify_work *w)
{
    for (size_t k = 0; k < w->decisions; k++) {
        const unify_decision *d = &w->decision[k];
        if (!d->same) continue;
        if (decided_apart(w, find(w->parent, d->a), find(w->parent, d->b)))
            FAIL(ST_INVALID, "%s says same, but others say that these persons are different: correct one of them", d->name);
        join(w, d->a, d->b, UNIFY_DECIDED);
    }
    for (size_t k = 0; k < w->decisions; k++)
        if (!w->decision[k].same && find(w->parent, w->decision[k].a) == find(w->parent, w->decision[k].b))
            FAIL(ST_INVALID, "%s says different, but others say that these are one person: correct one of them", w->decision[k].name);
    return ST_OK;
}

/* May these come together? `open`: if not, it is for a person to decide. */
static bool
may_join(unify_work *w, int32_t a, int32_t b, unify_rule rule, bool *open)
{
    int32_t x = find(w->parent, a), y = find(w->parent, b);
    if (x == y) return true;
    if (decided_apart(w, x, y)) return false;
    bool contradict = rule != UNIFY_NAME_BIRTH_SEX && unify_contradict(&w->evidence, (size_t)a, (size_t)b);
    *open = *open || contradict;
    return !contradict;
}

/* Rows of one key that do not contradict each other come together: each with the first part it agrees with. */
static void
join_agreeing(unify_work *w, const int32_t row[], size_t n, unify_rule rule)
{
    for (size_t i = 1; i < n; i++) {
        size_t k = 0;
        bool open = false;
        while (k < i && !may_join(w, row[k], row[i], rule, &open)) k++;
        if (k < i) join(w, row[k], row[i], rule);
        else if (open) w->clash[w->clashes++] = (unify_clash){row[0], row[i], rule};
    }
}

static bool
listed_since(const unify_work *w, size_t from, int32_t a, int32_t b)
{
    for (size_t k = from; k < w->clashes; k++)
        if (find(w->parent, w->clash[k].a) == find(w->parent, a) && find(w->parent, w->clash[k].b) == find(w->parent, b)) return true;
    return false;
}

/* Persons of the rows that have another valid number than the first who has one: are there any? They are listed. */
static bool
list_clashes(unify_work *w, const int32_t row[], size_t n, unify_rule rule)
{
    int32_t holder[2] = {NONE, NONE};
    size_t from = w->clashes;
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        int32_t root = find(w->parent, row[i]);
        for (int k = 0; k < 2; k++) {
            if (w->number[k][root] == NONE) continue;
            if (holder[k] == NONE) holder[k] = row[i];
            int32_t first = find(w->parent, holder[k]);
            if (w->number[k][first] == w->number[k][root]) continue;
            any = true;
            if (decided_apart(w, first, root) || listed_since(w, from, holder[k], row[i])) continue;
            w->clash[w->clashes++] = (unify_clash){holder[k], row[i], rule};
        }
    }
    return any;
}

/* Rows of one key, in canonical order. Where numbers clash, rows without any can be of either: they are joined with each other alone. */
static void
join_group(unify_work *w, const int32_t row[], size_t n, unify_rule rule)
{
    int32_t first = NONE;
    bool open = false;
    if (!list_clashes(w, row, n, rule)) {
        join_agreeing(w, row, n, rule);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (!unnumbered(w, find(w->parent, row[i]))) continue;
        if (first == NONE) first = row[i];
        if (may_join(w, first, row[i], UNIFY_NAME_BIRTH_SEX, &open)) join(w, first, row[i], rule);
    }
}

typedef struct keyed_place {
    int32_t key, place;
} keyed_place;

static int
compare_places(const void *x, const void *y)
{
    const keyed_place *a = x, *b = y;
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static status
apply_rule(unify_work *w, unify_rule rule)
{
    SCRATCH(tmp);
    keyed_place *k;
    int32_t *group;
    ALLOC(tmp, k, w->n);
    ALLOC(tmp, group, w->n);
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++)
        if (w->key[rule][i] != NONE) k[n++] = (keyed_place){w->key[rule][i], w->rank[i]};
    qsort(k, n, sizeof *k, compare_places);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i; j < n && k[j].key == k[i].key; j++) group[j - i] = w->order[k[j].place];
        if (j - i > 1) join_group(w, group, j - i, rule);
    }
    return ST_OK;
}

/* Persons numbered by first appearance in canonical order. */
static size_t
number_persons(size_t n, const int32_t order[], int32_t parent[], int32_t person[])
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) person[i] = NONE;
    for (size_t i = 0; i < n; i++) {
        int32_t root = find(parent, order[i]);
        if (person[root] == NONE) person[root] = (int32_t)count++;
        person[order[i]] = person[root];
    }
    return count;
}

static status
work_new(arena *out, arena *tmp, size_t n, unify_work *w)
{
    w->n = n;
    ALLOC(out, w->order, n);
    ALLOC(out, w->merge, n);
    ALLOC(tmp, w->clash, 2 * KEYED_RULES * n); /* a row clashes twice at most under a rule */
    ALLOC(tmp, w->parent, n);
    ALLOC(tmp, w->rank, n);
    for (int k = 0; k < KEYED_RULES; k++) ALLOC(tmp, w->key[k], n);
    for (size_t i = 0; i < n; i++) w->parent[i] = (int32_t)i;
    return ST_OK;
}

static bool
numbers_clash(const unify_work *w, int32_t x, int32_t y)
{
    for (int k = 0; k < 2; k++)
        if (w->number[k][x] != NONE && w->number[k][y] != NONE && w->number[k][x] != w->number[k][y]) return true;
    return false;
}

/* Are these persons among the first n clashes? `number`: among those of an equal number alone, which wait for a person to decide. */
static bool
listed(const unify_work *w, size_t n, bool number, int32_t x, int32_t y)
{
    for (size_t k = 0; k < n; k++) {
        if (number && w->clash[k].rule == UNIFY_NAME_BIRTH_SEX) continue;
        int32_t a = find(w->parent, w->clash[k].a), b = find(w->parent, w->clash[k].b);
        if ((a == x && b == y) || (a == y && b == x)) return true;
    }
    return false;
}

/* What linkage joins, in its order. Records are in canonical order. rules: clashes before linkage */
static void
apply_links(unify_work *w, size_t rules, const link_clusters *c)
{
    for (size_t k = 0; k < c->merges; k++) {
        int32_t a = w->order[c->merge[k].a], b = w->order[c->merge[k].b], x = find(w->parent, a), y = find(w->parent, b);
        if (x == y || decided_apart(w, x, y)) continue;
        if (numbers_clash(w, x, y) || listed(w, rules, true, x, y)) w->clash[w->clashes++] = (unify_clash){a, b, UNIFY_LINKED};
        else join(w, a, b, UNIFY_LINKED);
    }
}

/* Chains of its own, for joins to come. */
static status
chain_again(arena *tmp, const unify_work *from, unify_work *w)
{
    if (!w->decisions) return ST_OK;
    ALLOC(tmp, w->apart_first, w->n);
    ALLOC(tmp, w->apart_last, w->n);
    ALLOC(tmp, w->apart_next, 2 * w->decisions);
    memcpy(w->apart_first, from->apart_first, w->n * sizeof *w->apart_first);
    memcpy(w->apart_last, from->apart_last, w->n * sizeof *w->apart_last);
    memcpy(w->apart_next, from->apart_next, 2 * w->decisions * sizeof *w->apart_next);
    return ST_OK;
}

/* Persons when each link is taken with its probability: what the rules made stays. */
static status
draw_persons(arena *out, const unify_work *ruled, const link_result *l, size_t draw, int32_t **person, size_t *persons)
{
    SCRATCH(tmp);
    unify_work w = *ruled;
    link_clusters c;
    const cluster_options o = {.seed = 1, .draw = draw, .decisions = l->decisions, .decision = l->decision};
    CHECK(link_clusters_make(tmp, &l->records, &l->pairs, &o, &c));
    ALLOC(tmp, w.parent, w.n);
    ALLOC(tmp, w.merge, w.n);
    ALLOC(tmp, w.clash, ruled->clashes + c.merges);
    memcpy(w.parent, ruled->parent, w.n * sizeof *w.parent);
    if (w.clashes) memcpy(w.clash, ruled->clash, w.clashes * sizeof *w.clash);
    for (int k = 0; k < 2; k++) {
        ALLOC(tmp, w.number[k], w.n);
        memcpy(w.number[k], ruled->number[k], w.n * sizeof *w.number[k]);
    }
    CHECK(chain_again(tmp, ruled, &w));
    w.merges = 0;
    apply_links(&w, ruled->clashes, &c);
    ALLOC(out, *person, w.n);
    *persons = number_persons(w.n, w.order, w.parent, *person);
    return ST_OK;
}

/* The doubtful pairs, as rows; what the rules joined is in no doubt. */
static status
list_doubts(arena *out, const unify_work *ruled, const link_result *l, unified *made)
{
    SCRATCH(tmp);
    uint32_t *pair;
    size_t n;
    CHECK(link_review_pairs(tmp, l, LINK_REVIEW_LOW, LINK_REVIEW_HIGH, &n, &pair));
    ALLOC(out, made->doubt, n);
    for (size_t k = 0; k < n; k++) {
        unify_doubt *d = &made->doubt[made->doubts];
        d->a = ruled->order[l->pairs.a[pair[k]]], d->b = ruled->order[l->pairs.b[pair[k]]];
        if (find(ruled->parent, d->a) == find(ruled->parent, d->b)) continue;
        link_waterfall_of(l, pair[k], &d->what);
        made->doubts++;
    }
    return ST_OK;
}

/* Links that different numbers forbid, when nothing else has brought the two together or listed them. */
static void
add_refused(unify_work *w, const link_clusters *c)
{
    for (size_t k = 0; k < c->clashes; k++) {
        int32_t a = w->order[c->clash[k].a], b = w->order[c->clash[k].b], x = find(w->parent, a), y = find(w->parent, b);
        if (x == y || decided_apart(w, x, y) || listed(w, w->clashes, false, x, y)) continue;
        w->clash[w->clashes++] = (unify_clash){a, b, UNIFY_LINKED};
    }
}

/* What each field says about what was not joined. */
static status
explain_clashes(arena *out, const unify_work *w, const link_result *l, unified *made)
{
    ALLOC(out, made->clash_what, w->clashes);
    for (size_t k = 0; k < w->clashes; k++)
        link_waterfall_of_records(l, (size_t)w->rank[w->clash[k].a], (size_t)w->rank[w->clash[k].b], &made->clash_what[k]);
    return ST_OK;
}

static status
more_clashes(arena *out, unify_work *w, size_t more)
{
    unify_clash *all;
    ALLOC(out, all, w->clashes + more);
    if (w->clashes) memcpy(all, w->clash, w->clashes * sizeof *all);
    w->clash = all;
    return ST_OK;
}

/* Draws come first: they start from what the rules made. */
static status
link_persons(arena *out, unify_work *w, const table *notifications, const unify_options *o, unified *made)
{
    SCRATCH(tmp);
    link_result *l;
    ALLOC(tmp, l, 1);
    CHECK(unify_link(tmp, notifications, w, l));
    made->linked = true;
    made->quality = l->quality;
    made->draws = o->draws;
    ALLOC(out, made->drawn, o->draws);
    ALLOC(out, made->drawn_persons, o->draws);
    for (size_t k = 0; k < o->draws; k++) CHECK(draw_persons(out, w, l, k + 1, &made->drawn[k], &made->drawn_persons[k]));
    if (o->review) CHECK(list_doubts(out, w, l, made));
    if (o->explain) link_waterfall_of_records(l, (size_t)w->rank[o->explain[0]], (size_t)w->rank[o->explain[1]], &made->explained);
    CHECK(more_clashes(out, w, l->clusters.merges + l->clusters.clashes));
    apply_links(w, w->clashes, &l->clusters);
    add_refused(w, &l->clusters);
    return o->review ? explain_clashes(out, w, l, made) : ST_OK;
}

static status
check_decisions(size_t rows, const unify_options *o)
{
    for (size_t k = 0; k < o->decisions; k++) {
        int32_t a = o->decision[k].a, b = o->decision[k].b;
        if (a < 0 || b < 0 || (size_t)a >= rows || (size_t)b >= rows || a == b) FAIL(ST_INVALID, "decision %zu: expected two rows of the table", k + 1);
    }
    return ST_OK;
}

status
unify_persons_with(arena *out, const table *notifications, const unify_options *o, unified *result)
{
    SCRATCH(tmp);
    unify_work w = {.decisions = o->decisions, .decision = o->decision};
    unified made = {.rows = notifications->rows};
    column *received;
    CHECK(table_require(notifications, "received", &received));
    if (notifications->rows > INT32_MAX) FAIL(ST_LIMIT, "more than %d notifications", INT32_MAX);
    CHECK(check_decisions(notifications->rows, o));
    CHECK(work_new(out, tmp, notifications->rows, &w));
    unify_canonical_order(notifications, &w);
    CHECK(unify_make_keys(tmp, notifications, &w));
    for (int k = 0; k < 2; k++) {
        ALLOC(tmp, w.number[k], w.n);
        memcpy(w.number[k], w.key[k], w.n * sizeof **w.key);
    }
    CHECK(chain_apart(tmp, &w));
    CHECK(join_decided(&w));
    for (int rule = 0; rule < KEYED_RULES; rule++) CHECK(apply_rule(&w, (unify_rule)rule));
    if (w.n >= FEWEST_LINKED) CHECK(link_persons(out, &w, notifications, o, &made));
    else CHECK(more_clashes(out, &w, 0));
    made.order = w.order;
    made.merges = w.merges, made.merge = w.merge;
    made.clashes = w.clashes, made.clash = w.clash;
    ALLOC(out, made.person, w.n);
    made.persons = number_persons(w.n, w.order, w.parent, made.person);
    *result = made;
    return ST_OK;
}

status
unify_persons(arena *out, const table *notifications, unified *result)
{
    return unify_persons_with(out, notifications, &(unify_options){0}, result);
}

status
unify_replay(const unified *u, size_t merges, int32_t person[], size_t *persons)
{
    SCRATCH(tmp);
    if (merges > u->merges) FAIL(ST_INVALID, "the log has %zu steps, not %zu", u->merges, merges);
    int32_t *parent;
    ALLOC(tmp, parent, u->rows);
    for (size_t i = 0; i < u->rows; i++) parent[i] = (int32_t)i;
    for (size_t i = 0; i < merges; i++) parent[find(parent, u->merge[i].b)] = find(parent, u->merge[i].a);
    *persons = number_persons(u->rows, u->order, parent, person);
    return ST_OK;
}

typedef struct person_year {
    int64_t key; /* person * 65536 + year */
    int32_t place;
} person_year;

static int
compare_years(const void *x, const void *y)
{
    const person_year *a = x, *b = y;
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

status
unify_per_year(const unified *u, const table *notifications, int32_t year_person[], size_t *count)
{
    SCRATCH(tmp);
    column *received;
    CHECK(table_require(notifications, "received", &received));
    person_year *k;
    int32_t *first;
    ALLOC(tmp, k, u->rows);
    ALLOC(tmp, first, u->rows); /* by place: the place where this person-year appears first */
    size_t n = 0;
    for (size_t i = 0; i < u->rows; i++) {
        int32_t row = u->order[i], day = column_int32(received)[row];
        if (day == DATE_MISSING) first[i] = NONE;
        else k[n++] = (person_year){(int64_t)u->person[row] * 65536 + date_to_parts(day).year, (int32_t)i};
    }
    qsort(k, n, sizeof *k, compare_years);
    for (size_t i = 0, start = 0; i < n; i++) {
        if (k[i].key != k[start].key) start = i;
        first[k[i].place] = k[start].place;
    }
    size_t made = 0;
    for (size_t i = 0; i < u->rows; i++) {
        int32_t row = u->order[i];
        if (first[i] == NONE) year_person[row] = NONE;
        else year_person[row] = first[i] == (int32_t)i ? (int32_t)made++ : year_person[u->order[first[i]]];
    }
    *count = made;
    return ST_OK;
}
