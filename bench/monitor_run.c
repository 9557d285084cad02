/* The whole way of a monitor over synthetic deliveries: bench_monitor_run MONITOR DELIVERIES OUT. */
#include "bench.h"

#include "base/threads.h"
#include "monitor/run.h"

#include <sodium.h>

int
main(int argc, char **argv)
{
    if (argc != 4 || sodium_init() < 0) return fprintf(stderr, "bench_monitor_run MONITOR DELIVERIES OUT\n"), 2;
    arena *a = arena_new();
    monitor_definition *d;
    run_times t = {0};
    threads_set(0);
    BENCH_OK(monitor_definition_read(a, argv[1], &d));
    bench b = bench_start("monitor_run");
    BENCH_OK(monitor_run(d, &(run_options){.deliveries = argv[2], .out = argv[3]}, &t));
    bench_stop(b, 1);
    printf("# wall: intake, persons and snapshot %.3f, figures %.3f, protection %.3f, pages %.3f\n", t.load, t.tabulate, t.protect, t.publish);
    printf("# limit: a run may take 3 s of wall clock at scale 1; pages wait for the disk once\n");
    arena_free(a);
    return 0;
}
