/* Any bytes as monitor.yaml: an error that names the file, or a monitor whose figures can be made; never a crash. */
#include "registers.h"
#include "small.h"

#include "monitor/tested.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Populations over registers of three rows each. */
static status
build_populations(arena *a, const monitor_definition *d, populations *p)
{
    registers r = {0};
    if (d->populations_count == 0) return ST_OK;
    declared all = read_declared(a);
    ALLOC(a, r.table, all.n);
    for (r.n = 0; r.n < all.n; r.n++) CHECK(table_declared_rows(a, &all.table[r.n], 3, &r.table[r.n].table));
    return populations_build(a, d, &r, NULL, p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const small_row rows[] = {
        {0, "2019-03-01", 1, 1, 2, 0, "2002-06-01", 1}, {0, "2020-03-01", 8, 0, 0, -1, "2002-03-02", 0},
        {1, "2020-05-01", 3, 2, 1, 2, NULL, 2},
    };
    SCRATCH(tmp);
    monitor_definition *d;
    int32_t *person;
    units u;
    exact_table made;
    if (monitor_definition_read_bytes(tmp, "monitors/fuzz", (text){(const char *)bytes, n}, &d) != ST_OK) {
        if (!strstr(status_detail(), "monitor.yaml") && !strstr(status_detail(), "memory")) abort();
        return 0;
    }
    table t = small_table(tmp, 3, rows, &person);
    if (monitor_derive(tmp, d, &t, NULL, person, &u) != ST_OK) return 0;
    populations p = {0};
    if (build_populations(tmp, d, &p) != ST_OK) return 0;
    figure_source source = {.d = d, .units = &u, .populations = &p};
    if (figure_exclusions(tmp, &source, "victim_year", &made) != ST_OK) return 0;
    for (uint32_t i = 0; i < d->populations_count; i++)
        if (figure_exclusions(tmp, &source, d->populations[i].name, &made) == ST_OK && !made.population) abort();
    for (uint32_t i = 0; i < d->figures_count && i < 20; i++)
        if (figure_make(tmp, &source, &d->figures[i], &made) == ST_OK) {
            if (made.rows.n * made.columns.n > 0 && !made.count) abort();
            if (tested_check(&source, &d->figures[i], &made) == ST_NO_MEMORY) abort();
        }
    return 0;
}
