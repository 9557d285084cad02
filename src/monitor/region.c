#include "monitor/region.h"

#include "base/date.h"
#include "base/definition.h"

typedef struct region {
    const char *code, *parent;
    int m49;
    monitor_words label;
} region;

typedef struct country {
    const char *code, *alpha3, *region, *eu_from, *eu_until;
    int m49;
    monitor_words label;
    int32_t joined, left; /* worked out; joined = INT32_MAX: never */
} country;

struct region_list {
    const char *countries; /* name of the code list */
    LIST(region, regions);
    LIST(country, codes);
    const char *path;
};

static const cyaml_schema_field_t region_fields[] = {
    DEFINITION_TEXT("code", region, code),
    CYAML_FIELD_INT("m49", CYAML_FLAG_OPTIONAL, region, m49),
    DEFINITION_TEXT_OPTIONAL("parent", region, parent),
    DEFINITION_TEXT("nl", region, label.in[LANGUAGE_NL]),
    DEFINITION_TEXT("en", region, label.in[LANGUAGE_EN]),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_region = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, region, region_fields)};

static const cyaml_schema_field_t country_fields[] = {
    DEFINITION_TEXT("code", country, code),
    DEFINITION_TEXT_OPTIONAL("alpha3", country, alpha3),
    CYAML_FIELD_INT("m49", CYAML_FLAG_OPTIONAL, country, m49),
    DEFINITION_TEXT("nl", country, label.in[LANGUAGE_NL]),
    DEFINITION_TEXT("en", country, label.in[LANGUAGE_EN]),
    DEFINITION_TEXT_OPTIONAL("region", country, region),
    DEFINITION_TEXT_OPTIONAL("eu_from", country, eu_from),
    DEFINITION_TEXT_OPTIONAL("eu_until", country, eu_until),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t one_country = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, country, country_fields)};

static const cyaml_schema_field_t list_fields[] = {
    DEFINITION_TEXT_OPTIONAL("countries", region_list, countries),
    CYAML_FIELD_SEQUENCE("regions", CYAML_FLAG_POINTER, region_list, regions, &one_region, 1, 1000),
    CYAML_FIELD_SEQUENCE("codes", CYAML_FLAG_POINTER, region_list, codes, &one_country, 1, 1000),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t list_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, region_list, list_fields)};

static status
read_day(const char *path, const country *c, const char *value, int32_t *out)
{
    if (value && !date_parse(text_of(value), "%Y-%m-%d", out))
        FAIL(ST_CONFIG, "%s: country %s: expected a day as YYYY-MM-DD", path, c->code);
    return ST_OK;
}

status
region_read(arena *out, const char *path, region_list **result)
{
    void *loaded;
    CHECK(definition_load(out, path, &list_schema, &loaded));
    region_list *list = loaded;
    list->path = arena_copy(out, path, strlen(path));
    if (!list->path) FAIL(ST_NO_MEMORY, "out of memory (path)");
    for (uint32_t i = 0; i < list->codes_count; i++) {
        country *c = &list->codes[i];
        c->joined = c->left = INT32_MAX;
        CHECK(read_day(path, c, c->eu_from, &c->joined));
        CHECK(read_day(path, c, c->eu_until, &c->left));
    }
    *result = list;
    return ST_OK;
}

typedef struct region_place {
    int plain;  /* first item that names the country or its region; items: none */
    int member; /* first item for members of the Union; items: none */
    int32_t joined, left;
} region_place;

struct region_map {
    int items, rest;
    region_place *place; /* [codes] */
};

static const region *
find_region(const region_list *list, const char *code)
{
    for (uint32_t i = 0; code && i < list->regions_count; i++)
        if (!strcmp(list->regions[i].code, code)) return &list->regions[i];
    return NULL;
}

static const country *
find_country(const region_list *list, const char *code)
{
    for (uint32_t i = 0; i < list->codes_count; i++)
        if (!strcmp(list->codes[i].code, code)) return &list->codes[i];
    return NULL;
}

/* Does the country lie in the region, or in a part of it? At most as deep as there are regions. */
static bool
lies_in(const region_list *list, const country *c, const char *code)
{
    const region *r = find_region(list, c->region);
    for (uint32_t deep = 0; r && deep < list->regions_count; deep++) {
        if (!strcmp(r->code, code)) return true;
        r = find_region(list, r->parent);
    }
    return false;
}

static bool
names(const region_list *list, const country *c, const monitor_item *item)
{
    for (uint32_t i = 0; i < item->countries_count; i++)
        if (!strcmp(item->countries[i], c->code)) return true;
    for (uint32_t i = 0; i < item->regions_count; i++)
        if (lies_in(list, c, item->regions[i])) return true;
    return false;
}

static status
check_names(bind_place at, const region_list *list, const monitor_item *item)
{
    for (uint32_t i = 0; i < item->regions_count; i++)
        if (!find_region(list, item->regions[i]))
            FAIL(ST_CONFIG, "%s: %s: item %s: there is no region %s in %s", at.file, at.what, item->code, item->regions[i], list->path);
    for (uint32_t i = 0; i < item->countries_count; i++)
        if (!find_country(list, item->countries[i]))
            FAIL(ST_CONFIG, "%s: %s: item %s: there is no country %s in %s", at.file, at.what, item->code, item->countries[i], list->path);
    return ST_OK;
}

status
region_bind(arena *out, bind_place at, const region_list *list, const code_list *codes, const monitor_variable *v,
            region_map **result)
{
    region_map *map;
    int n = (int)v->items_count, rest = -1, eu = n;
    for (int k = n - 1; k >= 0; k--) {
        const monitor_item *item = &v->items[k];
        CHECK(check_names(at, list, item));
        if (item->eu) eu = k;
        if (!item->eu && item->regions_count == 0 && item->countries_count == 0) rest = k;
    }
    ALLOC(out, map, 1);
    ALLOC(out, map->place, codes->n);
    map->items = n;
    map->rest = rest;
    for (size_t i = 0; i < codes->n; i++) {
        const country *c = find_country(list, codes->items[i].code);
        region_place *p = &map->place[i];
        *p = (region_place){n, eu, INT32_MAX, INT32_MAX};
        if (!c) continue; /* a code beside the list: the rest */
        p->joined = c->joined;
        p->left = c->left;
        for (int k = n - 1; k >= 0; k--)
            if (names(list, c, &v->items[k])) p->plain = k;
    }
    *result = map;
    return ST_OK;
}

int
region_item(const region_map *map, size_t code, int32_t day)
{
    const region_place *p = &map->place[code];
    bool member = day != DATE_MISSING && p->joined != INT32_MAX && day >= p->joined && day <= p->left;
    int item = member && p->member < p->plain ? p->member : p->plain;
    return item < map->items ? item : map->rest;
}
