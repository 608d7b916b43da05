#define _GNU_SOURCE
#include "drift.h"

#include "agent.h"
#include "executables.h"

#include <errno.h>
#include <fcntl.h>
#include <mbedtls/sha256.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define REMEMBERED 1024u
#define BLOCK      65536u

/*
 * Digests are remembered as long as nothing has touched the file. The time of change is the kernel's own, nobody can set
 * it, but it is coarse: a file changed within the last moments is digested every time.
 */
static struct known {
    uint64_t dev, ino;
    int64_t size, changed_s, changed_ns;
    uint32_t number;
    uint8_t used, drifted;
} remembered[REMEMBERED];

static struct known *place_of(const struct known *file)
{
    return &remembered[(file->ino * 0x9e3779b97f4a7c15u + file->number) >> 32 & (REMEMBERED - 1)];
}

static int is_same(const struct known *a, const struct known *b)
{
    return a->used && a->dev == b->dev && a->ino == b->ino && a->size == b->size && a->number == b->number &&
           a->changed_s == b->changed_s && a->changed_ns == b->changed_ns;
}

static int digest(int fd, uint64_t size, uint8_t out[CRS_SHA256])
{
    static unsigned char block[BLOCK];
    mbedtls_sha256_context hash;
    uint64_t done = 0;
    ssize_t got = 1;

    mbedtls_sha256_init(&hash);
    mbedtls_sha256_starts_ret(&hash, 0);
    /* Not beyond the size that was looked at: a file that grows must not keep a worker. */
    while (done <= size && (got = pread(fd, block, sizeof block, (off_t)done)) > 0) {
        mbedtls_sha256_update_ret(&hash, block, (size_t)got);
        done += (uint64_t)got;
    }
    mbedtls_sha256_finish_ret(&hash, out);
    mbedtls_sha256_free(&hash);
    return got == 0 && done == size ? 0 : -EIO;
}

static int differs(int fd, const struct crs_executable_entry *entry)
{
    uint8_t found[CRS_SHA256];

    return digest(fd, entry->size, found) != 0 || memcmp(found, entry->digest, sizeof found) != 0;
}

static int is_settled(const struct known *file)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return now.tv_sec - file->changed_s > 2;
}

int crs_drift(struct crs_agent *agent, int fd, struct crs_str path)
{
    struct crs_executable_entry entry;
    struct known file = {.used = 1}, *place;
    struct stat st;
    char name[32];
    int reading;

    if (agent->executables.text == NULL || agent->table.drift == CRS_ALLOW)
        return 0;
    if (fd < 0 || path.s == NULL || !crs_executables_find(&agent->executables, path, &entry) || fstat(fd, &st) != 0 ||
        !S_ISREG(st.st_mode) || (uint64_t)st.st_size != entry.size)
        return 1;
    file.dev = st.st_dev;
    file.ino = st.st_ino;
    file.size = st.st_size;
    file.changed_s = st.st_ctim.tv_sec;
    file.changed_ns = st.st_ctim.tv_nsec;
    file.number = entry.number;
    place = place_of(&file);
    if (is_same(place, &file))
        return place->drifted;
    snprintf(name, sizeof name, "%d", fd);
    reading = openat(agent->self_fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    file.drifted = reading < 0 || differs(reading, &entry);
    if (reading >= 0)
        close(reading);
    if (is_settled(&file))
        *place = file;
    return file.drifted;
}
