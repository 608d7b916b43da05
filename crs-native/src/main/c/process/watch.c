#define _GNU_SOURCE
#include "watch.h"

#include "supervisor.h"
#include "table_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define WATCH_MS 500

static int is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

void crs_watch_start(struct crs_watch *watch, const char *path)
{
    watch->path = path;
    if (stat(path, &watch->seen) != 0)
        memset(&watch->seen, 0, sizeof watch->seen);
}

int crs_watch_look(struct crs_watch *watch, struct crs_supervisor *s)
{
    const struct crs_live_modes own = {-1, s->log_mode};
    char why[256] = "", told[512];
    struct stat now;
    void *bytes = NULL;
    size_t size = 0;
    int result;

    if (stat(watch->path, &now) != 0 || is_same(&now, &watch->seen))
        return WATCH_MS; /* while it is replaced there may be none */
    result = crs_file_copy(watch->path, CRS_TABLE_MAX, &bytes, &size);
    if (result == 0) {
        result = crs_policy_replace(s, bytes, size, own, why, sizeof why);
        munmap(bytes, size);
    }
    if (result == -EBUSY)
        return WATCH_MS;
    watch->seen = now;
    if (result != 0) {
        snprintf(told, sizeof told, "%.200s is not taken, the policy stays as it is: %s", watch->path,
                 why[0] != '\0' ? why : strerror(-result));
        crs_tell(s, told);
    }
    return WATCH_MS;
}
