#include "protect/system.h"

enum { MOST_NAMES = 4096 };

status
system_new(arena *a, protect_system *s)
{
    *s = (protect_system){.a = a};
    ALLOC(a, s->dimension, SYSTEM_DIMENSIONS);
    ALLOC(a, s->partition, MOST_NAMES);
    ALLOC(a, s->population, MOST_NAMES);
    return ST_OK;
}

static status
find_name(arena *a, size_t *n, const char **list, size_t most, const char *name, uint16_t *result)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(list[i], name) == 0) {
            *result = (uint16_t)i;
            return ST_OK;
        }
    if (*n == most) FAIL(ST_LIMIT, "too many names: at most %zu codes a dimension and populations a report", most);
    list[*n] = arena_copy(a, name, strlen(name));
    if (!list[*n]) FAIL(ST_NO_MEMORY, "out of memory (names)");
    *result = (uint16_t)(*n)++;
    return ST_OK;
}

status
system_dimension_find(protect_system *s, const char *name, uint16_t *dimension)
{
    for (size_t i = 0; i < s->dimensions; i++)
        if (strcmp(s->dimension[i].name, name) == 0) {
            *dimension = (uint16_t)i;
            return ST_OK;
        }
    if (s->dimensions == SYSTEM_DIMENSIONS) FAIL(ST_LIMIT, "too many dimensions in one report: at most %d", SYSTEM_DIMENSIONS);
    system_dimension d = {.name = arena_copy(s->a, name, strlen(name))};
    if (!d.name) FAIL(ST_NO_MEMORY, "out of memory (dimensions)");
    ALLOC(s->a, d.code, MOST_NAMES);
    d.code[d.n++] = ""; /* the total */
    *dimension = (uint16_t)s->dimensions;
    s->dimension[s->dimensions++] = d;
    return ST_OK;
}

status
system_code_find(protect_system *s, uint16_t dimension, const char *code, uint16_t *result)
{
    system_dimension *d = &s->dimension[dimension];
    return find_name(s->a, &d->n, d->code, MOST_NAMES, code, result);
}

status
system_population_find(protect_system *s, const char *name, uint16_t *population)
{
    return find_name(s->a, &s->populations, s->population, MOST_NAMES, name, population);
}

static bool
same_partition(const system_partition *p, uint16_t dimension, uint16_t parent, size_t n, const uint16_t child[])
{
    return p->dimension == dimension && p->parent == parent && p->n == n && memcmp(p->child, child, n * sizeof *child) == 0;
}

status
system_partition_add(protect_system *s, uint16_t dimension, uint16_t parent, bool exclusive, size_t n, const uint16_t child[])
{
    SCRATCH(tmp);
    uint16_t *sorted;
    ALLOC(tmp, sorted, n + 1);
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        for (; at > 0 && sorted[at - 1] > child[i]; at--) sorted[at] = sorted[at - 1];
        sorted[at] = child[i];
    }
    for (size_t i = 0; i < s->partitions; i++)
        if (same_partition(&s->partition[i], dimension, parent, n, sorted)) {
            s->partition[i].exclusive &= exclusive;
            return ST_OK;
        }
    if (s->partitions == MOST_NAMES) FAIL(ST_LIMIT, "too many sums in one report: at most %d groups of codes", MOST_NAMES);
    uint16_t *kept;
    ALLOC(s->a, kept, n);
    memcpy(kept, sorted, n * sizeof *kept);
    s->partition[s->partitions++] = (system_partition){dimension, parent, exclusive, n, kept};
    return ST_OK;
}

status
system_counts(protect_system *s, size_t capacity)
{
    s->width = s->dimensions + 1;
    s->capacity = capacity;
    for (s->slots = 16; s->slots < 2 * capacity;) s->slots *= 2;
    ALLOC(s->a, s->key, capacity * s->width);
    ALLOC(s->a, s->value, capacity);
    ALLOC(s->a, s->zero, capacity);
    ALLOC(s->a, s->source, capacity);
    ALLOC(s->a, s->slot, s->slots);
    memset(s->slot, 0xff, s->slots * sizeof *s->slot);
    return ST_OK;
}

/* The slot where the key is or would be. */
static size_t
locate(const protect_system *s, const uint16_t key[])
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < s->width; i++) h = (h ^ key[i]) * 0x100000001b3u;
    size_t at = (size_t)(h ^ h >> 29) & (s->slots - 1);
    while (s->slot[at] != SYSTEM_NONE && memcmp(system_key(s, s->slot[at]), key, s->width * sizeof *key) != 0)
        at = (at + 1) & (s->slots - 1);
    return at;
}

uint32_t
system_find(const protect_system *s, const uint16_t key[])
{
    return s->slot[locate(s, key)];
}

status
system_add(protect_system *s, const uint16_t key[], int64_t value, const char *source, uint32_t *index)
{
    size_t at = locate(s, key);
    uint32_t i = s->slot[at];
    if (i == SYSTEM_NONE) {
        if (s->n == s->capacity) FAIL(ST_INTERNAL, "more counts than announced");
        i = (uint32_t)s->n++;
        s->slot[at] = i;
        memcpy(s->key + i * s->width, key, s->width * sizeof *key);
        s->value[i] = value;
        s->source[i] = source;
    } else if (s->value[i] != value) {
        SCRATCH(tmp);
        const char *what = system_describe(tmp, s, i);
        FAIL(ST_INVALID, "%s and %s give different counts for the same persons (%s): expected one count; give them other "
             "populations or mend one", s->source[i], source, what ? what : "");
    }
    *index = i;
    return ST_OK;
}

static int64_t
sum_of(const protect_system *s, size_t n, const uint32_t part[])
{
    int64_t sum = 0;
    for (size_t c = 0; c < n; c++) sum += s->value[part[c]];
    return sum;
}

typedef struct row_maker {
    protect_system *s;
    size_t capacity;
    system_trust trust;
    uint16_t *key;
    uint32_t *part;
    uint8_t **occurs; /* [populations][first[dimension] + code] */
    size_t *first;
    bool skipped;     /* in the row at hand a code that nobody has */
} row_maker;

/* How a code is divided; NULL: it is not, or not in the same way (overlapping or not). */
static const system_partition *
division_of(const protect_system *s, uint16_t d, uint16_t code, bool exclusive)
{
    for (size_t p = 0; p < s->partitions; p++)
        if (s->partition[p].dimension == d && s->partition[p].parent == code && s->partition[p].exclusive == exclusive) return &s->partition[p];
    return NULL;
}

/* Does a count of this population have the code? */
static bool
occurs(const row_maker *m, uint16_t population, uint16_t dimension, uint16_t code)
{
    return m->occurs[population][m->first[dimension] + code];
}

/* The parts of partition p in the row of m->key. A group that stands in no count of the row gives way to its own parts, and a
 * code that no count of the population has is no part: nobody, if the sums hold without it. False: a part is missing. */
static bool
gather_parts(row_maker *m, const system_partition *p, int depth, size_t *n)
{
    const protect_system *s = m->s;
    for (size_t c = 0; c < p->n; c++) {
        uint16_t code = p->child[c];
        m->key[p->dimension + 1] = code;
        uint32_t cell = system_find(s, m->key);
        if (cell != SYSTEM_NONE) {
            if (*n == MOST_NAMES) return false;
            m->part[(*n)++] = cell;
            continue;
        }
        if (m->trust == SYSTEM_FOUND) return false;
        const system_partition *own = depth < 16 ? division_of(s, p->dimension, code, p->exclusive) : NULL;
        if (own ? !gather_parts(m, own, depth + 1, n) : occurs(m, m->key[0], p->dimension, code)) return false;
        m->skipped |= !own;
    }
    return true;
}

/* Whole and parts of partition p around count i, n of them; false when i is not its parent or a part is missing. */
static bool
gather(row_maker *m, const system_partition *p, size_t i, size_t *n)
{
    const protect_system *s = m->s;
    if (system_key(s, i)[p->dimension + 1] != p->parent) return false;
    memcpy(m->key, system_key(s, i), s->width * sizeof *m->key);
    *n = 0;
    m->skipped = false;
    return gather_parts(m, p, 0, n) && *n > 0;
}

static status
add_row(row_maker *m, system_relation relation, size_t partition, uint32_t whole, size_t n, const uint32_t part[])
{
    protect_system *s = m->s;
    if (s->rows == m->capacity) {
        system_row *more;
        ALLOC(s->a, more, 2 * m->capacity + 64);
        if (s->rows) memcpy(more, s->row, s->rows * sizeof *more);
        s->row = more;
        m->capacity = 2 * m->capacity + 64;
    }
    uint32_t *kept;
    ALLOC(s->a, kept, n);
    memcpy(kept, part, n * sizeof *kept);
    s->row[s->rows++] = (system_row){relation, (uint32_t)partition, whole, (uint32_t)n, kept};
    return ST_OK;
}

static status
refuse_sum(const protect_system *s, const system_partition *p, size_t whole, const uint32_t part[])
{
    SCRATCH(tmp);
    const char *what = system_describe(tmp, s, whole);
    FAIL(ST_INVALID, "%s: the parts by %s of (%s), the first in %s, do not add up to it: correct the table, or declare the "
         "dimension as overlapping", s->source[whole], s->dimension[p->dimension].name, what ? what : "", s->source[part[0]]);
}

/* Does the partition add up wherever it is complete, in this population? */
static status
exhaustive(row_maker *m, const system_partition *p, uint16_t population, bool *result)
{
    protect_system *s = m->s;
    *result = true;
    for (size_t i = 0, n; i < s->n; i++) {
        if (system_key(s, i)[0] != population || !gather(m, p, i, &n)) continue;
        if ((m->trust == SYSTEM_DECLARED && !m->skipped) || sum_of(s, n, m->part) == s->value[i]) continue;
        if (m->trust == SYSTEM_STRICT && !m->skipped) return refuse_sum(s, p, i, m->part);
        *result = false;
        return ST_OK;
    }
    return ST_OK;
}

/* Parts that overlap: each is at most the whole, and where everybody is in some part, together they are at least it. */
static status
add_overlapping(row_maker *m, size_t partition, uint32_t whole, size_t n)
{
    for (size_t c = 0; c < n; c++) CHECK(add_row(m, SYSTEM_AT_LEAST, partition, whole, 1, m->part + c));
    if (m->trust != SYSTEM_DECLARED && sum_of(m->s, n, m->part) >= m->s->value[whole]) CHECK(add_row(m, SYSTEM_AT_MOST, partition, whole, n, m->part));
    return ST_OK;
}

static status
rows_of(row_maker *m, size_t partition, uint16_t population)
{
    protect_system *s = m->s;
    const system_partition *p = &s->partition[partition];
    bool equal = false;
    if (p->exclusive) CHECK(exhaustive(m, p, population, &equal));
    for (size_t i = 0, n; i < s->n; i++) {
        if (system_key(s, i)[0] != population || !gather(m, p, i, &n)) continue;
        if (!p->exclusive) {
            CHECK(add_overlapping(m, partition, (uint32_t)i, n));
        } else if (equal) {
            CHECK(add_row(m, SYSTEM_EQUAL, partition, (uint32_t)i, n, m->part));
        } else {
            s->broken++;
            if (m->trust == SYSTEM_DECLARED || sum_of(s, n, m->part) <= s->value[i]) CHECK(add_row(m, SYSTEM_AT_LEAST, partition, (uint32_t)i, n, m->part));
        }
    }
    return ST_OK;
}

static status
note_occurring(arena *tmp, row_maker *m)
{
    const protect_system *s = m->s;
    size_t codes = 0;
    ALLOC(tmp, m->first, s->dimensions);
    ALLOC(tmp, m->occurs, s->populations);
    for (size_t d = 0; d < s->dimensions; d++) {
        m->first[d] = codes;
        codes += s->dimension[d].n;
    }
    for (size_t g = 0; g < s->populations; g++) ALLOC(tmp, m->occurs[g], codes);
    for (size_t i = 0; i < s->n; i++)
        for (size_t d = 0; d < s->dimensions; d++) m->occurs[system_key(s, i)[0]][m->first[d] + system_key(s, i)[d + 1]] = 1;
    return ST_OK;
}

status
system_rows(protect_system *s, system_trust trust)
{
    SCRATCH(tmp);
    row_maker m = {.s = s, .trust = trust};
    ALLOC(tmp, m.key, s->width);
    ALLOC(tmp, m.part, MOST_NAMES);
    CHECK(note_occurring(tmp, &m));
    for (size_t p = 0; p < s->partitions; p++)
        for (size_t g = 0; g < s->populations; g++) CHECK(rows_of(&m, p, (uint16_t)g));
    return ST_OK;
}

status
system_same(protect_system *s, size_t n, const uint32_t pair[][2])
{
    system_row *row;
    uint32_t *part;
    ALLOC(s->a, row, s->rows + n);
    ALLOC(s->a, part, n);
    if (s->rows) memcpy(row, s->row, s->rows * sizeof *row);
    s->row = row;
    for (size_t i = 0; i < n; i++) {
        uint32_t one = pair[i][0], other = pair[i][1];
        if (one == SYSTEM_NONE || other == SYSTEM_NONE || one == other || s->value[one] != s->value[other]) continue;
        part[i] = other;
        s->row[s->rows++] = (system_row){SYSTEM_EQUAL, 0, one, 1, &part[i]};
    }
    return ST_OK;
}

const char *
system_describe(arena *a, const protect_system *s, size_t index)
{
    text_builder b = text_builder_new(a);
    const uint16_t *key = system_key(s, index);
    for (size_t d = 0; d < s->dimensions; d++)
        if (key[d + 1]) text_printf(&b, "%s%s=%s", b.n ? ", " : "", s->dimension[d].name, s->dimension[d].code[key[d + 1]]);
    if (!b.n) text_put(&b, "everybody");
    text out;
    return text_builder_end(&b, &out) == ST_OK ? out.bytes : NULL;
}
