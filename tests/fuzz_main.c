/* Runs a fuzz target without libFuzzer: every corpus file, then `runs` seeded mutations of them.
 *
 * usage: fuzz_X CORPUS_FOLDER [RUNS [SEED]]. Prints one TAP line; a fault ends the program. */
#include "base/file.h"
#include "base/rng.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { LARGEST = 1 << 16 };

/* A few edits: flip, overwrite with a telling byte, cut out, repeat, cut off. */
static size_t
mutate(rng *r, uint8_t *bytes, size_t n)
{
    static const uint8_t telling[] = {0, 1, '"', ',', ';', '\n', '\r', ':', '-', '{', 0x7f, 0x80, 0xff, 0xc0};
    for (uint64_t edits = 1 + rng_below(r, 4); edits && n; edits--) {
        size_t at = (size_t)rng_below(r, n), length = 1 + (size_t)rng_below(r, n - at < 32 ? n - at : 32);
        switch (rng_below(r, 6)) {
        case 0: bytes[at] ^= (uint8_t)(1u << rng_below(r, 8)); break;
        case 1: bytes[at] = telling[rng_below(r, sizeof telling)]; break;
        case 2: bytes[at] = (uint8_t)rng_next32(r); break;
        case 3:
            memmove(bytes + at, bytes + at + length, n - at - length);
            n -= length;
            break;
        case 4:
            if (n + length <= LARGEST) {
                memmove(bytes + at + length, bytes + at, n - at);
                n += length;
            }
            break;
        default:
            if (rng_below(r, 8) == 0) n = at;
        }
    }
    return n;
}

static status
run_corpus(arena *a, const char *folder, uint64_t runs, uint64_t seed)
{
    size_t files;
    char **names;
    CHECK(folder_list(a, folder, &files, &names));
    text *inputs;
    ALLOC(a, inputs, files + 1);
    for (size_t i = 0; i < files; i++) {
        CHECK(file_map(a, path_join(a, folder, names[i]), &inputs[i]));
        (void)LLVMFuzzerTestOneInput((const uint8_t *)inputs[i].bytes, inputs[i].n);
    }
    for (uint64_t run = 0; run < runs && files; run++) {
        rng r = rng_new(seed, run);
        text input = inputs[rng_below(&r, files)];
        size_t n = input.n < LARGEST / 2 ? input.n : LARGEST / 2;
        uint8_t *bytes = malloc(LARGEST); /* on the heap, so that the sanitizer sees reads beyond the end */
        if (!bytes) FAIL(ST_NO_MEMORY, "out of memory");
        memcpy(bytes, input.bytes, n);
        n = mutate(&r, bytes, n);
        uint8_t *exact = malloc(n ? n : 1);
        if (!exact) FAIL(ST_NO_MEMORY, "out of memory");
        memcpy(exact, bytes, n);
        (void)LLVMFuzzerTestOneInput(exact, n);
        free(exact);
        free(bytes);
    }
    return ST_OK;
}

int
main(int argc, char **argv)
{
    SCRATCH(a);
    if (argc < 2 || sodium_init() < 0) return 64;
    uint64_t runs = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000, seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    status code = run_corpus(a, argv[1], runs, seed);
    printf("%s 1 - %s\n1..1\n", code == ST_OK ? "ok" : "not ok", argv[0]);
    if (code != ST_OK) fprintf(stderr, "%s\n", status_detail());
    return code != ST_OK;
}
