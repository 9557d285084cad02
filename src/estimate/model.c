#include "estimate/model.h"

#include <stdlib.h>

model
model_independence(int lists)
{
    model m = {.lists = lists, .n = lists + 1};
    for (int i = 0; i < lists; i++) m.term[i + 1] = (uint16_t)(1u << i);
    return m;
}

bool
model_has(const model *m, uint16_t term)
{
    for (int i = 0; i < m->n; i++)
        if (m->term[i] == term) return true;
    return false;
}

int
model_term_compare(const void *a, const void *b)
{
    unsigned x = *(const uint16_t *)a, y = *(const uint16_t *)b;
    int size = __builtin_popcount(x) - __builtin_popcount(y);
    if (size || x == y) return size;
    unsigned first = (x ^ y) & -(x ^ y);
    return x & first ? -1 : 1;
}

static status
add_one(model *m, uint16_t term)
{
    if (model_has(m, term)) return ST_OK;
    if (m->n >= MODEL_TERMS) FAIL(ST_LIMIT, "a model of more than %d terms: use fewer lists or a lower --order", MODEL_TERMS);
    int at = m->n++;
    for (; at > 0 && model_term_compare(&m->term[at - 1], &term) > 0; at--) m->term[at] = m->term[at - 1];
    m->term[at] = term;
    return ST_OK;
}

status
model_add(model *m, uint16_t term)
{
    for (unsigned part = term; part; part = (part - 1) & term) CHECK(add_one(m, (uint16_t)part));
    return ST_OK;
}

static void
put_term(text_builder *b, unsigned term, int lists)
{
    bool first = true;
    for (unsigned left = term; left; left &= left - 1, first = false)
        text_printf(b, "%s%d", lists > 9 && !first ? "." : "", __builtin_ctz(left) + 1);
}

status
model_text(arena *out, const model *m, text *result)
{
    text_builder b = text_builder_new(out);
    text_put_char(&b, '[');
    bool first = true;
    for (int size = m->lists; size > 0; size--)
        for (int i = 1; i < m->n; i++) {
            bool largest = __builtin_popcount(m->term[i]) == size;
            for (int j = i + 1; largest && j < m->n; j++) largest = (m->term[j] & m->term[i]) != m->term[i];
            if (!largest) continue;
            if (!first) text_put_char(&b, ',');
            first = false;
            put_term(&b, m->term[i], m->lists);
        }
    text_put_char(&b, ']');
    return text_builder_end(&b, result);
}

static bool
parse_term(text t, int lists, unsigned *term)
{
    *term = 0;
    for (size_t i = 0; i < t.n;) {
        int number = 0;
        size_t start = i;
        while (i < t.n && t.bytes[i] >= '0' && t.bytes[i] <= '9' && (i == start || lists > 9) && number < 100)
            number = 10 * number + (t.bytes[i++] - '0');
        if (number < 1 || number > lists || *term >> (number - 1) & 1) return false;
        *term |= 1u << (number - 1);
        if (lists > 9 && i < t.n && t.bytes[i++] != '.') return false;
    }
    return *term != 0;
}

status
model_parse(text notation, int lists, model *result)
{
    text t = text_trim(notation);
    if (t.n < 3 || t.bytes[0] != '[' || t.bytes[t.n - 1] != ']') FAIL(ST_INVALID, "expected a model such as [12,23,4]");
    model m = model_independence(lists);
    size_t from = 1;
    for (size_t i = 1; i < t.n; i++) {
        if (t.bytes[i] != ',' && i + 1 < t.n) continue;
        unsigned term;
        if (!parse_term((text){t.bytes + from, i - from}, lists, &term))
            FAIL(ST_INVALID, "expected a model such as [12,23,4] over lists 1 to %d", lists);
        CHECK(model_add(&m, (uint16_t)term));
        from = i + 1;
    }
    *result = m;
    return ST_OK;
}

static status
set_candidates(model_family *f)
{
    unsigned all = (1u << f->lists) - 1;
    uint16_t list[1 << 6];
    int n = 0;
    for (unsigned t = 1; t <= all; t++) {
        int size = __builtin_popcount(t);
        if (size < 2 || size > f->order || t == all) continue;
        if (n == 32) FAIL(ST_LIMIT, "too many terms for all models of %d lists: use --order 2 or stepwise", f->lists);
        list[n++] = (uint16_t)t;
    }
    qsort(list, (size_t)n, sizeof *list, model_term_compare);
    f->candidates = n;
    for (int i = 0; i < n; i++) {
        f->candidate[i] = list[i];
        for (int j = 0; j < i; j++)
            if ((list[i] & list[j]) == list[j]) f->within[i] |= 1u << j;
    }
    return ST_OK;
}

/* Depth first over the candidates in order of size: a term may join once all terms within it have. */
static size_t
count_members(const model_family *f, int at, uint32_t member, size_t limit)
{
    size_t n = 1;
    for (int i = at; i < f->candidates && n <= limit; i++)
        if ((f->within[i] & ~member) == 0) n += count_members(f, i + 1, member | 1u << i, limit - n);
    return n;
}

static void
list_members(model_family *f, int at, uint32_t member)
{
    f->member[f->n++] = member;
    for (int i = at; i < f->candidates; i++)
        if ((f->within[i] & ~member) == 0) list_members(f, i + 1, member | 1u << i);
}

status
model_family_new(arena *out, int lists, int order, size_t limit, model_family *result)
{
    model_family f = {.lists = lists, .order = order};
    if (lists > 6 && order > 2) FAIL(ST_LIMIT, "all models of %d lists are too many: use --order 2 or stepwise", lists);
    if (lists > 8) FAIL(ST_LIMIT, "all models of %d lists are too many: use stepwise", lists);
    CHECK(set_candidates(&f));
    size_t n = count_members(&f, 0, 0, limit);
    if (n > limit) FAIL(ST_LIMIT, "more than %zu models: use a lower --order or --method stepwise", limit);
    ALLOC(out, f.member, n);
    list_members(&f, 0, 0);
    *result = f;
    return ST_OK;
}

model
model_of_member(const model_family *f, uint32_t member)
{
    model m = model_independence(f->lists);
    for (uint32_t left = member; left; left &= left - 1) m.term[m.n++] = f->candidate[__builtin_ctz(left)];
    return m;
}
