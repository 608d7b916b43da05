#define _GNU_SOURCE
#include "check.h"
#include "offer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct crs_offers *offers;
static struct crs_offer taken;
static char why[CRS_OFFER_WHY];

static void begin(void)
{
    offers = mmap(NULL, sizeof *offers, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(offers != MAP_FAILED && crs_offers_init(offers) == 0);
}

static void end(void)
{
    close(offers->wake_fd);
    munmap(offers, sizeof *offers);
}

static int is_woken(void)
{
    struct pollfd polled = {.fd = offers->wake_fd, .events = POLLIN};

    return poll(&polled, 1, 0) == 1;
}

static int is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void goes_from_offer_to_answer(void)
{
    struct crs_offer offer = {.generation = 7, .fd = -1, .policy_mode = 2, .log_mode = -1};

    begin();
    CHECK(!is_woken() && !crs_offer_take(offers, &taken));
    CHECK(crs_offer_make(offers, &offer) == 0 && is_woken());
    CHECK(crs_offer_make(offers, &offer) == -EBUSY);
    CHECK(crs_offer_take(offers, &taken) && taken.generation == 7 && taken.policy_mode == 2 && !is_woken());
    CHECK(!crs_offer_take(offers, &taken));
    crs_offer_answer(offers, NULL);
    CHECK(crs_offer_wait(offers, 1000, why) == 1 && why[0] == '\0');
    CHECK(crs_offer_make(offers, &offer) == 0 && crs_offer_take(offers, &taken));
    crs_offer_answer(offers, "it is for another architecture");
    CHECK(crs_offer_wait(offers, 1000, why) == 0 && strcmp(why, "it is for another architecture") == 0);
    end();
}

/* What nobody took is closed when its time is over; what was taken is the taker's. */
static void ends_with_its_time(void)
{
    struct crs_offer offer = {.generation = 1, .fd = memfd_create("t", MFD_CLOEXEC)};

    begin();
    CHECK(crs_offer_make(offers, &offer) == 0 && crs_offer_wait(offers, 60, why) == -ETIMEDOUT && !is_open(offer.fd));
    CHECK(!crs_offer_take(offers, &taken));
    offer.fd = memfd_create("t", MFD_CLOEXEC);
    CHECK(crs_offer_make(offers, &offer) == 0 && crs_offer_take(offers, &taken));
    CHECK(crs_offer_wait(offers, 60, why) == -ETIMEDOUT && is_open(taken.fd));
    close(taken.fd);
    /* A late answer is none to the next offer. */
    offer.fd = -1;
    CHECK(crs_offer_make(offers, &offer) == 0);
    crs_offer_answer(offers, NULL);
    CHECK(crs_offer_take(offers, &taken));
    end();
}

static void wakes_who_waits_for_the_answer(void)
{
    struct crs_offer offer = {.generation = 3, .fd = -1};
    int status;
    pid_t pid;

    begin();
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        struct pollfd polled = {.fd = offers->wake_fd, .events = POLLIN};

        alarm(10);
        CHECK(poll(&polled, 1, 5000) == 1 && crs_offer_take(offers, &taken) && taken.generation == 3);
        crs_offer_answer(offers, NULL);
        _exit(0);
    }
    CHECK(crs_offer_make(offers, &offer) == 0 && crs_offer_wait(offers, 5000, why) == 1);
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    end();
}

int main(void)
{
    goes_from_offer_to_answer();
    ends_with_its_time();
    wakes_who_waits_for_the_answer();
    return 0;
}
