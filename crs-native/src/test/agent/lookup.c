/*
 * Looks names up: lookup host NAME..., lookup address IPv4.... Exit status: 0 all were found, 1 one was denied (EACCES or EPERM),
 * 2 anything else.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static int lookup(const char *kind, const char *name)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(80)};
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *found = NULL;
    char host[256];

    errno = 0;
    if (strcmp(kind, "address") == 0) {
        inet_pton(AF_INET, name, &address.sin_addr);
        return getnameinfo((struct sockaddr *)&address, sizeof address, host, sizeof host, NULL, 0, NI_NUMERICHOST);
    }
    /* Of a number, or of what the hosts file has: no server is asked. */
    hints.ai_flags = strcmp(name, "localhost") == 0 ? 0 : AI_NUMERICHOST;
    return getaddrinfo(name, "80", &hints, &found);
}

int main(int argc, char **argv)
{
    int worst = 0;

    for (int i = 2; i < argc; i++) {
        int result = lookup(argv[1], argv[i]), denied = result == EAI_SYSTEM && (errno == EACCES || errno == EPERM);

        if (result != 0)
            fprintf(stderr, "lookup: %s: %s, %s\n", argv[i], gai_strerror(result), strerror(errno));
        worst = result == 0 ? worst : denied ? 1 : worst == 1 ? 1 : 2;
    }
    return worst;
}
