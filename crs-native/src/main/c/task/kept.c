#define _GNU_SOURCE
#include "kept.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

struct crs_kept_process *crs_kept_find(struct crs_kept *kept, pid_t tgid, uint64_t start)
{
    for (uint32_t i = 0; i < kept->end; i++)
        if (kept->process[i].tgid == tgid && kept->process[i].start == start)
            return &kept->process[i];
    return NULL;
}

static void empty(struct crs_kept_process *process)
{
    if (process->mem >= 0)
        close(process->mem);
    if (process->cwd >= 0)
        close(process->cwd);
    if (process->root >= 0)
        close(process->root);
    process->tgid = 0;
}

int crs_kept_add(struct crs_kept *kept, const struct crs_kept_process *process)
{
    struct crs_kept_process *place = NULL;

    for (uint32_t i = 0; i < CRS_KEPT; i++) {
        struct crs_kept_process *old = &kept->process[i];

        if (old->tgid != 0 && (old->tgid == process->tgid || (kill(old->tgid, 0) != 0 && errno == ESRCH)))
            empty(old);
        if (old->tgid == 0 && place == NULL)
            place = old;
    }
    if (place == NULL)
        return -ENOSPC;
    *place = *process;
    if (place - kept->process >= kept->end)
        kept->end = (uint32_t)(place - kept->process) + 1;
    return 0;
}

void crs_kept_move(int32_t *folder, int to)
{
    if (*folder >= 0)
        close(*folder);
    *folder = to;
}

void crs_kept_drop(struct crs_kept *kept, pid_t tgid)
{
    for (uint32_t i = 0; i < kept->end; i++)
        if (kept->process[i].tgid == tgid)
            empty(&kept->process[i]);
}
