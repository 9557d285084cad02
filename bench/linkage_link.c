/* Linkage of made-up people: every pair of 10,000, 5,000 with 5,000, and 1,000,000 by passes (with an argument: that many).
 * Limit of the scan: two look-ups of four bytes and two of two bytes a pair, one nanosecond at 3 GHz. */
#include "bench.h"

#include "linkage/link.h"
#include "../tests/linkage/people.h"

static void
run(const char *name, const people_options *o)
{
    SCRATCH(tmp);
    people p;
    link_result l;
    const link_options lo = {.seed = 1};
    BENCH_OK(people_new(tmp, o, &p));
    const table *file[2] = {&p.file[0], &p.file[1]};
    bench b = bench_start(name);
    BENCH_OK(link_run(tmp, &p.fields, p.files, file, &lo, &l));
    bench_stop(b, (double)l.records.n);
    printf("# %s: %.0f pairs, at a nanosecond each %.2f s a scan on one core, two scans\n", name, l.model.pairs, l.model.similar ? l.model.pairs * 1e-9 : 0);
}

int
main(int argc, char **argv)
{
    const unsigned names = PEOPLE_GIVEN | PEOPLE_FAMILY, home = PEOPLE_STREET | PEOPLE_CITY | PEOPLE_POSTCODE;
    const people_options all = {1, 9000, 1000, 1, 0.1, 0.02, 1, false, false, names | PEOPLE_PARTS};
    const people_options two = {2, 5000, 5000, 1, 0.1, 0.02, 1, false, true, names | PEOPLE_BORN | home};
    run("linkage_every_pair", &all);
    run("linkage_two_files", &two);
    size_t n = argc > 1 ? (size_t)atoll(argv[1]) : 1000000;
    const people_options many = {3, n / 5 * 4, n / 5, 1, 0.1, 0.02, 1, false, false, names | PEOPLE_BORN | PEOPLE_SEX | home};
    run("linkage_passes", &many);
    return 0;
}
