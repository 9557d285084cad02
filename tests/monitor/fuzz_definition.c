/* Any bytes as monitor.yaml: an error that names the file, or a monitor whose figures can be made; never a crash. */
#include "small.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

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
    figure_source source = {d, &u};
    if (figure_exclusions(tmp, &source, "victim_year", &made) != ST_OK) return 0;
    for (uint32_t i = 0; i < d->figures_count && i < 20; i++)
        if (figure_make(tmp, &source, &d->figures[i], &made) == ST_OK && made.rows.n * made.columns.n > 0 && !made.count) abort();
    return 0;
}
