/* Drawing the register and writing its deliveries: one population and a hundred.
 * computed limit: a notification is about 25 fields of 8 bytes; writing 200 bytes each at 1 GB/s is 0.13 s for 630,000, drawing
 * some 60 random blocks of 15 ns each 0.6 s; names looked up in lists and texts put together take the rest. */
#include "bench.h"

#include "base/file.h"
#include "synth/delivery.h"

int
main(int argc, char **argv)
{
    const char *root = argc > 1 ? argv[1] : ".", *folder = argc > 2 ? argv[2] : "out/bench-synth";
    static const int scales[] = {1, 100};
    puts("name,n,cpu_s,wall_s,peak_mb");
    for (int k = 0; k < 2; k++) {
        SCRATCH(tmp);
        synth_published p;
        synth_register g;
        BENCH_OK(synth_published_read(tmp, path_join(tmp, root, "monitors/nl-2016-2020"), &p));
        bench b = bench_start("synth_draw");
        BENCH_OK(synth_notifications_draw(tmp, &p, &(synth_options){.seed = 1, .scale = scales[k]}, &g));
        bench_stop(b, (double)g.rows);
        b = bench_start("synth_write");
        BENCH_OK(synth_deliveries_write(&g, path_join(tmp, root, "sources"), folder));
        bench_stop(b, (double)g.rows);
    }
    return 0;
}
