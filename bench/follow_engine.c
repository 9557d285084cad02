/* Windows, survival, Cox and controls, data in memory. R and DuckDB measured on the same kind of machine (CPU seconds):
 * windows 2.4-3.5 (data.table), 0.44-0.50 (DuckDB); Kaplan-Meier 4.4-4.9; Aalen-Johansen with errors 155; Cox 6.0-8.4; controls 2.7-3.1. */
#include "bench.h"

#include "base/date.h"
#include "base/rng.h"
#include "follow/aj.h"
#include "follow/controls.h"
#include "follow/cox.h"
#include "follow/curves.h"
#include "follow/windows.h"

#include <malloc.h>
#include <math.h>
#include <string.h>

static void
limit(const char *name, double bytes, const char *why)
{
    printf("# %s: columns %.0f MB; at 10 GB/s %.4f s; %s\n", name, bytes / 1e6, bytes / 1e10, why);
}

static void
bench_windows(size_t n)
{
    SCRATCH(a);
    size_t persons = n / 100;
    int32_t *person = arena_alloc(a, n, 4), *date = arena_alloc(a, n, 4), *index = arena_alloc(a, persons, 4);
    int8_t *type = arena_alloc(a, n, 1);
    rng r = rng_new(1, 0);
    for (size_t i = 0, p = 0; p < persons; p++) {
        size_t k = p + 1 == persons ? n - i : 100;
        index[p] = 14610 + (int32_t)rng_below(&r, 3650);
        int32_t day = 14000;
        for (size_t j = 0; j < k; j++, i++) {
            person[i] = (int32_t)p, date[i] = day += (int32_t)rng_below(&r, 90), type[i] = (int8_t)rng_below(&r, 6);
        }
    }
    follow_cohort c = {.n = persons, .index = index, .groups = 1};
    follow_window_options o = {.windows = 3, .years = {2, 5, 7}, .data_end = 18627, .same_case = 7};
    follow_incidents in;
    follow_window *w;
    malloc_trim(0);
    bench b = bench_start("follow_windows_2_5_7");
    BENCH_OK(follow_incidents_of(a, n, person, date, type, persons, &in));
    BENCH_OK(follow_windows(a, &c, &in, &o, &w));
    bench_stop(b, (double)n);
    limit("windows", 9.0 * (double)n, "R 2.4-3.5, DuckDB 0.44-0.50");
}

static void
bench_survival(size_t n)
{
    SCRATCH(a);
    int32_t *time = arena_alloc(a, n, 4);
    int8_t *outcome = arena_alloc(a, n, 1), *group = arena_alloc(a, n, 1);
    rng r = rng_new(2, 0);
    for (size_t i = 0; i < n; i++) {
        double t = -1500 * log(1 - rng_uniform(&r)), end = 365 + 3285 * rng_uniform(&r);
        time[i] = (int32_t)(t < end ? t : end);
        outcome[i] = t < end ? (int8_t)(1 + rng_below(&r, 2)) : 0;
        group[i] = (int8_t)rng_below(&r, 5);
    }
    follow_days d = {n, time, outcome, group, 5, 2, 3700};
    follow_counts c;
    follow_curve k;
    follow_states p;
    bench b = bench_start("follow_km_aj_se");
    BENCH_OK(follow_count_days(a, &d, &c));
    BENCH_OK(follow_km(a, &c, NULL, &k));
    BENCH_OK(follow_aj(a, &c, NULL, &p));
    bench_stop(b, (double)n);
    limit("km, aj and errors", 6.0 * (double)n, "R 4.4-4.9 for km and 155 for aj");
}

static void
bench_cox(size_t n, bool days)
{
    SCRATCH(a);
    enum { P = 5 };
    double *x[P], *time = arena_alloc(a, n, sizeof *time);
    int8_t *event = arena_alloc(a, n, 1);
    rng r = rng_new(3, 0);
    for (int k = 0; k < P; k++) x[k] = arena_alloc(a, n, sizeof **x);
    for (size_t i = 0; i < n; i++) {
        double eta = 0;
        for (int k = 0; k < P; k++) {
            x[k][i] = k < 3 ? rng_normal(&r) : (double)rng_below(&r, 2);
            eta += 0.1 * (k + 1) * x[k][i];
        }
        double t = -3000 * log(1 - rng_uniform(&r)) * exp(-eta), end = 365 + 3285 * rng_uniform(&r);
        time[i] = t < end ? t : end;
        if (days) time[i] = ceil(time[i]);
        event[i] = t < end;
    }
    cox_input in = {.n = n, .p = P, .x = (const double *const *)x, .time = time, .event = event};
    cox_result result;
    bench b = bench_start(days ? "follow_cox_efron_days" : "follow_cox_efron_distinct");
    BENCH_OK(follow_cox(a, &in, &result));
    bench_stop(b, (double)n);
    limit("cox", 49.0 * (double)n, days ? "read once an evaluation; R 6.0-8.4" : "read in two passes of three or four slices; R 6.0-8.4");
    printf("# iterations %d\n", result.iterations);
}

static void
bench_controls(size_t n)
{
    SCRATCH(a);
    size_t cases = 1630;
    uint64_t *key = arena_alloc(a, n, 8), *case_key = arena_alloc(a, cases, 8);
    int8_t *sex = arena_alloc(a, n, 1), *case_sex = arena_alloc(a, cases, 1);
    int16_t *year = arena_alloc(a, n, 2), *case_year = arena_alloc(a, cases, 2);
    for (size_t i = 0; i < n; i++) {
        uint64_t u = follow_controls_number(9, i);
        key[i] = 1000000000 + i, sex[i] = (int8_t)(u & 1), year[i] = (int16_t)(1920 + (u >> 8) % 100);
    }
    for (size_t i = 0; i < cases; i++) {
        uint64_t u = follow_controls_number(10, i);
        case_key[i] = key[u % n], case_sex[i] = (u >> 32 & 3) == 0, case_year[i] = (int16_t)(1975 + (u >> 40) % 30);
    }
    column sexes = {.name = "sex", .type = COLUMN_INT8, .data = sex}, years = {.name = "year", .type = COLUMN_INT16, .data = year};
    column case_sexes = {.name = "sex", .type = COLUMN_INT8, .data = case_sex}, case_years = {.name = "year", .type = COLUMN_INT16, .data = case_year};
    controls_side c = {cases, case_key, {&case_sexes, &case_years}}, population = {n, key, {&sexes, &years}};
    controls_result result;
    bench b = bench_start("follow_controls_1630x1000");
    BENCH_OK(follow_controls(a, &c, &population, &(controls_options){2, 1000, 1}, &result));
    bench_stop(b, (double)n);
    limit("controls", 11.0 * (double)n, "keys once, match columns twice; R 2.7-3.1, DuckDB 3.0-3.2");
    printf("# controls drawn %zu\n", result.n);
}

static void
bench_all(const char *only, size_t times)
{
    if (!*only || strcmp(only, "survival") == 0) bench_survival(2000000 * times);
    if (!*only || strcmp(only, "cox") == 0) bench_cox(1000000 * times, true);
    if (!*only || strcmp(only, "distinct") == 0) bench_cox(1000000 * times, false);
    if (!*only || strcmp(only, "windows") == 0) bench_windows(10000000 * times);
    if (!*only || strcmp(only, "controls") == 0) bench_controls(17000000 * times);
}

/* usage: follow_engine [survival|cox|distinct|windows|controls [TIMES]]; without TIMES once and with ten times the rows. */
int
main(int argc, char **argv)
{
    const char *only = argc > 1 ? argv[1] : "";
    printf("name,n,cpu_s,wall_s,peak_mb\n");
    bench_all(only, argc > 2 ? strtoul(argv[2], NULL, 10) : 1);
    if (argc <= 2) bench_all(only, 10);
    return 0;
}
