#define _GNU_SOURCE
#include "http.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define INTERIM_MAX     8
#define RETRY_AFTER_MAX 86400

void crs_http_init(struct crs_http *http, int (*read)(void *context, char *to, size_t cap), void *context)
{
    memset(http, 0, sizeof *http);
    http->read = read;
    http->context = context;
}

/* More bytes into the buffer: how many, 0 at the end, -errno. */
static int more(struct crs_http *http)
{
    int n;

    if (http->at > 0) {
        memmove(http->buf, http->buf + http->at, http->end - http->at);
        http->end -= http->at;
        http->at = 0;
    }
    if (http->end == sizeof http->buf)
        return -EMSGSIZE;
    n = http->read(http->context, http->buf + http->end, sizeof http->buf - http->end);
    if (n > 0) {
        http->end += (size_t)n;
        http->started = 1;
    }
    return n;
}

/* The next line without its end, closed with NUL, valid until the next call. */
static int next_line(struct crs_http *http, char **out)
{
    size_t searched = 0;
    char *newline, *line;
    int n;

    while ((newline = memchr(http->buf + http->at + searched, '\n', http->end - http->at - searched)) == NULL) {
        searched = http->end - http->at;
        n = more(http);
        if (n <= 0)
            return n == 0 ? -ECONNRESET : n;
    }
    line = http->buf + http->at;
    http->at = (size_t)(newline - http->buf) + 1;
    if (newline > line && newline[-1] == '\r')
        newline--;
    *newline = '\0';
    for (char *c = line; c < newline; c++)
        if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7f)
            return -EPROTO;
    *out = line;
    return 0;
}

static int status_line(struct crs_http *http, const char *line)
{
    if (strncmp(line, "HTTP/1.", 7) != 0 || (line[7] != '0' && line[7] != '1') || line[8] != ' ')
        return -EPROTO;
    http->keep = line[7] == '1';
    http->status = 0;
    for (int i = 9; i < 12; i++) {
        if (line[i] < '0' || line[i] > '9')
            return -EPROTO;
        http->status = http->status * 10 + line[i] - '0';
    }
    return http->status < 100 || (line[12] != ' ' && line[12] != '\0') ? -EPROTO : 0;
}

static int is_token(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static int number(const char *text, int64_t most, int64_t *out)
{
    *out = 0;
    if (*text == '\0')
        return -EPROTO;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return -EPROTO;
        *out = *out > (most - 9) / 10 ? most : *out * 10 + *text - '0';
    }
    return 0;
}

static int content_length(struct crs_http *http, const char *value)
{
    int64_t length;

    if (strlen(value) > 18 || number(value, INT64_MAX, &length) != 0 || (http->lengths && http->left != (uint64_t)length))
        return -EPROTO;
    http->lengths = 1;
    http->left = (uint64_t)length;
    return 0;
}

/* Seconds, or a date. What cannot be read is as if nothing were said. */
static void retry_after(struct crs_http *http, const char *value)
{
    struct tm date = {0};
    int64_t seconds;
    const char *end;

    if (number(value, RETRY_AFTER_MAX, &seconds) != 0) {
        end = strptime(value, "%a, %d %b %Y %H:%M:%S GMT", &date);
        if (end == NULL || *end != '\0')
            return;
        seconds = (int64_t)timegm(&date) - (int64_t)time(NULL);
    }
    http->retry_after = seconds < 0 ? 0 : seconds > RETRY_AFTER_MAX ? RETRY_AFTER_MAX : (int32_t)seconds;
}

static int has_token(const char *list, const char *token)
{
    size_t length = strlen(token);

    for (const char *at = list; *at != '\0';) {
        size_t n;

        at += strspn(at, " \t,");
        n = strcspn(at, " \t,");
        if (n == length && strncasecmp(at, token, n) == 0)
            return 1;
        at += n;
    }
    return 0;
}

static int header(struct crs_http *http, char *line)
{
    char *colon = line, *value, *end;

    while (is_token(*colon))
        colon++;
    if (colon == line || *colon != ':')
        return -EPROTO;
    *colon = '\0';
    value = colon + 1 + strspn(colon + 1, " \t");
    for (end = value + strlen(value); end > value && (end[-1] == ' ' || end[-1] == '\t'); end--)
        end[-1] = '\0';
    if (strcasecmp(line, "content-length") == 0)
        return content_length(http, value);
    if (strcasecmp(line, "transfer-encoding") == 0) {
        if (strcasecmp(value, "chunked") != 0 || http->body == CRS_BODY_CHUNKED)
            return -EPROTO;
        http->body = CRS_BODY_CHUNKED;
    } else if (strcasecmp(line, "content-encoding") == 0 && strcasecmp(value, "identity") != 0) {
        return -EPROTO; /* none was asked for */
    } else if (strcasecmp(line, "connection") == 0 && has_token(value, "close")) {
        http->keep = 0;
    } else if (strcasecmp(line, "retry-after") == 0) {
        retry_after(http, value);
    } else if (strcasecmp(line, "etag") == 0 && strlen(value) < sizeof http->etag && strpbrk(value, " \t") == NULL) {
        strcpy(http->etag, value);
    }
    return 0;
}

static int headers(struct crs_http *http, int take)
{
    char *line;

    for (uint32_t i = 0; i <= CRS_HTTP_HEADERS; i++) {
        int result = next_line(http, &line);

        if (result != 0 || line[0] == '\0')
            return result;
        result = take ? header(http, line) : 0;
        if (result != 0)
            return result;
    }
    return -EMSGSIZE;
}

static int one_head(struct crs_http *http)
{
    char *line;
    int result;

    http->body = CRS_BODY_NONE;
    http->lengths = http->in_chunks = http->done = 0;
    http->left = 0;
    http->retry_after = -1;
    http->etag[0] = '\0';
    result = next_line(http, &line);
    if (result == 0)
        result = status_line(http, line);
    return result == 0 ? headers(http, 1) : result;
}

int crs_http_head(struct crs_http *http, int connect)
{
    int result, interim = 0;

    http->started = http->at < http->end;
    do {
        result = one_head(http);
        if (result != 0)
            return result;
    } while (http->status < 200 && http->status != 101 && ++interim < INTERIM_MAX);
    if (http->status < 200)
        return -EPROTO;
    if (http->status == 204 || http->status == 304 || (connect && http->status < 300))
        http->body = CRS_BODY_NONE;
    else if (http->body == CRS_BODY_CHUNKED && http->lengths)
        return -EPROTO; /* two ends: whoever stands between may see the other one */
    else if (http->body != CRS_BODY_CHUNKED)
        http->body = http->lengths ? CRS_BODY_LENGTH : CRS_BODY_TO_END;
    if (http->body == CRS_BODY_TO_END)
        http->keep = 0;
    if (http->body == CRS_BODY_CHUNKED)
        http->left = 0;
    http->done = http->body == CRS_BODY_NONE || (http->body == CRS_BODY_LENGTH && http->left == 0);
    return 0;
}

static int chunk_size(struct crs_http *http)
{
    char *line;
    int result = 0, digits = 0;

    if (http->in_chunks) {
        result = next_line(http, &line);
        if (result == 0 && line[0] != '\0')
            result = -EPROTO;
    }
    if (result == 0)
        result = next_line(http, &line);
    if (result != 0)
        return result;
    http->in_chunks = 1;
    http->left = 0;
    for (; digits < 15; digits++) {
        int c = (unsigned char)line[digits], letter = c | 0x20;

        if (c >= '0' && c <= '9')
            http->left = http->left << 4 | (uint64_t)(c - '0');
        else if (letter >= 'a' && letter <= 'f')
            http->left = http->left << 4 | (uint64_t)(letter - 'a' + 10);
        else
            break;
    }
    if (digits == 0 || (line[digits] != '\0' && strchr("; \t", line[digits]) == NULL))
        return -EPROTO;
    if (http->left > 0)
        return 0;
    result = headers(http, 0);
    http->done = result == 0;
    return result;
}

int crs_http_read(struct crs_http *http, char *to, size_t cap)
{
    size_t have;
    int n;

    if (http->body == CRS_BODY_CHUNKED && http->left == 0 && !http->done && (n = chunk_size(http)) != 0)
        return n;
    if (http->done || cap == 0)
        return 0;
    if (http->body != CRS_BODY_TO_END && cap > http->left)
        cap = (size_t)http->left;
    if (cap > INT32_MAX)
        cap = INT32_MAX;
    have = http->end - http->at;
    if (have > 0) {
        n = (int)(have < cap ? have : cap);
        memcpy(to, http->buf + http->at, (size_t)n);
        http->at += (size_t)n;
    } else {
        n = http->read(http->context, to, cap);
    }
    if (n == 0) {
        http->done = http->body == CRS_BODY_TO_END;
        return http->done ? 0 : -ECONNRESET;
    }
    if (n > 0 && http->body != CRS_BODY_TO_END) {
        http->left -= (uint64_t)n;
        http->done = http->left == 0 && http->body == CRS_BODY_LENGTH;
    }
    return n;
}

int crs_http_text(struct crs_http *http, char *to, size_t cap)
{
    size_t have = 0;
    int n;

    for (;;) {
        n = crs_http_read(http, to + have, cap - have);
        if (n < 0)
            return n;
        if (n == 0 && http->done)
            break;
        have += (size_t)n;
        if (have == cap)
            return -EMSGSIZE;
    }
    to[have] = '\0';
    return (int)have;
}

int crs_http_skip(struct crs_http *http, size_t most)
{
    char rest[1024];
    size_t skipped = 0;
    int n;

    while (!http->done) {
        n = crs_http_read(http, rest, sizeof rest);
        if (n < 0)
            return n;
        skipped += (size_t)n;
        if (skipped > most)
            return -EMSGSIZE;
    }
    return 0;
}
