/* Linkage of made-up people: every pair of 10,000, 5,000 with 5,000 by six fields and by nine, and 1,000,000 by passes (with an argument:
 * that many).
 * Limit of the values: each distinct value of a field meets each other one once, in a filter of seven instructions, two cycles; what it
 * lets pass, a tenth, takes some twenty cycles more with 32 pairs side by side: a nanosecond and a half a pair.
 * Limit of the scan: a record's sums are written and read once, four bytes a pair at 20 GB/s, and records with a value
 * alike in a field are looked up, one in ten at a nanosecond each and field: half a nanosecond a pair. */
#include "bench.h"

#include "linkage/link.h"
#include "../tests/linkage/people.h"

/* Making the people takes more memory than linking them: measure from here on. */
static void
forget_peak(void)
{
    FILE *f = fopen("/proc/self/clear_refs", "w");
    if (f) fputs("5", f), fclose(f);
}

static double
peak_mb(void)
{
    char line[256];
    double kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmHWM: %lf kB", &kb) == 1) break;
    if (f) fclose(f);
    return kb / 1024;
}

static void
run(const char *name, const people_options *o)
{
    SCRATCH(tmp);
    people p;
    link_result l;
    const link_options lo = {.seed = 1};
    BENCH_OK(people_new(tmp, o, &p));
    const table *file[2] = {&p.file[0], &p.file[1]};
    forget_peak();
    double before = peak_mb();
    bench b = bench_start(name);
    BENCH_OK(link_run(tmp, &p.fields, p.files, file, &lo, &l));
    bench_stop(b, (double)l.records.n);
    printf("# %s: peak %.0f MB while linking, of which %.0f MB the tables it was given\n", name, peak_mb(), before);
    double values = 0;
    for (size_t k = 0; k < l.records.sets && !l.model.passes; k++) values += (double)l.records.set[k].n * (double)l.records.set[k].n / 2;
    printf("# %s: %.0f pairs of values, at a nanosecond and a half each %.2f s on one core\n", name, values, values * 1.5e-9);
    printf("# %s: %.0f pairs, at half a nanosecond each %.2f s a scan on one core, two scans\n", name, l.model.pairs, !l.model.passes ? l.model.pairs * 5e-10 : 0);
}

int
main(int argc, char **argv)
{
    const unsigned names = PEOPLE_GIVEN | PEOPLE_FAMILY, home = PEOPLE_STREET | PEOPLE_CITY | PEOPLE_POSTCODE;
    const people_options all = {1, 9000, 1000, 1, 0.1, 0.02, 1, false, false, names | PEOPLE_PARTS};
    const people_options two = {2, 5000, 5000, 1, 0.1, 0.02, 1, false, true, names | PEOPLE_BORN | home};
    run("linkage_every_pair", &all);
    run("linkage_two_files", &two);
    people_options nine = two;
    nine.fields |= PEOPLE_SEX | PEOPLE_NUMBER | PEOPLE_EMAIL;
    run("linkage_two_files_nine", &nine);
    size_t n = argc > 1 ? (size_t)atoll(argv[1]) : 1000000;
    const people_options many = {3, n / 5 * 4, n / 5, 1, 0.1, 0.02, 1, false, false, names | PEOPLE_BORN | PEOPLE_SEX | home};
    run("linkage_passes", &many);
    return 0;
}
