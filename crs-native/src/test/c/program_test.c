#define _GNU_SOURCE
#include "check.h"
#include "program.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct crs_programs *programs;

static int is(struct crs_str name, const char *text)
{
    return name.s != NULL && name.len == strlen(text) && memcmp(name.s, text, name.len) == 0;
}

static void keeps_each_name_once_and_in_order(void)
{
    static struct crs_names names, copy;

    crs_names_clear(&names);
    crs_names_add(&names, "/bin/busybox", 12);
    crs_names_add(&names, "/bin/cat", 8);
    crs_names_add(&names, "/bin/busybox", 12);
    CHECK(names.count == 2 && !names.incomplete);
    crs_names_copy(&copy, &names);
    CHECK(is(crs_names_get(&copy, 0), "/bin/busybox") && is(crs_names_get(&copy, 1), "/bin/cat"));
    CHECK(crs_names_get(&copy, 2).s == NULL);
}

static void tells_of_names_that_do_not_fit(void)
{
    static struct crs_names names;
    static char name[CRS_NAMES_SIZE];

    crs_names_clear(&names);
    memset(name, 'x', sizeof name);
    crs_names_add(&names, name, sizeof name - 1);
    CHECK(names.count == 1 && !names.incomplete);
    crs_names_add(&names, "/b", 2);
    CHECK(names.count == 1 && names.incomplete);
    crs_names_clear(&names);
    for (char c = 'a'; c <= 'z'; c++)
        crs_names_add(&names, &c, 1);
    CHECK(names.count == CRS_NAMES && names.incomplete);
}

static struct crs_names *names_of(const struct crs_process *process)
{
    return &crs_process_names(programs, process)->names;
}

static void a_pid_given_out_again_is_another_process(void)
{
    struct crs_process *first = crs_process_find(programs, getpid(), 7, 1);

    crs_names_add(names_of(first), "/bin/first", 10);
    CHECK(crs_process_find(programs, getpid(), 7, 0) == first && names_of(first)->count == 1);
    CHECK(crs_process_find(programs, getpid(), 8, 0) == NULL);
    CHECK(names_of(crs_process_find(programs, getpid(), 8, 1))->count == 0);
    CHECK(crs_process_find(programs, getpid(), 7, 0) == NULL);
}

/* Pids that point to one slot; all but ours are of nobody. */
static void the_dead_make_room_and_the_living_stay(void)
{
    pid_t self = getpid();

    crs_names_add(names_of(crs_process_find(programs, self, 1, 1)), "/bin/self", 9);
    for (int i = 1; i < 200; i++)
        CHECK(crs_process_find(programs, self + i * (int)CRS_PROCESSES * 1024, 1, 1) != NULL);
    CHECK(crs_process_find(programs, self, 1, 0) != NULL);
    CHECK(is(crs_names_get(names_of(crs_process_find(programs, self, 1, 0)), 0), "/bin/self"));
}

/* However many processes come and go, memory is that of those that live. */
static void names_of_the_dead_are_taken_again(void)
{
    pid_t nobody = 1 << 22; /* beyond every pid */
    uint32_t before = programs->made;

    for (int i = 0; i < 20000; i++)
        CHECK(crs_process_find(programs, nobody + i, 1, 1) != NULL);
    CHECK(programs->made - before < 64);
    CHECK(programs->frees <= programs->made);
}

static void a_lock_of_a_dead_process_is_released(void)
{
    crs_programs_lock(programs);
    crs_programs_release(programs, getpid() + 1);
    CHECK(atomic_load(&programs->lock) == getpid());
    crs_programs_release(programs, getpid());
    CHECK(atomic_load(&programs->lock) == 0);
    crs_programs_lock(programs);
    crs_programs_unlock(programs);
}

int main(void)
{
    programs = calloc(1, sizeof *programs);
    CHECK(programs != NULL);
    keeps_each_name_once_and_in_order();
    tells_of_names_that_do_not_fit();
    a_pid_given_out_again_is_another_process();
    the_dead_make_room_and_the_living_stay();
    names_of_the_dead_are_taken_again();
    a_lock_of_a_dead_process_is_released();
    free(programs);
    return 0;
}
