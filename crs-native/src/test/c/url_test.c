#include "check.h"
#include "random.h"
#include "url.h"

#include <errno.h>
#include <string.h>

static struct crs_url url;
static const char *why;

static int parse(const char *text)
{
    int result = crs_url_parse(text, &url, &why);

    CHECK((result == 0) == (why == NULL));
    CHECK(result == 0 || (result == -EINVAL && url.host[0] == '\0' && url.password[0] == '\0'));
    return result;
}

static const char *authority(int port)
{
    static char out[300];

    crs_url_authority(&url, port, out, sizeof out);
    return out;
}

static void takes_the_parts_apart(void)
{
    CHECK(parse("https://us%40er:p%3Ass%2f@back.example:8443/crs/v1.3/") == 0);
    CHECK(url.secure && url.credentials && url.port == 8443 && !url.literal);
    CHECK(strcmp(url.user, "us@er") == 0 && strcmp(url.password, "p:ss/") == 0);
    CHECK(strcmp(url.host, "back.example") == 0 && strcmp(url.path, "/crs/v1.3") == 0);
    CHECK(strcmp(authority(0), "back.example:8443") == 0);
    CHECK(parse("HTTP://host") == 0 && !url.secure && url.port == 80 && url.path[0] == '\0' && !url.credentials);
    CHECK(strcmp(authority(0), "host") == 0 && strcmp(authority(1), "host:80") == 0);
    CHECK(parse("https://host///") == 0 && url.port == 443 && url.path[0] == '\0');
    CHECK(parse("http://user@h/a%20b") == 0 && strcmp(url.user, "user") == 0 && url.password[0] == '\0');
    CHECK(strcmp(url.path, "/a%20b") == 0);
    CHECK(parse("http://u:a:b@h") == 0 && strcmp(url.password, "a:b") == 0);
    CHECK(parse("http://@h") == 0 && url.credentials && url.user[0] == '\0');
}

static void knows_addresses(void)
{
    CHECK(parse("https://[2001:db8::1]/x") == 0 && url.literal && strcmp(url.host, "2001:db8::1") == 0);
    CHECK(strcmp(authority(0), "[2001:db8::1]") == 0 && strcmp(authority(1), "[2001:db8::1]:443") == 0);
    CHECK(parse("https://[::1]:8443") == 0 && url.port == 8443);
    CHECK(parse("http://127.0.0.1:65535") == 0 && url.port == 65535);
    CHECK(parse("http://[::1") != 0 && parse("http://[host]") != 0 && parse("http://[::1]x") != 0);
    CHECK(parse("http://::1/") != 0 && parse("http://[::1%25lo]") != 0 && parse("http://[]") != 0);
}

static void lets_nothing_in_that_ends_a_line(void)
{
    static const char *const bad[] = {
        "http://host/a\r\nX: y", "http://ho\nst/", "http://u:p\r@host/", "http://u%0d%0aX:p@host/", "http://u:%00@host",
        "http://host/%0a", "http://host/%0D", "http://u:%7f@host", "http://host/\tx", "http://host/ x", "http://h\\x/",
        "http://host/\"", "http://ho%0ast/", "http://host/\xc3\xa4", "http://u:%1@host", "http://u:%zz@host", "http://host/%",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(parse(bad[i]) != 0);
}

static void refuses_what_is_no_address(void)
{
    static const char *const bad[] = {
        "", "http", "http:/host", "http://", "http:///path", "ftp://host", "http://:80", "http://host:", "http://host:0",
        "http://host:65536", "http://host:080800", "http://host:8a", "http://host:-1", "http://a@b@host", "http://host?q",
        "http://host/#f", "http://us%3Aer:p@host", "//host", "http://host:80:80",
    };
    char text[4096] = "http://";

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(parse(bad[i]) != 0);
    memset(text + 7, 'a', 254);
    CHECK(parse(text) != 0);
    text[7 + 253] = '\0';
    CHECK(parse(text) == 0 && strlen(url.host) == 253);
    memcpy(text, "http://h/", 9);
    memset(text + 9, 'a', 1023);
    text[9 + 1023] = '\0';
    CHECK(parse(text) != 0);
    text[9 + 1022] = '\0';
    CHECK(parse(text) == 0 && strlen(url.path) == 1023);
    memcpy(text, "http://", 7);
    memset(text + 7, 'u', 256);
    memcpy(text + 7 + 256, "@h", 3);
    CHECK(parse(text) != 0);
}

/* Whatever is taken ends up in requests: never a byte there that could end a line or a header. */
static void survives_anything(void)
{
    static const char likely[] = "htps:/[]@%0aAdD123.?#\r\n\x01\xff ::-_\\";
    char any[64];

    random_state = 3;
    for (int round = 0; round < 200000; round++) {
        size_t length = random_below(sizeof any - 8);

        memcpy(any, "http://h", 8);
        for (size_t i = 7; i < 7 + length; i++)
            any[i] = likely[random_below(sizeof likely - 1)];
        any[7 + length] = '\0';
        if (parse(any) != 0)
            continue;
        CHECK(url.host[0] != '\0' && url.port != 0 && (url.path[0] == '\0' || url.path[0] == '/'));
        for (const char *c = url.path; *c != '\0'; c++)
            CHECK((unsigned char)*c > 0x20 && (unsigned char)*c < 0x7f);
        for (const char *c = url.user; *c != '\0'; c++)
            CHECK((unsigned char)*c >= 0x20 && *c != ':' && *c != 0x7f);
        for (const char *c = url.password; *c != '\0'; c++)
            CHECK((unsigned char)*c >= 0x20 && *c != 0x7f);
    }
}

int main(void)
{
    takes_the_parts_apart();
    knows_addresses();
    lets_nothing_in_that_ends_a_line();
    refuses_what_is_no_address();
    survives_anything();
    return 0;
}
