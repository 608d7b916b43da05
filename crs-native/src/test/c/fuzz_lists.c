/* libFuzzer: what /proc/PID/status says, and the list of executables of a layer. */
#include "creds.h"
#include "executables.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct crs_creds creds;
    struct crs_executables list;
    struct crs_executable_entry entry;
    struct crs_str path = {"/bin/sh", 7};
    char *text = malloc(size + 1);

    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    if (crs_creds_parse(text, size, &creds) == 0 && creds.ngroups > CRS_MAX_GROUPS)
        abort();
    memset(&list, 0, sizeof list);
    if (crs_executables_open(&list, text, (uint32_t)size) == 0) {
        if (crs_executables_find(&list, path, &entry) && entry.number >= list.count)
            abort();
        munmap(list.line, (list.count + 1) * sizeof *list.line); /* of an agent it stays until its end */
    }
    free(text);
    return 0;
}
