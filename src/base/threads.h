/* How many threads the parallel loops use. Results never depend on it. */
#ifndef PEIL_BASE_THREADS_H
#define PEIL_BASE_THREADS_H

/* n = 0: one per processor this process may use. */
void threads_set(int n);
int threads_count(void);

#endif
