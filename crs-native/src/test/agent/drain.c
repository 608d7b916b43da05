/*
 * Takes events from agents and keeps none: drain SOCKET. When told to end (SIGTERM) it says of each connection how many lines came,
 * the sequence number of the last one, how often a number was missing, and what the agent says was lost.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE 131072

static volatile sig_atomic_t ended;

static void end(int number)
{
    (void)number;
    ended = 1;
}

struct count {
    unsigned long long lines, last, holes, lost;
};

static unsigned long long number_behind(const char *line, const char *key)
{
    const char *at = strstr(line, key);

    return at == NULL ? 0 : strtoull(at + strlen(key), NULL, 10);
}

/* Only the ends of a line are looked at: what lies between may be anything. */
static void take(struct count *count, char *line, size_t length)
{
    unsigned long long seq;
    char *tail = line + (length > 48 ? length - 48 : 0);

    seq = number_behind(line, "\"seq\":");
    count->lines++;
    count->holes += seq != count->last + 1;
    count->last = seq;
    count->lost = number_behind(tail, "\"lost\":");
}

static void drain(int fd)
{
    static char text[LINE];
    struct count count = {0};
    size_t have = 0;
    ssize_t got;

    while ((got = read(fd, text + have, sizeof text - have - 1)) > 0 || (got < 0 && errno == EINTR)) {
        char *from = text, *newline;

        if (got < 0)
            continue;
        have += (size_t)got;
        text[have] = '\0';
        while ((newline = memchr(from, '\n', have - (size_t)(from - text))) != NULL) {
            *newline = '\0';
            take(&count, from, (size_t)(newline - from));
            from = newline + 1;
        }
        have -= (size_t)(from - text);
        memmove(text, from, have);
        if (have == sizeof text - 1)
            break;
    }
    printf("lines %llu last %llu holes %llu lost %llu\n", count.lines, count.last, count.holes, count.lost);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct sigaction action = {.sa_handler = end};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);

    if (argc < 2)
        return 2;
    sigaction(SIGTERM, &action, NULL);
    strncpy(name.sun_path, argv[1], sizeof name.sun_path - 1);
    unlink(name.sun_path);
    if (bind(listener, (struct sockaddr *)&name, sizeof name) != 0 || listen(listener, 64) != 0)
        return 2;
    while (!ended) {
        struct pollfd waiting = {.fd = listener, .events = POLLIN};
        int fd = poll(&waiting, 1, 1000) > 0 ? accept(listener, NULL, NULL) : -1;

        if (fd < 0)
            continue;
        if (fork() == 0) {
            close(listener);
            drain(fd);
            _exit(0);
        }
        close(fd);
    }
    return 0;
}
