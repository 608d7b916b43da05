#include "url.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that %XX at `text` stands for; -1 if there is none, or one that has no place in a line. */
static int escaped(const char *text, const char *end)
{
    int high, low, byte;

    if (end - text < 3)
        return -1;
    high = hex_digit(text[1]);
    low = hex_digit(text[2]);
    byte = high < 0 || low < 0 ? -1 : high << 4 | low;
    return byte < 0x20 || byte == 0x7f ? -1 : byte;
}

static int decode(const char *from, const char *end, char *out, size_t cap)
{
    size_t at = 0;

    while (from < end) {
        int c = *from == '%' ? escaped(from, end) : (unsigned char)*from;

        if (c < 0 || at + 1 >= cap)
            return -EINVAL;
        from += *from == '%' ? 3 : 1;
        out[at++] = (char)c;
    }
    out[at] = '\0';
    return 0;
}

static int is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *credentials_of(const char *from, const char *at, struct crs_url *out)
{
    const char *colon = memchr(from, ':', (size_t)(at - from));

    out->credentials = 1;
    if (decode(from, colon == NULL ? at : colon, out->user, sizeof out->user) != 0 ||
        decode(colon == NULL ? at : colon + 1, at, out->password, sizeof out->password) != 0)
        return "the user or the password in the address cannot be used";
    /* HTTP's Basic scheme ends the user at the first colon. */
    return strchr(out->user, ':') != NULL ? "a user has no colon in its name" : NULL;
}

static const char *host_of(const char *from, const char *end, struct crs_url *out)
{
    size_t length = (size_t)(end - from);
    struct in6_addr address;

    if (length == 0 || length >= sizeof out->host)
        return "the address has no host, or one that is too long";
    memcpy(out->host, from, length);
    out->host[length] = '\0';
    if (out->literal)
        return inet_pton(AF_INET6, out->host, &address) == 1 ? NULL : "what stands in brackets is no IPv6 address";
    for (size_t i = 0; i < length; i++)
        if (!is_letter(from[i]) && !is_digit(from[i]) && strchr("-._", from[i]) == NULL)
            return "the host is a name of letters, digits, dots and hyphens, or an address";
    return NULL;
}

static const char *port_of(const char *from, const char *end, struct crs_url *out)
{
    uint32_t port = 0;

    if (from == end || end - from > 5)
        return "the port is a number from 1 to 65535";
    for (; from < end; from++) {
        if (!is_digit(*from))
            return "the port is a number from 1 to 65535";
        port = port * 10 + (uint32_t)(*from - '0');
    }
    out->port = (uint16_t)port;
    return port == 0 || port > UINT16_MAX ? "the port is a number from 1 to 65535" : NULL;
}

static const char *authority_of(const char *from, const char *end, struct crs_url *out)
{
    const char *at = memchr(from, '@', (size_t)(end - from)), *why = NULL, *stop;

    if (at != NULL) {
        why = credentials_of(from, at, out);
        from = at + 1;
    }
    if (why == NULL && memchr(from, '@', (size_t)(end - from)) != NULL)
        why = "an @ in a user or a password is written %40";
    if (why != NULL)
        return why;
    if (from < end && *from == '[') {
        out->literal = 1;
        from++;
        stop = memchr(from, ']', (size_t)(end - from));
        if (stop == NULL)
            return "the bracket before an IPv6 address is not closed";
        why = host_of(from, stop++, out);
    } else {
        stop = memchr(from, ':', (size_t)(end - from));
        stop = stop == NULL ? end : stop;
        why = host_of(from, stop, out);
    }
    if (why != NULL || stop == end)
        return why;
    return *stop == ':' ? port_of(stop + 1, end, out) : "the host is followed by a port or a path";
}

static const char *path_of(const char *from, const char *end, struct crs_url *out)
{
    while (end > from && end[-1] == '/')
        end--;
    if ((size_t)(end - from) >= sizeof out->path)
        return "the path of the address is too long";
    for (const char *c = from; c < end; c++) {
        if (*c == '%' && escaped(c, end) < 0)
            return "the path of the address has an escape that cannot be used";
        if (*c != '%' && !is_letter(*c) && !is_digit(*c) && strchr("/-._~!$&'()*+,;=:@", *c) == NULL)
            return "the path of the address has a character that must be escaped";
    }
    memcpy(out->path, from, (size_t)(end - from));
    out->path[end - from] = '\0';
    return NULL;
}

static const char *parse(const char *text, struct crs_url *out)
{
    const char *end = text + strlen(text), *from, *slash, *why;

    for (const char *c = text; c < end; c++)
        if (*c <= 0x20 || *c == 0x7f || *c == '\\')
            return "the address has a character that must be escaped";
    if (strncasecmp(text, "https://", 8) == 0)
        out->secure = 1;
    else if (strncasecmp(text, "http://", 7) != 0)
        return "the address starts with https:// or http://";
    from = text + (out->secure ? 8 : 7);
    if (strpbrk(from, "?#") != NULL)
        return "the address has no query and no fragment";
    slash = strchr(from, '/');
    out->port = out->secure ? 443 : 80;
    why = authority_of(from, slash == NULL ? end : slash, out);
    return why != NULL || slash == NULL ? why : path_of(slash, end, out);
}

int crs_url_parse(const char *text, struct crs_url *out, const char **why)
{
    memset(out, 0, sizeof *out);
    *why = parse(text, out);
    if (*why == NULL)
        return 0;
    memset(out, 0, sizeof *out);
    return -EINVAL;
}

void crs_url_authority(const struct crs_url *url, int port, char *out, size_t cap)
{
    char number[8] = "";

    if (port || url->port != (url->secure ? 443 : 80))
        snprintf(number, sizeof number, ":%u", url->port);
    snprintf(out, cap, "%s%s%s%s", url->literal ? "[" : "", url->host, url->literal ? "]" : "", number);
}
