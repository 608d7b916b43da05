#include "outbox.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define NEVER UINT64_MAX

/* Before every line, at a multiple of 8; a line never wraps: `length` 0 fills the rest. */
struct record {
    uint64_t length, seq;
};

/* Positions count bytes since the start and only grow. */
struct crs_outbox {
    _Alignas(64) _Atomic uint64_t head;
    _Alignas(64) _Atomic uint64_t tail;
    _Atomic uint64_t released;
    _Atomic uint64_t wake_at; /* the courier sleeps until head is there */
    _Atomic uint32_t failing, hurry;
    int wake_fd;
    _Alignas(64) char bytes[CRS_OUTBOX_SIZE];
};

int crs_outbox_create(struct crs_outbox **out)
{
    struct crs_outbox *outbox =
        mmap(NULL, sizeof *outbox, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (outbox == MAP_FAILED)
        return -errno;
    outbox->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (outbox->wake_fd < 0) {
        int err = -errno;

        munmap(outbox, sizeof *outbox);
        return err;
    }
    atomic_store(&outbox->wake_at, NEVER);
    *out = outbox;
    return 0;
}

void crs_outbox_destroy(struct crs_outbox *outbox)
{
    if (outbox == NULL)
        return;
    close(outbox->wake_fd);
    munmap(outbox, sizeof *outbox);
}

static struct record *record_at(const struct crs_outbox *outbox, uint64_t position)
{
    return (struct record *)(outbox->bytes + (position & (CRS_OUTBOX_SIZE - 1)));
}

static uint64_t whole(size_t length)
{
    return sizeof(struct record) + ((length + 7) & ~(uint64_t)7);
}

char *crs_outbox_room(struct crs_outbox *outbox, size_t need)
{
    uint64_t head = atomic_load_explicit(&outbox->head, memory_order_relaxed);
    uint64_t used = head - atomic_load(&outbox->tail), rest = CRS_OUTBOX_SIZE - (head & (CRS_OUTBOX_SIZE - 1));

    if (rest < whole(need)) {
        if (used + rest > CRS_OUTBOX_SIZE)
            return NULL;
        record_at(outbox, head)->length = 0;
        head += rest;
        used += rest;
        atomic_store(&outbox->head, head);
    }
    return used + whole(need) > CRS_OUTBOX_SIZE ? NULL : (char *)(record_at(outbox, head) + 1);
}

static void wake(struct crs_outbox *outbox)
{
    uint64_t one = 1;

    if (write(outbox->wake_fd, &one, sizeof one) < 0)
        return; /* EAGAIN: the counter is at its end, so it is readable anyway */
}

void crs_outbox_add(struct crs_outbox *outbox, size_t length, uint64_t seq)
{
    uint64_t head = atomic_load_explicit(&outbox->head, memory_order_relaxed), end = head + whole(length);

    *record_at(outbox, head) = (struct record){length, seq};
    atomic_store(&outbox->head, end);
    if (end >= atomic_load(&outbox->wake_at) && atomic_exchange(&outbox->wake_at, NEVER) != NEVER)
        wake(outbox);
}

void crs_outbox_hurry(struct crs_outbox *outbox)
{
    if (!atomic_exchange(&outbox->hurry, 1))
        wake(outbox);
}

uint64_t crs_outbox_released(const struct crs_outbox *outbox)
{
    return atomic_load(&outbox->released);
}

uint64_t crs_outbox_left(const struct crs_outbox *outbox)
{
    uint64_t position = crs_outbox_first(outbox), lines = 0;
    struct crs_outbox_line line;

    while (crs_outbox_next(outbox, &position, &line))
        lines++;
    return lines;
}

int crs_outbox_failing(const struct crs_outbox *outbox)
{
    return atomic_load(&outbox->failing) != 0;
}

int crs_outbox_next(const struct crs_outbox *outbox, uint64_t *position, struct crs_outbox_line *line)
{
    uint64_t head = atomic_load(&outbox->head);
    const struct record *record;

    if (*position != head && record_at(outbox, *position)->length == 0)
        *position += CRS_OUTBOX_SIZE - (*position & (CRS_OUTBOX_SIZE - 1));
    if (*position == head)
        return 0;
    record = record_at(outbox, *position);
    *position += whole(record->length);
    *line = (struct crs_outbox_line){(const char *)(record + 1), record->length, record->seq, *position};
    return 1;
}

uint64_t crs_outbox_first(const struct crs_outbox *outbox)
{
    return atomic_load(&outbox->tail);
}

void crs_outbox_release(struct crs_outbox *outbox, uint64_t position, uint64_t lines)
{
    atomic_store(&outbox->tail, position);
    atomic_fetch_add(&outbox->released, lines);
}

void crs_outbox_state(struct crs_outbox *outbox, int ok)
{
    atomic_store(&outbox->failing, !ok);
}

int crs_outbox_hurried(const struct crs_outbox *outbox)
{
    return atomic_load(&outbox->hurry) != 0;
}

static int64_t monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void crs_outbox_wait(struct crs_outbox *outbox, uint64_t bytes, int timeout_ms)
{
    int64_t end = monotonic_ms() + timeout_ms;
    uint64_t wanted = atomic_load(&outbox->tail) + bytes, count;

    while (!crs_outbox_hurried(outbox)) {
        struct pollfd polled = {.fd = outbox->wake_fd, .events = POLLIN};
        int64_t left = timeout_ms < 0 ? -1 : end - monotonic_ms();

        atomic_store(&outbox->wake_at, wanted);
        if (atomic_load(&outbox->head) >= wanted || (timeout_ms >= 0 && left <= 0))
            break;
        if (poll(&polled, 1, (int)left) > 0 && read(outbox->wake_fd, &count, sizeof count) < 0)
            continue;
    }
    atomic_store(&outbox->wake_at, NEVER);
}

void crs_outbox_pause(struct crs_outbox *outbox, int64_t ms)
{
    int64_t end = monotonic_ms() + ms, left;
    uint64_t count;

    while (!crs_outbox_hurried(outbox) && (left = end - monotonic_ms()) > 0) {
        struct pollfd polled = {.fd = outbox->wake_fd, .events = POLLIN};

        if (poll(&polled, 1, left > 60000 ? 60000 : (int)left) > 0 && read(outbox->wake_fd, &count, sizeof count) < 0)
            continue;
    }
}
