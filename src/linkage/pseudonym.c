#include "linkage/pseudonym.h"

#include "base/date.h"
#include "base/file.h"
#include "base/hash.h"
#include "table/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

static oprf_scalar
small_scalar(uint32_t value)
{
    oprf_scalar s = {{(unsigned char)value}};
    return s;
}

status
pseudonym_deal(pseudonym_share shares[PSEUDONYM_SERVERS], pseudonym_public *open)
{
    oprf_key whole;
    oprf_scalar slope = oprf_scalar_random();
    CHECK(oprf_key_new(&whole));
    open->whole = whole.open;
    for (uint32_t i = 0; i < PSEUDONYM_SERVERS; i++) {
        oprf_scalar x = small_scalar(i + 1), step;
        crypto_core_ristretto255_scalar_mul(step.bytes, slope.bytes, x.bytes);
        shares[i].index = i + 1;
        crypto_core_ristretto255_scalar_add(shares[i].key.secret.bytes, whole.secret.bytes, step.bytes);
        sodium_memzero(&step, sizeof step);
        if (crypto_scalarmult_ristretto255_base(shares[i].key.open.bytes, shares[i].key.secret.bytes) != 0)
            FAIL(ST_INTERNAL, "a share of zero: deal again");
        open->share[i] = shares[i].key.open;
    }
    sodium_memzero(&whole, sizeof whole);
    sodium_memzero(&slope, sizeof slope);
    return ST_OK;
}

status
pseudonym_combine(const uint32_t index[PSEUDONYM_NEEDED], const oprf_element answer[PSEUDONYM_NEEDED], oprf_element *out)
{
    uint32_t i = index[0], j = index[1];
    if (i == j || i < 1 || i > PSEUDONYM_SERVERS || j < 1 || j > PSEUDONYM_SERVERS)
        FAIL(ST_USAGE, "two different servers are needed");
    /* f(0) = f(i) j / (j - i) + f(j) i / (i - j) */
    oprf_scalar a = small_scalar(j), b = small_scalar(i), ij = small_scalar(i), ji = small_scalar(j), weight[2], inverse;
    crypto_core_ristretto255_scalar_sub(ji.bytes, a.bytes, b.bytes);
    crypto_core_ristretto255_scalar_sub(ij.bytes, b.bytes, a.bytes);
    int bad = crypto_core_ristretto255_scalar_invert(inverse.bytes, ji.bytes);
    crypto_core_ristretto255_scalar_mul(weight[0].bytes, a.bytes, inverse.bytes);
    bad |= crypto_core_ristretto255_scalar_invert(inverse.bytes, ij.bytes);
    crypto_core_ristretto255_scalar_mul(weight[1].bytes, b.bytes, inverse.bytes);
    oprf_element part[2];
    CHECK(oprf_multiply(&weight[0], &answer[0], &part[0]));
    CHECK(oprf_multiply(&weight[1], &answer[1], &part[1]));
    if (bad || crypto_core_ristretto255_add(out->bytes, part[0].bytes, part[1].bytes) != 0) FAIL(ST_INVALID, "not a group element");
    return oprf_element_check(out);
}

status
pseudonym_domain(const oprf_scalar *domain_key, const oprf_element *element, oprf_element *out)
{
    return oprf_multiply(domain_key, element, out);
}

/* ---- who may ask, and how much */

static status
read_organisation(const char *path, const csv_row *row, pseudonym_organisation *o)
{
    int64_t quota;
    size_t n = 0;
    if (row->field[0].n == 0 || row->field[0].n >= PSEUDONYM_NAME)
        FAIL(ST_INVALID, "%s: row %zu, column name: expected 1 to %d bytes", path, row->number, PSEUDONYM_NAME - 1);
    memcpy(o->name, row->field[0].bytes, row->field[0].n);
    if (sodium_hex2bin(o->token_hash, sizeof o->token_hash, row->field[1].bytes, row->field[1].n, NULL, &n, NULL) != 0 ||
        n != sizeof o->token_hash)
        FAIL(ST_INVALID, "%s: row %zu, column token_hash: expected 64 hexadecimal digits", path, row->number);
    if (!text_to_int(row->field[2], &quota) || quota < 0)
        FAIL(ST_INVALID, "%s: row %zu, column quota: expected evaluations a day", path, row->number);
    o->quota = (uint64_t)quota;
    return ST_OK;
}

static pseudonym_organisation *
find_organisation(pseudonym_server *server, text name)
{
    for (size_t i = 0; i < server->n; i++)
        if (text_is(name, server->organisation[i].name)) return &server->organisation[i];
    return NULL;
}

static status
read_organisations(const char *path, pseudonym_server *server)
{
    SCRATCH(tmp);
    csv *c;
    CHECK(csv_open(tmp, path, NULL, &c));
    if (csv_columns(c) != 3 || csv_find(c, "name") != 0 || csv_find(c, "token_hash") != 1 || csv_find(c, "quota") != 2)
        FAIL(ST_INVALID, "%s: expected the columns name,token_hash,quota", path);
    for (;;) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) return ST_OK;
        if (server->n == PSEUDONYM_ORGANISATIONS) FAIL(ST_LIMIT, "%s: at most %d organisations", path, PSEUDONYM_ORGANISATIONS);
        if (row.n && find_organisation(server, row.field[0])) FAIL(ST_INVALID, "%s: row %zu, column name: the organisation stands twice", path, row.number);
        CHECK(read_organisation(path, &row, &server->organisation[server->n]));
        server->n++;
    }
}

static status
read_state(pseudonym_server *server)
{
    if (!file_exists(server->state_path)) return ST_OK;
    SCRATCH(tmp);
    csv *c;
    CHECK(csv_open(tmp, server->state_path, NULL, &c));
    if (csv_columns(c) != 3) FAIL(ST_INVALID, "%s: expected the columns name,day,used", server->state_path);
    for (;;) {
        bool more;
        csv_row row;
        int64_t day, used;
        CHECK(csv_next(c, &more, &row));
        if (!more) return ST_OK;
        if (!text_to_int(row.field[1], &day) || !text_to_int(row.field[2], &used) || used < 0 ||
            day < 0 || day > INT32_MAX)
            FAIL(ST_INVALID, "%s: row %zu: expected whole numbers", server->state_path, row.number);
        pseudonym_organisation *o = find_organisation(server, row.field[0]);
        server->day = (int32_t)day;
        if (o) o->used = (uint64_t)used;
    }
}

status
pseudonym_server_open(const pseudonym_share *share, const char *organisations, const char *state, const char *log,
                      pseudonym_server *server)
{
    *server = (pseudonym_server){.share = *share, .state_path = state, .log_path = log};
    CHECK(read_organisations(organisations, server));
    return read_state(server);
}

static status
write_state(const pseudonym_server *server)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    text_put(&b, "name,day,used\n");
    for (size_t i = 0; i < server->n; i++) {
        csv_put_field(&b, text_of(server->organisation[i].name));
        text_printf(&b, ",%d,%llu\n", server->day, (unsigned long long)server->organisation[i].used);
    }
    text content;
    CHECK(text_builder_end(&b, &content));
    return file_write(server->state_path, content);
}

static status
write_log(const pseudonym_server *server, const char *name, size_t n, status outcome)
{
    SCRATCH(tmp);
    char day[11];
    text line;
    text_builder b = text_builder_new(tmp);
    date_format(server->day, day);
    text_printf(&b, "%s,", day);
    csv_put_field(&b, text_of(name));
    text_printf(&b, ",%zu,%s\n", n, status_text(outcome));
    CHECK(text_builder_end(&b, &line));
    int fd = open(server->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) FAIL(ST_IO, "%s: %s", server->log_path, file_error(errno));
    ssize_t written = write(fd, line.bytes, line.n);
    bool bad = written != (ssize_t)line.n || fsync(fd) != 0;
    if (bad && written > 0) bad |= ftruncate(fd, lseek(fd, 0, SEEK_END) - written) != 0; /* no half line for the next to stand behind */
    bad |= close(fd) != 0;
    if (bad) FAIL(ST_IO, "%s: cannot be written: no pseudonym is given without a log", server->log_path);
    return ST_OK;
}

/* ---- messages: magic, kind or status, number of elements, then fixed parts */

static const char magic[8] = "PEILPSN1";

enum { HEAD = 8 + 4, ASK_FIXED = HEAD + PSEUDONYM_NAME + PSEUDONYM_TOKEN, ANSWER_FIXED = HEAD + (int)sizeof(oprf_proof) };

static void
put_head(text_builder *b, uint16_t kind, size_t n)
{
    unsigned char numbers[4] = {(unsigned char)kind, (unsigned char)(kind >> 8), (unsigned char)n, (unsigned char)(n >> 8)};
    text_put_bytes(b, magic, sizeof magic);
    text_put_bytes(b, (const char *)numbers, sizeof numbers);
}

static bool
read_head(text bytes, uint16_t *kind, size_t *n)
{
    if (bytes.n < HEAD || memcmp(bytes.bytes, magic, sizeof magic) != 0) return false;
    const unsigned char *p = (const unsigned char *)bytes.bytes + sizeof magic;
    *kind = (uint16_t)(p[0] | p[1] << 8);
    *n = (size_t)(p[2] | p[3] << 8);
    return *n <= PSEUDONYM_BATCH;
}

enum { KIND_ASK = 0x100 }; /* answers carry a status below it */

size_t
pseudonym_message_size(text begin)
{
    uint16_t kind;
    size_t n;
    if (!read_head(begin, &kind, &n)) return 0;
    return (kind == KIND_ASK ? ASK_FIXED : ANSWER_FIXED) + n * OPRF_BYTES;
}

status
pseudonym_ask(arena *a, const char *organisation, const unsigned char token[PSEUDONYM_TOKEN], size_t n, const oprf_element blinded[],
              text *request)
{
    char name[PSEUDONYM_NAME] = "";
    if (strlen(organisation) >= PSEUDONYM_NAME) FAIL(ST_USAGE, "organisation: at most %d bytes", PSEUDONYM_NAME - 1);
    if (n == 0 || n > PSEUDONYM_BATCH) FAIL(ST_USAGE, "a batch of %zu: expected 1 to %d", n, PSEUDONYM_BATCH);
    memcpy(name, organisation, strlen(organisation));
    text_builder b = text_builder_new(a);
    put_head(&b, KIND_ASK, n);
    text_put_bytes(&b, name, sizeof name);
    text_put_bytes(&b, (const char *)token, PSEUDONYM_TOKEN);
    text_put_bytes(&b, (const char *)blinded, n * sizeof *blinded);
    return text_builder_end(&b, request);
}

/* The organisation that asks, when its token is right. */
static status
identify(pseudonym_server *server, const char *bytes, pseudonym_organisation **who)
{
    text name = {bytes, strnlen(bytes, PSEUDONYM_NAME)};
    unsigned char given[32];
    crypto_generichash(given, sizeof given, (const unsigned char *)bytes + PSEUDONYM_NAME, PSEUDONYM_TOKEN, NULL, 0);
    *who = find_organisation(server, name);
    bool right = *who && sodium_memcmp(given, (*who)->token_hash, sizeof given) == 0;
    if (!right) *who = NULL;
    if (!right) FAIL(ST_DENIED, "unknown organisation or wrong token");
    return ST_OK;
}

static status
charge(pseudonym_server *server, pseudonym_organisation *who, int32_t today, size_t n)
{
    if (today > server->day) { /* never back: a clock set back gives no new quota */
        server->day = today;
        for (size_t i = 0; i < server->n; i++) server->organisation[i].used = 0;
    }
    if (n > who->quota || who->used > who->quota - n)
        FAIL(ST_LIMIT, "quota of %llu a day used up: ask the key holder, or wait for tomorrow", (unsigned long long)who->quota);
    who->used += n;
    status code = write_state(server);
    if (code != ST_OK) who->used -= n; /* nothing was given */
    return code;
}

static status
evaluate(const pseudonym_server *server, size_t n, const oprf_element blinded[], oprf_element evaluated[], oprf_proof *proof)
{
    for (size_t i = 0; i < n; i++) CHECK(oprf_evaluate(&server->share.key.secret, &blinded[i], &evaluated[i]));
    oprf_scalar r = oprf_scalar_random();
    status code = oprf_prove(OPRF_VERIFIABLE, &server->share.key, &(oprf_batch){n, blinded, evaluated}, &r, proof);
    sodium_memzero(&r, sizeof r);
    return code;
}

static status
answer_checked(arena *a, pseudonym_server *server, int32_t today, text request, text *answer)
{
    SCRATCH(tmp);
    uint16_t kind;
    size_t n;
    if (!read_head(request, &kind, &n) || kind != KIND_ASK || n == 0 || request.n != pseudonym_message_size(request))
        FAIL(ST_INVALID, "a malformed request");
    pseudonym_organisation *who;
    status code = identify(server, request.bytes + HEAD, &who);
    oprf_element *blinded, *evaluated;
    oprf_proof proof;
    ALLOC(tmp, blinded, n);
    ALLOC(tmp, evaluated, n);
    memcpy(blinded, request.bytes + ASK_FIXED, n * sizeof *blinded);
    if (code == ST_OK) code = charge(server, who, today, n);
    if (code == ST_OK) code = evaluate(server, n, blinded, evaluated, &proof);
    CHECK(write_log(server, who ? who->name : "(unknown)", n, code));
    CHECK(code);
    text_builder b = text_builder_new(a);
    put_head(&b, ST_OK, n);
    text_put_bytes(&b, (const char *)&proof, sizeof proof);
    text_put_bytes(&b, (const char *)evaluated, n * sizeof *evaluated);
    return text_builder_end(&b, answer);
}

status
pseudonym_answer(arena *a, pseudonym_server *server, int32_t today, text request, text *answer)
{
    status code = answer_checked(a, server, today, request, answer);
    if (code == ST_OK) return ST_OK;
    static const char no_proof[sizeof(oprf_proof)];
    text_builder b = text_builder_new(a);
    put_head(&b, (uint16_t)code, 0);
    text_put_bytes(&b, no_proof, sizeof no_proof);
    CHECK(text_builder_end(&b, answer));
    return code;
}

status
pseudonym_read(text answer, const pseudonym_public *open, uint32_t index, size_t n, const oprf_element blinded[],
               oprf_element evaluated[])
{
    uint16_t kind;
    size_t got;
    if (!read_head(answer, &kind, &got) || kind >= ST_COUNT || answer.n != pseudonym_message_size(answer))
        FAIL(ST_INVALID, "the pseudonym server's answer is malformed");
    if (kind == ST_LIMIT) FAIL(ST_LIMIT, "the pseudonym server says: quota used up for today");
    if (kind == ST_DENIED) FAIL(ST_DENIED, "the pseudonym server says: unknown organisation or wrong token");
    if (kind != ST_OK) FAIL((status)kind, "the pseudonym server says: %s", status_text((status)kind));
    if (got != n || index < 1 || index > PSEUDONYM_SERVERS) FAIL(ST_INVALID, "the pseudonym server answered another request");
    oprf_proof proof;
    memcpy(&proof, answer.bytes + HEAD, sizeof proof);
    memcpy(evaluated, answer.bytes + ANSWER_FIXED, n * sizeof *evaluated);
    for (size_t i = 0; i < n; i++) CHECK(oprf_element_check(&evaluated[i]));
    return oprf_verify(OPRF_VERIFIABLE, &open->share[index - 1], &(oprf_batch){n, blinded, evaluated}, &proof);
}
