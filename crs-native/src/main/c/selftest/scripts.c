/* E: scripts, whose first line names what must not be executed, in every way it can be written. */
#define _GNU_SOURCE
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* %s is the folder. The interpreter is what must not be executed, or a script that has it for its own. */
static const char *const lines[] = {
    "#!%s/bin/tool\n",           "#! %s/bin/tool\n",          "#!\t %s/bin/tool\t \n",     "#!%s/bin/tool argument\n",
    "#!%s/bin/tool",             "#!%s/bin/./tool\n",         "#!/../..%s/bin/../bin/tool\n", "#!bin/tool\n",
    "#!./bin/tool -x\n",         "#!/proc/self/root%s/bin/tool\n", "#!/usr/bin/env %s/bin/tool\n", "#!%s/free/first\n",
    "#!%s/free/sub/tool\n",          "#!%s/bin/listed\n",
};

enum { CHAINED = 11, LINKED = 12 };

static int prepare(struct crs_trial *t, int how)
{
    char text[512];

    if (crs_step(t, "chdir", chdir(t->dir)) != 0)
        return -1;
    snprintf(text, sizeof text, "#!%s/bin/tool\n", t->dir);
    if (how == CHAINED && crs_write_file(crs_at(t, "free/first"), text) != 0)
        return crs_step(t, "open", -1);
    if (how == LINKED && crs_step(t, "symlink", symlink(crs_at(t, "bin/tool"), crs_at(t, "free/sub/tool"))) != 0)
        return -1;
    snprintf(text, sizeof text, lines[how], t->dir);
    return crs_write_file(crs_at(t, "free/script"), text) != 0 ? crs_step(t, "open", -1) : 0;
}

static int script(struct crs_trial *t, int how)
{
    return prepare(t, how) != 0 ? -1 : crs_exec_as(t, crs_at(t, "free/script"), "mark");
}

/* By a descriptor, which the kernel gives the interpreter as /dev/fd/N. */
static int by_descriptor(struct crs_trial *t, int how)
{
    char *const argv[] = {"mark", NULL}, *const none[] = {NULL};
    int fd = prepare(t, 0) != 0 ? -1 : crs_step(t, "open", open(crs_at(t, "free/script"), how));
    pid_t pid = fd < 0 ? -1 : fork();

    if (pid == 0) {
        syscall(SYS_execveat, fd, "", argv, none, AT_EMPTY_PATH);
        crs_step(t, "execveat", -1);
        _exit(126);
    }
    return pid < 0 ? -1 : crs_wait(t, pid);
}

#define SCRIPT(id, what, how) {"E3-" id, what, script, how, CRS_EFFECT_RAN, 0, NULL}

static const struct crs_technique table[] = {
    SCRIPT("interpreter", "as the interpreter of a script", 0), SCRIPT("blank", "the same, behind a blank", 1), SCRIPT("tabs", "the same, among tabs", 2),
    SCRIPT("argument", "the same, with an argument", 3), SCRIPT("no-newline", "the same, at the end of the file", 4), SCRIPT("dot", "the same, with .", 5),
    SCRIPT("dotdot", "the same, with ..", 6), SCRIPT("relative", "the same, by a relative name", 7), SCRIPT("relative-dot", "the same, from . and with an argument", 8),
    SCRIPT("proc", "the same, through /proc/self/root", 9), SCRIPT("env", "by env in a script", 10), SCRIPT("chain", "as the interpreter of a script's interpreter", 11),
    SCRIPT("link", "the same, by a link", 12), SCRIPT("script", "a script that is not of the image", 13),
    {"E3-fd", "a script by its descriptor", by_descriptor, O_RDONLY, CRS_EFFECT_RAN, 0, NULL},
    {"E3-path-fd", "a script by an O_PATH descriptor", by_descriptor, O_PATH, CRS_EFFECT_RAN, 0, NULL},
};

CRS_SECTION('E', scripts, "Whatever is executed: scripts", table);
