#include "base/file.h"
#include "cli/manual.h"

#include <stdio.h>

static status
print(text t)
{
    if (fwrite(t.bytes, 1, t.n, stdout) != t.n || fflush(stdout) != 0) FAIL(ST_IO, "standard output: cannot write");
    return ST_OK;
}

static status
write_page(arena *a, const char *folder, const verb *v)
{
    text page;
    const char *path = v ? arena_printf(a, "%s/peil-%s.1", folder, v->name) : arena_printf(a, "%s/peil.1", folder);
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (path)");
    CHECK(manual_page(a, v, &page));
    return file_write(path, page);
}

static status
write_all(arena *a, const char *folder)
{
    CHECK(folder_make(folder));
    CHECK(write_page(a, folder, NULL));
    for (int i = 0; i < verbs_count; i++) CHECK(write_page(a, folder, verbs[i]));
    return ST_OK;
}

static const verb *
find_verb(const char *name)
{
    for (int i = 0; i < verbs_count; i++)
        if (strcmp(verbs[i]->name, name) == 0) return verbs[i];
    return NULL;
}

static status
run(arena *a, const options *o)
{
    text out;
    if (option_given(o, "out")) return write_all(a, option_text(o, "out"));
    if (option_flag(o, "completion")) {
        CHECK(manual_completion(a, &out));
        return print(out);
    }
    if (option_flag(o, "exit-codes")) {
        CHECK(manual_exit_codes(a, &out));
        return print(out);
    }
    const verb *v = NULL;
    if (option_count(o) > 0 && !(v = find_verb(option_argument(o, 0)))) FAIL(ST_USAGE, "no such verb; peil --help lists them");
    CHECK(manual_page(a, v, &out));
    return print(out);
}

static const verb_option manual_options[] = {
    {.name = "out", .type = OPTION_TEXT, .metavar = "DIR", .help = "write the pages of all verbs into this folder"},
    {.name = "completion", .type = OPTION_FLAG, .help = "print the completion file for bash instead"},
    {.name = "exit-codes", .type = OPTION_FLAG, .help = "print the table of exit codes instead"},
    {0},
};

const verb verb_manual = {
    .name = "manual",
    .arguments = "[VERB]",
    .least = 0,
    .most = 1,
    .summary = "Print a manual page, the completion for bash or the exit codes.",
    .details = "The pages are made from the same tables as --help; man -l reads them. Without VERB: the page of peil itself.",
    .example = "peil manual estimate | man -l -\n  source <(peil manual --completion)",
    .options = manual_options,
    .run = run,
};
