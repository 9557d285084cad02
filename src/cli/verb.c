#include "cli/verb.h"

#include "base/file.h"

#include <argp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define X(name) extern const verb verb_##name;
#include "cli/verbs.def"
#undef X

const verb *const verbs[] = {
#define X(name) &verb_##name,
#include "cli/verbs.def"
#undef X
};
const int verbs_count = (int)(sizeof verbs / sizeof *verbs);

enum { FIRST_KEY = 0x1000 };

struct options {
    const verb *verb;
    int count; /* options declared */
    const char **value;
    bool *given;
    const char **argument;
    int arguments;
    status bad;
};

static int
find(const options *o, const char *name, option_type type)
{
    for (int i = 0; i < o->count; i++)
        if (strcmp(o->verb->options[i].name, name) == 0 && (type == OPTION_COUNT_ANY || o->verb->options[i].type == type))
            return i;
    fprintf(stderr, "peil: internal: verb %s declares no such option --%s\n", o->verb->name, name);
    abort();
}

bool
option_given(const options *o, const char *name)
{
    return o->given[find(o, name, OPTION_COUNT_ANY)];
}

bool
option_flag(const options *o, const char *name)
{
    return o->given[find(o, name, OPTION_FLAG)];
}

const char *
option_text(const options *o, const char *name)
{
    return o->value[find(o, name, OPTION_COUNT_ANY)];
}

language
option_language(const options *o)
{
    return strcmp(option_text(o, "language"), "nl") == 0 ? LANGUAGE_NL : LANGUAGE_EN;
}

int64_t
option_int(const options *o, const char *name)
{
    const char *value = o->value[find(o, name, OPTION_INT)];
    int64_t number = 0;
    if (value && !text_to_int(text_of(value), &number)) abort(); /* checked when parsed */
    return number;
}

double
option_double(const options *o, const char *name)
{
    const char *value = o->value[find(o, name, OPTION_DOUBLE)];
    double number = NAN;
    if (value && !text_to_double(text_of(value), &number)) abort();
    return number;
}

int
option_count(const options *o)
{
    return o->arguments;
}

const char *
option_argument(const options *o, int i)
{
    return i < o->arguments ? o->argument[i] : NULL;
}

static bool
is_choice(const char *choices, const char *value)
{
    size_t n = strlen(value);
    for (const char *at = choices; at && *at;) {
        size_t length = strcspn(at, "|");
        if (length == n && memcmp(at, value, n) == 0) return true;
        at += length + (at[length] == '|');
    }
    return false;
}

static status
check_value(const verb_option *d, const char *value)
{
    int64_t whole;
    double number;
    if (d->type == OPTION_INT) {
        if (!text_to_int(text_of(value), &whole) || (double)whole < d->lower || (double)whole > d->upper)
            FAIL(ST_USAGE, "--%s: expected a whole number from %.0f to %.0f", d->name, d->lower, d->upper);
    } else if (d->type == OPTION_DOUBLE) {
        if (!text_to_double(text_of(value), &number) || number < d->lower || number > d->upper)
            FAIL(ST_USAGE, "--%s: expected a number from %g to %g", d->name, d->lower, d->upper);
    } else if (d->type == OPTION_CHOICE && !is_choice(d->metavar, value)) {
        FAIL(ST_USAGE, "--%s: expected one of %s", d->name, d->metavar);
    }
    return ST_OK;
}

static error_t
parse(int key, char *value, struct argp_state *state)
{
    options *o = state->input;
    if (key >= FIRST_KEY && key < FIRST_KEY + o->count) {
        int i = key - FIRST_KEY;
        o->given[i] = true;
        o->value[i] = value;
        if (value && o->bad == ST_OK) o->bad = check_value(&o->verb->options[i], value);
        return 0;
    }
    if (key == ARGP_KEY_ARG) {
        o->argument[o->arguments++] = value;
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

static status
check_complete(const options *o)
{
    CHECK(o->bad);
    const verb *v = o->verb;
    if (o->arguments < v->least || (v->most >= 0 && o->arguments > v->most))
        FAIL(ST_USAGE, "expected: peil %s %s", v->name, v->arguments);
    for (int i = 0; i < o->count; i++)
        if (v->options[i].required && !o->given[i]) FAIL(ST_USAGE, "--%s %s is needed", v->options[i].name, v->options[i].metavar);
    return ST_OK;
}

/* Is that a file that the verb reads? */
static bool
is_source(const options *o, const char *path)
{
    for (int k = 0; k < o->arguments; k++)
        if (file_same(o->argument[k], path)) return true;
    for (int i = 0; i < o->count; i++)
        if (o->verb->options[i].type == OPTION_TEXT && o->given[i] && file_same(o->value[i], path)) return true;
    return false;
}

/* A result never takes the place of what it is made of. */
static status
keep_sources(const options *o)
{
    for (int i = 0; i < o->count; i++)
        if (o->verb->options[i].type == OPTION_OUT && o->given[i] && is_source(o, o->value[i]))
            FAIL(ST_USAGE, "--%s %s: would overwrite what is read: take another name", o->verb->options[i].name, o->value[i]);
    return ST_OK;
}

/* argp's view of the option table; help texts get their preset. */
static status
argp_options(arena *a, const options *o, struct argp_option **result)
{
    struct argp_option *list;
    ALLOC(a, list, o->count + 1);
    for (int i = 0; i < o->count; i++) {
        const verb_option *d = &o->verb->options[i];
        const char *help = d->preset ? arena_printf(a, "%s (default %s)", d->help, d->preset) : d->help;
        if (!help) FAIL(ST_NO_MEMORY, "out of memory (options)");
        list[i] = (struct argp_option){d->name, FIRST_KEY + i, d->type == OPTION_FLAG ? NULL : d->metavar, 0, help, 0};
    }
    *result = list;
    return ST_OK;
}

status
verb_execute(const verb *v, int argc, char **argv)
{
    SCRATCH(a);
    options o = {.verb = v};
    while (v->options && v->options[o.count].name) o.count++;
    ALLOC(a, o.value, o.count + 1);
    ALLOC(a, o.given, o.count + 1);
    ALLOC(a, o.argument, argc + 1);
    for (int i = 0; i < o.count; i++) o.value[i] = v->options[i].preset;
    struct argp_option *list;
    CHECK(argp_options(a, &o, &list));
    char *doc = arena_printf(a, "%s\v%s%sExample:\n  %s\n\nExit codes: 0 done, 64 wrong use, 65 data not as expected, 66 not there, 74 not to be read or written, 78 definition "
                                "not as expected; peil manual lists them all", v->summary, v->details ? v->details : "", v->details ? "\n\n" : "",
                             v->example);
    char *name = arena_printf(a, "peil %s", v->name);
    if (!doc || !name) FAIL(ST_NO_MEMORY, "out of memory (options)");
    struct argp parser = {list, parse, v->arguments, doc, NULL, NULL, NULL};
    argv[0] = name;
    error_t error = argp_parse(&parser, argc, argv, 0, NULL, &o);
    if (error) FAIL(ST_USAGE, "peil %s: %s", v->name, strerror(error));
    CHECK(check_complete(&o));
    CHECK(keep_sources(&o));
    return v->run(a, &o);
}
