/* Any bytes as a system file: a table or an error; whatever the parser does, this process lives. */
#include "table/spss.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    SCRATCH(tmp);
    table t;
    if (spss_read_bytes(tmp, "fuzz", (text){(const char *)bytes, n}, &t) != ST_OK) return 0;
    for (size_t k = 0; k < t.columns; k++)
        for (size_t i = 0; i < t.rows; i++)
            if (t.column[k].type == COLUMN_TEXT && column_text(&t.column[k], i).n > 1 << 20) __builtin_trap();
    return 0;
}
