#include "check.h"
#include "http.h"
#include "random.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* An other side that sends a text in pieces of at most `step` bytes, and then ends. */
static const char *source;
static size_t source_left, step;
static struct crs_http http;
static char body[65536];

static int feed(void *context, char *to, size_t cap)
{
    size_t n = source_left < step ? source_left : step;

    (void)context;
    if (n > cap)
        n = cap;
    memcpy(to, source, n);
    source += n;
    source_left -= n;
    return (int)n;
}

static void connect_to(const char *text, size_t length, size_t pieces)
{
    source = text;
    source_left = length;
    step = pieces;
    crs_http_init(&http, feed, NULL);
}

/* The head's result, however the text comes in pieces. */
static int head(const char *text)
{
    static const size_t steps[] = {1, 2, 7, 100000};
    int result = 0;

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        int again;

        connect_to(text, strlen(text), steps[i]);
        again = crs_http_head(&http, 0);
        CHECK(i == 0 || again == result);
        result = again;
    }
    return result;
}

/* Head and body: the body's length, or the first error. */
static int all(const char *text)
{
    int result = head(text);

    for (size_t pieces = 1; result == 0 && pieces < 200; pieces += 33) {
        connect_to(text, strlen(text), pieces);
        CHECK(crs_http_head(&http, 0) == 0);
        result = crs_http_text(&http, body, sizeof body);
        CHECK((result >= 0) == http.done);
        if (result < 0)
            return result;
        result = 0;
    }
    return result == 0 ? (int)strlen(body) : result;
}

static void reads_a_body_of_a_told_length(void)
{
    CHECK(all("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"7\"\r\n\r\nhello") == 5 && strcmp(body, "hello") == 0);
    CHECK(http.status == 200 && http.keep && strcmp(http.etag, "\"7\"") == 0 && http.retry_after == -1);
    CHECK(all("HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n") == 0 && http.keep);
    CHECK(all("HTTP/1.1 204\r\n\r\n") == 0 && http.status == 204);
    CHECK(all("HTTP/1.1 200 OK\nContent-Length: 2\n\nab") == 2);
    CHECK(all("HTTP/1.1 200 OK\r\nContent-Length: 3\r\ncontent-length:3\r\nConnection: Close, x\r\n\r\nabc") == 3 && !http.keep);
    CHECK(all("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc") == 3 && !http.keep);
}

static void reads_chunks(void)
{
    CHECK(all("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n") == 13);
    CHECK(strcmp(body, "abc0123456789") == 0 && http.keep);
    CHECK(all("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == 0);
}

static void reads_to_the_end_where_nothing_is_told(void)
{
    CHECK(all("HTTP/1.1 200 OK\r\n\r\nto the end") == 10 && !http.keep);
}

static void passes_over_interim_answers(void)
{
    char many[512] = "";

    CHECK(all("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nETag: \"x\"\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 1\r\n\r\nx") == 1);
    CHECK(http.status == 201 && http.etag[0] == '\0');
    for (int i = 0; i < 20; i++)
        strcat(many, "HTTP/1.1 100\r\n\r\n");
    CHECK(head(many) == -EPROTO);
    CHECK(head("HTTP/1.1 101 Switching\r\n\r\n") == -EPROTO);
}

static void reads_one_answer_after_the_other(void)
{
    static const char two[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\noneHTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "3\r\ntwo\r\n0\r\n\r\n";

    for (size_t pieces = 1; pieces < sizeof two; pieces++) {
        connect_to(two, sizeof two - 1, pieces);
        CHECK(crs_http_head(&http, 0) == 0 && crs_http_text(&http, body, sizeof body) == 3 && strcmp(body, "one") == 0);
        CHECK(crs_http_head(&http, 0) == 0 && http.status == 404 && crs_http_text(&http, body, sizeof body) == 3);
        CHECK(strcmp(body, "two") == 0 && crs_http_head(&http, 0) == -ECONNRESET && !http.started);
    }
}

static void an_answer_to_connect_has_no_body(void)
{
    static const char text[] = "HTTP/1.1 200 Connection established\r\n\r\n\x16\x03";

    connect_to(text, sizeof text - 1, 100);
    CHECK(crs_http_head(&http, 1) == 0 && http.done && http.at != http.end);
    connect_to("HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno", 40, 100);
    CHECK(crs_http_head(&http, 1) == 0 && http.status == 407 && crs_http_text(&http, body, sizeof body) == 2);
}

static void refuses_what_can_be_read_in_two_ways(void)
{
    CHECK(head("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 200 OK\r\nContent-Length : 3\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n") == -EPROTO);
}

static void refuses_what_is_no_http(void)
{
    CHECK(head("SSH-2.0-OpenSSH\r\n") == -EPROTO && head("HTTP/2 200\r\n\r\n") == -EPROTO && head("\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 20 OK\r\n\r\n") == -EPROTO && head("HTTP/1.1 2000 OK\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 099 OK\r\n\r\n") == -EPROTO && head("HTTP/1.1 200OK\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 200 OK\r\nno colon\r\n\r\n") == -EPROTO && head("HTTP/1.1 200 OK\r\n: x\r\n\r\n") == -EPROTO);
    CHECK(head("HTTP/1.1 200 OK\r\nA: \x01\r\n\r\n") == -EPROTO && head("HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n") == -EPROTO);
    CHECK(all("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n") == -EPROTO);
    CHECK(all("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n") == -EPROTO);
    CHECK(all("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n") == -EPROTO);
    CHECK(all("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n") == -EPROTO);
    CHECK(all("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc") == -EPROTO);
}

static void a_text_cut_anywhere_is_no_answer(void)
{
    static const char *const texts[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x\r\nd\r\n0\r\nT: x\r\n\r\n",
    };

    for (size_t i = 0; i < 2; i++)
        for (size_t length = 0; length < strlen(texts[i]); length++) {
            connect_to(texts[i], length, 100);
            CHECK((crs_http_head(&http, 0) != 0 || crs_http_text(&http, body, sizeof body) < 0));
        }
}

static void has_bounds(void)
{
    static char text[1 << 20];
    size_t at = (size_t)sprintf(text, "HTTP/1.1 200 OK\r\n");

    for (int i = 0; i < 200; i++)
        at += (size_t)sprintf(text + at, "H%d: x\r\n", i);
    strcpy(text + at, "\r\n");
    CHECK(head(text) == -EMSGSIZE);
    at = (size_t)sprintf(text, "HTTP/1.1 200 OK\r\nLong: ");
    memset(text + at, 'x', CRS_HTTP_LINE);
    strcpy(text + at + CRS_HTTP_LINE, "\r\n\r\n");
    CHECK(head(text) == -EMSGSIZE);
    at = (size_t)sprintf(text, "HTTP/1.1 200 OK\r\nETag: \"");
    memset(text + at, 'x', CRS_HTTP_ETAG);
    strcpy(text + at + CRS_HTTP_ETAG, "\"\r\nContent-Length: 0\r\n\r\n");
    CHECK(head(text) == 0 && http.etag[0] == '\0');
    at = (size_t)sprintf(text, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    memset(text + at, 'x', 100000);
    connect_to(text, at + 100000, 1000);
    CHECK(crs_http_head(&http, 0) == 0 && crs_http_text(&http, body, sizeof body) == -EMSGSIZE);
    connect_to(text, at + 100000, 1000);
    CHECK(crs_http_head(&http, 0) == 0 && crs_http_skip(&http, 50000) == -EMSGSIZE);
    connect_to(text, at + 100000, 1000);
    CHECK(crs_http_head(&http, 0) == 0 && crs_http_skip(&http, 100000) == 0 && http.done);
    connect_to(text, at + 10, 1000);
    CHECK(crs_http_head(&http, 0) == 0 && crs_http_text(&http, body, 10) == -EMSGSIZE);
}

static void reads_how_long_to_wait(void)
{
    CHECK(head("HTTP/1.1 429 Later\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n") == 0 && http.retry_after == 7);
    CHECK(head("HTTP/1.1 503 Later\r\nRetry-After: 99999999999999999999\r\n\r\n") == 0 && http.retry_after == 86400);
    CHECK(head("HTTP/1.1 503 Later\r\nRetry-After: Fri, 01 Jan 1999 00:00:00 GMT\r\n\r\n") == 0 && http.retry_after == 0);
    CHECK(head("HTTP/1.1 503 Later\r\nRetry-After: Fri, 01 Jan 2999 00:00:00 GMT\r\n\r\n") == 0 && http.retry_after == 86400);
    CHECK(head("HTTP/1.1 503 Later\r\nRetry-After: soon\r\n\r\n") == 0 && http.retry_after == -1);
}

/* Answers changed at random: any result will do, but no body longer than what was sent, and always an end. */
static void survives_anything(void)
{
    static const char *const seeds[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nRetry-After: 5\r\nConnection: close\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nETag: \"1\"\r\n\r\n3\r\nabc\r\n1;x\r\nd\r\n0\r\nT: x\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nto the end",
    };
    static const char likely[] = "\r\n:; 0123456789abcdfF,\"\x80";
    char any[256];

    random_state = 11;
    for (int round = 0; round < 300000; round++) {
        size_t length;
        int n;

        strcpy(any, seeds[random_below(3)]);
        length = strlen(any);
        for (uint32_t changes = 1 + random_below(4); changes > 0; changes--)
            any[random_below((uint32_t)length)] = likely[random_below(sizeof likely - 1)];
        length -= random_below(4) == 0 ? random_below((uint32_t)length) : 0;
        connect_to(any, length, 1 + random_below(64));
        if (crs_http_head(&http, 0) != 0)
            continue;
        n = crs_http_text(&http, body, sizeof body);
        CHECK(n <= (int)length);
    }
}

int main(void)
{
    reads_a_body_of_a_told_length();
    reads_chunks();
    reads_to_the_end_where_nothing_is_told();
    passes_over_interim_answers();
    reads_one_answer_after_the_other();
    an_answer_to_connect_has_no_body();
    refuses_what_can_be_read_in_two_ways();
    refuses_what_is_no_http();
    a_text_cut_anywhere_is_no_answer();
    has_bounds();
    reads_how_long_to_wait();
    survives_anything();
    return 0;
}
