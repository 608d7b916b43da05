#define _GNU_SOURCE
#include "identity.h"

#include "fast_protocol.h"
#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void lock(struct crs_identities *identities)
{
    int32_t self = (int32_t)syscall(SYS_getpid), free = 0;

    while (!atomic_compare_exchange_weak(&identities->lock, &free, self)) {
        free = 0;
        sched_yield();
    }
}

static void unlock(struct crs_identities *identities)
{
    atomic_store(&identities->lock, 0);
}

void crs_identity_release(struct crs_identities *identities, pid_t dead)
{
    int32_t holder = (int32_t)dead;

    atomic_compare_exchange_strong(&identities->lock, &holder, 0);
}

static struct crs_fast_state *mirror;

void crs_identity_mirror(struct crs_fast_state *state)
{
    mirror = state;
}

static void mark(const struct crs_inode *file, int through_link)
{
    uint32_t bit = crs_fast_bit(file->dev, file->ino);

    if (mirror == NULL)
        return;
    atomic_fetch_or(&mirror->file[bit / 64], 1ull << (bit % 64));
    if (through_link || file->links > 1 || crs_mounts_show_twice(file->dev))
        atomic_store(&mirror->aliases, 1);
}

static uint32_t bucket_of(uint64_t dev, uint64_t ino)
{
    return (uint32_t)((ino * 0x9e3779b97f4a7c15u ^ dev) >> 40) % CRS_IDENTITY_BUCKETS;
}

/* Under the lock. */
static void add(struct crs_identities *identities, const struct crs_inode *file, uint32_t literal, int through_link)
{
    uint32_t bucket = bucket_of(file->dev, file->ino), count = atomic_load(&identities->count);
    uint32_t at = atomic_load(&identities->bucket[bucket]);

    mark(file, through_link);
    for (; at != 0; at = identities->list[at - 1].next) {
        struct crs_identity *known = &identities->list[at - 1];

        if (known->dev == file->dev && known->ino == file->ino && known->literal == literal &&
            known->through_link == through_link) {
            known->birth = file->birth;
            return;
        }
    }
    if (count == CRS_IDENTITIES) {
        identities->full = 1;
        return;
    }
    identities->list[count] = (struct crs_identity){
        .dev = file->dev,
        .ino = file->ino,
        .birth = file->birth,
        .literal = literal,
        .next = atomic_load(&identities->bucket[bucket]),
        .through_link = (uint8_t)through_link,
    };
    /* published last: readers take no lock */
    atomic_store(&identities->bucket[bucket], count + 1);
    atomic_store(&identities->count, count + 1);
}

static void look_at(struct crs_identities *identities, struct crs_str literal, uint32_t i)
{
    char path[PATH_MAX];
    struct crs_inode file;

    if (literal.len >= sizeof path)
        return;
    memcpy(path, literal.s, literal.len);
    path[literal.len] = '\0';
    if (crs_inode_of(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &file) != 0)
        return;
    if (S_ISLNK(file.mode)) {
        if (crs_inode_of(AT_FDCWD, path, 0, &file) == 0)
            add(identities, &file, i, 1);
        return;
    }
    add(identities, &file, i, 0);
}

void crs_identity_reset(struct crs_identities *identities)
{
    for (uint32_t i = 0; i < CRS_IDENTITY_BUCKETS; i++)
        atomic_store(&identities->bucket[i], 0);
    atomic_store(&identities->count, 0);
    identities->full = 0;
}

void crs_identity_start(struct crs_identities *identities, const struct crs_table *table)
{
    struct crs_str literal;
    uint8_t kinds;

    lock(identities);
    for (uint32_t i = 0; crs_table_literals(table, i, &literal, &kinds) == 0; i++)
        look_at(identities, literal, i);
    unlock(identities);
}

uint32_t crs_identity_names(struct crs_identities *identities, const struct crs_table *table, int fd, int exec,
                            struct crs_str out[CRS_ALIASES])
{
    struct crs_inode file;

    if (atomic_load(&identities->count) == 0 || crs_inode_of(fd, "", AT_EMPTY_PATH, &file) != 0)
        return 0;
    return crs_identity_of(identities, table, &file, exec, out);
}

uint32_t crs_identity_of(struct crs_identities *identities, const struct crs_table *table,
                         const struct crs_inode *file, int exec, struct crs_str out[CRS_ALIASES])
{
    uint32_t at = atomic_load(&identities->bucket[bucket_of(file->dev, file->ino)]), found = 0;
    uint8_t kinds;

    for (; at != 0 && found < CRS_ALIASES; at = identities->list[at - 1].next) {
        const struct crs_identity *known = &identities->list[at - 1];

        if (known->dev == file->dev && known->ino == file->ino && !(exec && known->through_link) &&
            (known->birth == file->birth || known->birth == 0 || file->birth == 0) &&
            crs_table_literals(table, known->literal, &out[found], &kinds) == 0)
            found++;
    }
    return found;
}

void crs_identity_touch(struct crs_identities *identities, const struct crs_table *table, struct crs_str name)
{
    struct crs_str literal;
    uint8_t kinds;

    if (name.s == NULL)
        return;
    for (uint32_t i = 0; crs_table_literals(table, i, &literal, &kinds) == 0; i++) {
        if (literal.len < name.len || memcmp(literal.s, name.s, name.len) != 0 ||
            (literal.len > name.len && name.len > 1 && literal.s[name.len] != '/'))
            continue;
        lock(identities);
        look_at(identities, literal, i);
        unlock(identities);
    }
}

int crs_identity_below(const struct crs_table *table, struct crs_str name)
{
    struct crs_str literal;
    uint8_t kinds;

    for (uint32_t i = 0; name.s != NULL && crs_table_literals(table, i, &literal, &kinds) == 0; i++)
        if (literal.len >= name.len && memcmp(literal.s, name.s, name.len) == 0 &&
            (literal.len == name.len || name.len == 1 || literal.s[name.len] == '/'))
            return 1;
    return 0;
}

void crs_identity_became(struct crs_identities *identities, const struct crs_table *table, const struct crs_str *names,
                         uint32_t count, const struct crs_inode *file)
{
    struct crs_str literal;
    uint8_t kinds;

    if (count == 0)
        return;
    for (uint32_t i = 0; crs_table_literals(table, i, &literal, &kinds) == 0; i++)
        for (uint32_t n = 0; n < count; n++)
            if (names[n].s == literal.s) { /* names are the table's own */
                lock(identities);
                add(identities, file, i, 0);
                unlock(identities);
            }
}
