/* peil: the national monitor of human trafficking, from deliveries to publication. */
#include "base/status.h"
#include "cli/verb.h"

#include <argp.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* No core dump ever holds a record. */
static void
forbid_core_dumps(void)
{
    prctl(PR_SET_DUMPABLE, 0);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
}

static void
print_help(FILE *to)
{
    fputs("Usage: peil VERB [ARGUMENTS] [OPTIONS]\n"
          "The monitor of human trafficking, from deliveries to publication.\n\nVerbs:\n", to);
    for (int i = 0; i < verbs_count; i++) fprintf(to, "  %-12s %s\n", verbs[i]->name, verbs[i]->summary);
    fputs("\npeil VERB --help explains a verb and shows an example.\n", to);
}

static const verb *
find_verb(const char *name)
{
    for (int i = 0; i < verbs_count; i++)
        if (strcmp(verbs[i]->name, name) == 0) return verbs[i];
    return NULL;
}

int
main(int argc, char **argv)
{
    argp_err_exit_status = status_exit_code(ST_USAGE);
    forbid_core_dumps();
    if (sodium_init() < 0) {
        fputs("peil: libsodium cannot start on this machine\n", stderr);
        return status_exit_code(ST_INTERNAL);
    }
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(argc < 2 ? stderr : stdout);
        return argc < 2 ? status_exit_code(ST_USAGE) : 0;
    }
    const verb *v = find_verb(strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
    if (!v) {
        fprintf(stderr, "peil: no such verb; peil --help lists them\n");
        return status_exit_code(ST_USAGE);
    }
    status code = verb_execute(v, argc - 1, argv + 1);
    if (code != ST_OK) fprintf(stderr, "peil %s: %s\n", v->name, *status_detail() ? status_detail() : status_text(code));
    return status_exit_code(code);
}
