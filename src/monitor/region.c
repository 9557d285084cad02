#include "monitor/region.h"

#include "base/date.h"

typedef struct region_place {
    int plain;  /* first item that names the country or its region; items: none */
    int member; /* first item for members of the Union; items: none */
    int32_t joined, left; /* DATE_MISSING: never, not yet */
} region_place;

struct region_map {
    int items, rest;
    region_place *place; /* [codes] */
};

typedef struct country_columns {
    const column *code, *region, *continent, *joined, *left;
} country_columns;

static status
bind_countries(bind_place at, const table *t, country_columns *c)
{
    CHECK(bind_column(at, t, "code", &c->code));
    CHECK(bind_column(at, t, "region", &c->region));
    CHECK(bind_column(at, t, "continent", &c->continent));
    CHECK(bind_column(at, t, "eu_from", &c->joined));
    return bind_column(at, t, "eu_until", &c->left);
}

static const char *
country_code(const country_columns *c, size_t row)
{
    return c->code->codes->items[column_value(c->code, row)].code;
}

/* Does the item name the country, its region or its continent? */
static bool
names(const country_columns *c, size_t row, const monitor_item *item)
{
    const column *levels[] = {c->region, c->continent};
    for (uint32_t i = 0; i < item->countries_count; i++)
        if (!strcmp(item->countries[i], country_code(c, row))) return true;
    for (int k = 0; k < 2; k++) {
        int64_t v = column_value(levels[k], row);
        for (uint32_t i = 0; v >= 0 && i < item->regions_count; i++)
            if (!strcmp(item->regions[i], levels[k]->codes->items[v].code)) return true;
    }
    return false;
}

static status
check_names(bind_place at, const country_columns *c, const monitor_item *item)
{
    int position;
    for (uint32_t i = 0; i < item->regions_count; i++) CHECK(bind_code(at, c->region, item->regions[i], &position));
    for (uint32_t i = 0; i < item->countries_count; i++) CHECK(bind_code(at, c->code, item->countries[i], &position));
    return ST_OK;
}

static void
place_country(const country_columns *c, size_t row, const monitor_variable *v, region_place *p)
{
    p->joined = column_int32(c->joined)[row];
    p->left = column_int32(c->left)[row];
    for (int k = (int)v->items_count - 1; k >= 0; k--)
        if (names(c, row, &v->items[k])) p->plain = k;
}

status
region_bind(arena *out, bind_place at, const table *countries, const code_list *codes, const monitor_variable *v,
            region_map **result)
{
    region_map *map;
    country_columns c;
    int n = (int)v->items_count, rest = -1, eu = n;
    CHECK(bind_countries(at, countries, &c));
    for (int k = n - 1; k >= 0; k--) {
        const monitor_item *item = &v->items[k];
        CHECK(check_names(at, &c, item));
        if (item->eu) eu = k;
        if (!item->eu && item->regions_count == 0 && item->countries_count == 0) rest = k;
    }
    ALLOC(out, map, 1);
    ALLOC(out, map->place, codes->n);
    map->items = n;
    map->rest = rest;
    for (size_t i = 0; i < codes->n; i++) {
        map->place[i] = (region_place){n, eu, DATE_MISSING, DATE_MISSING}; /* a code beside the list: the rest */
        for (size_t row = 0; row < countries->rows; row++)
            if (!strcmp(codes->items[i].code, country_code(&c, row))) place_country(&c, row, v, &map->place[i]);
    }
    *result = map;
    return ST_OK;
}

int
region_item(const region_map *map, size_t code, int32_t day)
{
    const region_place *p = &map->place[code];
    bool member = day != DATE_MISSING && p->joined != DATE_MISSING && day >= p->joined && (p->left == DATE_MISSING || day <= p->left);
    int item = member && p->member < p->plain ? p->member : p->plain;
    return item < map->items ? item : map->rest;
}
