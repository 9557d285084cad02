/* Controlled rounding of linked tables: protect_round PERSONS.csv [WAYS [ITERATIONS [SEED]]]; SEED: of a resample of the persons. Limit set: 5 CPU s for the ten three-way tables; 60 s
 * for the full five-way table (WAYS 5). */
#include "bench.h"

#include "protect/linked.h"
#include "protect/round.h"

int
main(int argc, char **argv)
{
    if (argc < 2) return fprintf(stderr, "protect_round PERSONS.csv [WAYS [ITERATIONS [SEED]]]\n"), 64;
    SCRATCH(a);
    protect_system s;
    BENCH_OK(linked_drawn(a, argv[1], argc > 2 ? atoi(argv[2]) : 3, ~0u, argc > 4 ? (uint64_t)atoi(argv[4]) : 0, &s));
    size_t sensitive = 0;
    for (size_t i = 0; i < s.n; i++) sensitive += s.value[i] > 0 && s.value[i] < 5;
    printf("# cells %zu rows %zu sensitive %zu\n", s.n, s.rows, sensitive);
    protect_round_options o = {.base = 5, .iterations = argc > 3 ? atoi(argv[3]) : 0};
    protect_rounding r;
    bench b = bench_start("protect_round");
    BENCH_OK(protect_round_controlled(a, &s, &o, &r));
    bench_stop(b, (double)s.n);
    printf("# additive %d restricted %d (proven impossible %d) mean %.4f bound %.4f largest %lld beyond %zu moved %zu unknowns %zu iterations %lld\n", r.additive,
           r.restricted, r.impossible, r.mean, r.bound, (long long)r.largest, r.beyond, r.moved, r.unknowns, (long long)r.iterations);

    return 0;
}
