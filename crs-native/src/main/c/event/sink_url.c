#include "sink.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>

#define SCHEME_MAX 16u

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes %XX. Control characters have no place in a path that goes into messages. */
static int decode(const char *text, char *out, size_t cap)
{
    size_t at = 0;

    for (; *text != '\0'; text++) {
        int c = (unsigned char)*text;

        if (c == '%') {
            int high = hex_digit(text[1]), low = high < 0 ? -1 : hex_digit(text[2]);

            if (low < 0)
                return -EINVAL;
            c = high << 4 | low;
            text += 2;
        }
        if (c < 0x20 || c == 0x7f || at + 1 >= cap)
            return -EINVAL;
        out[at++] = (char)c;
    }
    out[at] = '\0';
    return 0;
}

static int path_of(const char *rest, struct crs_sink_url *out, char *why, size_t why_size)
{
    if (strncmp(rest, "//localhost/", 12) == 0)
        rest += 11;
    else if (strncmp(rest, "///", 3) == 0)
        rest += 2;
    if (rest[0] != '/' || rest[1] == '/' || decode(rest, out->path, sizeof out->path) != 0 || out->path[1] == '\0') {
        snprintf(why, why_size, "the URL for events needs an absolute path, as in file:/var/log/crs.jsonl");
        return -EINVAL;
    }
    if (out->kind == CRS_SINK_UNIX && strlen(out->path) >= sizeof ((struct sockaddr_un *)0)->sun_path) {
        snprintf(why, why_size, "the path of a unix socket for events has at most %zu bytes",
                 sizeof ((struct sockaddr_un *)0)->sun_path - 1);
        return -EINVAL;
    }
    return 0;
}

static int back_end_of(const char *url, struct crs_sink_url *out, char *why, size_t why_size)
{
    const char *reason;
    int result = crs_url_parse(url, &out->http, &reason);

    out->kind = result == 0 ? CRS_SINK_HTTP : CRS_SINK_NONE;
    if (result != 0)
        snprintf(why, why_size, "the URL for events: %s", reason);
    return result;
}

/* What stands before the colon, lower case; NULL if that is no scheme. */
static const char *scheme_of(const char *url, char scheme[SCHEME_MAX])
{
    size_t n = 0;

    for (; url[n] != ':'; n++) {
        char c = (char)(url[n] | 0x20);
        int letter = c >= 'a' && c <= 'z';

        if (n + 1 >= SCHEME_MAX || !(letter || (n > 0 && ((url[n] >= '0' && url[n] <= '9') || strchr("+-.", url[n])))))
            return NULL;
        scheme[n] = letter ? c : url[n];
    }
    scheme[n] = '\0';
    return n == 0 ? NULL : url + n + 1;
}

int crs_sink_parse(const char *url, struct crs_sink_url *out, char *why, size_t why_size)
{
    char scheme[SCHEME_MAX];
    const char *rest;

    memset(out, 0, sizeof *out);
    snprintf(why, why_size, "%s", "");
    if (url == NULL || url[0] == '\0')
        return 0;
    rest = scheme_of(url, scheme);
    if (rest == NULL) {
        snprintf(why, why_size, "the URL for events starts with https:, http:, file:, unix: or stdout:");
        return -EINVAL;
    }
    if (strcmp(scheme, "stdout") == 0 && rest[0] == '\0') {
        out->kind = CRS_SINK_STDOUT;
        return 0;
    }
    if (strcmp(scheme, "stdout") == 0) {
        snprintf(why, why_size, "nothing may follow stdout: in the URL for events");
        return -EINVAL;
    }
    if (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0)
        return back_end_of(url, out, why, why_size);
    if (strcmp(scheme, "file") != 0 && strcmp(scheme, "unix") != 0) {
        snprintf(why, why_size, "events to %s: are not supported by this build; use https:, http:, file:, unix: or stdout:",
                 scheme);
        return -EPROTONOSUPPORT;
    }
    out->kind = strcmp(scheme, "file") == 0 ? CRS_SINK_FILE : CRS_SINK_UNIX;
    if (path_of(rest, out, why, why_size) == 0)
        return 0;
    memset(out, 0, sizeof *out);
    return -EINVAL;
}
