/* Any bytes as FIELDS.yaml: fields within their limits, or an error that says why. */
#include "linkage/fields.h"

#include "fuzz_file.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    SCRATCH(tmp);
    link_fields f;
    fuzz_file file = fuzz_file_open(bytes, n);
    if (link_fields_read(tmp, file.path, &f) == ST_OK) {
        if (!f.id || f.n < 1 || f.n > LINK_FIELDS) __builtin_trap();
        for (size_t i = 0; i < f.n; i++)
            if (f.field[i].kind >= KIND_COUNT) __builtin_trap();
    } else if (!status_detail()[0])
        __builtin_trap();
    close(file.fd);
    return 0;
}
