#define _GNU_SOURCE
#include "table_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A copy: a mapping of the file itself would change when the file does. */
static int copy(int fd, size_t size, void **out)
{
    char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t have = 0;

    if (bytes == MAP_FAILED)
        return -errno;
    while (have < size) {
        ssize_t got = read(fd, bytes + have, size - have);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            int err = got < 0 ? errno : EIO;

            munmap(bytes, size);
            return -err;
        }
        have += (size_t)got;
    }
    *out = bytes;
    return mprotect(bytes, size, PROT_READ) == 0 ? 0 : -errno;
}

int crs_file_copy(const char *path, size_t max, void **bytes, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), result = 0;
    struct stat st;

    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) != 0)
        result = -errno;
    else if (!S_ISREG(st.st_mode) || st.st_size <= 0 || (uint64_t)st.st_size > max)
        result = -EINVAL;
    else
        result = copy(fd, *size = (size_t)st.st_size, bytes);
    close(fd);
    return result;
}

int crs_table_load(struct crs_table *t, const char *path)
{
    void *bytes = NULL;
    size_t size = 0;
    int result = crs_file_copy(path, CRS_TABLE_MAX, &bytes, &size);

    t->error[0] = '\0';
    return result != 0 ? result : crs_table_open(t, bytes, size);
}
