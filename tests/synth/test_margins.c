#include "testing.h"

#include "synth/notifications.h"

#include <math.h>
#include <unistd.h>

static const char facts[] = "id,value\nmen,37\nin_words,\n";

static status
read_texts(const char *margins, const char *fact, synth_published *p)
{
    static arena kept;
    char folder[] = "/tmp/peil-margins-XXXXXX";
    assert_non_null(mkdtemp(folder));
    SCRATCH(tmp);
    char *a = path_join(tmp, folder, "margins.csv"), *b = path_join(tmp, folder, "facts.csv");
    ASSERT_OK(file_write(a, text_of(margins)));
    ASSERT_OK(file_write(b, text_of(fact)));
    arena_clear(&kept);
    status code = synth_published_read(&kept, folder, p);
    unlink(a), unlink(b), rmdir(folder);
    if (code != ST_OK) arena_clear(&kept);
    return code;
}

static void
files_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *label, *margins, *facts;
        status want_status;
    } rows[] = {
        {"fine", "figure,row,column,value\n2.1,all,2016,1049\n", facts, ST_OK},
        {"another order", "value,column,row,figure,source\n3,2016,all,2.1,printed\n", facts, ST_OK},
        {"no value column", "figure,row,column\n2.1,all,2016\n", facts, ST_CONFIG},
        {"a negative count", "figure,row,column,value\n2.1,all,2016,-1\n", facts, ST_CONFIG},
        {"no number", "figure,row,column,value\n2.1,all,2016,many\n", facts, ST_CONFIG},
        {"a cell twice", "figure,row,column,value\n2.1,all,2016,1\n2.1,all,2016,2\n", facts, ST_CONFIG},
        {"a fact in words", "figure,row,column,value\n", "id,value\nmen,many\n", ST_CONFIG},
        {"facts without id", "figure,row,column,value\n", "name,value\nmen,1\n", ST_CONFIG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        synth_published p;
        status code = read_texts(rows[i].margins, rows[i].facts, &p);
        if (code != rows[i].want_status) fail_msg("%s: %s (%s)", rows[i].label, status_text(code), status_detail());
    }
}

static void
numbers_are_found(void **state)
{
    (void)state;
    synth_published p;
    int value;
    double fact;
    SCRATCH(tmp);
    const char *monitor = source_path(tmp, "monitors/nl-2016-2020");
    ASSERT_SURVIVES_NO_MEMORY(synth_published_read(tmp, monitor, &p));
    ASSERT_OK(read_texts("figure,row,column,value\n2.1,all,2016,1049\n", facts, &p));
    ASSERT_OK(synth_margin_get(&p, "2.1", "all", "2016", &value));
    assert_int_equal(value, 1049);
    assert_int_equal(synth_margin_find(&p, "2.1", "all", "2017"), -1);
    ASSERT_STATUS(synth_margin_get(&p, "2.2", "all", "2016", &value), ST_CONFIG);
    ASSERT_OK(synth_fact_get(&p, "men", &fact));
    assert_true(fact == 37);
    ASSERT_STATUS(synth_fact_get(&p, "in_words", &fact), ST_CONFIG);
    ASSERT_STATUS(synth_fact_get(&p, "women", &fact), ST_CONFIG);
}

/* The published numbers with one count changed no longer add up, and it is said where. */
static void
contradictions_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *figure, *row, *column, *want;
        int add;
    } rows[] = {
        {"2.9", "kmar", "2018", "figure 2.9, row kmar", 1},
        {"2.9", "kmar", "labour", "figure 2.9, row kmar: forms add up to 56, not 55", 1},
        {"2.9", "total", "2019", "figure 2.9, 2019: rows add up to 1494, not 1495", 1},
        {"2.10", "limburg", "2016-2020", "figure 2.10, row limburg", -1},
        {"2.1", "without_kmar_only_sexual", "2020", "2020: all is below", 400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        synth_published p;
        synth_targets t;
        ASSERT_OK(synth_published_read(tmp, source_path(tmp, "monitors/nl-2016-2020"), &p));
        ASSERT_OK(synth_targets_read(&p, &t));
        synth_margin *m = (synth_margin *)p.margin;
        for (size_t k = 0; k < p.margins; k++)
            if (strcmp(m[k].figure, rows[i].figure) == 0 && strcmp(m[k].row, rows[i].row) == 0 && strcmp(m[k].column, rows[i].column) == 0)
                m[k].value += rows[i].add;
        ASSERT_STATUS(synth_targets_read(&p, &t), ST_CONFIG);
        if (!strstr(status_detail(), rows[i].want)) fail_msg("got \"%s\", want \"%s\"", status_detail(), rows[i].want);
    }
}

/* More mentions than persons can have, or overlaps that do not fit, end in an error, not in other figures. */
static void
impossible_margins_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *label, *figure, *row, *column;
        int value;
        status want_status;
    } rows[] = {
        {"fewer mentions than persons", "2.2", "labour", "2016", 100, ST_CONFIG},
        {"2020 overlaps do not fit", "2.2", "labour", "2020", 450, ST_CONFIG},
        {"more sectors than victims", "2.3", "home", "2017", 900, ST_INFEASIBLE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        synth_published p;
        synth_register g;
        ASSERT_OK(synth_published_read(tmp, source_path(tmp, "monitors/nl-2016-2020"), &p));
        synth_margin *m = (synth_margin *)p.margin;
        for (size_t k = 0; k < p.margins; k++)
            if (strcmp(m[k].figure, rows[i].figure) == 0 && strcmp(m[k].row, rows[i].row) == 0 && strcmp(m[k].column, rows[i].column) == 0)
                m[k].value = rows[i].value;
        status code = synth_notifications_draw(tmp, &p, &(synth_options){.seed = 1, .scale = 1}, &g);
        if (code != rows[i].want_status) fail_msg("%s: %s (%s)", rows[i].label, status_text(code), status_detail());
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_checked),
        cmocka_unit_test(numbers_are_found),
        cmocka_unit_test(contradictions_are_named),
        cmocka_unit_test(impossible_margins_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
