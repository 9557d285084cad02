#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

void
log_note(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

static double
clock_of(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double
clock_wall(void)
{
    return clock_of(CLOCK_MONOTONIC);
}

double
clock_cpu(void)
{
    return clock_of(CLOCK_PROCESS_CPUTIME_ID);
}

progress
progress_new(const char *step, uint64_t total)
{
    return (progress){.step = step, .total = total, .started = clock_wall()};
}

void
progress_at(progress *p, uint64_t done)
{
    double now = clock_wall();
    if (now - p->started < 2 || now - p->shown < 0.1 || !isatty(STDERR_FILENO)) return;
    p->shown = now;
    if (p->total)
        fprintf(stderr, "\r\033[K%s: %llu of %llu (%.0f %%), %.0f s", p->step, (unsigned long long)done,
                (unsigned long long)p->total, 100.0 * (double)done / (double)p->total, now - p->started);
    else
        fprintf(stderr, "\r\033[K%s: %llu, %.0f s", p->step, (unsigned long long)done, now - p->started);
    fflush(stderr);
}

void
progress_end(progress *p)
{
    if (p->shown > 0) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    p->shown = 0;
}
