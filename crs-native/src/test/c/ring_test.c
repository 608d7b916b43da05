#define _GNU_SOURCE
#include "check.h"
#include "random.h"
#include "ring.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct crs_ring *ring;
static char body[32768], got[32768];

static uint64_t losses(enum crs_loss cause)
{
    uint64_t by_cause[CRS_LOSSES];

    crs_ring_losses(ring, by_cause, NULL);
    return by_cause[cause];
}

static void gives_back_what_was_put_in_order_of_time(void)
{
    uint64_t time_us;

    CHECK(crs_ring_create(&ring) == 0);
    CHECK(crs_ring_put(ring, 0, CRS_LANE_EVENTS, 30, "third", 5) == 0);
    CHECK(crs_ring_put(ring, 1, CRS_LANE_EVENTS, 10, "first", 5) == 0);
    CHECK(crs_ring_put(ring, 1, CRS_LANE_DENIALS, 20, "second", 6) == 0);
    CHECK(crs_ring_peek(ring, got, 3, &time_us) == -ENOBUFS);
    CHECK(crs_ring_peek(ring, got, sizeof got, &time_us) == 5 && time_us == 10 && memcmp(got, "first", 5) == 0);
    CHECK(crs_ring_peek(ring, got, sizeof got, &time_us) == 5); /* until it is dropped */
    crs_ring_drop(ring);
    crs_ring_drop(ring);
    CHECK(crs_ring_peek(ring, got, sizeof got, &time_us) == 6 && memcmp(got, "second", 6) == 0);
    crs_ring_drop(ring);
    CHECK(crs_ring_peek(ring, got, sizeof got, &time_us) == 5 && memcmp(got, "third", 5) == 0);
    crs_ring_drop(ring);
    CHECK(crs_ring_peek(ring, got, sizeof got, &time_us) == 0);
    CHECK(crs_ring_put(ring, CRS_RING_SLOTS, CRS_LANE_EVENTS, 1, "x", 1) == -EINVAL);
    crs_ring_destroy(ring);
}

/* Lengths of all kinds, round and round: every body comes out as it went in. */
static void survives_many_rounds(void)
{
    uint64_t time_us;
    uint32_t put = 0, taken = 0;

    CHECK(crs_ring_create(&ring) == 0);
    random_state = 3;
    while (taken < 20000) {
        uint32_t length = 8 + random_below(random_below(10) == 0 ? 16000 : 700);
        int n;

        memset(body, (int)('a' + put % 26), length);
        memcpy(body, &put, sizeof put);
        n = crs_ring_put(ring, 2, CRS_LANE_EVENTS, put, body, length);
        CHECK(n == 0 || n == -ENOBUFS);
        put += n == 0;
        for (uint32_t some = n == 0 ? random_below(2) : 50; some > 0; some--) {
            uint32_t number;

            if ((n = crs_ring_peek(ring, got, sizeof got, &time_us)) == 0)
                break;
            memcpy(&number, got, sizeof number);
            CHECK(n >= 8 && number == taken && time_us == taken);
            for (int i = 8; i < n; i++)
                CHECK(got[i] == (char)('a' + taken % 26));
            crs_ring_drop(ring);
            taken++;
        }
    }
    CHECK(losses(CRS_LOSS_OVERFLOW) > 0);
    crs_ring_destroy(ring);
}

static void a_flood_loses_no_denial_and_is_counted(void)
{
    uint64_t time_us, put = 0, since, by_cause[CRS_LOSSES], denials = 0, events = 0;

    CHECK(crs_ring_create(&ring) == 0);
    for (uint64_t i = 1; i <= 5000; i++)
        put += crs_ring_put(ring, 0, CRS_LANE_EVENTS, i, body, 700) == 0;
    CHECK(put > 300 && put < 5000);
    CHECK(crs_ring_put(ring, 0, CRS_LANE_DENIALS, 6000, "denied", 6) == 0);
    CHECK(crs_ring_losses(ring, by_cause, &since) == 5000 - put);
    CHECK(by_cause[CRS_LOSS_OVERFLOW] == 5000 - put && since == put + 1);
    crs_ring_loss_reported(ring);
    crs_ring_sink_state(ring, 0);
    CHECK(crs_ring_put(ring, 0, CRS_LANE_EVENTS, 7000, body, 700) == -ENOBUFS);
    crs_ring_losses(ring, by_cause, &since);
    CHECK(by_cause[CRS_LOSS_SINK] == 1 && since == 7000);
    CHECK(crs_ring_put(ring, 0, CRS_LANE_DENIALS, 1, body, CRS_RING_DENIAL) == -EMSGSIZE);
    CHECK(losses(CRS_LOSS_TOO_LONG) == 1);
    while (crs_ring_peek(ring, got, sizeof got, &time_us) > 0) {
        denials += time_us == 6000;
        events += time_us != 6000;
        crs_ring_drop(ring);
    }
    CHECK(denials == 1 && events == put);
    crs_ring_destroy(ring);
}

static int readable(void)
{
    struct pollfd wake = {.fd = crs_ring_wake_fd(ring), .events = POLLIN};

    return poll(&wake, 1, 0) == 1;
}

static void wakes_a_sleeping_consumer_once(void)
{
    uint64_t time_us;

    CHECK(crs_ring_create(&ring) == 0);
    CHECK(crs_ring_put(ring, 0, CRS_LANE_EVENTS, 1, "x", 1) == 0 && !readable());
    CHECK(crs_ring_sleep(ring, 1) == 1); /* not before what is there is taken */
    CHECK(crs_ring_peek(ring, got, sizeof got, &time_us) == 1);
    crs_ring_drop(ring);
    CHECK(crs_ring_sleep(ring, 1) == 0 && !readable());
    CHECK(crs_ring_put(ring, 3, CRS_LANE_DENIALS, 1, "x", 1) == 0 && readable());
    CHECK(crs_ring_sleep(ring, 0) == 1 && !readable());
    CHECK(crs_ring_put(ring, 3, CRS_LANE_DENIALS, 1, "x", 1) == 0 && !readable()); /* asleep without wanting to wake */
    crs_ring_destroy(ring);
}

/* Producers that are killed wherever they happen to be: what is read is whole, and their slot serves the next one. */
static void outlives_its_producers(void)
{
    uint64_t time_us, whole = 0;

    CHECK(crs_ring_create(&ring) == 0);
    random_state = 4;
    for (int round = 0; round < 40; round++) {
        pid_t child = fork();
        int status, n;

        CHECK(child >= 0);
        if (child == 0) {
            for (uint64_t i = 0;; i++) {
                size_t length = 9 + i % 900;

                memset(body, (int)('A' + i % 26), length);
                crs_ring_put(ring, 1, i % 3 == 0 ? CRS_LANE_DENIALS : CRS_LANE_EVENTS, i, body, length);
            }
        }
        for (uint32_t i = 0; i < 200 + random_below(2000);) {
            n = crs_ring_peek(ring, got, sizeof got, &time_us);
            if (n == 0)
                continue;
            for (int k = 1; k < n; k++)
                CHECK(got[k] == got[0]);
            CHECK(got[0] >= 'A' && got[0] <= 'Z');
            crs_ring_drop(ring);
            whole++;
            i++;
        }
        CHECK(kill(child, SIGKILL) == 0 && waitpid(child, &status, 0) == child);
    }
    CHECK(whole > 8000);
    while (crs_ring_peek(ring, got, sizeof got, &time_us) > 0)
        crs_ring_drop(ring);
    CHECK(crs_ring_put(ring, 1, CRS_LANE_EVENTS, 5, "next", 4) == 0);
    CHECK(crs_ring_peek(ring, got, sizeof got, &time_us) == 4 && memcmp(got, "next", 4) == 0);
    crs_ring_destroy(ring);
}

static void says_once_per_process_and_call(void)
{
    uint32_t again = 0;

    CHECK(crs_ring_create(&ring) == 0);
    CHECK(crs_once_first(ring, 7, 1, 425) == 1);
    CHECK(crs_once_first(ring, 7, 1, 425) == 0);
    CHECK(crs_once_first(ring, 8, 1, 425) == 1);
    CHECK(crs_once_first(ring, 7, 2, 425) == 1);
    CHECK(crs_once_first(ring, 7, 1, -1) == 1);
    CHECK(crs_once_first(ring, 0, 0, 0) == 1 && crs_once_first(ring, 0, 0, 0) == 0);
    for (uint64_t process = 100; process < 50000; process++)
        CHECK(crs_once_first(ring, process, 1, 1) == 1); /* full: never silent about a new one */
    for (uint64_t process = 49900; process < 50000; process++)
        again += (uint32_t)crs_once_first(ring, process, 1, 1);
    CHECK(again < 30); /* the latest are mostly remembered */
    crs_ring_destroy(ring);
}

int main(void)
{
    gives_back_what_was_put_in_order_of_time();
    survives_many_rounds();
    a_flood_loses_no_denial_and_is_counted();
    wakes_a_sleeping_consumer_once();
    outlives_its_producers();
    says_once_per_process_and_call();
    return 0;
}
