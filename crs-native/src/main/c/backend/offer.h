/*
 * A change of the policy on its way from a courier to crs-init: one at a time, in shared memory.
 *
 * The courier offers, crs-init takes, and answers when the change is through or cannot be. Descriptors are shared by
 * all of the agent, so the table goes as the number of a memfd, which is closed by whoever takes it.
 */
#ifndef CRS_OFFER_H
#define CRS_OFFER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct crs_offer {
    uint64_t generation;  /* the back end's */
    int32_t fd;           /* of the table, -1: the table in force stays */
    uint32_t size;
    int8_t policy_mode;   /* CRS_INACTIVE …, -1: the table's */
    int8_t log_mode;      /* bits, -1: the table's */
    uint8_t passive;      /* nothing is enforced */
};

#define CRS_OFFER_WHY 192u

/* In shared memory, zeroed. */
struct crs_offers {
    _Atomic uint32_t state;
    int wake_fd;          /* crs-init polls it for POLLIN */
    struct crs_offer offer;
    char why[CRS_OFFER_WHY];
};

/* Makes the eventfd (close-on-exec). 0 or -errno. */
int crs_offers_init(struct crs_offers *offers);

/* Courier: 0, and crs-init is woken; -EBUSY: the one before was not answered yet. */
int crs_offer_make(struct crs_offers *offers, const struct crs_offer *offer);
/* Courier: 1 applied, 0 refused (why), -ETIMEDOUT not answered in that time; then, and after a refusal, nothing is offered. */
int crs_offer_wait(struct crs_offers *offers, int timeout_ms, char why[CRS_OFFER_WHY]);

/* crs-init: 1 with the offer, whose descriptor is the caller's from now on; 0 when there is none. */
int crs_offer_take(struct crs_offers *offers, struct crs_offer *offer);
/* crs-init: what became of the one taken last; why_not NULL: applied. */
void crs_offer_answer(struct crs_offers *offers, const char *why_not);
/* Whoever offered has died, or waits no longer: what was not taken is closed. */
void crs_offer_withdraw(struct crs_offers *offers);

#endif
