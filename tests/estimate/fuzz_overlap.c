/* Any bytes as an overlap table: a table whose persons add up, or an error, never a fault. */
#include "estimate/overlap.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    SCRATCH(tmp);
    overlap o;
    double total = 0;
    if (overlap_read_bytes(tmp, (text){(const char *)bytes, n}, "year", &o) != ST_OK) return 0;
    for (size_t s = 0; s < o.cells; s++) total += o.count[s];
    if (o.lists < 2 || o.lists > ESTIMATE_LISTS || o.count[0] != 0 || !(total > 0) || total != o.total) __builtin_trap();
    return 0;
}
