/* How a function ends, and the detail of what went wrong.
 *
 * Every function that can fail returns `status`. FAIL records a detail for this thread and returns;
 * CHECK passes a failure up. Only cli and serve print. Details are lower case, without a full stop,
 * name file, row and column, what was expected and how to mend it, and never hold a value from a
 * person's record. */
#ifndef PEIL_BASE_STATUS_H
#define PEIL_BASE_STATUS_H

typedef enum [[nodiscard]] status {
#define X(name, exit_code, http_code, text) name,
#include "base/status.def"
#undef X
    ST_COUNT
} status;

/* Text, process exit code and HTTP code of a status. */
const char *status_text(status code);
int status_exit_code(status code);
int status_http_code(status code);

/* Detail of the last failure on this thread; "" when there is none. At most 1,023 bytes. */
const char *status_detail(void);
void status_detail_clear(void);

/* Record a detail and give back `code`: use through FAIL. */
status status_fail(status code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Put words before the recorded detail ("file x.csv: " ...) and give back `code`. */
status status_prefix(status code, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define FAIL(code, ...)                              \
    do {                                             \
        status fail_code_ = (code);                  \
        (void)status_fail(fail_code_, __VA_ARGS__);  \
        return fail_code_;                           \
    } while (0)
#define CHECK(call)                                \
    do {                                           \
        status check_code_ = (call);          \
        if (check_code_ != ST_OK) return check_code_; \
    } while (0)

#endif
