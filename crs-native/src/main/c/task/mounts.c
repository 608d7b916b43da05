#define _GNU_SOURCE
#include "mounts.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOUNTS 1024u
#define TEXT   (1u << 20)

static struct mount {
    uint64_t dev;
    const char *root; /* which folder or file of the file system is shown */
    uint8_t twice;
} mounts[MOUNTS];
static uint32_t count, unknown = 1; /* nothing is known before they are read */

/* Whether one shows what the other one shows, or a part of it. */
static int overlap(const char *a, const char *b)
{
    size_t shorter = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
    const char *rest = strlen(a) < strlen(b) ? b + shorter : a + shorter;

    return memcmp(a, b, shorter) == 0 && (*rest == '\0' || *rest == '/' || shorter == 1);
}

/* A line: `36 35 98:0 /root /place options optional... - type source options`. -1: it is none, or one of /proc elsewhere. */
static int take_line(char *line)
{
    unsigned major, minor;
    char *root, *place, *end, *type;

    if (count == MOUNTS || sscanf(line, "%*u %*u %u:%u", &major, &minor) != 2)
        return -1;
    root = strchr(line, '/');
    end = root == NULL ? NULL : strchr(root, ' ');
    place = end == NULL ? NULL : end + 1;
    type = place == NULL ? NULL : strstr(place, " - ");
    if (type == NULL)
        return root == NULL && strstr(line, " - ") != NULL ? 0 : -1; /* of a kind that has no folders: a namespace */
    *end = '\0';
    mounts[count++] = (struct mount){.dev = (uint64_t)major << 32 | minor, .root = root};
    return strncmp(type + 3, "proc ", 5) == 0 && strncmp(place, "/proc ", 6) != 0 && strncmp(place, "/proc/", 6) != 0 ? -1 : 0;
}

int crs_mounts_take(char *text)
{
    char *line, *rest = text;
    int result = 0;

    count = 0;
    while ((line = strsep(&rest, "\n")) != NULL)
        if (*line != '\0' && take_line(line) != 0)
            result = -1;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = i + 1; k < count; k++)
            if (mounts[i].dev == mounts[k].dev && overlap(mounts[i].root, mounts[k].root))
                mounts[i].twice = mounts[k].twice = 1;
    unknown = result != 0;
    return result;
}

int crs_mounts_read(void)
{
    static char *text;
    size_t have = 0;
    ssize_t got = 0;
    int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);

    unknown = 1;
    if (text == NULL)
        text = malloc(TEXT); /* what is remembered of them lies in it */
    while (fd >= 0 && text != NULL && have < TEXT - 1 && (got = read(fd, text + have, TEXT - 1 - have)) > 0)
        have += (size_t)got;
    if (fd >= 0)
        close(fd);
    if (fd < 0 || text == NULL || got != 0 || have == TEXT - 1)
        return -1;
    text[have] = '\0';
    return crs_mounts_take(text);
}

int crs_mounts_show_twice(uint64_t dev)
{
    int twice = unknown != 0;

    for (uint32_t i = 0; !twice && i < count; i++)
        twice = mounts[i].dev == dev && mounts[i].twice;
    return twice;
}
