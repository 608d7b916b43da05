#define _GNU_SOURCE
#include "ring.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define ONCE_ENTRIES 4096u
#define ONCE_PROBES  8u

/* Before every body, at a multiple of 8; a record never wraps: `length` SKIP fills the rest of the ring. */
struct record {
    uint32_t length, reserved;
    uint64_t time_us;
};
#define SKIP UINT32_MAX

/* Positions count bytes since the start and only grow; the writer owns head, the reader tail. */
struct lane {
    _Alignas(64) _Atomic uint64_t head;
    _Alignas(64) _Atomic uint64_t tail;
    uint32_t offset, size; /* of its bytes */
};

struct crs_ring {
    struct lane lane[CRS_RING_SLOTS][CRS_LANES];
    _Atomic uint64_t lost[CRS_LOSSES];
    _Atomic uint64_t lost_since_us;
    _Atomic uint32_t sleeping, sink_failing;
    int wake_fd;
    struct lane *peeked; /* the consumer's own */
    uint64_t peeked_end;
    _Atomic uint64_t once[ONCE_ENTRIES];
    _Alignas(64) uint8_t bytes[CRS_RING_SLOTS * (CRS_RING_EVENTS + CRS_RING_DENIAL)];
};

int crs_ring_create(struct crs_ring **out)
{
    static const uint32_t size[CRS_LANES] = {CRS_RING_EVENTS, CRS_RING_DENIAL};
    struct crs_ring *ring;
    uint32_t offset = 0;
    int err;

    ring = mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (ring == MAP_FAILED)
        return -errno;
    ring->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (ring->wake_fd < 0) {
        err = -errno;
        munmap(ring, sizeof *ring);
        return err;
    }
    for (uint32_t slot = 0; slot < CRS_RING_SLOTS; slot++)
        for (uint32_t lane = 0; lane < CRS_LANES; lane++) {
            ring->lane[slot][lane].offset = offset;
            ring->lane[slot][lane].size = size[lane];
            offset += size[lane];
        }
    *out = ring;
    return 0;
}

void crs_ring_destroy(struct crs_ring *ring)
{
    if (ring == NULL)
        return;
    close(ring->wake_fd);
    munmap(ring, sizeof *ring);
}

void crs_ring_lost(struct crs_ring *ring, enum crs_loss why, uint64_t time_us)
{
    uint64_t never = 0;

    atomic_compare_exchange_strong(&ring->lost_since_us, &never, time_us);
    atomic_fetch_add(&ring->lost[why], 1);
}

static void wake(struct crs_ring *ring)
{
    uint64_t one = 1;

    if (atomic_exchange(&ring->sleeping, 0) && write(ring->wake_fd, &one, sizeof one) < 0)
        return; /* EAGAIN: the counter is at its end, so it is readable anyway */
}

static struct record *record_at(struct crs_ring *ring, const struct lane *lane, uint64_t position)
{
    return (struct record *)(ring->bytes + lane->offset + (position & (lane->size - 1)));
}

int crs_ring_put(struct crs_ring *ring, uint32_t slot, enum crs_lane which, uint64_t time_us, const char *body,
                 size_t length)
{
    struct lane *lane;
    struct record *record;
    uint64_t head, tail, rest, need = sizeof *record + ((length + 7) & ~(size_t)7);

    if (slot >= CRS_RING_SLOTS || which >= CRS_LANES || length == 0)
        return -EINVAL;
    lane = &ring->lane[slot][which];
    if (length >= lane->size || need > lane->size / 2) {
        crs_ring_lost(ring, CRS_LOSS_TOO_LONG, time_us);
        return -EMSGSIZE;
    }
    head = atomic_load_explicit(&lane->head, memory_order_relaxed);
    tail = atomic_load_explicit(&lane->tail, memory_order_acquire);
    rest = lane->size - (head & (lane->size - 1));
    if (head - tail + need + (rest < need ? rest : 0) > lane->size) {
        crs_ring_lost(ring, atomic_load(&ring->sink_failing) ? CRS_LOSS_SINK : CRS_LOSS_OVERFLOW, time_us);
        return -ENOBUFS;
    }
    if (rest < need) {
        record_at(ring, lane, head)->length = SKIP;
        head += rest;
    }
    record = record_at(ring, lane, head);
    record->length = (uint32_t)length;
    record->time_us = time_us;
    memcpy(record + 1, body, length);
    atomic_store(&lane->head, head + need);
    wake(ring);
    return 0;
}

int crs_ring_wake_fd(const struct crs_ring *ring)
{
    return ring->wake_fd;
}

/* The lane's first record, or NULL; passes over the filling at the end. */
static struct record *first(struct crs_ring *ring, struct lane *lane)
{
    uint64_t tail = atomic_load_explicit(&lane->tail, memory_order_relaxed);
    uint64_t head = atomic_load(&lane->head);
    struct record *record;

    if (head == tail)
        return NULL;
    record = record_at(ring, lane, tail);
    if (record->length != SKIP)
        return record;
    tail += lane->size - (tail & (lane->size - 1));
    atomic_store_explicit(&lane->tail, tail, memory_order_release);
    return head == tail ? NULL : record_at(ring, lane, tail);
}

static struct record *oldest(struct crs_ring *ring, struct lane **of)
{
    struct record *best = NULL;

    for (uint32_t i = 0; i < CRS_RING_SLOTS * CRS_LANES; i++) {
        struct lane *lane = &ring->lane[i / CRS_LANES][i % CRS_LANES];
        struct record *record = first(ring, lane);

        if (record != NULL && (best == NULL || record->time_us < best->time_us)) {
            best = record;
            *of = lane;
        }
    }
    return best;
}

int crs_ring_sleep(struct crs_ring *ring, int armed)
{
    struct lane *lane;
    uint64_t count;

    if (read(ring->wake_fd, &count, sizeof count) < 0)
        count = 0; /* nothing to take back */
    atomic_store(&ring->sleeping, armed != 0);
    return oldest(ring, &lane) != NULL;
}

int crs_ring_peek(struct crs_ring *ring, char *buf, size_t cap, uint64_t *time_us)
{
    struct lane *lane = NULL;
    struct record *record = oldest(ring, &lane);
    uint32_t length;

    ring->peeked = NULL;
    if (record == NULL)
        return 0;
    length = record->length;
    if (length > cap)
        return -ENOBUFS;
    memcpy(buf, record + 1, length);
    *time_us = record->time_us;
    ring->peeked = lane;
    ring->peeked_end = atomic_load_explicit(&lane->tail, memory_order_relaxed) + sizeof *record +
                       ((length + 7) & ~(uint64_t)7);
    return (int)length;
}

void crs_ring_drop(struct crs_ring *ring)
{
    if (ring->peeked == NULL)
        return;
    atomic_store_explicit(&ring->peeked->tail, ring->peeked_end, memory_order_release);
    ring->peeked = NULL;
}

void crs_ring_sink_state(struct crs_ring *ring, int ok)
{
    atomic_store(&ring->sink_failing, !ok);
}

uint64_t crs_ring_losses(const struct crs_ring *ring, uint64_t by_cause[CRS_LOSSES], uint64_t *since_us)
{
    uint64_t sum = 0;

    for (int i = 0; i < CRS_LOSSES; i++) {
        by_cause[i] = atomic_load(&ring->lost[i]);
        sum += by_cause[i];
    }
    if (since_us != NULL)
        *since_us = atomic_load(&ring->lost_since_us);
    return sum;
}

void crs_ring_loss_reported(struct crs_ring *ring)
{
    atomic_store(&ring->lost_since_us, 0);
}

/* A 64-bit mixer: every bit of the input changes half of the output's. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

int crs_once_first(struct crs_ring *ring, uint64_t process, uint32_t audit_arch, int32_t nr)
{
    uint64_t entry = mix(mix(process) ^ ((uint64_t)audit_arch << 32 | (uint32_t)nr)) | 1;
    uint64_t at = entry >> 1;

    for (uint64_t i = 0; i < ONCE_PROBES; i++) {
        uint64_t seen = 0;

        if (atomic_compare_exchange_strong(&ring->once[(at + i) % ONCE_ENTRIES], &seen, entry))
            return 1;
        if (seen == entry)
            return 0;
    }
    atomic_store(&ring->once[(at + (entry >> 40) % ONCE_PROBES) % ONCE_ENTRIES], entry);
    return 1;
}
