#define _GNU_SOURCE
#include "check.h"
#include "inode.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void agrees_with_stat(void)
{
    struct crs_inode inode;
    struct stat st;

    CHECK(stat("/dev/null", &st) == 0 && crs_inode_of(AT_FDCWD, "/dev/null", 0, &inode) == 0);
    CHECK(inode.ino == st.st_ino && inode.mode == st.st_mode);
    CHECK(inode.dev == ((uint64_t)major(st.st_dev) << 32 | minor(st.st_dev)));
    CHECK(inode.device == (1ull << 32 | 3));
}

static void looks_at_descriptors_and_at_links_themselves(void)
{
    struct crs_inode inode;
    int fd = open("/", O_PATH);

    CHECK(crs_inode_of(fd, "", AT_EMPTY_PATH, &inode) == 0 && S_ISDIR(inode.mode));
    CHECK(crs_inode_of(AT_FDCWD, "/proc/self", AT_SYMLINK_NOFOLLOW, &inode) == 0 && S_ISLNK(inode.mode));
    CHECK(crs_inode_of(AT_FDCWD, "/proc/self", 0, &inode) == 0 && S_ISDIR(inode.mode));
    CHECK(crs_inode_of(AT_FDCWD, "/no such file", 0, &inode) == -ENOENT);
    close(fd);
}

static void tells_mounts_apart(void)
{
    struct crs_inode root, proc;

    CHECK(crs_inode_of(AT_FDCWD, "/", 0, &root) == 0 && crs_inode_of(AT_FDCWD, "/proc", 0, &proc) == 0);
    CHECK(root.mount != proc.mount || root.mount == 0);
}

int main(void)
{
    agrees_with_stat();
    looks_at_descriptors_and_at_links_themselves();
    tells_mounts_apart();
    return 0;
}
