#define _GNU_SOURCE
#include "check.h"
#include "proc_stat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REST " S 7 8 8 34817 9 4194560 1 2 3 4 5 6 7 8 20 0 1 0 1234567 99 100 0\n"

static struct crs_proc_stat stat;

static int parse(const char *text)
{
    char copy[512];

    strcpy(copy, text);
    return crs_proc_stat_parse(copy, strlen(copy), &stat);
}

static int is_whole(void)
{
    return stat.state == 'S' && stat.parent == 7 && stat.terminal == 34817 && stat.start == 1234567;
}

static void takes_whatever_name_a_program_gave_itself(void)
{
    CHECK(parse("41 (cat)" REST) == 0 && is_whole() && strcmp(stat.name, "cat") == 0);
    CHECK(parse("41 (a) S 1 (b)" REST) == 0 && is_whole() && strcmp(stat.name, "a) S 1 (b") == 0);
    CHECK(parse("41 (\n) Z 0)" REST) == 0 && is_whole());
    CHECK(parse("41 ()" REST) == 0 && is_whole() && stat.name[0] == '\0');
    CHECK(parse("41 (0123456789abcdefghij)" REST) == 0 && is_whole() && strcmp(stat.name, "0123456789abcde") == 0);
}

static void refuses_what_no_kernel_writes(void)
{
    static const char *const texts[] = {"", "41", "41 (cat", "41 (cat)", "41 (cat) ", "41 cat) S 1", ")(", "41 (cat) S 7 8 8 34817"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        CHECK(parse(texts[i]) == -EPROTO);
}

static void reads_this_process(void)
{
    int proc = open("/proc", O_PATH | O_DIRECTORY);
    char path[32];

    snprintf(path, sizeof path, "%d/stat", (int)getpid());
    CHECK(crs_proc_stat_read(proc, path, &stat) == 0 && stat.parent == getppid() && stat.start > 0 && stat.state == 'R');
    CHECK(crs_proc_stat_read(proc, "0/stat", &stat) == -ESRCH);
    close(proc);
}

int main(void)
{
    takes_whatever_name_a_program_gave_itself();
    refuses_what_no_kernel_writes();
    reads_this_process();
    return 0;
}
