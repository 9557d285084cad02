/* One line a bench: name,n,cpu_s,wall_s,peak_mb. CPU seconds are those of the process, all threads. */
#ifndef PEIL_BENCH_BENCH_H
#define PEIL_BENCH_BENCH_H

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

typedef struct bench {
    const char *name;
    double cpu, wall;
} bench;

static inline bench
bench_start(const char *name)
{
    return (bench){name, clock_cpu(), clock_wall()};
}

static inline void
bench_stop(bench b, double n)
{
    double cpu = clock_cpu() - b.cpu, wall = clock_wall() - b.wall;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%s,%.0f,%.4f,%.4f,%.0f\n", b.name, n, cpu, wall, (double)usage.ru_maxrss / 1024);
    fflush(stdout);
}

/* The call must end well. */
#define BENCH_OK(call)                                                                     \
    do {                                                                                   \
        if ((call) != ST_OK) fprintf(stderr, "%s: %s\n", #call, status_detail()), exit(1); \
    } while (0)

#endif
