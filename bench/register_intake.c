/* Intake of a delivery: read, gate, encrypt, store, commit; and reading the store back.
 *
 * limit: what must at least be done for a row: one BLAKE2b mark, one sealed identity, one row of about 250 bytes through SQLite. */
#include "bench.h"

#include "base/file.h"
#include "base/rng.h"
#include "register/intake.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* n reports in the layout of sources/other_reporters.yaml: one in twelve refused, one in fifty with a repair. */
static status
draw(arena *a, size_t n, text *out)
{
    static const char *const countries[] = {"NL", "PL", "NG", "BG", "HU", "RO", "CN", "UG", "MA", "SR"};
    static const char *const forms[] = {"sexual", "labour", "criminal", "sexual|criminal", "unknown"};
    text_builder b = text_builder_new(a);
    text_put(&b, "Meldingskenmerk;Ontvangen;Toestemming registratie;Toestemming opvang;Voornaam;Familienaam;Geboren;Geslacht;"
                 "Nationaliteiten;BSN;V-nummer;Vormen;Sector seksueel;Sector arbeid;Sector crimineel;Plaats;Vanaf;Tot;Dublin\n");
    for (size_t i = 0; i < n; i++) {
        rng r = rng_new(1, i);
        unsigned day = (unsigned)rng_below(&r, 28) + 1, month = (unsigned)rng_below(&r, 12) + 1;
        text_printf(&b, "M%zu;20%02u-%02u-%02u;%s;geweigerd;", i, 16 + (unsigned)rng_below(&r, 5), month, day,
                    rng_below(&r, 12) ? "betrokkene" : "geweigerd");
        for (int name = 0; name < 2; name++) {
            text_put_char(&b, (char)('A' + rng_below(&r, 26)));
            for (uint64_t k = 0, length = 3 + rng_below(&r, 9); k < length; k++) text_put_char(&b, (char)('a' + rng_below(&r, 26)));
            text_put_char(&b, ';');
        }
        text_printf(&b, "19%02u-%02u-%02u;%s;%s;%s;%010u;", 60 + (unsigned)rng_below(&r, 38), month, day, rng_below(&r, 2) ? "V" : "M",
                    countries[rng_below(&r, 10)], rng_below(&r, 50) ? "" : "999900007", (unsigned)rng_below(&r, 1000000000));
        text_printf(&b, "%s;;;;Amsterdam;2015-01-01;2015-06-30;nee\n", forms[rng_below(&r, 5)]);
    }
    return text_builder_end(&b, out);
}

static status
run(const char *root, const char *folder, size_t n)
{
    SCRATCH(a);
    const register_source *source;
    register_key *key;
    register_store *store;
    intake_result result;
    text bytes;
    CHECK(register_source_load(a, path_join(a, root, "sources/other_reporters.yaml"), NULL, &source));
    CHECK(register_key_random(a, &key));
    CHECK(draw(a, n, &bytes));
    CHECK(register_store_open(a, path_join(a, folder, "bench.db"), source->definition, key, &store));
    bench b = bench_start(n >= 1000000 ? "register_intake_million" : "register_intake");
    CHECK(register_intake_bytes(store, source, "bench.csv", bytes, path_join(a, folder, "bench.csv"), &result));
    bench_stop(b, (double)n);
    b = bench_start(n >= 1000000 ? "register_read_million" : "register_read");
    table notifications, counted;
    CHECK(register_store_read(a, store, &(read_options){.purpose = PURPOSE_monitor}, &notifications, &counted));
    bench_stop(b, (double)notifications.rows);
    if (result.counts.kept + result.counts.counted != n) FAIL(ST_INTERNAL, "rows were lost");
    return ST_OK;
}

/* Seconds for the parts that cannot be left out, measured here. */
static void
print_limit(size_t n)
{
    unsigned char key[32] = {1}, plain[128] = {2}, sealed[256], nonce[24] = {3}, mark[16];
    bench b = bench_start("register_limit_mark_and_seal");
    for (size_t i = 0; i < n; i++) {
        memcpy(plain, &i, sizeof i);
        crypto_generichash(mark, sizeof mark, plain, 32, key, sizeof key);
        unsigned long long length;
        crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, &length, plain, sizeof plain, mark, sizeof mark, NULL, nonce, key);
    }
    bench_stop(b, (double)n);
    printf("# limit: the marks and seals above, plus 1.6 CPU-seconds for a million rows through SQLite without an index\n");
}

int
main(int argc, char **argv)
{
    char folder[] = "/tmp/peil-bench-XXXXXX";
    if (sodium_init() < 0 || !mkdtemp(folder)) return 1;
    const char *root = getenv("PEIL_SOURCE") ? getenv("PEIL_SOURCE") : ".";
    size_t sizes[] = {20000, 1000000};
    for (int i = 0; i < 2; i++) {
        if (argc > 1 && i == 1 && strcmp(argv[1], "--short") == 0) break;
        BENCH_OK(run(root, folder, sizes[i]));
        char command[sizeof folder + 16];
        snprintf(command, sizeof command, "%s/bench.db", folder);
        unlink(command);
        snprintf(command, sizeof command, "%s/bench.csv", folder);
        unlink(command);
    }
    print_limit(1000000);
    return rmdir(folder);
}
