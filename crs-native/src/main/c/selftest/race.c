#define _GNU_SOURCE
#include "race.h"

#include "attempt.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define RACE_MS      300
#define LONGEST_MS   3000 /* where the processors are busy: a race that nobody ran says nothing */

struct crs_race *crs_race;

int crs_race_begin(struct crs_trial *t, const void *allowed, const void *denied, size_t size)
{
    crs_race = mmap(NULL, sizeof *crs_race, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (crs_race == MAP_FAILED)
        return crs_step(t, "mmap", -1);
    crs_race->t = t;
    crs_race->size = size;
    memcpy(crs_race->value[0], allowed, size);
    memcpy(crs_race->value[1], denied, size);
    memcpy(crs_race->now, allowed, size);
    return 0;
}

void *crs_race_flip(void *unused)
{
    for (unsigned i = 0; !atomic_load(&crs_race->done); i++) {
        memcpy(crs_race->now, crs_race->value[i & 1], crs_race->size);
        __asm__ volatile("" ::: "memory");
    }
    return unused;
}

static pid_t other_process(void *(*routine)(void *))
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    routine(NULL);
    _exit(0);
}

int crs_race_run(struct crs_trial *t, enum crs_rival by, void *(*other)(void *), void (*once)(struct crs_trial *, int), int how)
{
    int64_t begun = crs_now_ms();
    pid_t pid = by == CRS_BY_PROCESS ? other_process(other) : 0;
    pthread_t thread;

    if (pid < 0)
        return crs_step(t, "fork", -1);
    errno = by == CRS_BY_THREAD ? pthread_create(&thread, NULL, other, NULL) : 0;
    if (errno != 0)
        return crs_step(t, "pthread_create", -1);
    for (int64_t now = begun; now < begun + RACE_MS || (t->tries < CRS_ENOUGH_TRIES && now < begun + LONGEST_MS); now = crs_now_ms()) {
        once(t, how);
        t->tries++;
    }
    atomic_store(&crs_race->done, 1);
    if (by == CRS_BY_THREAD)
        pthread_join(thread, NULL);
    if (pid > 0) {
        crs_end(pid);
        crs_wait(t, pid);
    }
    return 0;
}
