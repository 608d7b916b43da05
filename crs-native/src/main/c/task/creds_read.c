#define _GNU_SOURCE
#include "creds.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The text with CRS_MAX_GROUPS groups of ten digits, and the rest of it (masks of thousands of CPUs included). */
#define STATUS_MAX 32768u

enum { SEEN_UMASK = 1, SEEN_TGID = 2, SEEN_UID = 4, SEEN_GID = 8, SEEN_GROUPS = 16, SEEN_CAPS = 32, SEEN_PPID = 64, SEEN_ALL = 127 };

/* The next number of a line, blanks before it passed over. 0, or -EPROTO if there is none or it exceeds max. */
static int number(const char **at, const char *end, unsigned base, uint64_t max, uint64_t *out)
{
    const char *p = *at, *first;
    uint64_t value = 0;

    while (p < end && (*p == '\t' || *p == ' '))
        p++;
    for (first = p; p < end; p++) {
        unsigned digit = *p >= '0' && *p <= '9' ? (unsigned)(*p - '0')
                         : *p >= 'a' && *p <= 'f' ? (unsigned)(*p - 'a') + 10
                                                  : 99;
        if (digit >= base)
            break;
        if (value > (max - digit) / base)
            return -EPROTO;
        value = value * base + digit;
    }
    if (p == first)
        return -EPROTO;
    *at = p;
    *out = value;
    return 0;
}

/* 0 if nothing but blanks is left. */
static int line_end(const char *at, const char *end)
{
    while (at < end && (*at == '\t' || *at == ' '))
        at++;
    return at == end ? 0 : -EPROTO;
}

static int one(const char *at, const char *end, unsigned base, uint64_t max, uint64_t *out)
{
    int r = number(&at, end, base, max, out);

    return r < 0 ? r : line_end(at, end);
}

/* Real, effective, saved and file system id. */
static int four_ids(const char *at, const char *end, uint32_t *real, uint32_t *effective, uint32_t *fs)
{
    uint64_t id[4];
    int r = 0;

    for (int i = 0; i < 4 && r == 0; i++)
        r = number(&at, end, 10, UINT32_MAX, &id[i]);
    if (r < 0)
        return r;
    *real = (uint32_t)id[0];
    *effective = (uint32_t)id[1];
    *fs = (uint32_t)id[3];
    return line_end(at, end);
}

static int group_list(const char *at, const char *end, struct crs_creds *creds)
{
    uint64_t id;

    while (line_end(at, end) < 0) {
        int r = number(&at, end, 10, UINT32_MAX, &id);

        if (r < 0)
            return r;
        if (creds->ngroups == CRS_MAX_GROUPS)
            return -E2BIG;
        creds->groups[creds->ngroups++] = (gid_t)id;
    }
    return 0;
}

/* One line without its end; which of the wanted ones it is (SEEN_…), 0 for any other, or -errno. */
static int line(const char *at, const char *end, struct crs_creds *creds)
{
    static const struct { const char *key; int seen; } keys[] = {
        {"Umask:", SEEN_UMASK}, {"Tgid:", SEEN_TGID},     {"Uid:", SEEN_UID},
        {"Gid:", SEEN_GID},     {"Groups:", SEEN_GROUPS}, {"CapEff:", SEEN_CAPS},
        {"PPid:", SEEN_PPID},
    };
    int seen = 0, r = 0;
    uint64_t value = 0;

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        size_t n = strlen(keys[i].key);

        if ((size_t)(end - at) >= n && memcmp(at, keys[i].key, n) == 0) {
            seen = keys[i].seen;
            at += n;
            break;
        }
    }
    switch (seen) {
    case SEEN_UMASK:
        r = one(at, end, 8, 0777, &value);
        creds->umask = (mode_t)value;
        break;
    case SEEN_TGID:
        r = one(at, end, 10, INT32_MAX, &value);
        creds->tgid = (pid_t)value;
        break;
    case SEEN_PPID:
        r = one(at, end, 10, INT32_MAX, &value);
        creds->ppid = (pid_t)value;
        break;
    case SEEN_UID:
        r = four_ids(at, end, &creds->uid, &creds->euid, &creds->fsuid);
        break;
    case SEEN_GID:
        r = four_ids(at, end, &creds->gid, &creds->egid, &creds->fsgid);
        break;
    case SEEN_GROUPS:
        r = group_list(at, end, creds);
        break;
    case SEEN_CAPS:
        r = one(at, end, 16, UINT64_MAX, &creds->cap_effective);
        break;
    default:
        break;
    }
    return r < 0 ? r : seen;
}

int crs_creds_parse(const char *text, size_t len, struct crs_creds *creds)
{
    int seen = 0, r = 0;

    memset(creds, 0, sizeof *creds);
    while (len > 0) {
        const char *end = memchr(text, '\n', len);

        if (end == NULL) { /* a line cut off: its value may be too */
            r = -EPROTO;
            break;
        }
        r = line(text, end, creds);
        if (r > 0 && (seen & r) != 0) /* said twice: which one is the kernel's? */
            r = -EPROTO;
        if (r < 0)
            break;
        seen |= r;
        len -= (size_t)(end + 1 - text);
        text = end + 1;
    }
    if (r >= 0)
        r = seen == SEEN_ALL ? 0 : -EPROTO;
    if (r < 0)
        memset(creds, 0, sizeof *creds);
    return r;
}

/*
 * Whether the task lives in this process's user namespace; only there are its capabilities what they say. To see that
 * takes its ids; what cannot be seen is another.
 */
static int same_user_namespace(int proc, const struct crs_creds *creds)
{
    static struct stat own; /* no process of the agent ever changes its own */
    struct stat its;
    int seen;

    if (own.st_ino == 0 && stat("/proc/self/ns/user", &own) < 0)
        return errno == ENOENT; /* a kernel without user namespaces */
    seen = fstatat(proc, "ns/user", &its, 0) == 0;
    if (!seen && errno == EACCES && crs_creds_look(creds->uid, creds->gid) == 0) {
        seen = fstatat(proc, "ns/user", &its, 0) == 0;
        crs_creds_restore();
    }
    return seen && its.st_dev == own.st_dev && its.st_ino == own.st_ino;
}

/* Reads until the text is whole. Most are in one piece, which ends with the last line there is. */
static ssize_t read_all(int fd, char *text, size_t size)
{
    static const char last[] = "\nnonvoluntary_ctxt_switches:";
    size_t len = 0;
    ssize_t n;

    while (len < size && (n = read(fd, text + len, size - len)) != 0) {
        if (n < 0)
            return -errno;
        len += (size_t)n;
        if (text[len - 1] == '\n' && len > 128 && memmem(text + len - 128, 128, last, sizeof last - 1) != NULL)
            break;
    }
    return (ssize_t)len;
}

int crs_creds_read(int proc, enum crs_lives lives, struct crs_creds *creds)
{
    char text[STATUS_MAX];
    ssize_t len;
    int r, fd = openat(proc, "status", O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        memset(creds, 0, sizeof *creds);
        return errno == ENOENT ? -ESRCH : -errno;
    }
    len = read_all(fd, text, sizeof text);
    close(fd);
    r = crs_creds_parse(text, len < 0 ? 0 : (size_t)len, creds);
    if (len < 0)
        return (int)len;
    if (r == -EPROTO && len == (ssize_t)sizeof text)
        return -E2BIG;
    if (r == 0 && creds->cap_effective != 0 && lives == CRS_LIVES_UNASKED)
        lives = same_user_namespace(proc, creds) ? CRS_LIVES_HERE : CRS_LIVES_ELSEWHERE;
    if (r == 0)
        creds->lives = (uint8_t)lives;
    if (lives == CRS_LIVES_ELSEWHERE)
        creds->cap_effective = 0;
    return r;
}
