/* Small deliveries and throw-away stores for the register's tests. */
#ifndef PEIL_TESTS_REGISTER_DELIVERIES_H
#define PEIL_TESTS_REGISTER_DELIVERIES_H

#include "testing.h"

#include "register/intake.h"

#include <sys/stat.h>
#include <unistd.h>

/* The layout of sources/other_reporters.yaml. */
#define OTHER_HEADER "Meldingskenmerk;Ontvangen;Toestemming registratie;Toestemming opvang;Voornaam;Familienaam;Geboren;Geslacht;" \
    "Nationaliteiten;BSN;V-nummer;Vormen;Sector seksueel;Sector arbeid;Sector crimineel;Plaats;Vanaf;Tot;Dublin\n"
/* The layout of sources/kmar.yaml. */
#define KMAR_HEADER "Registratienummer;Datum registratie;Achternaam;Voornamen;Geboortedatum;M/V;Nationaliteit(en);V-nr;BSN;" \
    "Soort uitbuiting;Sector seksueel;Sector arbeid;Soort crimineel;Plaats;Periode van;Periode tot;Dublin\n"

typedef struct fixture {
    arena *a;
    const register_definition *definition;
    register_key *key;
    register_store *store;
    char *folder, *path, *rejections; /* of the store in a folder of its own */
} fixture;

static inline const register_source *
fixture_source(const fixture *f, const char *name)
{
    const register_source *s;
    ASSERT_OK(register_source_load(f->a, source_path(f->a, arena_printf(f->a, "sources/%s.yaml", name)), f->definition, &s));
    return s;
}

/* A store in memory, or with `on_disk` in a new folder. */
static inline fixture
fixture_new(arena *a, bool on_disk)
{
    fixture f = {.a = a};
    ASSERT_OK(register_definition_load(a, source_path(a, "sources/notifications.yaml"), &f.definition));
    ASSERT_OK(register_key_random(a, &f.key));
    f.path = arena_copy(a, ":memory:", 8);
    if (on_disk) {
        f.folder = arena_copy(a, "/tmp/peil-register-XXXXXX", 25);
        assert_non_null(mkdtemp(f.folder));
        f.path = path_join(a, f.folder, "register.db");
        f.rejections = path_join(a, f.folder, "rejections.csv");
    }
    ASSERT_OK(register_store_open(a, f.path, f.definition, f.key, &f.store));
    return f;
}

static inline void
fixture_remove(const fixture *f)
{
    SCRATCH(tmp);
    size_t n;
    char **names;
    ASSERT_OK(folder_list(tmp, f->folder, &n, &names));
    for (size_t i = 0; i < n; i++) unlink(path_join(tmp, f->folder, names[i]));
    rmdir(f->folder);
}

static inline delivery_counts
fixture_intake(const fixture *f, const char *source, const char *csv)
{
    intake_result r;
    ASSERT_OK(register_intake_bytes(f->store, fixture_source(f, source), "t.csv", text_of(csv), f->rejections, &r));
    assert_false(r.repeated);
    return r.counts;
}

static inline void
fixture_read(const fixture *f, legal_purpose purpose, table *notifications, table *counted)
{
    ASSERT_OK(register_store_read(f->a, f->store, &(read_options){.purpose = purpose}, notifications, counted));
}

/* A row of a table as "name=value ...", without the columns that differ from delivery to delivery. */
static inline const char *
row_text(arena *a, const table *t, size_t row)
{
    text_builder b = text_builder_new(a);
    for (size_t i = 0; i < t->columns; i++) {
        const column *c = &t->column[i];
        if (!strcmp(c->name, "notification") || !strcmp(c->name, "delivery") || !strcmp(c->name, "row")) continue;
        if (column_value(c, row) == INT64_MIN) continue;
        text said = column_text(c, row);
        text_printf(&b, "%s=", c->name);
        if (said.n)
            text_put_bytes(&b, said.bytes, said.n);
        else
            text_printf(&b, "%lld", (long long)column_value(c, row));
        text_put_char(&b, ' ');
    }
    text out;
    ASSERT_OK(text_builder_end(&b, &out));
    return out.bytes ? out.bytes : "";
}

#endif
