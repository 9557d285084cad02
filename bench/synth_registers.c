/* Drawing the registers of a whole country into a snapshot.
 * computed limit: 12 bytes a person are written once (209 MB: 0.1 s at 2 GB/s), hashed once (0.2 s) and read twice more (0.1 s); half a random
 * block of 15 ns a person is 0.13 s; 4.2 million rows of help and cost with some 8 random words each 0.3 s. */
#include "bench.h"

#include "base/file.h"
#include "synth/registers.h"

typedef struct country {
    synth_published p;
    synth_registers_options o;
    const char *folder;
} country;

static void
draw(const country *c)
{
    SCRATCH(tmp);
    size_t n;
    table *t;
    bench b = bench_start("synth_registers_draw");
    BENCH_OK(synth_registers_draw(tmp, &c->p, &c->o, &n, &t));
    bench_stop(b, (double)c->o.population);
}

static void
draw_and_write(const country *c)
{
    hash content;
    bench b = bench_start("synth_registers_draw_and_write");
    BENCH_OK(synth_registers_write(&c->p, &c->o, c->folder, &content));
    bench_stop(b, (double)c->o.population);
}

int
main(int argc, char **argv)
{
    const char *root = argc > 1 ? argv[1] : ".";
    static const int64_t people[] = {1740000, 17400000};
    SCRATCH(tmp);
    country c = {.folder = argc > 2 ? argv[2] : "out/bench-registers"};
    BENCH_OK(synth_published_read(tmp, path_join(tmp, root, "monitors/nl-2016-2020"), &c.p));
    puts("name,n,cpu_s,wall_s,peak_mb");
    for (int k = 0; k < 2; k++) {
        c.o = (synth_registers_options){1, people[k], path_join(tmp, root, "sources")};
        draw(&c);
        draw_and_write(&c);
    }
    puts("# limit: 0.8 CPU s for 17,400,000 persons");
    return 0;
}
