#define _GNU_SOURCE
#include "show.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

static void text(const char *name, const char *value)
{
    printf("\"%s\":\"", name);
    for (; *value != '\0'; value++) {
        unsigned char c = (unsigned char)*value;

        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20 || c > 0x7e)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

/* The first line of a file, or "". */
static void first_line(const char *path, char *line, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, line, size - 1);

    if (fd >= 0)
        close(fd);
    line[got > 0 ? got : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
}

static void of_status(const char *status, const char *field, char *value, size_t size)
{
    const char *at = strstr(status, field);

    value[0] = '\0';
    if (at != NULL)
        snprintf(value, size, "%.*s", (int)strcspn(at + strlen(field), "\n"), at + strlen(field));
}

static void read_status(char *status, size_t size)
{
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, status, size - 1);

    if (fd >= 0)
        close(fd);
    status[got > 0 ? got : 0] = '\0';
}

void crs_show_host(const struct crs_judge *judge, int json)
{
    char status[8192], capabilities[32], privileges[16], seccomp[16], yama[16], lsm[128];
    struct utsname name = {0};
    struct statvfs root = {0};

    uname(&name);
    statvfs("/", &root);
    read_status(status, sizeof status);
    of_status(status, "\nCapEff:\t", capabilities, sizeof capabilities);
    of_status(status, "\nNoNewPrivs:\t", privileges, sizeof privileges);
    of_status(status, "\nSeccomp:\t", seccomp, sizeof seccomp);
    first_line("/proc/sys/kernel/yama/ptrace_scope", yama, sizeof yama);
    first_line("/sys/kernel/security/lsm", lsm, sizeof lsm);
    if (!json) {
        printf("Linux %s, user %d, capabilities %s, no_new_privs %s, seccomp %s, Yama %s, LSM %s, folder %s%s\n\n", name.release,
               (int)geteuid(), capabilities, privileges, seccomp, yama[0] ? yama : "-", lsm[0] ? lsm : "-",
               judge->place.dir, judge->place.executable ? "" : " (nothing in it may be executed)");
        return;
    }
    printf("{\"host\":{");
    text("kernel", name.release);
    printf(",\"uid\":%d,", (int)geteuid());
    text("capabilities", capabilities);
    printf(",\"noNewPrivs\":%s,\"seccomp\":%d,\"yama\":%s,", privileges[0] == '1' ? "true" : "false",
           seccomp[0] >= '0' ? seccomp[0] - '0' : 0, yama[0] ? yama : "null");
    text("lsm", lsm);
    printf(",\"socketDuplicates\":%s,\"readOnlyRoot\":%s,\"executableFolder\":%s,", judge->no_duplicate ? "false" : "true",
           root.f_flag & ST_RDONLY ? "true" : "false", judge->place.executable ? "true" : "false");
    text("folder", judge->place.dir);
    printf("}}\n");
}

void crs_show_row(const struct crs_section *section, const struct crs_technique *technique, const struct crs_user *user,
                  const struct crs_row *row, int json)
{
    static const char *const results[] = {"HELD", "NOT_HELD", "NOT_APPLICABLE"};
    static char last;

    if (!json) {
        if (last != section->letter)
            printf("%s%c  %s\n", last ? "\n" : "", section->letter, section->title);
        last = section->letter;
        printf("%-14s %-24s %-8s %s%s (%s)\n", results[row->result], technique->id, user->name, technique->what,
               row->limit ? " [documented limit]" : "", row->why);
        fflush(stdout);
        return;
    }
    putchar('{');
    text("id", technique->id);
    putchar(',');
    text("technique", technique->what);
    printf(",\"section\":\"%c\",", section->letter);
    text("user", user->name);
    printf(",\"baseline\":%s,", row->baseline ? "true" : "false");
    text("result", results[row->result]);
    putchar(',');
    text("why", row->why);
    printf(",\"via\":\"%s\"", row->event ? "yes" : "no");
    if (row->limit) {
        printf(",\"limit\":true,");
        text("limitWhy", technique->limit);
    }
    printf("}\n");
    fflush(stdout);
}

void crs_show_sum(const struct crs_sum *sum, int json)
{
    printf(json ? "{\"summary\":{\"held\":%u,\"notHeld\":%u,\"limits\":%u,\"notApplicable\":%u}}\n"
                : "\n%u held, %u not held, %u documented limits, %u not applicable here\n",
           sum->held, sum->not_held, sum->limits, sum->not_applicable);
    fflush(stdout);
}
