#define _GNU_SOURCE
#include "check.h"
#include "supervisor.h"
#include "table_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/crs-start.XXXXXX";
static char out[PATH_MAX];

static void make(const char *path, mode_t mode)
{
    FILE *file = fopen(path, "w");

    CHECK(file != NULL && fputs("#!/bin/sh\n", file) >= 0 && fclose(file) == 0 && chmod(path, mode) == 0);
}

static void finds_programs_as_execvp_does(void)
{
    CHECK(mkdir("a", 0755) == 0 && mkdir("b", 0755) == 0);
    make("a/data", 0644);
    make("b/data", 0755);
    make("a/only", 0644);
    CHECK(crs_find_program("data", "a:b", out, sizeof out) == 0 && strcmp(out, "b/data") == 0);
    CHECK(crs_find_program("only", "a:b", out, sizeof out) == -EACCES);
    CHECK(crs_find_program("a", ".", out, sizeof out) == -EACCES);
    CHECK(crs_find_program("none", "a:b", out, sizeof out) == -ENOENT);
    CHECK(crs_find_program("", "a:b", out, sizeof out) == -ENOENT);
    CHECK(crs_find_program("data", "", out, sizeof out) == -ENOENT);
}

static void takes_a_path_as_it_is(void)
{
    CHECK(crs_find_program("./none", "a", out, sizeof out) == 0 && strcmp(out, "./none") == 0);
    CHECK(crs_find_program("/much/too/long", "a", out, 5) == -ENAMETOOLONG);
}

static void an_empty_element_is_the_working_folder(void)
{
    make("here", 0755);
    CHECK(crs_find_program("here", "a::b", out, sizeof out) == 0 && strcmp(out, "here") == 0);
}

static void loads_no_table_that_is_none(void)
{
    static struct crs_table table;

    CHECK(crs_table_load(&table, "none") == -ENOENT);
    CHECK(crs_table_load(&table, "a") == -EINVAL);
    CHECK(crs_table_load(&table, "/dev/zero") == -EINVAL);
    CHECK(crs_table_load(&table, "here") == -EINVAL && table.error[0] != '\0');
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL && chdir(folder) == 0);
    finds_programs_as_execvp_does();
    takes_a_path_as_it_is();
    an_empty_element_is_the_working_folder();
    loads_no_table_that_is_none();
    CHECK(chdir("/") == 0);
    return execl("/bin/rm", "rm", "-rf", folder, (char *)NULL);
}
