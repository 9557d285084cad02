/* Declarations of tables of any bytes: read or refused. */
#include "table/declared.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH(tmp);
    char path[64];
    int file = memfd_create("declared.yaml", 0);
    if (file < 0) return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    size_t n;
    table *t, filled;
    if (write(file, data, size) == (ssize_t)size && table_declared_read(tmp, path, &n, &t) == ST_OK)
        for (size_t i = 0; i < n; i++)
            if (table_declared_rows(tmp, &t[i], 3, &filled) == ST_OK && table_declared_check(&t[i], &filled) != ST_OK) __builtin_trap();
    close(file);
    return 0;
}
