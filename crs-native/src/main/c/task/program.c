#define _GNU_SOURCE
#include "program.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Slots a process may lie in, counted from where its pid points. */
#define PROBES 32u
/* So many of those that are known are looked at whenever one comes to be known. */
#define SWEPT 4u

void crs_names_clear(struct crs_names *names)
{
    memset(names, 0, offsetof(struct crs_names, bytes));
}

void crs_names_add(struct crs_names *names, const char *name, size_t len)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (names->len[i] == len && memcmp(names->bytes + names->at[i], name, len) == 0)
            return;
    if (names->count == CRS_NAMES || len > sizeof names->bytes - names->used) {
        names->incomplete = 1;
        return;
    }
    memcpy(names->bytes + names->used, name, len);
    names->at[names->count] = names->used;
    names->len[names->count++] = (uint32_t)len;
    names->used += (uint32_t)len;
}

void crs_names_join(struct crs_names *names, const struct crs_names *more)
{
    for (uint32_t i = 0; i < more->count; i++)
        crs_names_add(names, more->bytes + more->at[i], more->len[i]);
}

struct crs_str crs_names_get(const struct crs_names *names, uint32_t i)
{
    struct crs_str none = {NULL, 0};

    if (i >= names->count)
        return none;
    return (struct crs_str){names->bytes + names->at[i], names->len[i]};
}

void crs_names_copy(struct crs_names *to, const struct crs_names *from)
{
    memcpy(to, from, offsetof(struct crs_names, bytes) + from->used);
}

void crs_programs_lock(struct crs_programs *programs)
{
    int32_t self = (int32_t)syscall(SYS_getpid), free = 0;

    while (!atomic_compare_exchange_weak_explicit(&programs->lock, &free, self, memory_order_acquire,
                                                  memory_order_relaxed)) {
        free = 0;
        sched_yield();
    }
}

void crs_programs_unlock(struct crs_programs *programs)
{
    atomic_store_explicit(&programs->lock, 0, memory_order_release);
}

void crs_programs_release(struct crs_programs *programs, pid_t dead)
{
    int32_t holder = (int32_t)dead;

    atomic_compare_exchange_strong(&programs->lock, &holder, 0);
}

static int is_gone(const struct crs_process *process)
{
    return kill(process->tgid, 0) != 0 && errno == ESRCH;
}

/* In this order, and the reverse when names are taken: whoever dies in between loses names, and gives them to nobody twice. */
static void forget(struct crs_programs *programs, struct crs_process *process)
{
    if (process->tgid == 0)
        return;
    process->tgid = 0;
    programs->free[programs->frees] = process->at;
    programs->frees++;
}

/* Looks whether a few of those whose names are held still live, so that the names of the dead do not pile up. */
static void sweep(struct crs_programs *programs)
{
    for (uint32_t i = 0; i < SWEPT && programs->made > 0; i++) {
        uint32_t at = programs->hand++ % programs->made;
        struct crs_process *process = &programs->process[programs->owner[at]];

        if (process->tgid != 0 && process->at == at && is_gone(process))
            forget(programs, process);
    }
}

static uint16_t take_names(struct crs_programs *programs)
{
    if (programs->frees > 0)
        return programs->free[--programs->frees];
    return (uint16_t)(programs->made < CRS_PROCESSES - 1 ? programs->made++ : programs->made);
}

/* A slot for a process that is not known: a free one, else that of the one not asked for longest. */
static struct crs_process *take_slot(struct crs_programs *programs, pid_t tgid, uint32_t now)
{
    struct crs_process *place = NULL;

    for (uint32_t i = 0; i < PROBES; i++) {
        struct crs_process *process = &programs->process[((uint32_t)tgid + i) % CRS_PROCESSES];

        if (process->tgid != 0 && is_gone(process))
            forget(programs, process);
        if (process->tgid == 0)
            return process;
        if (place == NULL || now - process->used > now - place->used)
            place = process;
    }
    forget(programs, place);
    return place;
}

struct crs_process *crs_process_find(struct crs_programs *programs, pid_t tgid, uint64_t start, int make)
{
    uint32_t now = atomic_fetch_add_explicit(&programs->clock, 1, memory_order_relaxed);
    struct crs_process *place;
    struct crs_process_names *names;

    for (uint32_t i = 0; i < PROBES; i++) {
        struct crs_process *process = &programs->process[((uint32_t)tgid + i) % CRS_PROCESSES];

        if (process->tgid != tgid)
            continue;
        if (process->start == start) {
            process->used = now;
            return process;
        }
        forget(programs, process); /* the pid was given out again */
    }
    if (!make)
        return NULL;
    sweep(programs);
    place = take_slot(programs, tgid, now);
    place->at = take_names(programs);
    programs->owner[place->at] = (uint16_t)(place - programs->process);
    names = crs_process_names(programs, place);
    crs_names_clear(&names->names);
    crs_names_clear(&names->ancestors);
    crs_names_clear(&names->next);
    place->start = start;
    place->used = now;
    place->pending = 0;
    place->drift_told = 0;
    place->tgid = tgid;
    return place;
}
