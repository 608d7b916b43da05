#define _GNU_SOURCE
#include "agent.h"
#include "look.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { IDLE, ASKED, ANSWERED };

/* As long as crs-init may take to answer; then the process counts as unreadable. */
#define PATIENCE_MS 1000

int crs_ask_init(struct crs_agent *agent)
{
    char scope = '0';
    int fd = open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);

    agent->asks = -1;
    if (fd >= 0) {
        if (read(fd, &scope, 1) != 1)
            scope = '0';
        close(fd);
    }
    if (scope != '1')
        return 0;
    agent->asks = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return agent->asks < 0 ? -errno : 0;
}

int crs_ask_memory(struct crs_agent *agent, uint32_t slot, pid_t pid, uid_t uid, gid_t gid)
{
    const struct timespec step = {0, 10 * 1000000};
    const uint64_t one = 1;
    struct crs_ask *ask;

    if (agent->asks < 0 || slot >= CRS_ANSWERERS)
        return -EACCES;
    ask = &agent->shared->ask[slot];
    ask->pid = pid;
    ask->uid = uid;
    ask->gid = gid;
    ask->result = -EACCES;
    atomic_store(&ask->state, ASKED);
    if (write(agent->asks, &one, sizeof one) != sizeof one)
        return -EACCES;
    for (int waited = 0; waited < PATIENCE_MS && atomic_load(&ask->state) != ANSWERED; waited += 10)
        syscall(SYS_futex, &ask->state, FUTEX_WAIT, ASKED, &step, NULL, 0);
    if (atomic_exchange(&ask->state, IDLE) != ANSWERED)
        return -EACCES;
    return ask->result < 0 ? -EACCES : ask->result;
}

static void answer(struct crs_agent *agent, struct crs_ask *ask)
{
    uint32_t asked = ASKED;
    char name[32];
    int fd;

    if (atomic_load(&ask->state) != ASKED)
        return;
    snprintf(name, sizeof name, "%d/mem", ask->pid);
    crs_look_begin(ask->uid, ask->gid);
    fd = openat(agent->proc, name, O_RDONLY | O_CLOEXEC);
    fd = fd < 0 ? -errno : fd;
    crs_look_end();
    ask->result = fd;
    if (!atomic_compare_exchange_strong(&ask->state, &asked, ANSWERED) && fd >= 0)
        close(fd); /* the worker has given up, or is another one now */
    syscall(SYS_futex, &ask->state, FUTEX_WAKE, 1, NULL, NULL, 0);
}

void crs_ask_answer(struct crs_agent *agent)
{
    uint64_t many;

    if (read(agent->asks, &many, sizeof many) < 0)
        return;
    for (uint32_t i = 0; i < CRS_ANSWERERS; i++)
        answer(agent, &agent->shared->ask[i]);
}
