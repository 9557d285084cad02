/* Any bytes as CSV: rows or errors, never a fault. */
#include "table/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    SCRATCH(tmp);
    csv *c;
    if (csv_open_bytes(tmp, "fuzz", (text){(const char *)bytes, n}, NULL, &c) != ST_OK) return 0;
    bool more = true;
    for (size_t rows = 0; more && rows < 100000; rows++) {
        csv_row row;
        if (csv_next(c, &more, &row) == ST_OK && more && row.n != csv_columns(c)) __builtin_trap();
    }
    return 0;
}
