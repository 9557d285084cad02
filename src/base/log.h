/* What the user sees on stderr while work is done: notes, and a progress line for long steps.
 * Never a value from a person's record. */
#ifndef PEIL_BASE_LOG_H
#define PEIL_BASE_LOG_H

#include <stdint.h>

/* One line on stderr. */
void log_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A step that may take long. The line appears after two seconds, only when stderr is a terminal, at most ten
 * times a second, and is removed at the end. One thread calls it. */
typedef struct progress {
    const char *step; /* "intake police" */
    uint64_t total;   /* 0: unknown */
    double started, shown;
} progress;

progress progress_new(const char *step, uint64_t total);
void progress_at(progress *p, uint64_t done);
void progress_end(progress *p);

/* Seconds: of the wall clock and of the CPU (all threads of the process), for timings. */
double clock_wall(void);
double clock_cpu(void);

#endif
