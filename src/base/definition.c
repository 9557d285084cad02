#include "base/definition.h"

#include "base/file.h"

#include <stdio.h>
#include <yaml.h>

enum { LARGEST_FILE = 4 << 20, LARGEST_RESULT = 64 << 20, HEAD = 16 };

typedef struct loading {
    arena *out;
    size_t used;
    bool no_memory, too_large;
    char what[256], where[128]; /* the first complaint, and the innermost place that has a line */
} loading;

/* libcyaml's allocator on an arena: a block knows its capacity and doubles when it grows; nothing is freed. */
static void *
resize(void *context, void *old, size_t size)
{
    loading *l = context;
    if (size == 0) return NULL;
    size_t capacity = 0;
    if (old) {
        memcpy(&capacity, (char *)old - HEAD, sizeof capacity);
        if (size <= capacity) return old;
    }
    size_t want = old ? 2 * size : size;
    l->too_large |= want > LARGEST_RESULT - l->used;
    if (l->too_large) return NULL;
    char *block = arena_alloc(l->out, want + HEAD, 1);
    if (!block) {
        l->no_memory = true;
        return NULL;
    }
    l->used += want;
    memcpy(block, &want, sizeof want);
    if (old) memcpy(block + HEAD, old, capacity);
    return block + HEAD;
}

/* libcyaml explains itself by log lines: "Load: Unexpected key: x", then a backtrace from the inside out. */
static void
listen(cyaml_log_t level, void *context, const char *format, va_list args)
{
    loading *l = context;
    char line[256];
    if (level < CYAML_LOG_ERROR) return;
    vsnprintf(line, sizeof line, format, args);
    line[strcspn(line, "\n")] = '\0';
    const char *said = strncmp(line, "Load: ", 6) == 0 ? line + 6 : line;
    said += strspn(said, " ");
    if (!l->what[0])
        snprintf(l->what, sizeof l->what, "%s", said);
    else if (!l->where[0] && strstr(said, "(line: "))
        snprintf(l->where, sizeof l->where, " %.120s", said);
}

/* Where libyaml itself stumbles: it knows the line, libcyaml does not pass it on. */
static void
find_syntax_error(text bytes, loading *l)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) return;
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes.bytes, bytes.n);
    for (bool going = true; going;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            snprintf(l->where, sizeof l->where, " (line: %zu, column: %zu)", parser.problem_mark.line + 1,
                     parser.problem_mark.column + 1);
            break;
        }
        going = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

static status
explain(const char *name, text bytes, loading *l, cyaml_err_t error)
{
    if (l->no_memory) FAIL(ST_NO_MEMORY, "out of memory while reading %s", name);
    if (l->too_large) FAIL(ST_LIMIT, "%s: the definition grows beyond %d MiB: remove aliases", name, LARGEST_RESULT >> 20);
    if (error == CYAML_ERR_LIBYAML_PARSER) find_syntax_error(bytes, l);
    if (l->what[0] >= 'A' && l->what[0] <= 'Z') l->what[0] = (char)(l->what[0] + ('a' - 'A'));
    FAIL(ST_CONFIG, "%s: %s%s: correct the definition", name, l->what[0] ? l->what : cyaml_strerror(error), l->where);
}

static status
load(arena *out, const char *name, text bytes, const cyaml_schema_value_t *schema, cyaml_cfg_flags_t flags, void **result)
{
    if (bytes.n > LARGEST_FILE) FAIL(ST_LIMIT, "%s: a definition of %zu bytes: at most %d are read", name, bytes.n, LARGEST_FILE);
    if (!text_valid_utf8(bytes)) FAIL(ST_CONFIG, "%s: expected UTF-8 without NUL bytes: save the file as UTF-8", name);
    loading l = {.out = out};
    const cyaml_config_t config = {.log_fn = listen, .log_ctx = &l, .mem_fn = resize, .mem_ctx = &l, .log_level = CYAML_LOG_ERROR,
                                   .flags = flags};
    void *loaded = NULL;
    const unsigned char *start = bytes.n ? (const unsigned char *)bytes.bytes : (const unsigned char *)"";
    cyaml_err_t error = cyaml_load_data(start, bytes.n, &config, schema, &loaded, NULL);
    if (error != CYAML_OK) return explain(name, bytes, &l, error);
    if (!loaded) FAIL(ST_CONFIG, "%s: the definition is empty: expected keys as docs/ shows for it", name);
    *result = loaded;
    return ST_OK;
}

status
definition_load_bytes(arena *out, const char *name, text bytes, const cyaml_schema_value_t *schema, void **result)
{
    return load(out, name, bytes, schema, CYAML_CFG_DEFAULT, result);
}

status
definition_load(arena *out, const char *path, const cyaml_schema_value_t *schema, void **result)
{
    SCRATCH(tmp);
    text bytes;
    CHECK(file_map(tmp, path, &bytes));
    return load(out, path, bytes, schema, CYAML_CFG_DEFAULT, result);
}

status
definition_load_part(arena *out, const char *path, const cyaml_schema_value_t *schema, void **result)
{
    SCRATCH(tmp);
    text bytes;
    CHECK(file_map(tmp, path, &bytes));
    return load(out, path, bytes, schema, CYAML_CFG_IGNORE_UNKNOWN_KEYS, result);
}
