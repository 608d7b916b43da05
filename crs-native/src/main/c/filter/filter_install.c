#define _GNU_SOURCE
#include "filter.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

/* From the best to what Linux 5.0 has; the kernel refuses flags it does not know with EINVAL. */
static const uint32_t attempts[] = {
    SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
    SECCOMP_FILTER_FLAG_NEW_LISTENER,
};

int crs_filter_install(const struct crs_filter *filter, uint32_t *flags)
{
    struct sock_fprog program = {.len = (unsigned short)filter->length, .filter = (struct sock_filter *)filter->code};
    long listener = -1;

    *flags = 0;
    if (filter->length == 0)
        return -EINVAL;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -errno;
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, (unsigned long)attempts[i], &program);
        if (listener >= 0) {
            *flags = attempts[i];
            return (int)listener;
        }
        if (errno != EINVAL)
            break;
    }
    return -errno;
}
