/* Bytes as a file for readers that take a path. */
#ifndef PEIL_TESTS_LINKAGE_FUZZ_FILE_H
#define PEIL_TESTS_LINKAGE_FUZZ_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

typedef struct fuzz_file {
    int fd;
    char path[64];
} fuzz_file;

static inline fuzz_file
fuzz_file_open(const uint8_t *bytes, size_t n)
{
    fuzz_file f = {.fd = memfd_create("fuzz", MFD_CLOEXEC)};
    if (f.fd < 0 || fchmod(f.fd, 0600) != 0 || (n && write(f.fd, bytes, n) != (ssize_t)n)) abort();
    snprintf(f.path, sizeof f.path, "/proc/self/fd/%d", f.fd);
    return f;
}

#endif
