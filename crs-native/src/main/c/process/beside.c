#define _GNU_SOURCE
#include "beside.h"

#include "agent.h"
#include "table_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OWN_ARCH CRS_ARCH_X86_64
#else
#define OWN_ARCH CRS_ARCH_AARCH64
#endif

int crs_start_fails(const char *what, const char *why)
{
    fprintf(stderr, "crs-init: %s: %s\n", what, why);
    return CRS_EXIT_AGENT;
}

void crs_beside_find(char *folder, size_t size)
{
    ssize_t len = readlink("/proc/self/exe", folder, size - 1);
    char *slash;

    folder[len < 0 ? 0 : len] = '\0';
    slash = strrchr(folder, '/');
    *(slash == NULL ? folder : slash == folder ? slash + 1 : slash) = '\0';
}

int crs_beside_table(struct crs_agent *agent, const struct crs_options *options, const char *folder)
{
    char path[PATH_MAX + 16];
    int result;

    snprintf(path, sizeof path, "%s/table", folder);
    result = crs_table_load(&agent->table, options->table != NULL ? options->table : path);
    if (result != 0)
        return crs_start_fails(options->table != NULL ? options->table : path,
                    agent->table.error[0] != '\0' ? agent->table.error : strerror(-result));
    if (agent->table.arch != OWN_ARCH)
        return crs_start_fails(options->table != NULL ? options->table : path, "this table is for another architecture");
    if (options->log_mode >= 0)
        agent->table.log_mode = (uint8_t)options->log_mode;
    return 0;
}

/* The list of the image's executables lies beside the table. */
static void list_beside(const struct crs_options *options, const char *folder, char *path, size_t size)
{
    const char *slash = options->table == NULL ? NULL : strrchr(options->table, '/');

    if (options->table != NULL && slash == NULL)
        snprintf(path, size, "executables");
    else if (slash != NULL)
        snprintf(path, size, "%.*s/executables", (int)(slash - options->table), options->table);
    else
        snprintf(path, size, "%s/executables", folder);
}

int crs_beside_executables(struct crs_agent *agent, const struct crs_options *options, const char *folder)
{
    char path[PATH_MAX + 16];
    int result;

    list_beside(options, folder, path, sizeof path);
    result = crs_executables_load(&agent->executables, path);
    if (result == 0 || agent->table.drift == CRS_ALLOW)
        return 0;
    memset(&agent->executables, 0, sizeof agent->executables);
    if (agent->table.refuse_degraded || result != -ENOENT)
        return crs_start_fails(path, result == -ENOENT ? "driftAction needs the list of the image's executables" : strerror(-result));
    return 0;
}

void crs_beside_keep(struct crs_agent *agent, const struct crs_options *options, const char *folder)
{
    static const char *const beside[] = {"table", "executables", "daemon.toml", "libcrs.so"};
    char path[PATH_MAX + 16];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);

    if (len > 0) {
        path[len] = '\0';
        crs_own_files_add(&agent->own_files, path);
    }
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, beside[i]);
        crs_own_files_add(&agent->own_files, path);
    }
    crs_own_files_add(&agent->own_files, "/etc/crs/daemon.toml");
    if (options->table != NULL) {
        crs_own_files_add(&agent->own_files, options->table);
        list_beside(options, folder, path, sizeof path);
        crs_own_files_add(&agent->own_files, path);
    }
}
