/* A verb of the command line and its options, declared once: read by the parser, --help, man pages and completion. */
#ifndef PEIL_CLI_VERB_H
#define PEIL_CLI_VERB_H

#include "base/words.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum option_type {
    OPTION_FLAG,   /* --json */
    OPTION_TEXT,   /* --by G; paths of what is read too */
    OPTION_OUT,    /* --out FILE: the path of what is written, which must be none of those */
    OPTION_RENEWED, /* --onto FILE: what is read, and may be written over */
    OPTION_INT,    /* --seed N, within lower..upper */
    OPTION_DOUBLE, /* --p P, within lower..upper */
    OPTION_CHOICE, /* --method M, one of `metavar` ("a|b|c") */
    OPTION_COUNT_ANY /* any of these, for look-ups */
} option_type;

typedef struct verb_option {
    const char *name;
    option_type type;
    const char *metavar; /* "FILE", "N"; for a choice the choices "a|b|c" */
    double lower, upper; /* numbers: the range allowed, both ends in */
    const char *preset;  /* the value without the option, as text; NULL: none */
    const char *help;
    bool required;
} verb_option;

typedef struct options options;

typedef struct verb {
    const char *name;
    const char *arguments; /* "MONITOR" or "FILE.csv [FILE2.csv]"; "" for none */
    int least, most;       /* number of arguments; most < 0: any number */
    const char *summary;   /* one line */
    const char *details;   /* paragraphs for --help and the man page */
    const char *example;   /* one or more lines that work as typed */
    const verb_option *options; /* ends with an entry whose name is NULL */
    status (*run)(arena *a, const options *o);
} verb;

/* Values as given or preset. Asking for a name or type the verb does not declare is a programming error (abort). */
bool option_given(const options *o, const char *name);
bool option_flag(const options *o, const char *name);
const char *option_text(const options *o, const char *name); /* NULL when neither given nor preset */
int64_t option_int(const options *o, const char *name);
double option_double(const options *o, const char *name);
language option_language(const options *o); /* of the choice --language nl|en */
int option_count(const options *o); /* arguments */
const char *option_argument(const options *o, int i);

/* All verbs, in the order of verbs.def. */
extern const verb *const verbs[];
extern const int verbs_count;

/* Parse argv (argv[0] is the verb) and run. ST_USAGE when the words are off. */
status verb_execute(const verb *v, int argc, char **argv);

#endif
