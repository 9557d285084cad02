/* Any bytes as the files of stat, check, follow, controls and paths: an answer or an error, never a fault. The first byte names the command;
 * two files are parted by a line of "==". */
#include "cli/verb.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* {} and [] stand for the files. */
static const char *const commands[] = {
    "check {} --all",
    "check {} --json",
    "stat km {} --time time --event event --start start --by g",
    "stat aj {} --time time --event event --start start --id id --by g",
    "stat ghosh-lin {} --time time --event event --start start --id id --json",
    "stat cox {} --time time --event event --start start --covariates x,g --strata s --cluster id",
    "stat cox {} --time time --event event --covariates x --ties breslow",
    "stat finegray {} --time time --event event=1 --start start --covariates x",
    "stat logrank {} --time time --event event --by g,s",
    "stat clogit {} --event event --strata s --covariates x",
    "stat table {} --samples 20",
    "stat mh {}",
    "stat rates {}",
    "stat ranks {} --value x --by g",
    "stat welch {} --value x --by g",
    "follow --cohort {} --events [] --json",
    "follow --cohort {} --events [] --by sex --same-case 7 --eligibility calendar",
    "controls --cases {} --population [] --per-case 3 --out /dev/null",
    "controls --cases {} --population [] --whole --out /dev/null",
    "paths --cohort {} --trajectories []",
};

static void
open_file(const uint8_t *bytes, size_t n, int *fd, char path[32])
{
    *fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (*fd < 0 || (n && write(*fd, bytes, n) != (ssize_t)n)) abort();
    snprintf(path, 32, "/proc/self/fd/%d", *fd);
}

static void
run(const char *command, char one[32], char two[32])
{
    char copy[160], *word[24], *rest = copy;
    int words = 0;
    snprintf(copy, sizeof copy, "%s", command);
    for (char *w; (w = strtok_r(rest, " ", &rest));) word[words++] = strcmp(w, "{}") == 0 ? one : strcmp(w, "[]") == 0 ? two : w;
    word[words] = NULL;
    int verb_at = 0;
    while (strcmp(verbs[verb_at]->name, word[0]) != 0) verb_at++;
    if (verb_execute(verbs[verb_at], words, word) != ST_OK && !status_detail()[0]) __builtin_trap();
    fflush(stdout);
    fflush(stderr);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 2) return 0;
    const char *command = commands[bytes[0] % (sizeof commands / sizeof *commands)];
    const uint8_t *cut = memmem(bytes, n, "\n==\n", 4), *end = bytes + n;
    int fd[2], kept[2];
    char path[2][32];
    open_file(bytes + 1, (size_t)((cut ? cut + 1 : end) - bytes - 1), &fd[0], path[0]);
    open_file(cut ? cut + 4 : end, cut ? (size_t)(end - cut - 4) : 0, &fd[1], path[1]);
    fflush(stdout);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (int k = 0; k < 2; k++) {
        kept[k] = dup(1 + k);
        dup2(nowhere, 1 + k);
    }
    run(command, path[0], path[1]);
    for (int k = 0; k < 2; k++) {
        dup2(kept[k], 1 + k);
        close(kept[k]);
        close(fd[k]);
    }
    close(nowhere);
    return 0;
}
