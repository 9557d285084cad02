#include "linkage/twins.h"

#include <stdlib.h>

typedef struct hashed {
    uint64_t hash;
    uint32_t record;
} hashed;

static int
compare_hashed(const void *x, const void *y)
{
    const hashed *a = x, *b = y;
    if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
    return (a->record > b->record) - (a->record < b->record);
}

static uint64_t
record_hash(const link_records *r, size_t i)
{
    uint64_t h = 0;
    for (size_t f = 0; f < r->attributes; f++) {
        uint32_t v = (uint32_t)r->attribute[f].of[i];
        h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 29;
    }
    return h;
}

static bool
records_equal(const link_records *r, size_t i, size_t j)
{
    for (size_t f = 0; f < r->attributes; f++)
        if (r->attribute[f].of[i] != r->attribute[f].of[j]) return false;
    return true;
}

/* At least three fields, a name and something that few others share. */
static bool
tells_who(const link_records *r, size_t i)
{
    int known = 0;
    bool name = false, own = false;
    for (size_t f = 0; f < r->attributes; f++) {
        const attribute *at = &r->attribute[f];
        int32_t v = at->of[i];
        if (v < 0) continue;
        known++;
        name = name || r->set[at->set].type == COMPARE_NAME;
        own = own || at->kind == KIND_number || at->kind == KIND_email;
        const date_value *dates = at->kind == KIND_date_of_birth ? r->set[at->set].dates : NULL; /* encoded: what is not known stays so */
        own = own || (dates && dates[v].month && dates[v].day);
    }
    return known >= LINK_TWIN_FIELDS && name && own;
}

status
link_twins_find(arena *a, const link_records *r, const uint8_t apart[], uint32_t **as, size_t *twins)
{
    SCRATCH(tmp);
    hashed *h;
    size_t n = 0;
    ALLOC(a, *as, r->n);
    ALLOC(tmp, h, r->n);
    *twins = 0;
    for (size_t i = 0; i < r->n; i++) (*as)[i] = (uint32_t)i;
    if (r->split < r->n) return ST_OK;
    for (size_t i = 0; i < r->n; i++) {
        if (tells_who(r, i) && !(apart && apart[i])) h[n++] = (hashed){record_hash(r, i), (uint32_t)i};
    }
    qsort(h, n, sizeof *h, compare_hashed);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && h[end].hash == h[i].hash && records_equal(r, h[i].record, h[end].record);) end++;
        for (size_t k = i + 1; k < end && end - i >= LINK_TWINS; k++, ++*twins) (*as)[h[k].record] = h[i].record;
    }
    return ST_OK;
}

status
link_twins_without(arena *a, const link_records *r, const uint32_t as[], size_t twins, link_records *result, uint32_t **of)
{
    link_records made = *r;
    made.n = 0;
    ALLOC(a, *of, r->n - twins);
    ALLOC(a, made.id, r->n - twins);
    ALLOC(a, made.row, r->n - twins);
    ALLOC(a, made.attribute, r->attributes);
    for (size_t i = 0; i < r->n; i++) {
        if (as[i] != i) continue;
        made.id[made.n] = r->id[i], made.row[made.n] = r->row[i];
        (*of)[made.n++] = (uint32_t)i;
    }
    made.split = made.n;
    for (size_t f = 0; f < r->attributes; f++) {
        attribute *at = &made.attribute[f];
        *at = r->attribute[f];
        ALLOC(a, at->of, made.n);
        at->known = 0;
        for (size_t k = 0; k < made.n; k++) at->of[k] = r->attribute[f].of[(*of)[k]], at->known += at->of[k] >= 0;
    }
    *result = made;
    return ST_OK;
}

static bool
simply_equal(const link_model *model, link_code c)
{
    int known = 0, near = 0;
    for (size_t f = 0; f < model->r->attributes; f++) {
        int level = code_level(c, f);
        compare_type type = link_type(model, f);
        if (level == LEVEL_MISSING) continue;
        if (level == level_else(type) || (type == COMPARE_DATE && (level >= DATE_YEAR_ONLY && level != DATE_PART_EXACT))) return false;
        known++;
        near += level != LEVEL_EXACT && !(type == COMPARE_DATE && level == DATE_PART_EXACT);
    }
    return known >= LINK_TWIN_FIELDS && near <= 1;
}

status
link_simple_pairs(arena *a, const link_model *model, link_pairs *result)
{
    const link_records *r = model->r;
    size_t most = r->n * r->n / 2;
    link_pairs p = {0};
    ALLOC(a, p.a, most);
    ALLOC(a, p.b, most);
    ALLOC(a, p.code, most);
    ALLOC(a, p.fixed, most);
    ALLOC(a, p.p, most);
    for (size_t i = 0; i < (model->two ? r->split : r->n); i++)
        for (size_t j = model->two ? r->split : i + 1; j < r->n; j++) {
            link_code c = link_levels(model, i, j);
            p.a[p.n] = (uint32_t)i, p.b[p.n] = (uint32_t)j;
            p.code[p.n] = c;
            p.p[p.n++] = tells_who(r, i) && tells_who(r, j) && simply_equal(model, c) ? 0.95 : 0.001;
        }
    *result = p;
    return ST_OK;
}
