/* Any bytes as the key files of encodings and pseudonyms: a key within its limits, or an error. */
#include "linkage/encode.h"
#include "linkage/encode_seal.h"
#include "linkage/pseudonym_file.h"

#include "fuzz_file.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    encode_key key;
    pseudonym_share share;
    pseudonym_public open;
    if (encode_key_read_bytes("fuzz", (text){(const char *)bytes, n}, &key) == ST_OK &&
        (key.diffusion < 1 || key.diffusion > ENCODE_DIFFUSION || !key.domain[0] || !memchr(key.domain, 0, sizeof key.domain)))
        __builtin_trap();
    fuzz_file file = fuzz_file_open(bytes, n);
    if (pseudonym_share_read(file.path, &share) == ST_OK && (share.index < 1 || share.index > PSEUDONYM_SERVERS)) __builtin_trap();
    if (pseudonym_public_read(file.path, &open) == ST_OK && oprf_element_check(&open.whole) != ST_OK) __builtin_trap();
    SCRATCH(tmp);
    text sealed = {(const char *)bytes, n}, plain; /* as a unit's keys, and as a sealed file for a unit of zeros */
    (void)encode_seal(tmp, file.path, TEXT("plain"), &sealed);
    static const char unit[] = "peil-unit-key 1 0100000000000000000000000000000000000000000000000000000000000000\n";
    fuzz_file own = fuzz_file_open((const uint8_t *)unit, sizeof unit - 1);
    if (encode_unseal(tmp, "fuzz", own.path, (text){(const char *)bytes, n}, &plain) == ST_OK && plain.n + 56 != n) __builtin_trap();
    (void)encode_unseal(tmp, "fuzz", file.path, sealed, &plain);
    close(own.fd);
    close(file.fd);
    return 0;
}
