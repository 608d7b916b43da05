#define _GNU_SOURCE
#include "place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <mbedtls/sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define CONTENT_MAX 65536 /* of larger files the times and sizes are looked at */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path) != 0 && errno == EACCES ? -1 : 0;
}

void crs_tree_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

int crs_file_copy_to(const char *from, const char *to, mode_t mode)
{
    char block[65536];
    int in = open(from, O_RDONLY | O_CLOEXEC), out, result = 0;
    ssize_t got = 0;

    if (in < 0)
        return -errno;
    unlink(to);
    out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0)
        result = -errno;
    while (result == 0 && (got = read(in, block, sizeof block)) > 0)
        if (write(out, block, (size_t)got) != got)
            result = -EIO;
    if (result == 0 && (got < 0 || fchmod(out, mode) != 0))
        result = -EIO;
    close(in);
    if (out >= 0)
        close(out);
    return result;
}

static uint64_t mix(uint64_t state, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        state = (state ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    return state;
}

static uint64_t mix_number(uint64_t state, uint64_t number)
{
    return mix(state, &number, sizeof number);
}

static uint64_t mix_content(uint64_t state, const char *path, const struct stat *st)
{
    char text[CONTENT_MAX];
    ssize_t got = -1;
    int fd;

    if (S_ISLNK(st->st_mode))
        got = readlink(path, text, sizeof text);
    else if (S_ISREG(st->st_mode) && st->st_size <= CONTENT_MAX) {
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        got = fd < 0 ? -1 : read(fd, text, sizeof text);
        if (fd >= 0)
            close(fd);
    }
    state = mix(state, text, got < 0 ? 0 : (size_t)got);
    got = llistxattr(path, text, sizeof text);
    return mix(state, text, got < 0 ? 0 : (size_t)got);
}

static uint64_t of_file(uint64_t state, const char *path, const struct stat *st)
{
    state = mix(state, path, strlen(path));
    state = mix_number(mix_number(state, st->st_ino), st->st_mode);
    state = mix_number(mix_number(state, st->st_uid), st->st_gid);
    state = mix_number(mix_number(state, (uint64_t)st->st_size), st->st_nlink);
    state = mix_number(mix_number(state, (uint64_t)st->st_mtim.tv_sec), (uint64_t)st->st_mtim.tv_nsec);
    state = mix_number(mix_number(state, (uint64_t)st->st_ctim.tv_sec), (uint64_t)st->st_ctim.tv_nsec);
    return mix_content(state, path, st);
}

/* The order of names in a folder is the file system's, so what is below is added up. */
uint64_t crs_tree_state(const char *path, uint64_t state)
{
    struct stat st;
    struct dirent *entry;
    DIR *folder;
    char below[512];

    if (lstat(path, &st) != 0)
        return state + 1;
    state += of_file(0xcbf29ce484222325u, path, &st);
    folder = S_ISDIR(st.st_mode) ? opendir(path) : NULL;
    while (folder != NULL && (entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            snprintf(below, sizeof below, "%s/%s", path, entry->d_name) < (int)sizeof below)
            state = crs_tree_state(below, state);
    if (folder != NULL)
        closedir(folder);
    return state;
}

int crs_file_digest(const char *path, char hex[65], uint64_t *size)
{
    static unsigned char block[65536];
    unsigned char digest[32];
    mbedtls_sha256_context hash;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;

    if (fd < 0)
        return -errno;
    *size = 0;
    mbedtls_sha256_init(&hash);
    mbedtls_sha256_starts_ret(&hash, 0);
    while ((got = read(fd, block, sizeof block)) > 0) {
        mbedtls_sha256_update_ret(&hash, block, (size_t)got);
        *size += (uint64_t)got;
    }
    mbedtls_sha256_finish_ret(&hash, digest);
    mbedtls_sha256_free(&hash);
    close(fd);
    for (int i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return got < 0 ? -EIO : 0;
}
