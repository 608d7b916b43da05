#define _GNU_SOURCE
#include "inode.h"

#include <errno.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000u
#endif
#define MNT_ID_UNIQUE 0x4000u /* STATX_MNT_ID_UNIQUE */
#define NO_AUTOMOUNT 0x800 /* AT_NO_AUTOMOUNT; fcntl.h and linux/stat.h do not go together everywhere */

/* struct statx up to the mount's number, which older headers lack. */
struct layout {
    uint32_t mask, blksize;
    uint64_t attributes;
    uint32_t nlink, uid, gid;
    uint16_t mode, spare;
    uint64_t ino, size, blocks, attributes_mask;
    struct {
        int64_t sec;
        uint32_t nsec;
        int32_t reserved;
    } atime, btime, ctime, mtime;
    uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
    uint64_t mount;
    uint64_t rest[13];
};

int crs_inode_of(int dirfd, const char *path, int flags, struct crs_inode *out)
{
    struct layout st;

    _Static_assert(sizeof st == 256, "the kernel's size");
    if (syscall(SYS_statx, dirfd, path, flags | NO_AUTOMOUNT, STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_INO | STATX_BTIME | STATX_MNT_ID | MNT_ID_UNIQUE,
                &st) != 0)
        return -errno;
    *out = (struct crs_inode){
        .dev = (uint64_t)st.dev_major << 32 | st.dev_minor,
        .ino = st.ino,
        .birth = st.mask & STATX_BTIME ? (uint64_t)st.btime.sec * 1000000000u + st.btime.nsec : 0,
        .mount = st.mask & (STATX_MNT_ID | MNT_ID_UNIQUE) ? st.mount : 0,
        .unique = (st.mask & MNT_ID_UNIQUE) != 0,
        .device = (uint64_t)st.rdev_major << 32 | st.rdev_minor,
        .mode = st.mode,
        .links = st.nlink,
    };
    return 0;
}
