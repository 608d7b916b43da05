/* What both couriers have in common, and what crs-init does for one that has died. */
#define _GNU_SOURCE
#include "backend.h"

#include "log.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define BACKOFF_FIRST_MS 200
#define BACKOFF_MAX_MS   60000

int64_t crs_monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t crs_backoff_next(uint32_t *failures)
{
    int64_t most = *failures > 8 ? BACKOFF_MAX_MS : (int64_t)BACKOFF_FIRST_MS << *failures;
    uint32_t random;

    if (most > BACKOFF_MAX_MS)
        most = BACKOFF_MAX_MS;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
        random = (uint32_t)crs_monotonic_ms() * 2654435761u;
    ++*failures;
    return most / 2 + (int64_t)(random % (uint32_t)(most / 2 + 1));
}

void crs_courier_tell(struct crs_backend *backend, enum crs_courier which, const char *reason)
{
    static char last[256]; /* a courier is one process with one thread */

    if (strncmp(last, reason, sizeof last - 1) == 0)
        return;
    strncpy(last, reason, sizeof last - 1);
    crs_log(CRS_LOG_WARN, "%s", reason);
    crs_event_health(backend->ring, backend->slot[which], backend->source, reason);
}

void crs_courier(struct crs_backend *backend, enum crs_courier which)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0); /* as workers are, out of the application's group */
    if (getppid() != backend->parent)
        _exit(1);
    if (which == CRS_COURIER_EVENTS)
        crs_deliver(backend);
    crs_follow(backend);
}

void crs_courier_clean(struct crs_backend *backend, enum crs_courier which, pid_t pid)
{
    int32_t holder = (int32_t)pid;

    for (int i = 0; i < 2; i++) {
        int32_t fd = atomic_exchange(&backend->shared->open[which][i], 0);

        if (fd > 0)
            close(fd - 1);
    }
    if (which == CRS_COURIER_POLICY)
        crs_offer_withdraw(&backend->shared->offers);
    atomic_compare_exchange_strong(&backend->shared->session.lock, &holder, 0);
}
