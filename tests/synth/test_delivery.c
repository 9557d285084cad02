#include "testing.h"

#include "base/date.h"
#include "base/threads.h"
#include "synth/countries.h"
#include "synth/delivery.h"
#include "table/csv.h"
#include "table/spss.h"

#include <unistd.h>

static const char *
folder_new(arena *a)
{
    char *folder = arena_copy(a, "/tmp/peil-synth-XXXXXX", 22);
    assert_non_null(mkdtemp(folder));
    return folder;
}

static void
folder_remove(const char *folder)
{
    SCRATCH(tmp);
    size_t n;
    char **names;
    ASSERT_OK(folder_list(tmp, folder, &n, &names));
    for (size_t i = 0; i < n; i++) unlink(path_join(tmp, folder, names[i]));
    assert_int_equal(rmdir(folder), 0);
}

static void
draw(arena *a, double noise, synth_register *g)
{
    synth_published p;
    ASSERT_OK(synth_published_read(a, source_path(a, "monitors/nl-2016-2020"), &p));
    ASSERT_OK(synth_notifications_draw(a, &p, &(synth_options){.seed = 1, .noise = noise, .scale = 1}, g));
}

static void
same_text(const csv_row *row, const csv *c, const char *column, const char *want)
{
    int at = csv_find(c, column);
    assert_true(at >= 0);
    if (!text_is(row->field[at], want)) fail_msg("row %zu, column %s: not as drawn", row->number, column);
}

/* The form of the coordination centre holds nearly everything as the register does. */
static void
other_reporters_are_as_drawn(const synth_register *g, const char *path)
{
    SCRATCH(tmp);
    csv *c;
    ASSERT_OK(csv_open(tmp, path, NULL, &c));
    for (size_t i = g->first[SYNTH_OTHERS]; i < g->first[SYNTH_OTHERS + 1]; i++) {
        const synth_row *r = &g->row[i];
        bool more;
        csv_row row;
        char day[11];
        ASSERT_OK(csv_next(c, &more, &row));
        assert_true(more);
        date_format(r->received, day);
        same_text(&row, c, "Ontvangen", day);
        same_text(&row, c, "Voornaam", r->given);
        same_text(&row, c, "Familienaam", r->family);
        same_text(&row, c, "BSN", r->bsn);
        day[0] = 0;
        if (r->born != DATE_MISSING) date_format(r->born, day);
        if (r->precision == SYNTH_PRECISE_YEAR) day[4] = 0;
        if (r->precision == SYNTH_PRECISE_MONTH) day[7] = 0;
        same_text(&row, c, "Geboren", day);
        char nations[8] = "";
        if (r->nationality >= 0) snprintf(nations, sizeof nations, "%s", synth_countries[r->nationality].code);
        if (r->nationality_2 >= 0) snprintf(nations + 2, sizeof nations - 2, "|%s", synth_countries[r->nationality_2].code);
        same_text(&row, c, "Nationaliteiten", nations);
        if (r->forms == (SYNTH_SEXUAL | SYNTH_CRIMINAL)) same_text(&row, c, "Vormen", "sexual|criminal");
    }
    bool more;
    csv_row row;
    ASSERT_OK(csv_next(c, &more, &row));
    assert_false(more);
}

static void
police_are_as_drawn(const synth_register *g, const char *path)
{
    SCRATCH(tmp);
    table t;
    column *given, *born, *unit, *nation, *sexual, *precision;
    ASSERT_OK(spss_read(tmp, path, &t));
    assert_int_equal(t.rows, g->first[SYNTH_POLICE + 1] - g->first[SYNTH_POLICE]);
    ASSERT_OK(table_require(&t, "VOORNAAM", &given));
    ASSERT_OK(table_require(&t, "GEBDATUM", &born));
    ASSERT_OK(table_require(&t, "EENHEID", &unit));
    ASSERT_OK(table_require(&t, "NAT1", &nation));
    ASSERT_OK(table_require(&t, "UITB_SEKSUEEL", &sexual));
    ASSERT_OK(table_require(&t, "GEBDATUM_ZEKER", &precision));
    assert_non_null(unit->codes);
    for (size_t i = 0; i < t.rows; i++) {
        const synth_row *r = &g->row[g->first[SYNTH_POLICE] + i];
        if (!text_is(column_text(given, i), r->given)) fail_msg("row %zu: another name", i);
        assert_int_equal(column_int32(born)[i], r->born);
        assert_int_equal((int)column_double(unit)[i], r->unit + 1);
        assert_int_equal((int)column_double(sexual)[i], (r->forms & SYNTH_SEXUAL) != 0);
        assert_int_equal((int)column_double(precision)[i], r->precision == SYNTH_PRECISE_UNKNOWN ? 0 : r->precision + 1);
        if (r->nationality == synth_country_find("NL")) assert_int_equal((int)column_double(nation)[i], 528);
    }
}

static void
truth_names_every_row(const synth_register *g, const char *path)
{
    SCRATCH(tmp);
    csv *c;
    ASSERT_OK(csv_open(tmp, path, NULL, &c));
    size_t n = 0;
    for (bool more = true;; n++) {
        csv_row row;
        int64_t person = 0;
        ASSERT_OK(csv_next(c, &more, &row));
        if (!more) break;
        assert_true(n < g->rows && text_to_int(row.field[2], &person));
        assert_int_equal(person, g->row[n].person + 1);
    }
    assert_int_equal(n, g->rows);
}

static void
deliveries_hold_what_was_drawn(void **state)
{
    (void)state;
    for (int noisy = 0; noisy < 2; noisy++) {
        SCRATCH(tmp);
        synth_register g;
        draw(tmp, noisy * 0.2, &g);
        const char *folder = folder_new(tmp);
        ASSERT_OK(synth_deliveries_write(&g, source_path(tmp, "sources"), folder));
        other_reporters_are_as_drawn(&g, path_join(tmp, folder, "other_reporters.csv"));
        police_are_as_drawn(&g, path_join(tmp, folder, "police.sav"));
        truth_names_every_row(&g, path_join(tmp, folder, "truth.csv"));
        folder_remove(folder);
    }
}

static void
bytes_do_not_depend_on_threads(void **state)
{
    (void)state;
    SCRATCH(tmp);
    const char *folder[2];
    for (int k = 0; k < 2; k++) {
        SCRATCH(each);
        synth_published p;
        synth_register g;
        threads_set(k == 0 ? 1 : 3);
        ASSERT_OK(synth_published_read(each, source_path(each, "monitors/nl-2016-2020"), &p));
        ASSERT_OK(synth_notifications_draw(each, &p, &(synth_options){.seed = 9, .noise = 0.05, .scale = 4}, &g));
        folder[k] = folder_new(tmp);
        ASSERT_OK(synth_deliveries_write(&g, source_path(each, "sources"), folder[k]));
    }
    threads_set(0);
    size_t n;
    char **names;
    ASSERT_OK(folder_list(tmp, folder[0], &n, &names));
    assert_int_equal(n, SYNTH_REPORTERS + 1);
    for (size_t i = 0; i < n; i++) {
        text a, b;
        ASSERT_OK(file_map(tmp, path_join(tmp, folder[0], names[i]), &a));
        ASSERT_OK(file_map(tmp, path_join(tmp, folder[1], names[i]), &b));
        if (!text_equal(a, b)) fail_msg("%s differs", names[i]);
    }
    folder_remove(folder[0]);
    folder_remove(folder[1]);
}

/* Layouts as a source could have them, small; each with what is wrong. */
static void
wrong_layouts_are_named(void **state)
{
    (void)state;
    static const char head[] = "source: x\nfile: x.csv\nformat: csv\ndelimiter: \";\"\ncolumns:\n";
    static const struct {
        const char *label, *columns;
        status want_status;
    } rows[] = {
        {"fine", "  - {variable: family_name, column: A}\n", ST_OK},
        {"no such variable", "  - {variable: shoe_size, column: A}\n", ST_CONFIG},
        {"no column", "  - {variable: family_name}\n", ST_CONFIG},
        {"a form without a word", "  - variable: forms\n    column: A\n    separator: \",\"\n    map: [{from: s, to: sexual}]\n", ST_CONFIG},
        {"too many parts", "  - {variable: family_name, column: A, separator: \" \", part: 9}\n", ST_CONFIG},
    };
    SCRATCH(tmp);
    layout_register lists;
    ASSERT_OK(synth_layout_register_read(tmp, source_path(tmp, "sources"), &lists));
    const char *folder = folder_new(tmp), *path = path_join(tmp, folder, "x.yaml");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const layout *l;
        delivery *d;
        char *yaml = arena_printf(tmp, "%s%s", head, rows[i].columns);
        ASSERT_OK(file_write(path, text_of(yaml)));
        ASSERT_OK(synth_layout_read(tmp, path, &l));
        status code = synth_delivery_new(tmp, l, &lists, &d);
        if (code != rows[i].want_status) fail_msg("%s: %s (%s)", rows[i].label, status_text(code), status_detail());
    }
    const layout *l;
    ASSERT_OK(file_write(path, text_of("source: x\nfile: x\nformat: csv\ndelimiter: \"||\"\ncolumns: [{variable: bsn, column: A}]\n")));
    ASSERT_STATUS(synth_layout_read(tmp, path, &l), ST_CONFIG);
    ASSERT_OK(file_write(path, text_of("source: x\nfile: x\nformat: xls\ncolumns: [{variable: bsn, column: A}]\n")));
    ASSERT_STATUS(synth_layout_read(tmp, path, &l), ST_CONFIG);
    folder_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deliveries_hold_what_was_drawn),
        cmocka_unit_test(bytes_do_not_depend_on_threads),
        cmocka_unit_test(wrong_layouts_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
