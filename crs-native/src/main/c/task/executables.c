#define _GNU_SOURCE
#include "executables.h"

#include "table_file.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define HEADER "crs-executables 1\n"
#define DIGITS (2u * CRS_SHA256)
#define SIZE_DIGITS 19u /* fit 64 bits */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One line, without its end; `path` is left as it is written. 0 or -EINVAL. */
static int take_apart(const char *line, size_t length, struct crs_executable_entry *out, struct crs_str *path)
{
    size_t at = DIGITS + 1, digits = 0;

    if (length < DIGITS + 4 || line[DIGITS] != ' ')
        return -EINVAL;
    for (uint32_t i = 0; i < CRS_SHA256; i++) {
        int high = hex_digit(line[2 * i]), low = hex_digit(line[2 * i + 1]);

        if (high < 0 || low < 0)
            return -EINVAL;
        out->digest[i] = (uint8_t)(high << 4 | low);
    }
    out->size = 0;
    for (; at < length && line[at] >= '0' && line[at] <= '9'; at++) {
        if (++digits > SIZE_DIGITS)
            return -EINVAL;
        out->size = 10 * out->size + (uint64_t)(line[at] - '0');
    }
    if (digits == 0 || at + 1 >= length || line[at] != ' ' || line[at + 1] != '/')
        return -EINVAL;
    *path = (struct crs_str){line + at + 1, (uint32_t)(length - at - 1)};
    return 0;
}

static int entry(const struct crs_executables *list, uint32_t number, struct crs_executable_entry *out, struct crs_str *path)
{
    const char *line = list->text + list->line[number];
    const char *end = memchr(line, '\n', list->size - list->line[number]);

    out->number = number;
    return end == NULL ? -EINVAL : take_apart(line, (size_t)(end - line), out, path);
}

static int compare(struct crs_str a, struct crs_str b)
{
    int difference = memcmp(a.s, b.s, a.len < b.len ? a.len : b.len);

    return difference != 0 ? difference : a.len < b.len ? -1 : a.len > b.len;
}

static uint32_t count_lines(const char *text, size_t size)
{
    uint32_t count = 0;

    for (const char *at = text; (at = memchr(at, '\n', size - (size_t)(at - text))) != NULL; at++)
        count++;
    return count;
}

int crs_executables_open(struct crs_executables *list, const char *text, size_t size)
{
    size_t header = strlen(HEADER), at = header;
    struct crs_str before = {NULL, 0}, path;
    struct crs_executable_entry read;
    size_t index;

    if (size < header || size > CRS_EXECUTABLES_MAX || memcmp(text, HEADER, header) != 0 || text[size - 1] != '\n')
        return -EINVAL;
    *list = (struct crs_executables){.text = text, .size = (uint32_t)size};
    index = (count_lines(text, size) + 1) * sizeof *list->line;
    list->line = mmap(NULL, index, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (list->line == MAP_FAILED)
        return -ENOMEM;
    while (at < size) {
        list->line[list->count] = (uint32_t)at;
        if (entry(list, list->count, &read, &path) != 0 || (before.s != NULL && compare(before, path) >= 0)) {
            munmap(list->line, index);
            return -EINVAL;
        }
        before = path;
        at = (size_t)(path.s - text) + path.len + 1;
        list->count++;
    }
    return 0;
}

int crs_executables_load(struct crs_executables *list, const char *path)
{
    size_t size = 0;
    void *bytes = NULL;
    int result = crs_file_copy(path, CRS_EXECUTABLES_MAX, &bytes, &size);

    return result != 0 ? result : crs_executables_open(list, bytes, size);
}

/* As the list writes it; -1: it does not fit. */
static int escape(struct crs_str path, char *out, size_t room, struct crs_str *escaped)
{
    size_t length = 0;

    for (uint32_t i = 0; i < path.len; i++) {
        int special = path.s[i] == '\n' || path.s[i] == '\\';

        if (length + 1 + (size_t)special > room)
            return -1;
        if (special)
            out[length++] = '\\';
        out[length++] = path.s[i] == '\n' ? 'n' : path.s[i];
    }
    *escaped = (struct crs_str){out, (uint32_t)length};
    return 0;
}

int crs_executables_find(const struct crs_executables *list, struct crs_str path, struct crs_executable_entry *out)
{
    char room[2 * 4096];
    uint32_t low = 0, high = list->count;
    struct crs_str name, read;

    if (escape(path, room, sizeof room, &name) != 0)
        return 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = entry(list, middle, out, &read) != 0 ? 1 : compare(name, read);

        if (order == 0)
            return 1;
        *(order < 0 ? &high : &low) = order < 0 ? middle : middle + 1;
    }
    return 0;
}
