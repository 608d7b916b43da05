#include "log.h"

#include "event.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_MAX 1000u

static int log_fd = STDERR_FILENO;
static enum crs_log_level threshold = CRS_LOG_WARN;

int crs_log_open(const struct crs_config *config)
{
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_APPEND | (config->append ? 0 : O_TRUNC);
    int fd;

    threshold = config->log_level;
    if (config->daemon_log[0] == '\0')
        return 0;
    fd = open(config->daemon_log, flags, 0600);
    if (fd < 0)
        return -errno;
    if (log_fd != STDERR_FILENO)
        close(log_fd);
    log_fd = fd;
    return 0;
}

void crs_log(enum crs_log_level level, const char *format, ...)
{
    static const char *const names[] = {"panic", "fatal", "error", "warn", "info", "debug", "trace"};
    char line[MESSAGE_MAX + 64], time[CRS_TIME_TEXT];
    va_list arguments;
    int start = 0, length;

    if (level > threshold)
        return;
    if (log_fd != STDERR_FILENO) {
        crs_event_time(time, crs_event_now());
        start = snprintf(line, sizeof line, "%s %s ", time, names[level]);
    } else {
        start = snprintf(line, sizeof line, "crs-init: ");
    }
    va_start(arguments, format);
    length = vsnprintf(line + start, MESSAGE_MAX, format, arguments);
    va_end(arguments);
    length = length < 0 ? 0 : length >= (int)MESSAGE_MAX ? (int)MESSAGE_MAX - 1 : length;
    for (int i = start; i < start + length; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = ' ';
    line[start + length] = '\n';
    /* A message that cannot be written has nowhere else to go. */
    if (write(log_fd, line, (size_t)(start + length) + 1) < 0)
        return;
}
