/* The requests of ioctl that change the attributes of a file, which a descriptor that may only read is enough for. */
#ifndef CRS_CHANGE_REQUEST_H
#define CRS_CHANGE_REQUEST_H

#include <stdint.h>

#define CRS_CHANGE_REQUESTS 7u

/* FS_IOC_SETFLAGS and its 32-bit twin, FS_IOC_FSSETXATTR, FS_IOC_SETVERSION and its twin, FS_IOC_ENABLE_VERITY,
   FS_IOC_SET_ENCRYPTION_POLICY; the numbers are those of all architectures of this agent. */
static const uint32_t crs_change_requests[CRS_CHANGE_REQUESTS] = {
    0x40086602u, 0x40046602u, 0x401c5820u, 0x40087602u, 0x40047602u, 0x40806685u, 0x800c6613u,
};

static inline int crs_is_change_request(uint32_t request)
{
    for (uint32_t i = 0; i < CRS_CHANGE_REQUESTS; i++)
        if (crs_change_requests[i] == request)
            return 1;
    return 0;
}

#endif
