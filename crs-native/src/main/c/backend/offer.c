#define _GNU_SOURCE
#include "offer.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { IDLE, OFFERED, TAKEN, APPLIED, REFUSED };

#define STEP_MS 50

int crs_offers_init(struct crs_offers *offers)
{
    offers->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return offers->wake_fd < 0 ? -errno : 0;
}

int crs_offer_make(struct crs_offers *offers, const struct crs_offer *offer)
{
    uint64_t one = 1;

    if (atomic_load(&offers->state) != IDLE)
        return -EBUSY;
    offers->offer = *offer;
    atomic_store(&offers->state, OFFERED);
    return write(offers->wake_fd, &one, sizeof one) == sizeof one || errno == EAGAIN ? 0 : -errno;
}

int crs_offer_wait(struct crs_offers *offers, int timeout_ms, char why[CRS_OFFER_WHY])
{
    const struct timespec step = {0, STEP_MS * 1000000};
    uint32_t state;

    for (int waited = 0; waited < timeout_ms; waited += STEP_MS) {
        state = atomic_load(&offers->state);
        if (state == APPLIED || state == REFUSED)
            break;
        syscall(SYS_futex, &offers->state, FUTEX_WAIT, state, &step, NULL, 0);
    }
    state = atomic_load(&offers->state);
    if (state != APPLIED && state != REFUSED) {
        crs_offer_withdraw(offers);
        return -ETIMEDOUT;
    }
    memcpy(why, offers->why, CRS_OFFER_WHY);
    why[CRS_OFFER_WHY - 1] = '\0';
    atomic_store(&offers->state, IDLE);
    return state == APPLIED;
}

int crs_offer_take(struct crs_offers *offers, struct crs_offer *offer)
{
    uint32_t offered = OFFERED;
    uint64_t count;

    if (read(offers->wake_fd, &count, sizeof count) < 0)
        count = 0; /* nothing to take back */
    if (atomic_load(&offers->state) != OFFERED)
        return 0;
    *offer = offers->offer;
    return atomic_compare_exchange_strong(&offers->state, &offered, TAKEN);
}

void crs_offer_answer(struct crs_offers *offers, const char *why_not)
{
    uint32_t taken = TAKEN;

    if (atomic_load(&offers->state) != TAKEN)
        return; /* whoever offered has died */
    snprintf(offers->why, sizeof offers->why, "%s", why_not == NULL ? "" : why_not);
    atomic_compare_exchange_strong(&offers->state, &taken, why_not == NULL ? APPLIED : REFUSED);
    syscall(SYS_futex, &offers->state, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

void crs_offer_withdraw(struct crs_offers *offers)
{
    uint32_t offered = OFFERED;

    if (atomic_compare_exchange_strong(&offers->state, &offered, IDLE)) {
        if (offers->offer.fd >= 0)
            close(offers->offer.fd);
        return;
    }
    atomic_store(&offers->state, IDLE);
}
