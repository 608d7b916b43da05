#define _GNU_SOURCE
#include "check.h"
#include "outbox.h"
#include "random.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct crs_outbox *outbox;

/* A line whose bytes tell its number; 0: no room. */
static int put(uint64_t seq, size_t length)
{
    char *room = crs_outbox_room(outbox, length);

    if (room == NULL)
        return 0;
    memset(room, (int)('a' + seq % 26), length);
    crs_outbox_add(outbox, length, seq);
    return 1;
}

static void check_line(const struct crs_outbox_line *line, uint64_t seq)
{
    CHECK(line->seq == seq);
    for (size_t i = 0; i < line->length; i++)
        CHECK(line->bytes[i] == (char)('a' + seq % 26));
}

static void lines_come_whole_and_in_order_however_long(void)
{
    uint64_t in = 0, out = 0, position = 0;
    struct crs_outbox_line line;

    CHECK(crs_outbox_create(&outbox) == 0);
    random_state = 2;
    for (int round = 0; round < 200000; round++) {
        if (random_below(2) && put(in, 1 + random_below(random_below(8) ? 600 : 16600)))
            in++;
        if (random_below(2) && crs_outbox_next(outbox, &position, &line)) {
            check_line(&line, out++);
            CHECK(line.end == position);
            crs_outbox_release(outbox, position, 1);
        }
        if (round % 1000 == 0)
            CHECK(crs_outbox_left(outbox) == in - out && crs_outbox_released(outbox) == out);
    }
    CHECK(in > 50000);
    crs_outbox_destroy(outbox);
}

static void is_full_at_its_bound_and_takes_more_when_some_were_let_go(void)
{
    uint64_t in = 0, out = 0, position;
    struct crs_outbox_line line;

    CHECK(crs_outbox_create(&outbox) == 0);
    while (put(in, 1000))
        in++;
    CHECK(in * 1016 <= CRS_OUTBOX_SIZE && in * 1016 > CRS_OUTBOX_SIZE - 3000);
    CHECK(!put(in, 1000) && crs_outbox_left(outbox) == in);
    for (int round = 0; round < 5000; round++) {
        position = crs_outbox_first(outbox);
        CHECK(crs_outbox_next(outbox, &position, &line));
        check_line(&line, out++);
        crs_outbox_release(outbox, position, 1);
        while (put(in, 1000))
            in++;
        CHECK(in - out > 1000);
    }
    crs_outbox_destroy(outbox);
}

/* The first reader dies without letting go; the second one finds what it had looked at. */
static void a_reader_that_dies_loses_nothing(void)
{
    struct crs_outbox_line line;
    uint64_t position;
    int status;
    pid_t pid;

    CHECK(crs_outbox_create(&outbox) == 0);
    for (uint64_t i = 0; i < 10; i++)
        CHECK(put(i, 100));
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        position = crs_outbox_first(outbox);
        for (int i = 0; i < 4; i++)
            CHECK(crs_outbox_next(outbox, &position, &line));
        crs_outbox_release(outbox, position, 4);
        while (crs_outbox_next(outbox, &position, &line))
            ;
        abort();
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
    CHECK(crs_outbox_left(outbox) == 6 && crs_outbox_released(outbox) == 4);
    position = crs_outbox_first(outbox);
    CHECK(crs_outbox_next(outbox, &position, &line));
    check_line(&line, 4);
    crs_outbox_destroy(outbox);
}

/* A reader that waits, in a process of its own, takes everything: no wake-up is missed. */
static void wakes_who_waits(void)
{
    enum { LINES = 20000 };
    struct crs_outbox_line line;
    int status;
    pid_t pid;

    CHECK(crs_outbox_create(&outbox) == 0);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        alarm(60);
        for (uint64_t seen = 0; seen < LINES;) {
            uint64_t position = crs_outbox_first(outbox), lines = 0;

            crs_outbox_wait(outbox, 1, -1);
            while (crs_outbox_next(outbox, &position, &line)) {
                check_line(&line, seen++);
                lines++;
            }
            crs_outbox_release(outbox, position, lines);
        }
        _exit(0);
    }
    random_state = 4;
    for (uint64_t i = 0; i < LINES;) {
        i += (uint64_t)put(i, 1 + random_below(500));
        if (random_below(100) == 0)
            usleep(random_below(200));
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    CHECK(crs_outbox_left(outbox) == 0 && crs_outbox_released(outbox) == LINES);
    crs_outbox_destroy(outbox);
}

static void a_hurry_ends_every_wait(void)
{
    int status;
    pid_t pid;

    CHECK(crs_outbox_create(&outbox) == 0);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        alarm(10);
        crs_outbox_wait(outbox, 1, -1);
        crs_outbox_pause(outbox, 1000000);
        _exit(crs_outbox_hurried(outbox) ? 0 : 1);
    }
    usleep(50000);
    crs_outbox_hurry(outbox);
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    crs_outbox_destroy(outbox);
}

int main(void)
{
    lines_come_whole_and_in_order_however_long();
    is_full_at_its_bound_and_takes_more_when_some_were_let_go();
    a_reader_that_dies_loses_nothing();
    wakes_who_waits();
    a_hurry_ends_every_wait();
    return 0;
}
