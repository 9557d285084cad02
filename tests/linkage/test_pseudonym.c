#include "testing.h"

#include "linkage/pseudonym_file.h"

#include <signal.h>
#include <sodium.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct setting {
    arena *a;
    char *folder;
    pseudonym_share share[PSEUDONYM_SERVERS];
    pseudonym_public open;
    pseudonym_server server[PSEUDONYM_SERVERS];
    unsigned char token[PSEUDONYM_TOKEN];
} setting;

static char *
in(setting *s, const char *name)
{
    return path_join(s->a, s->folder, name);
}

static int
set_up(void **state)
{
    setting *s = calloc(1, sizeof *s);
    s->a = arena_new();
    s->folder = arena_copy(s->a, "/tmp/peil_pseudonym_XXXXXX", 26);
    assert_non_null(mkdtemp(s->folder));
    ASSERT_OK(pseudonym_deal(s->share, &s->open));
    memset(s->token, 7, sizeof s->token);
    unsigned char hash[32];
    char hex[65];
    crypto_generichash(hash, sizeof hash, s->token, sizeof s->token, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    char *list = arena_printf(s->a, "name,token_hash,quota\nfairwork,%s,10\n", hex);
    ASSERT_OK(file_write(in(s, "organisations.csv"), text_of(list)));
    for (int i = 0; i < PSEUDONYM_SERVERS; i++)
        ASSERT_OK(pseudonym_server_open(&s->share[i], in(s, "organisations.csv"), in(s, arena_printf(s->a, "state-%d", i)),
                                        in(s, "log"), &s->server[i]));
    *state = s;
    return 0;
}

static int
tear_down(void **state)
{
    setting *s = *state;
    size_t n;
    char **names;
    ASSERT_OK(folder_list(s->a, s->folder, &n, &names));
    for (size_t i = 0; i < n; i++) unlink(in(s, names[i]));
    rmdir(s->folder);
    arena_free(s->a);
    free(s);
    return 0;
}

/* The element of a number by servers i and j. */
static oprf_element
pseudonym_by(setting *s, uint32_t i, uint32_t j, text number, int32_t day)
{
    oprf_scalar blind = oprf_scalar_random();
    oprf_element blinded, got[2], both, out;
    text request, answer;
    ASSERT_OK(oprf_blind(OPRF_VERIFIABLE, number, &blind, &blinded));
    ASSERT_OK(pseudonym_ask(s->a, "fairwork", s->token, 1, &blinded, &request));
    const uint32_t index[2] = {i, j};
    for (int k = 0; k < 2; k++) {
        ASSERT_OK(pseudonym_answer(s->a, &s->server[index[k] - 1], day, request, &answer));
        ASSERT_OK(pseudonym_read(answer, &s->open, index[k], 1, &blinded, &got[k]));
    }
    ASSERT_OK(pseudonym_combine(index, got, &both));
    ASSERT_OK(oprf_unblind(&blind, &both, &out));
    return out;
}

static void
any_two_servers_give_the_same_pseudonym(void **state)
{
    setting *s = *state;
    oprf_element first = pseudonym_by(s, 1, 2, TEXT("999900006"), 1);
    static const uint32_t pairs[][2] = {{2, 1}, {1, 3}, {3, 2}};
    for (int k = 0; k < 3; k++) {
        oprf_element other = pseudonym_by(s, pairs[k][0], pairs[k][1], TEXT("999900006"), 1);
        assert_memory_equal(&first, &other, sizeof first);
    }
    oprf_element other = pseudonym_by(s, 1, 2, TEXT("999900018"), 1);
    assert_memory_not_equal(&first, &other, sizeof first);
    ASSERT_STATUS(pseudonym_combine((const uint32_t[]){2, 2}, (oprf_element[]){first, first}, &other), ST_USAGE);
}

static void
a_key_rotates_with_its_stored_pseudonyms(void **state)
{
    setting *s = *state;
    oprf_element before = pseudonym_by(s, 1, 2, TEXT("999900006"), 1);
    char hex[65];
    sodium_bin2hex(hex, sizeof hex, before.bytes, OPRF_BYTES);
    ASSERT_OK(file_write(in(s, "stored.csv"), text_of(arena_printf(s->a, "id,pseudonym\nr1,%s\n", hex))));
    ASSERT_OK(pseudonym_factor_new(in(s, "factor")));
    ASSERT_STATUS(pseudonym_factor_new(in(s, "factor")), ST_BUSY);
    ASSERT_OK(pseudonym_rotate(in(s, "factor"), s->share, &s->open));
    for (int i = 0; i < PSEUDONYM_SERVERS; i++) s->server[i].share = s->share[i];
    oprf_element after = pseudonym_by(s, 2, 3, TEXT("999900006"), 1);
    size_t rows;
    ASSERT_OK(pseudonym_multiply_file(in(s, "stored.csv"), in(s, "factor"), in(s, "moved.csv"), &rows));
    text moved;
    ASSERT_OK(file_map(s->a, in(s, "moved.csv"), &moved));
    sodium_bin2hex(hex, sizeof hex, after.bytes, OPRF_BYTES);
    assert_true(text_is(moved, arena_printf(s->a, "id,pseudonym\nr1,%s\n", hex)));
}

static void
quotas_hold_over_days_and_restarts(void **state)
{
    setting *s = *state;
    for (int k = 0; k < 10; k++) (void)pseudonym_by(s, 1, 2, TEXT("999900006"), 5);
    oprf_scalar blind = oprf_scalar_random();
    oprf_element blinded, got;
    text request, answer;
    ASSERT_OK(oprf_blind(OPRF_VERIFIABLE, TEXT("999900006"), &blind, &blinded));
    ASSERT_OK(pseudonym_ask(s->a, "fairwork", s->token, 1, &blinded, &request));
    static const struct {
        const char *label;
        int32_t day;
        bool restart;
        status want;
    } rows[] = {{"used up", 5, false, ST_LIMIT}, {"a restart does not help", 5, true, ST_LIMIT},
                {"nor does a clock set back", 4, true, ST_LIMIT}, {"tomorrow", 6, true, ST_OK}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        if (rows[k].restart)
            ASSERT_OK(pseudonym_server_open(&s->share[0], in(s, "organisations.csv"), in(s, "state-0"), in(s, "log"), &s->server[0]));
        status code = pseudonym_answer(s->a, &s->server[0], rows[k].day, request, &answer);
        if (code != rows[k].want) fail_msg("%s: %s", rows[k].label, status_detail());
        assert_int_equal(pseudonym_read(answer, &s->open, 1, 1, &blinded, &got), rows[k].want);
    }
    text log;
    ASSERT_OK(file_map(s->a, in(s, "log"), &log));
    assert_non_null(memmem(log.bytes, log.n, "fairwork,1,limit exceeded", 25));
    assert_null(memmem(log.bytes, log.n, "9999", 4));
}

static void
forged_and_malformed_messages_are_refused(void **state)
{
    setting *s = *state;
    oprf_scalar blind = oprf_scalar_random();
    oprf_element blinded, got;
    text request, answer;
    ASSERT_OK(oprf_blind(OPRF_VERIFIABLE, TEXT("999900006"), &blind, &blinded));
    ASSERT_OK(pseudonym_ask(s->a, "fairwork", s->token, 1, &blinded, &request));
    for (size_t n = 0; n < request.n; n++)
        assert_int_not_equal(pseudonym_answer(s->a, &s->server[0], 1, (text){request.bytes, n}, &answer), ST_OK);
    static const struct {
        const char *label;
        size_t at;
        status want;
    } rows[] = {{"magic", 0, ST_INVALID}, {"kind", 8, ST_INVALID}, {"count", 10, ST_INVALID}, {"name", 12, ST_DENIED},
                {"token", 12 + PSEUDONYM_NAME, ST_DENIED}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        char *bad = arena_copy(s->a, request.bytes, request.n);
        bad[rows[k].at] ^= 4;
        status code = pseudonym_answer(s->a, &s->server[0], 1, (text){bad, request.n}, &answer);
        if (code != rows[k].want) fail_msg("%s: %s", rows[k].label, status_text(code));
    }
    /* an element that is none, with its quota paid */
    char *bad = arena_copy(s->a, request.bytes, request.n);
    memset(bad + request.n - OPRF_BYTES, 0xff, OPRF_BYTES);
    ASSERT_STATUS(pseudonym_answer(s->a, &s->server[0], 1, (text){bad, request.n}, &answer), ST_INVALID);
    /* an answer by another key, and one that was tampered with */
    ASSERT_OK(pseudonym_answer(s->a, &s->server[1], 1, request, &answer));
    ASSERT_STATUS(pseudonym_read(answer, &s->open, 1, 1, &blinded, &got), ST_DENIED);
    for (size_t n = 0; n < answer.n; n++) assert_int_not_equal(pseudonym_read((text){answer.bytes, n}, &s->open, 2, 1, &blinded, &got), ST_OK);
    ASSERT_OK(pseudonym_read(answer, &s->open, 2, 1, &blinded, &got));
}

static void
replayed_and_tampered_messages_gain_nothing(void **state)
{
    setting *s = *state;
    oprf_scalar blind[2] = {oprf_scalar_random(), oprf_scalar_random()};
    oprf_element blinded[2], got;
    text request[2], answer[2];
    for (int k = 0; k < 2; k++) {
        ASSERT_OK(oprf_blind(OPRF_VERIFIABLE, TEXT("999900006"), &blind[k], &blinded[k]));
        ASSERT_OK(pseudonym_ask(s->a, "fairwork", s->token, 1, &blinded[k], &request[k]));
        ASSERT_OK(pseudonym_answer(s->a, &s->server[0], 1, request[k], &answer[k]));
    }
    /* yesterday's answer for today's question, though both are of one number */
    ASSERT_STATUS(pseudonym_read(answer[0], &s->open, 1, 1, &blinded[1], &got), ST_DENIED);
    /* the same request again is answered alike and paid again */
    uint64_t used = s->server[0].organisation[0].used;
    text again;
    ASSERT_OK(pseudonym_answer(s->a, &s->server[0], 1, request[0], &again));
    assert_int_equal(s->server[0].organisation[0].used, used + 1);
    ASSERT_OK(pseudonym_read(again, &s->open, 1, 1, &blinded[0], &got));
    /* no bit of an answer can be turned */
    for (size_t at = 0; at < answer[0].n; at++) {
        char *bad = arena_copy(s->a, answer[0].bytes, answer[0].n);
        bad[at] ^= 1;
        if (pseudonym_read((text){bad, answer[0].n}, &s->open, 1, 1, &blinded[0], &got) == ST_OK) fail_msg("byte %zu of an answer may be turned", at);
    }
    /* what is no element, or the neutral one, which would tell nothing apart */
    static const unsigned char elements[][OPRF_BYTES] = {{0}, {1}, {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}};
    for (size_t k = 0; k < sizeof elements / sizeof *elements; k++) {
        char *bad = arena_copy(s->a, request[0].bytes, request[0].n);
        memcpy(bad + request[0].n - OPRF_BYTES, elements[k], OPRF_BYTES);
        ASSERT_STATUS(pseudonym_answer(s->a, &s->server[0], 1, (text){bad, request[0].n}, &again), ST_INVALID);
    }
}

static void
shares_survive_their_files(void **state)
{
    setting *s = *state;
    pseudonym_share again;
    pseudonym_public open;
    ASSERT_OK(pseudonym_share_write(in(s, "share"), &s->share[1]));
    ASSERT_STATUS(pseudonym_share_write(in(s, "share"), &s->share[1]), ST_BUSY);
    ASSERT_OK(pseudonym_share_read(in(s, "share"), &again));
    assert_memory_equal(&again, &s->share[1], sizeof again);
    ASSERT_OK(pseudonym_public_write(in(s, "public"), &s->open));
    ASSERT_OK(pseudonym_public_read(in(s, "public"), &open));
    assert_memory_equal(&open, &s->open, sizeof open);
    ASSERT_OK(file_write(in(s, "bad"), TEXT("nothing of the kind")));
    ASSERT_STATUS(pseudonym_share_read(in(s, "bad"), &again), ST_INVALID);
    ASSERT_STATUS(pseudonym_public_read(in(s, "bad"), &open), ST_INVALID);
}

/* Each keeper rotates what it has; no machine ever has two shares. */
static void
keepers_rotate_apart(void **state)
{
    setting *s = *state;
    ASSERT_OK(pseudonym_factor_new(in(s, "factor")));
    pseudonym_public whole = s->open, apart;
    pseudonym_share all[PSEUDONYM_SERVERS];
    memcpy(all, s->share, sizeof all);
    ASSERT_OK(pseudonym_rotate(in(s, "factor"), all, &whole));
    for (uint32_t i = 0; i < PSEUDONYM_SERVERS; i++) {
        pseudonym_share own[PSEUDONYM_SERVERS] = {{0}};
        own[i] = s->share[i];
        apart = s->open;
        ASSERT_OK(pseudonym_rotate(in(s, "factor"), own, &apart));
        assert_memory_equal(&own[i], &all[i], sizeof own[i]);
        assert_memory_equal(&apart, &whole, sizeof apart);
    }
}

static void
shares_of_two_keys_are_refused(void **state)
{
    setting *s = *state;
    pseudonym_share other[PSEUDONYM_SERVERS];
    pseudonym_public foreign, read, mixed = s->open;
    ASSERT_OK(pseudonym_deal(other, &foreign));
    for (int i = 0; i <= PSEUDONYM_SERVERS; i++) { /* each public key in turn is another's */
        char *path = in(s, arena_printf(s->a, "mixed-%d", i));
        mixed = s->open;
        *(i ? &mixed.share[i - 1] : &mixed.whole) = i ? foreign.share[i - 1] : foreign.whole;
        ASSERT_OK(pseudonym_public_write(path, &mixed));
        ASSERT_STATUS(pseudonym_public_read(path, &read), ST_INVALID);
    }
    ASSERT_OK(pseudonym_factor_new(in(s, "factor")));
    other[0] = s->share[0], other[1].index = 0; /* the third is of the other key */
    mixed = s->open;
    ASSERT_STATUS(pseudonym_rotate(in(s, "factor"), other, &mixed), ST_INVALID);
    other[2] = s->share[1]; /* in the place of another */
    ASSERT_STATUS(pseudonym_rotate(in(s, "factor"), other, &mixed), ST_INVALID);
}

/* What cannot be counted or logged is not answered. */
static void
nothing_is_given_without_a_record_of_it(void **state)
{
    setting *s = *state;
    pseudonym_server *server = &s->server[0];
    oprf_scalar blind = oprf_scalar_random();
    oprf_element blinded, got;
    text request, answer;
    ASSERT_OK(oprf_blind(OPRF_VERIFIABLE, TEXT("999900006"), &blind, &blinded));
    ASSERT_OK(pseudonym_ask(s->a, "fairwork", s->token, 1, &blinded, &request));
    const char *log = server->log_path, *kept = server->state_path;
    server->log_path = "/dev/full"; /* as a disk that is */
    ASSERT_STATUS(pseudonym_answer(s->a, server, 1, request, &answer), ST_IO);
    ASSERT_STATUS(pseudonym_read(answer, &s->open, 1, 1, &blinded, &got), ST_IO);
    assert_int_equal(server->organisation[0].used, 1); /* whoever fills the disk gains nothing */
    server->log_path = log, server->state_path = in(s, "none/state");
    ASSERT_STATUS(pseudonym_answer(s->a, server, 1, request, &answer), ST_IO);
    assert_int_equal(server->organisation[0].used, 1); /* nothing was evaluated */
    server->state_path = kept;
    for (uint64_t k = 2; k <= 4; k++) {
        ASSERT_OK(pseudonym_answer(s->a, server, 1, request, &answer));
        assert_int_equal(server->organisation[0].used, k);
    }
    /* a line of which only a part fits is taken away again */
    text before, after;
    struct rlimit free, full;
    ASSERT_OK(file_map(s->a, log, &before));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &free), 0);
    full = (struct rlimit){before.n + 5, free.rlim_max};
    void (*old)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
    status code = pseudonym_answer(s->a, server, 1, request, &answer);
    setrlimit(RLIMIT_FSIZE, &free);
    signal(SIGXFSZ, old);
    assert_int_equal(code, ST_IO);
    ASSERT_OK(file_map(s->a, log, &after));
    assert_true(text_equal(before, after));
}

static void
bad_states_are_refused(void **state)
{
    setting *s = *state;
    static const struct {
        const char *label, *bytes;
        status want;
    } rows[] = {{"a day", "name,day,used\nfairwork,20000,3\n", ST_OK},
                {"who left", "name,day,used\ngone,20000,3\n", ST_OK},
                {"a day beyond all", "name,day,used\nfairwork,4294967297,3\n", ST_INVALID},
                {"a day before all", "name,day,used\nfairwork,-5,3\n", ST_INVALID},
                {"less than nothing used", "name,day,used\nfairwork,20000,-3\n", ST_INVALID},
                {"cut off", "name,day,used\nfairwork,200", ST_INVALID},
                {"nothing", "", ST_INVALID}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ASSERT_OK(file_write(in(s, "state-x"), text_of(rows[i].bytes)));
        status code = pseudonym_server_open(&s->share[0], in(s, "organisations.csv"), in(s, "state-x"), in(s, "log"), &s->server[0]);
        if (code != rows[i].want) fail_msg("%s: %s", rows[i].label, status_text(code));
    }
}

/* An id that is the number would stand beside its pseudonym. */
static void
numbers_are_no_ids(void **state)
{
    setting *s = *state;
    pseudonym_counts counts;
    pseudonym_request q = {.id = "bsn", .column = "bsn", .organisation = "fairwork", .token = in(s, "token"), .open = in(s, "public")};
    ASSERT_STATUS(pseudonym_request_file(in(s, "rows.csv"), &q, in(s, "out"), &counts), ST_USAGE);
}

int
main(void)
{
    if (sodium_init() < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(any_two_servers_give_the_same_pseudonym, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_rotates_with_its_stored_pseudonyms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quotas_hold_over_days_and_restarts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forged_and_malformed_messages_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(replayed_and_tampered_messages_gain_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keepers_rotate_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shares_of_two_keys_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_given_without_a_record_of_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_states_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_are_no_ids, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shares_survive_their_files, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
