#define _GNU_SOURCE
#include "proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int crs_proxy_parse(const char *text, struct crs_url *out, const char **why)
{
    char whole[sizeof out->user * 3 + sizeof out->password * 3 + sizeof out->host + 32];
    const char *scheme = strstr(text, "://");

    if (scheme != NULL && strncasecmp(text, "http://", 7) != 0) {
        *why = "a proxy is spoken to in plain HTTP; its address starts with http://";
        return -EPROTONOSUPPORT;
    }
    if (snprintf(whole, sizeof whole, "%s%s", scheme == NULL ? "http://" : "", text) >= (int)sizeof whole) {
        *why = "the address of the proxy is too long";
        return -EINVAL;
    }
    if (crs_url_parse(whole, out, why) != 0)
        return -EINVAL;
    if (out->path[0] == '\0')
        return 0;
    *why = "the address of a proxy has no path";
    return -EINVAL;
}

/* Both are addresses of one family and agree in the first `bits` bits, all of them when that is -1. */
static int same_network(const char *a, const char *b, int bits)
{
    uint8_t left[16], right[16];
    int length;

    if (inet_pton(AF_INET, a, left) == 1 && inet_pton(AF_INET, b, right) == 1)
        length = 4;
    else if (inet_pton(AF_INET6, a, left) == 1 && inet_pton(AF_INET6, b, right) == 1)
        length = 16;
    else
        return 0;
    bits = bits < 0 ? 8 * length : bits;
    if (bits > 8 * length || memcmp(left, right, (size_t)bits / 8) != 0)
        return 0;
    return bits % 8 == 0 || ((left[bits / 8] ^ right[bits / 8]) & (uint8_t)(0xff00 >> bits % 8)) == 0;
}

static int is_below(const char *host, const char *domain)
{
    size_t n = strlen(host), m = strlen(domain);

    return m > 0 && n >= m && strcasecmp(host + n - m, domain) == 0 && (n == m || host[n - m - 1] == '.');
}

/* The number behind a mark, which is cut off; -1 where there is none, -2 where it is no number. */
static int cut_number(char *mark)
{
    char *end;
    long number;

    if (mark == NULL)
        return -1;
    *mark = '\0';
    number = strtol(mark + 1, &end, 10);
    return mark[1] < '0' || mark[1] > '9' || *end != '\0' || number > UINT16_MAX ? -2 : (int)number;
}

static int matches(char *entry, const struct crs_url *url)
{
    char *colon = strchr(entry, ':');
    int port = -1, bits;

    if (strcmp(entry, "*") == 0)
        return 1;
    if (entry[0] == '[') {
        char *bracket = strchr(++entry, ']');

        if (bracket == NULL)
            return 0;
        *bracket++ = '\0';
        port = cut_number(*bracket == ':' ? bracket : NULL);
    } else if (colon != NULL && strchr(colon + 1, ':') == NULL) {
        port = cut_number(colon);
    }
    if (port == -2 || (port >= 0 && port != url->port))
        return 0;
    bits = cut_number(strchr(entry, '/'));
    if (bits == -2)
        return 0;
    if (same_network(entry, url->host, bits))
        return 1;
    return bits == -1 && is_below(url->host, entry[0] == '.' ? entry + 1 : entry);
}

int crs_proxy_bypassed(const char *list, const struct crs_url *url)
{
    char entry[300];

    while (*list != '\0') {
        size_t n;

        list += strspn(list, ", \t");
        n = strcspn(list, ", \t");
        if (n > 0 && n < sizeof entry) {
            memcpy(entry, list, n);
            entry[n] = '\0';
            if (matches(entry, url))
                return 1;
        }
        list += n;
    }
    return 0;
}
