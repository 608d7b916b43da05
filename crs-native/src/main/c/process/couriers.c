#define _GNU_SOURCE
#include "couriers.h"

#include "config.h"
#include "proxy.h"
#include "supervisor.h"
#include "tls.h"

#include <errno.h>
#include <mbedtls/sha256.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WELL_MS   60000 /* one that lived so long is no courier that keeps dying */
#define SETTLE_MS 5

static struct crs_backend backend;

static void choose_proxy(struct crs_supervisor *s, const struct crs_config *config)
{
    char told[256];
    const char *why;

    if (config->mq_proxy[0] == '\0' || crs_proxy_bypassed(config->mq_no_proxy, &backend.url) ||
        crs_proxy_parse(config->mq_proxy, &backend.proxy, &why) == 0)
        return;
    memset(&backend.proxy, 0, sizeof backend.proxy);
    snprintf(told, sizeof told, "no proxy is used: %s", why);
    crs_tell(s, told);
}

static void check_tls(struct crs_supervisor *s, const struct crs_config *config)
{
    if (!backend.url.secure)
        return;
    backend.skip_verify = config->mq_skip_verify_tls;
    if (backend.skip_verify)
        crs_tell(s, "the back end's certificate is NOT verified: whoever is between can read events and replace the policy");
    else if (crs_tls_authorities(config->mq_ca_file) != 0)
        crs_tell(s, "there is no bundle of certificates of authorities: no back end can be trusted; mqCaFile names one");
}

int crs_couriers_prepare(struct crs_supervisor *s, const struct crs_config *config, const struct crs_sink_url *url)
{
    struct crs_agent *agent = s->agent;
    int result;

    backend.shared = mmap(NULL, sizeof *backend.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (backend.shared == MAP_FAILED)
        return -errno;
    result = crs_offers_init(&backend.shared->offers);
    if (result != 0)
        return result;
    backend.outbox = crs_sink_outbox(s->sink);
    backend.ring = agent->ring;
    backend.source = &agent->source;
    backend.image_digest = config->image_digest;
    backend.architecture = agent->table.arch == CRS_ARCH_X86_64 ? "x86_64" : "aarch64";
    backend.url = url->http;
    for (uint32_t i = 0; i < CRS_COURIERS; i++)
        backend.slot[i] = CRS_SLOT_COURIER + i;
    s->couriers.backend = &backend;
    choose_proxy(s, config);
    check_tls(s, config);
    return 0;
}

static int start_one(struct crs_supervisor *s, enum crs_courier which)
{
    struct crs_couriers *couriers = &s->couriers;
    struct crs_table *table = &s->agent->table;
    long pid;

    backend.parent = getpid();
    if (mbedtls_sha256_ret(table->bytes, table->size, backend.table_digest, 0) != 0)
        return -EIO;
    pid = syscall(SYS_clone, (unsigned long)(CLONE_FILES | SIGCHLD), 0, 0, 0, 0);
    if (pid < 0)
        return -errno;
    if (pid == 0)
        crs_courier(couriers->backend, which);
    couriers->pid[which] = (pid_t)pid;
    couriers->started_ms[which] = crs_monotonic_ms();
    couriers->due_ms[which] = 0;
    s->agent->shared->filter.agent[1 + CRS_WORKERS + which] = (int32_t)pid;
    return 0;
}

int crs_couriers_start(struct crs_supervisor *s)
{
    int result = 0;

    for (uint32_t i = 0; i < CRS_COURIERS && s->couriers.backend != NULL && result == 0; i++)
        result = start_one(s, i);
    return result;
}

void crs_courier_ended(struct crs_supervisor *s, pid_t pid)
{
    struct crs_couriers *couriers = &s->couriers;

    for (uint32_t i = 0; i < CRS_COURIERS; i++) {
        int64_t now = crs_monotonic_ms();

        if (couriers->pid[i] != pid || pid == 0)
            continue;
        couriers->pid[i] = 0;
        crs_courier_clean(couriers->backend, i, pid);
        if (now - couriers->started_ms[i] >= WELL_MS)
            couriers->deaths[i] = 0;
        couriers->due_ms[i] = now + crs_backoff_next(&couriers->deaths[i]);
        crs_tell(s, i == CRS_COURIER_EVENTS ? "the courier of events died and is replaced"
                                            : "the courier of the policy died and is replaced");
    }
}

int crs_couriers_fd(const struct crs_supervisor *s)
{
    return s->couriers.backend == NULL ? -1 : s->couriers.backend->shared->offers.wake_fd;
}

/* Puts the offer taken in force; the table in force stays where none came. 0, -EBUSY or another -errno with `why`. */
static int put_in_force(struct crs_supervisor *s, char *why, size_t why_size)
{
    const struct crs_offer *offer = &s->couriers.offer;
    const struct crs_table *table = &s->agent->table;
    struct crs_live_modes modes = {offer->policy_mode, s->log_mode >= 0 ? s->log_mode : offer->log_mode};
    void *bytes;
    int result;

    if (offer->passive)
        modes.mode = CRS_PERMISSIVE;
    if (offer->fd < 0)
        return crs_policy_replace(s, table->bytes, table->size, modes, why, why_size);
    bytes = mmap(NULL, offer->size == 0 ? 1 : offer->size, PROT_READ, MAP_PRIVATE, offer->fd, 0);
    if (bytes == MAP_FAILED)
        return -errno;
    result = crs_policy_replace(s, bytes, offer->size, modes, why, why_size);
    munmap(bytes, offer->size == 0 ? 1 : offer->size);
    return result;
}

/* Takes an offer as far as it goes now. */
static void take_offer(struct crs_supervisor *s)
{
    struct crs_couriers *couriers = &s->couriers;
    char why[CRS_OFFER_WHY] = "";
    int result;

    if (!couriers->waiting && !crs_offer_take(&couriers->backend->shared->offers, &couriers->offer))
        return;
    result = put_in_force(s, why, sizeof why);
    couriers->waiting = result == -EBUSY;
    if (couriers->waiting)
        return;
    if (couriers->offer.fd >= 0)
        close(couriers->offer.fd);
    couriers->settling = result == 0;
    if (result != 0)
        crs_offer_answer(&couriers->backend->shared->offers, why[0] != '\0' ? why : strerror(-result));
}

int crs_couriers_look(struct crs_supervisor *s)
{
    struct crs_couriers *couriers = &s->couriers;
    int64_t now = crs_monotonic_ms(), wait = -1;

    if (couriers->backend == NULL)
        return -1;
    for (uint32_t i = 0; i < CRS_COURIERS; i++) {
        int64_t left = couriers->due_ms[i] - now;

        if (couriers->pid[i] != 0 || couriers->due_ms[i] == 0)
            continue;
        if (left <= 0 && start_one(s, i) != 0) {
            left = crs_backoff_next(&couriers->deaths[i]);
            couriers->due_ms[i] = now + left;
        }
        if (left > 0 && (wait < 0 || left < wait))
            wait = left;
    }
    if (couriers->settling && !s->settling) {
        couriers->settling = 0;
        crs_offer_answer(&couriers->backend->shared->offers, NULL);
    }
    if (!couriers->settling)
        take_offer(s);
    return couriers->settling || couriers->waiting ? SETTLE_MS : (int)wait;
}

int crs_couriers_has(const struct crs_couriers *couriers, pid_t pid)
{
    for (uint32_t i = 0; i < CRS_COURIERS; i++)
        if (couriers->pid[i] == pid && pid != 0)
            return 1;
    return 0;
}

void crs_couriers_stop(struct crs_supervisor *s)
{
    for (uint32_t i = 0; i < CRS_COURIERS; i++)
        if (s->couriers.pid[i] > 0) {
            kill(s->couriers.pid[i], SIGKILL);
            waitpid(s->couriers.pid[i], NULL, 0);
            s->couriers.pid[i] = 0;
        }
}
