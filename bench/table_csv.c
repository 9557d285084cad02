/* Reading CSV: split a file of realistic rows into fields, checking UTF-8.
 * bound: every byte is read once; memory on one core gives about 10 GB/s, so 0.1 s per GB; the target is 0.8 GB per CPU second. */
#include "bench.h"

#include "base/file.h"
#include "base/rng.h"
#include "table/csv.h"

#include <sys/stat.h>
#include <unistd.h>

static status
make_file(const char *path, size_t rows, bool dutch)
{
    FILE *f = fopen(path, "w");
    if (!f) FAIL(ST_IO, "%s: cannot be written", path);
    fputs("id,given,family,born,sex,place,number,amount,note\n", f);
    rng r = rng_new(1, 1);
    for (size_t i = 0; i < rows; i++)
        fprintf(f, "%zu,%s,%s,19%02d-%02d-%02d,%s,%s,%09llu,%.2f,%s\n", i, rng_below(&r, 2) ? "Marijke" : "Ion",
                rng_below(&r, 2) ? "van den Heuvel" : "Popescu", (int)rng_below(&r, 99), 1 + (int)rng_below(&r, 12),
                1 + (int)rng_below(&r, 28), rng_below(&r, 2) ? "v" : "m", dutch && rng_below(&r, 4) == 0 ? "S\xc3\xba" "dwest-Frysl\xc3\xa2n" : "Rotterdam",
                (unsigned long long)rng_below(&r, 1000000000), rng_uniform(&r) * 1000,
                rng_below(&r, 20) ? "" : "\"said \"\"yes\"\", then left\"");
    if (fclose(f) != 0) FAIL(ST_IO, "%s: cannot be written", path);
    return ST_OK;
}

static status
split(const char *path, size_t *fields)
{
    SCRATCH(tmp);
    csv *c;
    CHECK(csv_open(tmp, path, NULL, &c));
    for (bool more = true;;) {
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) return ST_OK;
        *fields += row.n;
    }
}

int
main(int argc, char **argv)
{
    size_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 5000000;
    char path[] = "/tmp/peil_bench_csv_XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0) return 1;
    close(fd);
    puts("name,n,cpu_s,wall_s,peak_mb");
    for (int dutch = 0; dutch < 2; dutch++) {
        BENCH_OK(make_file(path, rows, dutch));
        struct stat st;
        if (stat(path, &st) != 0) return 1;
        size_t fields = 0;
        BENCH_OK(split(path, &fields)); /* the file is in the page cache from here: this measures the reader, not the disk */
        bench b = bench_start(dutch ? "table_csv_split_dutch" : "table_csv_split");
        double cpu = clock_cpu();
        BENCH_OK(split(path, &fields));
        cpu = clock_cpu() - cpu;
        bench_stop(b, (double)rows);
        printf("# %.2f GB in memory, %.2f GB per CPU second (bound about 10, target 0.8)\n", (double)st.st_size / 1e9,
               (double)st.st_size / 1e9 / cpu);
    }
    unlink(path);
    return 0;
}
