/* Audit of rounded linked tables: protect_audit PERSONS.csv [WAYS [conventional]]. Limit set: 1 CPU s for all cells. */
#include "bench.h"

#include "protect/check.h"
#include "protect/linked.h"
#include "protect/round.h"

#include <string.h>

int
main(int argc, char **argv)
{
    if (argc < 2) return fprintf(stderr, "protect_audit PERSONS.csv [WAYS [conventional]]\n"), 64;
    SCRATCH(a);
    protect_system s;
    BENCH_OK(linked_system(a, argv[1], argc > 2 ? atoi(argv[2]) : 3, &s));
    protect_round_options o = {.base = 5, .iterations = 2000};
    protect_rounding r;
    if (argc > 3) BENCH_OK(protect_round_conventional(a, &s, &o, &r));
    else BENCH_OK(protect_round_controlled(a, &s, &o, &r));
    int64_t *lower = arena_alloc(a, s.n, sizeof *lower), *upper = arena_alloc(a, s.n, sizeof *upper);
    uint8_t *sensitive = arena_alloc(a, s.n, 1);
    int64_t reach = check_reach(&r, 5);
    printf("# deviations up to %lld\n", (long long)reach);
    for (size_t i = 0; i < s.n; i++) {
        lower[i] = r.value[i] < reach ? 0 : r.value[i] - reach;
        upper[i] = r.value[i] + reach;
        sensitive[i] = s.value[i] > 0 && s.value[i] < 5;
    }
    for (int all = 0; all < 2; all++) {
        audit_input in = {.system = &s, .lower = lower, .upper = upper, .start = s.value, .sensitive = all ? NULL : sensitive};
        audit_result result;
        bench b = bench_start(all ? "protect_audit_all" : "protect_audit_sensitive");
        BENCH_OK(protect_audit(a, &in, &result));
        bench_stop(b, (double)result.n);
        size_t proven = 0;
        for (size_t i = 0; i < result.n; i++) proven += result.cell[i].outer_lower == result.cell[i].outer_upper;
        printf("# exposed %zu (proven %zu) narrowed %zu narrowest %lld widest %lld programs %zu\n", result.exposed, proven, result.narrowed,
               (long long)result.narrowest, (long long)result.widest, result.programs);
    }
    return 0;
}
