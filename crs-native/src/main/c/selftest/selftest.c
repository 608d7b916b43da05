/*
 * crs-selftest: tries every way past the agent that is known, on this host or in this container, and prints which are
 * held. It knows nothing of them: they are the tables of the sections.
 */
#define _GNU_SOURCE
#include "attempt.h"
#include "judge.h"
#include "show.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_FAILED 3

static const char usage[] =
    "usage: crs-selftest [--json] [--only ID[,ID...]] [--folder FOLDER] [--keep] [--list]\n"
    "\n"
    "Tries the known ways past the agent; crs-init and its table lie beside this program. ID is a row's, or begins it.\n"
    "Exit status: 0 all held, 1 some not, 2 wrong usage, 3 it could not run. Documented limits make no difference.\n";

struct options {
    const char *only, *folder, *attempt;
    enum crs_form form;
    int keep, list, deed;
};

static struct crs_judge judge;
static volatile sig_atomic_t stopped;

static void stop(int number)
{
    (void)number; /* after the row at hand everything is put away */
    stopped = 1;
}

static const char *program_name(const char *path)
{
    const char *slash = path == NULL ? NULL : strrchr(path, '/');

    return slash == NULL ? path == NULL ? "" : path : slash + 1;
}

/* An id, or what it begins with, is in the list. */
static int is_wanted(const char *id, const char *only)
{
    for (const char *at = only; at != NULL; at = *at == '\0' ? NULL : at + (*at == ',')) {
        size_t length = strcspn(at, ",");

        if (length > 0 && strncmp(at, id, length) == 0)
            return 1;
        at += length;
    }
    return only == NULL;
}

static int parse(int argc, char *argv[], struct options *out)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            out->form = CRS_FORM_JSON;
        else if (strcmp(argv[i], "--tabs") == 0)
            out->form = CRS_FORM_TABS;
        else if (strcmp(argv[i], "--keep") == 0)
            out->keep = 1;
        else if (strcmp(argv[i], "--list") == 0)
            out->list = 1;
        else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
            out->only = argv[++i];
        else if (strcmp(argv[i], "--folder") == 0 && i + 1 < argc)
            out->folder = argv[++i];
        else if (strcmp(argv[i], "--attempt") == 0 && i + 1 < argc)
            out->attempt = argv[++i];
        else if (strcmp(argv[i], "--deed") == 0 && i + 1 < argc)
            out->deed = atoi(argv[++i]) + 1;
        else
            return -EINVAL;
    }
    return 0;
}

/* One that may enter the folder, too: else nothing could be told of it. */
static int another_user_can_be_had(void)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        int result = crs_become(CRS_ANOTHER_USER) == 0 ? 0 : 1;

        if (result == 0 && access(judge.place.dir, X_OK) != 0) {
            fprintf(stderr, "crs-selftest: another user may not enter %s, and tries nothing\n", judge.place.dir);
            result = 1;
        }
        _exit(result);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static size_t choose_users(struct crs_user users[3])
{
    static char name[16];
    uid_t self = geteuid();

    snprintf(name, sizeof name, "%u", self);
    users[0] = (struct crs_user){name, self, self};
    if (self != 0 || !another_user_can_be_had())
        return 1;
    users[1] = (struct crs_user){"1000", CRS_ANOTHER_USER, CRS_ANOTHER_USER};
    users[2] = (struct crs_user){"0>1000", 0, CRS_ANOTHER_USER};
    return 3;
}

static void count(struct crs_sum *sum, const struct crs_row *row)
{
    if (row->result == CRS_NOT_APPLICABLE)
        sum->not_applicable++;
    else if (row->result == CRS_HELD)
        sum->held++;
    else if (row->limit)
        sum->limits++;
    else
        sum->not_held++;
}

static void all_rows(const struct options *options, struct crs_sum *sum)
{
    struct crs_user users[3];
    size_t number = choose_users(users);
    struct crs_row row;

    for (size_t s = 0; crs_sections[s] != NULL; s++)
        for (size_t i = 0; i < crs_sections[s]->count; i++)
            for (size_t u = 0; u < number && !stopped && is_wanted(crs_sections[s]->first[i].id, options->only); u++) {
                crs_judge_row(&judge, &crs_sections[s]->first[i], &users[u], &row);
                crs_show_row(crs_sections[s], &crs_sections[s]->first[i], &users[u], &row, options->form);
                count(sum, &row);
            }
}

static int list(void)
{
    for (size_t s = 0; crs_sections[s] != NULL; s++)
        for (size_t i = 0; i < crs_sections[s]->count; i++)
            printf("%s\t%s%s%s\n", crs_sections[s]->first[i].id, crs_sections[s]->first[i].what,
                   crs_sections[s]->first[i].limit != NULL ? "\tlimit: " : "",
                   crs_sections[s]->first[i].limit != NULL ? crs_sections[s]->first[i].limit : "");
    return 0;
}

static int run(const struct options *options)
{
    const char *const usual[] = {"/tmp/crs-selftest", "/dev/shm/crs-selftest", NULL}, *const given[] = {options->folder, NULL};
    struct crs_sum sum = {0};
    char folder[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
    int result;

    folder[length < 0 ? 0 : length] = '\0';
    if (strrchr(folder, '/') != NULL)
        *strrchr(folder, '/') = '\0';
    umask(022);
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    result = crs_place_make(&judge.place, options->folder != NULL ? given : usual, folder);
    if (result == 0)
        result = crs_judge_start(&judge);
    if (result != 0) {
        fprintf(stderr, "crs-selftest: cannot prepare its folder: %s\n", strerror(-result));
        return EXIT_FAILED;
    }
    crs_show_host(&judge, options->form);
    all_rows(options, &sum);
    if (!stopped)
        crs_show_sum(&sum, options->form);
    if (!options->keep)
        crs_place_remove(&judge.place);
    if (stopped)
        return EXIT_FAILED;
    if (sum.held + sum.not_held == 0) {
        fprintf(stderr, "crs-selftest: nothing could be tried\n");
        return EXIT_FAILED;
    }
    return sum.not_held != 0;
}

int main(int argc, char *argv[])
{
    static const char *const own[] = {"mark", "tool", "listed", "reader", "suid"};
    struct options options = {0};

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(program_name(argv[0]), own[i]) == 0)
            return crs_attempt_mark(own[i]);
    if (parse(argc, argv, &options) != 0) {
        fputs(usage, stderr);
        return 2;
    }
    if (options.attempt != NULL)
        return crs_attempt_inside(options.attempt);
    if (options.deed > 0)
        return crs_attempt_deed(options.deed - 1);
    return options.list ? list() : run(&options);
}
