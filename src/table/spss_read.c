/* The trusting program's half: start the jailed child, check what it says, build the table. */
#include "base/date.h"
#include "base/file.h"
#include "table/spss.h"
#include "table/spss_wire.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUFFER = 1 << 18 };

typedef struct label {
    struct label *next;
    text set;
    code code;
} label;

typedef struct variable {
    text name, set;
    enum spss_kind kind;
    double *number;
    text_column *strings;
} variable;

typedef struct reader {
    arena *out, *tmp;
    const char *name;
    int pipe;
    char *buffer;
    size_t at, filled;
    variable *variable;
    size_t columns, capacity; /* columns; rows there is room for */
    size_t values;            /* values read so far, row by row */
    label *labels;
    size_t n_labels;
} reader;

static status
damaged(const reader *r)
{
    FAIL(ST_INVALID, "%s: damaged SPSS file: save it again as .sav from SPSS or R", r->name);
}

static status
take(reader *r, void *to, size_t n)
{
    char *p = to;
    while (n) {
        if (r->at == r->filled) {
            ssize_t got = read(r->pipe, r->buffer, BUFFER);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) FAIL(ST_IO, "%s: %s", r->name, strerror(errno));
            if (got == 0) return damaged(r);
            r->at = 0, r->filled = (size_t)got;
        }
        size_t part = n < r->filled - r->at ? n : r->filled - r->at;
        memcpy(p, r->buffer + r->at, part);
        r->at += part, p += part, n -= part;
    }
    return ST_OK;
}

/* A text into the arena; invalid UTF-8 (a file that lies about its encoding) is an error. */
static status
take_text(reader *r, arena *a, text *out)
{
    uint32_t n;
    CHECK(take(r, &n, sizeof n));
    if (n > SPSS_TEXT_LIMIT) return damaged(r);
    char *bytes;
    ALLOC(a, bytes, n + 1);
    CHECK(take(r, bytes, n));
    *out = (text){bytes, n};
    if (n && !text_valid_utf8(*out))
        FAIL(ST_INVALID, "%s: text that is not in the encoding the file names: save it again as Unicode", r->name);
    return ST_OK;
}

static status
take_variable(reader *r)
{
    unsigned char kind;
    if (r->values || r->columns == SPSS_COLUMN_LIMIT) return damaged(r);
    if (r->columns % 64 == 0) {
        variable *more;
        ALLOC(r->tmp, more, r->columns + 64);
        if (r->columns) memcpy(more, r->variable, r->columns * sizeof *more);
        r->variable = more;
    }
    variable *v = &r->variable[r->columns];
    CHECK(take(r, &kind, 1));
    if (kind > SPSS_KIND_DATE) return damaged(r);
    v->kind = (enum spss_kind)kind;
    CHECK(take_text(r, r->out, &v->name));
    CHECK(take_text(r, r->tmp, &v->set));
    for (size_t i = 0; i < r->columns; i++)
        if (text_equal(r->variable[i].name, v->name)) return damaged(r);
    r->columns++;
    return ST_OK;
}

static status
take_label(reader *r)
{
    label *l;
    ALLOC(r->tmp, l, 1);
    CHECK(take_text(r, r->tmp, &l->set));
    unsigned char is_string;
    double number;
    text string, words;
    CHECK(take(r, &is_string, 1));
    CHECK(take(r, &number, sizeof number));
    CHECK(take_text(r, r->out, &string));
    CHECK(take_text(r, r->out, &words));
    if (!is_string) {
        text_builder b = text_builder_new(r->out);
        text_put_double(&b, number);
        CHECK(text_builder_end(&b, &string));
    }
    l->code = (code){string.bytes, {words.bytes, words.bytes}};
    l->next = r->labels;
    r->labels = l;
    if (++r->n_labels > 1000000) return damaged(r);
    return ST_OK;
}

static status
grow(reader *r)
{
    size_t capacity = r->capacity ? 2 * r->capacity : 1024;
    for (size_t k = 0; k < r->columns; k++) {
        variable *v = &r->variable[k];
        if (v->kind == SPSS_KIND_STRING) {
            if (!v->strings) CHECK(text_column_new(r->out, 1024, &v->strings));
            continue;
        }
        double *more;
        ALLOC(r->tmp, more, capacity);
        if (r->capacity) memcpy(more, v->number, r->capacity * sizeof *more);
        v->number = more;
    }
    r->capacity = capacity;
    return ST_OK;
}

static status
take_value(reader *r, int tag)
{
    if (r->columns == 0) return damaged(r);
    size_t row = r->values / r->columns;
    variable *v = &r->variable[r->values % r->columns];
    if (row == r->capacity) CHECK(grow(r));
    r->values++;
    if ((tag == SPSS_STRING) != (v->kind == SPSS_KIND_STRING) && tag != SPSS_MISSING) return damaged(r);
    if (tag == SPSS_STRING) {
        SCRATCH(tmp);
        text string;
        CHECK(take_text(r, tmp, &string));
        return text_column_put(v->strings, row, string);
    }
    double number = NAN;
    if (tag == SPSS_NUMBER) CHECK(take(r, &number, sizeof number));
    if (v->kind == SPSS_KIND_STRING) return text_column_put(v->strings, row, TEXT(""));
    v->number[row] = number;
    return ST_OK;
}

static status
take_messages(reader *r)
{
    for (;;) {
        unsigned char tag;
        CHECK(take(r, &tag, 1));
        text words;
        switch (tag) {
        case SPSS_END: return ST_OK;
        case SPSS_VARIABLE: CHECK(take_variable(r)); break;
        case SPSS_LABEL: CHECK(take_label(r)); break;
        case SPSS_NUMBER:
        case SPSS_STRING:
        case SPSS_MISSING: CHECK(take_value(r, tag)); break;
        case SPSS_ERROR:
            CHECK(take_text(r, r->tmp, &words));
            FAIL(ST_INVALID, "%s: cannot be read as an SPSS file (%s): save it again as .sav", r->name, words.bytes);
        default: return damaged(r);
        }
    }
}

static status
attach_labels(reader *r, const variable *v, column *c)
{
    size_t n = 0;
    for (const label *l = r->labels; l; l = l->next) n += v->set.n && text_equal(l->set, v->set);
    if (n == 0) return ST_OK;
    code_list *list;
    code *items;
    ALLOC(r->out, list, 1);
    ALLOC(r->out, items, n);
    *list = (code_list){c->name, n, items};
    for (const label *l = r->labels; l; l = l->next) /* the newest is first: fill from the back */
        if (text_equal(l->set, v->set)) items[--n] = l->code;
    c->codes = list;
    return ST_OK;
}

static status
build_column(reader *r, size_t k, size_t rows, table *t)
{
    variable *v = &r->variable[k];
    column *c = &t->column[k];
    static const column_type type[] = {COLUMN_DOUBLE, COLUMN_TEXT, COLUMN_DATE};
    if (v->kind == SPSS_KIND_STRING) {
        *c = (column){.name = v->name.bytes};
        if (!v->strings) CHECK(text_column_new(r->out, 0, &v->strings));
        CHECK(text_column_end(v->strings, c));
    } else {
        CHECK(table_set_column(r->out, t, k, v->name.bytes, type[v->kind], NULL));
        for (size_t i = 0; i < rows; i++) {
            double x = v->number[i];
            if (v->kind == SPSS_KIND_NUMBER) {
                ((double *)c->data)[i] = x;
            } else {
                double day = floor(x / 86400) - SPSS_EPOCH_DAYS;
                bool known = isfinite(x) && day > -719163 && day < 2932897; /* years 1 to 9999 */
                ((int32_t *)c->data)[i] = known ? (int32_t)day : DATE_MISSING;
            }
        }
    }
    return attach_labels(r, v, c);
}

static status
read_messages(reader *r, table *result)
{
    CHECK(take_messages(r));
    if (r->columns == 0 || r->values % r->columns != 0) return damaged(r);
    size_t rows = r->values / r->columns;
    table t;
    CHECK(table_new(r->out, r->name, rows, r->columns, &t));
    for (size_t k = 0; k < r->columns; k++) CHECK(build_column(r, k, rows, &t));
    *result = t;
    return ST_OK;
}

/* What the child's end says, when the messages stopped before their end. */
static status
judge_end(const char *name, status code, int how)
{
    if (code != ST_INVALID || !WIFSIGNALED(how)) return code;
    int signal = WTERMSIG(how);
    if (signal == SIGXCPU || signal == SIGKILL)
        FAIL(ST_LIMIT, "%s: reading it took more than 5 minutes or 4 GiB: split the file", name);
    FAIL(ST_INVALID, "%s: damaged SPSS file (the locked-in parser was stopped): save it again as .sav", name);
}

status
spss_read_bytes(arena *out, const char *name, text bytes, table *result)
{
    SCRATCH(tmp);
    reader r = {.out = out, .tmp = tmp, .name = name};
    ALLOC(tmp, r.buffer, BUFFER);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) FAIL(ST_IO, "%s: no pipe: %s", name, strerror(errno));
    pid_t pid = fork();
    if (pid < 0) {
        close(ends[0]);
        close(ends[1]);
        FAIL(ST_IO, "%s: cannot start the parser: %s", name, strerror(errno));
    }
    if (pid == 0) {
        close(ends[0]);
        spss_child(bytes, ends[1]);
    }
    close(ends[1]);
    r.pipe = ends[0];
    status code = read_messages(&r, result);
    close(ends[0]);
    int how = 0;
    while (waitpid(pid, &how, 0) < 0 && errno == EINTR) continue;
    return judge_end(name, code, how);
}

status
spss_read(arena *out, const char *path, table *result)
{
    SCRATCH(tmp);
    text bytes;
    CHECK(file_map(tmp, path, &bytes));
    return spss_read_bytes(out, path, bytes, result);
}
