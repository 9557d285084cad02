#include "register/key.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEX = 2 * KEY_BYTES };

struct register_key {
    unsigned char master[KEY_BYTES];
    unsigned char use[KEY_USES][KEY_BYTES];
};

static status
allocate(arena *a, register_key **result)
{
    if (sodium_init() < 0) FAIL(ST_INTERNAL, "libsodium cannot start on this machine");
    register_key *k = sodium_malloc(sizeof *k);
    if (!k) FAIL(ST_NO_MEMORY, "out of memory (key)");
    CHECK(arena_defer(a, sodium_free, k));
    *result = k;
    return ST_OK;
}

static void
derive(register_key *k)
{
    for (int use = 1; use < KEY_USES; use++)
        crypto_kdf_derive_from_key(k->use[use], KEY_BYTES, (uint64_t)use, "peilregi", k->master);
    sodium_mprotect_readonly(k);
}

status
register_key_random(arena *a, register_key **result)
{
    register_key *k;
    CHECK(allocate(a, &k));
    randombytes_buf(k->master, sizeof k->master);
    derive(k);
    *result = k;
    return ST_OK;
}

static status
read_digits(int fd, const char *path, register_key *k)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) FAIL(ST_IO, "%s: expected a key file", path);
    CHECK(file_check_secret(path));
    char digits[HEX + 2];
    ssize_t n = read(fd, digits, sizeof digits);
    size_t length = 0;
    bool good = (n == HEX || (n == HEX + 1 && digits[HEX] == '\n')) &&
                sodium_hex2bin(k->master, KEY_BYTES, digits, HEX, NULL, &length, NULL) == 0 && length == KEY_BYTES;
    sodium_memzero(digits, sizeof digits);
    if (!good) FAIL(ST_INVALID, "%s: expected a key of %d hexadecimal digits: restore the key file from its copy", path, HEX);
    return ST_OK;
}

static status
make_folder_of(const char *path)
{
    SCRATCH(tmp);
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path) return ST_OK;
    char *folder = arena_copy(tmp, path, (size_t)(slash - path));
    if (!folder) FAIL(ST_NO_MEMORY, "out of memory (key)");
    return folder_make_private(folder);
}

/* Another process may have been first: its key is then the key. */
static status
create_file(const char *path, const register_key *k)
{
    char digits[HEX + 1];
    CHECK(make_folder_of(path));
    sodium_bin2hex(digits, sizeof digits, k->master, KEY_BYTES);
    digits[HEX] = '\n';
    status code = file_write_new(path, (text){digits, sizeof digits}, 0600);
    sodium_memzero(digits, sizeof digits);
    if (code != ST_BUSY) return code;
    status_detail_clear();
    return ST_OK;
}

status
register_key_load(arena *a, const char *path, bool create, register_key **result)
{
    register_key *k;
    CHECK(allocate(a, &k));
    if (create && !file_exists(path)) {
        randombytes_buf(k->master, sizeof k->master);
        CHECK(create_file(path, k));
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) FAIL(ST_NOT_FOUND, "%s: the key of the store is not there: name it with --key, or restore it", path);
    if (fd < 0) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    status code = read_digits(fd, path, k);
    close(fd);
    CHECK(code);
    derive(k);
    *result = k;
    return ST_OK;
}

status
register_key_path(arena *a, char **result)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (!config || !*config) {
        const struct passwd *user = home && *home ? NULL : getpwuid(getuid());
        if (user) home = user->pw_dir;
        if (!home || !*home) FAIL(ST_USAGE, "there is no home folder to keep the key in: name a key file with --key");
        *result = arena_printf(a, "%s/.config/peil/register.key", home);
    } else {
        *result = arena_printf(a, "%s/peil/register.key", config);
    }
    if (!*result) FAIL(ST_NO_MEMORY, "out of memory (key)");
    return ST_OK;
}

const unsigned char *
register_key_for(const register_key *k, key_use use)
{
    return k->use[use];
}
