/*
 * The wall clock as the agent sees it, jumping every 50 ms: right, a year on, a day back, back to 1970, a few seconds on, one back.
 * Linked in front of the C library (--wrap) by `make test-clock`; the machine keeps its own clock.
 */
#include <time.h>

#define STEPS 6

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
time_t __wrap_time(time_t *out);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    static const long by[STEPS] = {0, 31536000, -86400, -1790000000, 3, -1};
    int result = __real_clock_gettime(clock, now);

    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        now->tv_sec += by[(now->tv_nsec / 50000000 + now->tv_sec * 20) % STEPS];
        if (now->tv_sec < 0)
            now->tv_sec = 0;
    }
    return result;
}

time_t __wrap_time(time_t *out)
{
    struct timespec now;

    __wrap_clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
