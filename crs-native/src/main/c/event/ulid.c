#include "ulid.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

void crs_ulid_init(struct crs_ulid *ulid)
{
    uint8_t seed[10] = {0};

    /* Early in a machine's life there may be no randomness without waiting; then the clock has to do. */
    if (getrandom(seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed) {
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        memcpy(seed, &now.tv_nsec, sizeof now.tv_nsec);
        seed[8] = (uint8_t)getpid();
        seed[9] = (uint8_t)(getpid() >> 8);
    }
    ulid->time_ms = 0;
    ulid->high = (uint16_t)((seed[8] & 0x7f) << 8 | seed[9]); /* the top bit free: counting never overflows */
    memcpy(&ulid->low, seed, sizeof ulid->low);
}

void crs_ulid_next(struct crs_ulid *ulid, uint64_t time_ms, char out[CRS_ULID_TEXT])
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    unsigned __int128 bits;

    if (time_ms > ulid->time_ms)
        ulid->time_ms = time_ms & 0xffffffffffff;
    if (++ulid->low == 0)
        ulid->high++;
    bits = (unsigned __int128)(ulid->time_ms << 16 | ulid->high) << 64 | ulid->low;
    for (int i = 25; i >= 0; i--) {
        out[i] = alphabet[(unsigned)bits & 31];
        bits >>= 5;
    }
    out[26] = '\0';
}
