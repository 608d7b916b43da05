/* libFuzzer: names of files. The first byte is a size to write into, then a folder and a path with a NUL between. */
#include "pathname.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Absolute, and with nothing in it that a normalised name has not. */
static void check(const char *name, ssize_t len, size_t size)
{
    if ((size_t)len >= size || name[len] != '\0' || name[0] != '/' || (len > 1 && name[len - 1] == '/'))
        abort();
    for (const char *at = name; at < name + len - 1; at++)
        if (at[0] == '/' && (at[1] == '/' || (at[1] == '.' && (at + 2 == name + len || at[2] == '/'))))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t room = size == 0 ? 0 : data[0] < 128 ? data[0] : 8192;
    const char *text = (const char *)data + 1, *middle = size < 2 ? NULL : memchr(text, '\0', size - 1);
    struct crs_str folder, path;
    char *name = malloc(room + 1);
    ssize_t len;

    if (middle == NULL || name == NULL) {
        free(name);
        return 0;
    }
    folder = (struct crs_str){text, (uint32_t)(middle - text)};
    path = (struct crs_str){middle + 1, (uint32_t)(size - 2 - folder.len)};
    len = crs_path_absolute(folder, path, name, room);
    if (len >= 0) {
        char *again = malloc(room + 1);

        check(name, len, room);
        /* What is normal stays. */
        if (again != NULL && (crs_path_absolute((struct crs_str){"/", 1}, (struct crs_str){name, (uint32_t)len}, again, room) != len ||
                              memcmp(again, name, (size_t)len) != 0))
            abort();
        free(again);
    }
    free(name);
    return 0;
}
