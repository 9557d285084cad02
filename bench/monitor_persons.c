/* Are the persons of the synthetic register the right ones? bench_monitor_persons ROOT DELIVERIES prints precision and recall over
 * pairs of notifications, and how many persons a year has, against DELIVERIES/truth.csv; DELIVERIES as `peil synth
 * ROOT/monitors/nl-2016-2020 --noise R` wrote it.
 *
 * limit: intake, see bench_register_intake; linkage, see bench_linkage_link. */
#include "bench.h"

#include "base/date.h"
#include "base/file.h"
#include "linkage/evaluate.h"
#include "linkage/unify.h"
#include "monitor/load.h"
#include "register/intake.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static status
take_in(arena *a, const monitor_definition *d, const char *deliveries, const char *work, table *notifications)
{
    const register_definition *variables;
    register_key *key;
    register_store *store;
    table counted;
    CHECK(register_definition_load(a, monitor_path(a, d, d->reg_file), &variables));
    CHECK(register_key_random(a, &key));
    CHECK(register_store_open(a, path_join(a, work, "register.db"), variables, key, &store));
    for (uint32_t i = 0; i < d->deliveries_count; i++) {
        const register_source *source;
        intake_result r;
        CHECK(register_source_load(a, monitor_path(a, d, d->deliveries[i].source), variables, &source));
        CHECK(register_intake(store, source, path_join(a, deliveries, d->deliveries[i].file), path_join(a, work, "rejected.csv"), &r));
    }
    return register_store_read(a, store, &(read_options){.purpose = PURPOSE_monitor}, notifications, &counted);
}

/* entity[row] from the lines delivery,row,person; -1: the truth does not name it. */
static status
read_truth(arena *a, const monitor_definition *d, const char *path, const table *notifications, int32_t entity[])
{
    text all;
    const column *delivery = table_column(notifications, "delivery"), *row = table_column(notifications, "row");
    if (!delivery || !row) FAIL(ST_INTERNAL, "notifications without delivery and row");
    int32_t most = 0;
    for (size_t i = 0; i < notifications->rows; i++)
        if (column_int32(row)[i] > most) most = column_int32(row)[i];
    size_t width = (size_t)most + 2;
    int32_t *person;
    ALLOC(a, person, width * d->deliveries_count);
    memset(person, 0xff, width * d->deliveries_count * sizeof *person);
    CHECK(file_map(a, path, &all));
    for (const char *at = all.bytes, *end = all.bytes + all.n; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        char line[256] = "", *comma, *next;
        size_t n = stop ? (size_t)(stop - at) : (size_t)(end - at);
        if (n >= sizeof line) FAIL(ST_INVALID, "%s: a line is too long", path);
        memcpy(line, at, n);
        at += n + 1;
        if (!(comma = strchr(line, ','))) continue;
        *comma = '\0';
        for (uint32_t k = 0; k < d->deliveries_count; k++) {
            if (strcmp(d->deliveries[k].file, line) != 0) continue;
            size_t r = strtoul(comma + 1, &next, 10);
            if (*next == ',' && r < width) person[k * width + r] = (int32_t)strtol(next + 1, NULL, 10);
        }
    }
    for (size_t i = 0; i < notifications->rows; i++) {
        size_t k = (size_t)column_int32(delivery)[i] - 1, r = (size_t)column_int32(row)[i];
        const char *ends = strrchr(d->deliveries[k].file, '.');
        if (ends && strcmp(ends, ".csv") == 0) r--; /* the register counts the line of names, the truth does not */
        entity[i] = person[k * width + r];
    }
    return ST_OK;
}

static size_t
persons_of_year(size_t n, const int32_t received[], const int32_t person[], int year, uint8_t seen[]) /* seen: by person, none */
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (date_to_parts(received[i]).year != year || seen[person[i]]) continue;
        seen[person[i]] = 1;
        count++;
    }
    for (size_t i = 0; i < n; i++) seen[person[i]] = 0;
    return count;
}

/* The year whose persons are furthest from the truth, as a share of it. */
static status
worst_year(arena *a, const monitor_definition *d, const table *notifications, const int32_t person[], const int32_t entity[], double *worst)
{
    const int32_t *received = column_int32(table_column(notifications, "received"));
    size_t n = notifications->rows, most = n;
    uint8_t *seen;
    for (size_t i = 0; i < n; i++)
        if ((size_t)entity[i] >= most) most = (size_t)entity[i] + 1;
    ALLOC(a, seen, most);
    *worst = 0;
    for (int year = atoi(d->from); year <= atoi(d->until); year++) {
        double real = (double)persons_of_year(n, received, entity, year, seen), made = (double)persons_of_year(n, received, person, year, seen);
        if (real > 0 && fabs(made / real - 1) > fabs(*worst)) *worst = made / real - 1;
    }
    return ST_OK;
}

static status
run(const char *root, const char *deliveries, const char *work)
{
    SCRATCH(a);
    monitor_definition *d;
    table notifications;
    unified persons;
    link_score score;
    int32_t *entity;
    size_t unknown = 0;
    double worst;
    CHECK(monitor_definition_read(a, path_join(a, root, "monitors/nl-2016-2020"), &d));
    CHECK(take_in(a, d, deliveries, work, &notifications));
    ALLOC(a, entity, notifications.rows);
    CHECK(read_truth(a, d, path_join(a, deliveries, "truth.csv"), &notifications, entity));
    for (size_t i = 0; i < notifications.rows; i++) unknown += entity[i] < 0;
    bench b = bench_start("monitor_persons");
    CHECK(unify_persons(a, &notifications, &persons));
    bench_stop(b, (double)notifications.rows);
    if (unknown > 0) FAIL(ST_INVALID, "%zu of %zu notifications are not in truth.csv", unknown, notifications.rows);
    CHECK(link_evaluate(notifications.rows, persons.person, entity, &score));
    CHECK(worst_year(a, d, &notifications, persons.person, entity, &worst));
    printf("# persons of a year off by at most %+.2f %% of the truth\n", 100 * worst);
    printf("# %zu persons; precision %.4f, recall %.4f, F1 %.4f over %.0f true pairs; estimated precision %.3f (%.3f-%.3f), recall %.3f (%.3f-%.3f)\n",
           persons.persons, score.precision, score.recall, score.f1, score.true_pairs, persons.quality.precision.value, persons.quality.precision.low,
           persons.quality.precision.high, persons.quality.recall.value, persons.quality.recall.low, persons.quality.recall.high);
    return ST_OK;
}

int
main(int argc, char **argv)
{
    char work[] = "/tmp/peil-bench-XXXXXX";
    if (argc != 3) {
        fprintf(stderr, "usage: bench_monitor_persons ROOT DELIVERIES\n");
        return 64;
    }
    if (sodium_init() < 0 || !mkdtemp(work)) return 70;
    status s = run(argv[1], argv[2], work);
    if (s != ST_OK) fprintf(stderr, "%s\n", status_detail());
    status removed = folder_remove(work);
    return s == ST_OK && removed == ST_OK ? 0 : 70;
}
