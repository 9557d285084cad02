#include "linkage/pseudonym_file.h"

#include "base/file.h"
#include "linkage/number.h"
#include "table/csv.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

/* A secret of 32 bytes as one line of hex in a private file. */
static status
secret_read(const char *path, unsigned char out[32])
{
    SCRATCH(tmp);
    text bytes;
    CHECK(file_map(tmp, path, &bytes));
    bytes = text_trim(bytes);
    size_t n = 0;
    if (sodium_hex2bin(out, 32, bytes.bytes, bytes.n, NULL, &n, NULL) != 0 || n != 32)
        FAIL(ST_INVALID, "%s: expected 64 hexadecimal digits", path);
    return file_check_secret(path);
}

static status
secret_write(const char *path, const unsigned char secret[32])
{
    char line[66];
    sodium_bin2hex(line, sizeof line, secret, 32);
    line[64] = '\n';
    status code = file_write_new(path, (text){line, 65}, 0600);
    sodium_memzero(line, sizeof line);
    return code;
}

status
pseudonym_factor_new(const char *path)
{
    oprf_scalar s = oprf_scalar_random();
    status code = secret_write(path, s.bytes);
    sodium_memzero(&s, sizeof s);
    return code;
}

static status
factor_read(const char *path, oprf_scalar *out)
{
    CHECK(secret_read(path, out->bytes));
    if (oprf_scalar_check(out) != ST_OK) FAIL(ST_INVALID, "%s: not a factor: make one with peil pseudonym factor", path);
    return ST_OK;
}

status
pseudonym_token_new(const char *path, char hash_hex[65])
{
    unsigned char token[PSEUDONYM_TOKEN], hash[32];
    randombytes_buf(token, sizeof token);
    crypto_generichash(hash, sizeof hash, token, sizeof token, NULL, 0);
    sodium_bin2hex(hash_hex, 65, hash, sizeof hash);
    status code = secret_write(path, token);
    sodium_memzero(token, sizeof token);
    return code;
}

status
pseudonym_rotate(const char *factor, pseudonym_share shares[PSEUDONYM_SERVERS], pseudonym_public *open)
{
    SCRATCH(tmp);
    oprf_scalar *r;
    ALLOC(tmp, r, 1);
    CHECK(factor_read(factor, r));
    CHECK(oprf_multiply(r, &open->whole, &open->whole));
    for (uint32_t i = 0; i < PSEUDONYM_SERVERS; i++) {
        pseudonym_share *share = &shares[i];
        if (share->index && (share->index != i + 1 || memcmp(&share->key.open, &open->share[i], sizeof open->share[i]) != 0))
            FAIL(ST_INVALID, "share %u is not that of these public keys", i + 1);
        CHECK(oprf_multiply(r, &open->share[i], &open->share[i]));
        if (!share->index) continue; /* another keeper's */
        crypto_core_ristretto255_scalar_mul(share->key.secret.bytes, r->bytes, share->key.secret.bytes);
        share->key.open = open->share[i];
    }
    return ST_OK;
}

/* Rows with a valid number, in the order of the file. */
typedef struct row {
    text id;
    char digits[9];
    size_t distinct; /* which of the distinct numbers */
} row;

static int
compare_digits(const void *x, const void *y)
{
    return memcmp((*(row *const *)x)->digits, (*(row *const *)y)->digits, 9);
}

static status
read_rows(arena *tmp, const char *path, const pseudonym_request *q, row **rows, pseudonym_counts *counts)
{
    table t;
    const csv_column spec[] = {{q->id, COLUMN_TEXT, NULL, false}, {q->column, COLUMN_TEXT, NULL, false}};
    CHECK(csv_read_table(tmp, path, NULL, 2, spec, &t));
    ALLOC(tmp, *rows, t.rows + 1);
    *counts = (pseudonym_counts){.rows = t.rows};
    for (size_t i = 0; i < t.rows; i++) {
        row *r = &(*rows)[counts->made];
        text number = column_text(&t.column[1], i);
        r->id = column_text(&t.column[0], i);
        if (number.n == 0)
            counts->without++;
        else if (!number_bsn_valid(number, r->digits))
            counts->invalid++;
        else
            counts->made++;
    }
    return ST_OK;
}

/* Number the distinct values; `first[d]` is a row that has value d. */
static status
find_distinct(arena *tmp, size_t n, row *rows, size_t *distinct, row ***first)
{
    row **sorted;
    ALLOC(tmp, sorted, n + 1);
    ALLOC(tmp, *first, n + 1);
    for (size_t i = 0; i < n; i++) sorted[i] = &rows[i];
    qsort(sorted, n, sizeof *sorted, compare_digits);
    *distinct = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || memcmp(sorted[i]->digits, sorted[i - 1]->digits, 9) != 0) (*first)[(*distinct)++] = sorted[i];
        sorted[i]->distinct = *distinct - 1;
    }
    return ST_OK;
}

typedef struct asking {
    const pseudonym_request *request;
    pseudonym_public open;
    unsigned char token[PSEUDONYM_TOKEN];
} asking;

/* Blind, ask two servers, combine and unblind one batch. */
static status
ask_batch(const asking *k, size_t n, row *const first[], oprf_element out[])
{
    SCRATCH(tmp);
    const pseudonym_request *q = k->request;
    oprf_scalar *blind;
    oprf_element *blinded, *answers[PSEUDONYM_NEEDED];
    ALLOC(tmp, blind, n);
    ALLOC(tmp, blinded, n);
    for (size_t i = 0; i < n; i++) {
        blind[i] = oprf_scalar_random();
        CHECK(oprf_blind(OPRF_VERIFIABLE, (text){first[i]->digits, 9}, &blind[i], &blinded[i]));
    }
    text request, answer;
    CHECK(pseudonym_ask(tmp, q->organisation, k->token, n, blinded, &request));
    for (int s = 0; s < PSEUDONYM_NEEDED; s++) {
        ALLOC(tmp, answers[s], n);
        CHECK(pseudonym_send(tmp, q->socket[s], request, &answer));
        CHECK(pseudonym_read(answer, &k->open, q->index[s], n, blinded, answers[s]));
    }
    for (size_t i = 0; i < n; i++) {
        oprf_element both;
        CHECK(pseudonym_combine(q->index, (oprf_element[]){answers[0][i], answers[1][i]}, &both));
        CHECK(oprf_unblind(&blind[i], &both, &out[i]));
    }
    return ST_OK;
}

static void
put_row(text_builder *b, text id, const oprf_element *element)
{
    char hex[2 * OPRF_BYTES + 1];
    sodium_bin2hex(hex, sizeof hex, element->bytes, OPRF_BYTES);
    csv_put_field(b, id);
    text_printf(b, ",%s\n", hex);
}

status
pseudonym_request_file(const char *path, const pseudonym_request *request, const char *out, pseudonym_counts *counts)
{
    SCRATCH(tmp);
    asking *k;
    row *rows, **first;
    size_t distinct;
    oprf_element *element;
    if (strcmp(request->id, request->column) == 0)
        FAIL(ST_USAGE, "--id and --column are one: the numbers would stand beside their pseudonyms: name a key of the row's own");
    ALLOC(tmp, k, 1);
    k->request = request;
    CHECK(pseudonym_public_read(request->open, &k->open));
    CHECK(secret_read(request->token, k->token));
    CHECK(read_rows(tmp, path, request, &rows, counts));
    CHECK(find_distinct(tmp, counts->made, rows, &distinct, &first));
    ALLOC(tmp, element, distinct + 1);
    for (size_t at = 0; at < distinct; at += PSEUDONYM_BATCH) {
        size_t n = distinct - at < PSEUDONYM_BATCH ? distinct - at : PSEUDONYM_BATCH;
        CHECK(ask_batch(k, n, first + at, element + at));
    }
    text_builder b = text_builder_new(tmp);
    text_put(&b, "id,pseudonym\n");
    for (size_t i = 0; i < counts->made; i++) put_row(&b, rows[i].id, &element[rows[i].distinct]);
    text content;
    CHECK(text_builder_end(&b, &content));
    return file_write(out, content);
}

status
pseudonym_multiply_file(const char *path, const char *factor, const char *out, size_t *rows)
{
    SCRATCH(tmp);
    oprf_scalar *scalar;
    table t;
    ALLOC(tmp, scalar, 1);
    CHECK(factor_read(factor, scalar));
    const csv_column spec[] = {{"id", COLUMN_TEXT, NULL, false}, {"pseudonym", COLUMN_TEXT, NULL, false}};
    CHECK(csv_read_table(tmp, path, NULL, 2, spec, &t));
    text_builder b = text_builder_new(tmp);
    text_put(&b, "id,pseudonym\n");
    for (size_t i = 0; i < t.rows; i++) {
        text hex = column_text(&t.column[1], i);
        oprf_element element;
        size_t n = 0;
        if (sodium_hex2bin(element.bytes, OPRF_BYTES, hex.bytes, hex.n, NULL, &n, NULL) != 0 || n != OPRF_BYTES ||
            pseudonym_domain(scalar, &element, &element) != ST_OK)
            FAIL(ST_INVALID, "%s: row %zu, column pseudonym: expected 64 hexadecimal digits of a group element", path, i + 2);
        put_row(&b, column_text(&t.column[0], i), &element);
    }
    *rows = t.rows;
    text content;
    CHECK(text_builder_end(&b, &content));
    return file_write(out, content);
}
