/* The jailed half of reading a system file. Nothing here returns to the program: the process ends. */
#include "table/spss_wire.h"

#include <errno.h>
#include <iconv.h>
#include <math.h>
#include <readstat.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum { BUFFER = 1 << 16, MEMORY_LIMIT_GIB = 4, CPU_LIMIT_SECONDS = 300 };

typedef struct child {
    text bytes;
    size_t at;
    int pipe;
    size_t used;
    char buffer[BUFFER];
} child;

static void
flush(child *c)
{
    for (size_t done = 0; done < c->used;) {
        ssize_t n = write(c->pipe, c->buffer + done, c->used - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) _exit(1);
        done += (size_t)n;
    }
    c->used = 0;
}

static void
put(child *c, const void *bytes, size_t n)
{
    const char *p = bytes;
    while (n) {
        if (c->used == BUFFER) flush(c);
        size_t part = n < BUFFER - c->used ? n : BUFFER - c->used;
        memcpy(c->buffer + c->used, p, part);
        c->used += part, p += part, n -= part;
    }
}

static void
put_tag(child *c, int tag)
{
    unsigned char byte = (unsigned char)tag;
    put(c, &byte, 1);
}

static void
put_text(child *c, const char *string)
{
    size_t n = string ? strlen(string) : 0;
    uint32_t length = n > SPSS_TEXT_LIMIT ? SPSS_TEXT_LIMIT : (uint32_t)n;
    put(c, &length, sizeof length);
    put(c, string, length);
}

/* Formats of days and of moments; a duration (TIME, DTIME) is a plain number. */
static bool
is_date(const char *format)
{
    static const char *const formats[] = {"DATE", "ADATE", "EDATE", "SDATE", "JDATE", "DATETIME", "YMDHMS"};
    for (size_t i = 0; format && i < sizeof formats / sizeof *formats; i++) {
        size_t n = strlen(formats[i]);
        if (strncmp(format, formats[i], n) == 0 && (format[n] == '\0' || (format[n] >= '0' && format[n] <= '9'))) return true;
    }
    return false;
}

static int
on_variable(int index, readstat_variable_t *variable, const char *labels, void *context)
{
    (void)index;
    child *c = context;
    bool string = readstat_variable_get_type_class(variable) == READSTAT_TYPE_CLASS_STRING;
    put_tag(c, SPSS_VARIABLE);
    put_tag(c, string ? SPSS_KIND_STRING : is_date(readstat_variable_get_format(variable)) ? SPSS_KIND_DATE : SPSS_KIND_NUMBER);
    put_text(c, readstat_variable_get_name(variable));
    put_text(c, labels);
    return READSTAT_HANDLER_OK;
}

static double
number_of(readstat_value_t value)
{
    switch (readstat_value_type(value)) {
    case READSTAT_TYPE_INT8: return readstat_int8_value(value);
    case READSTAT_TYPE_INT16: return readstat_int16_value(value);
    case READSTAT_TYPE_INT32: return readstat_int32_value(value);
    case READSTAT_TYPE_FLOAT: return (double)readstat_float_value(value);
    case READSTAT_TYPE_DOUBLE: return readstat_double_value(value);
    default: return NAN;
    }
}

static int
on_label(const char *set, readstat_value_t value, const char *label, void *context)
{
    child *c = context;
    bool string = readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING;
    put_tag(c, SPSS_LABEL);
    put_text(c, set);
    put_tag(c, string);
    double number = string ? 0 : number_of(value);
    put(c, &number, sizeof number);
    put_text(c, string ? readstat_string_value(value) : "");
    put_text(c, label);
    return READSTAT_HANDLER_OK;
}

static int
on_value(int row, readstat_variable_t *variable, readstat_value_t value, void *context)
{
    (void)row;
    child *c = context;
    if (readstat_value_is_missing(value, variable)) {
        put_tag(c, SPSS_MISSING);
    } else if (readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING) {
        put_tag(c, SPSS_STRING);
        put_text(c, readstat_string_value(value));
    } else {
        put_tag(c, SPSS_NUMBER);
        double number = number_of(value);
        put(c, &number, sizeof number);
    }
    return READSTAT_HANDLER_OK;
}

static int
on_open(const char *path, void *context)
{
    (void)path, (void)context;
    return 0;
}

static int
on_close(void *context)
{
    (void)context;
    return 0;
}

static readstat_off_t
on_seek(readstat_off_t offset, readstat_io_flags_t whence, void *context)
{
    child *c = context;
    int64_t base = whence == READSTAT_SEEK_SET ? 0 : whence == READSTAT_SEEK_CUR ? (int64_t)c->at : (int64_t)c->bytes.n;
    int64_t at;
    if (__builtin_add_overflow(base, offset, &at) || at < 0 || (uint64_t)at > c->bytes.n) return -1;
    c->at = (size_t)at;
    return at;
}

static ssize_t
on_read(void *to, size_t n, void *context)
{
    child *c = context;
    if (n > c->bytes.n - c->at) n = c->bytes.n - c->at;
    memcpy(to, c->bytes.bytes + c->at, n);
    c->at += n;
    return (ssize_t)n;
}

static readstat_error_t
on_update(long size, readstat_progress_handler handler, void *user, void *context)
{
    (void)size, (void)handler, (void)user, (void)context;
    return READSTAT_OK;
}

static void
limit_resources(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){0, 0});
    setrlimit(RLIMIT_CPU, &(struct rlimit){CPU_LIMIT_SECONDS, CPU_LIMIT_SECONDS});
#ifndef __SANITIZE_ADDRESS__ /* the sanitizer's shadow needs terabytes of addresses */
    unsigned long pages = 0;
    FILE *self = fopen("/proc/self/statm", "re");
    if (self && fscanf(self, "%lu", &pages) != 1) pages = 0;
    if (self) fclose(self);
    rlim_t limit = (rlim_t)pages * 4096 + ((rlim_t)MEMORY_LIMIT_GIB << 30);
    setrlimit(RLIMIT_AS, &(struct rlimit){limit, limit});
#endif
}

/* From here on: memory, the clock, the pipe, and the end. Everything else ends the process; opening a file (iconv looks
 * for its tables) is refused. */
static bool
lock_in(int pipe)
{
    static const int allowed[] = {SCMP_SYS(brk),          SCMP_SYS(mmap),         SCMP_SYS(munmap),  SCMP_SYS(mremap),
                                  SCMP_SYS(mprotect),     SCMP_SYS(madvise),      SCMP_SYS(futex),   SCMP_SYS(exit),
                                  SCMP_SYS(exit_group),   SCMP_SYS(rt_sigreturn), SCMP_SYS(gettid),  SCMP_SYS(getpid),
                                  SCMP_SYS(clock_gettime), SCMP_SYS(sched_yield), SCMP_SYS(tgkill),  SCMP_SYS(rt_sigprocmask),
                                  SCMP_SYS(sigaltstack),  SCMP_SYS(rt_sigaction), SCMP_SYS(getrandom)};
    static const int refused[] = {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(readlink), SCMP_SYS(stat), SCMP_SYS(newfstatat)};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter) return false;
    int bad = 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        bad |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, (unsigned)pipe));
#ifdef __SANITIZE_ADDRESS__
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
#endif
    bad |= seccomp_load(filter);
    seccomp_release(filter);
    return bad == 0;
}

/* Load the conversion tables that Dutch and European files need while files can still be opened; the handles stay open. */
static void
load_encodings(void)
{
    static const char *const names[] = {"WINDOWS-1252", "ISO-8859-1", "ISO-8859-15", "WINDOWS-1250", "WINDOWS-1251",
                                        "WINDOWS-1253", "WINDOWS-1254", "US-ASCII", "UTF-8"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        iconv_t handle = iconv_open("UTF-8", names[i]);
        (void)handle; /* kept until the process ends */
    }
}

static readstat_parser_t *
make_parser(child *c)
{
    readstat_parser_t *parser = readstat_parser_init();
    if (!parser) return NULL;
    int bad = 0;
    bad |= readstat_set_open_handler(parser, on_open);
    bad |= readstat_set_close_handler(parser, on_close);
    bad |= readstat_set_seek_handler(parser, on_seek);
    bad |= readstat_set_read_handler(parser, on_read);
    bad |= readstat_set_update_handler(parser, on_update);
    bad |= readstat_set_io_ctx(parser, c);
    bad |= readstat_set_variable_handler(parser, on_variable);
    bad |= readstat_set_value_label_handler(parser, on_label);
    bad |= readstat_set_value_handler(parser, on_value);
    return bad ? NULL : parser;
}

_Noreturn void
spss_child(text bytes, int pipe)
{
    static child c; /* of this process alone */
    c.bytes = bytes;
    c.pipe = pipe;
    load_encodings();
    limit_resources();
    if (!lock_in(pipe)) {
        put_tag(&c, SPSS_ERROR);
        put_text(&c, "this system cannot lock the parser in (seccomp)");
        flush(&c);
        _exit(1);
    }
    readstat_parser_t *parser = make_parser(&c);
    readstat_error_t error = parser ? readstat_parse_sav(parser, "", &c) : READSTAT_ERROR_MALLOC;
    if (error == READSTAT_OK) {
        put_tag(&c, SPSS_END);
    } else {
        put_tag(&c, SPSS_ERROR);
        put_text(&c, readstat_error_message(error));
    }
    flush(&c);
    _exit(0);
}
