#include "check.h"
#include "sockaddr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

static struct crs_call call;
static char text[128];
static struct sockaddr_storage address;

static void decode(size_t len)
{
    memset(&call, 0, sizeof call);
    call.port = -1;
    crs_call_address(&call, &address, len, text);
}

static int text_is(const char *wanted)
{
    return call.addr_kind == CRS_ADDR_OTHER && call.addr_text.len == strlen(wanted) &&
           memcmp(call.addr_text.s, wanted, call.addr_text.len) == 0;
}

static void takes_internet_addresses(void)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(443)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(53), .sin6_addr = IN6ADDR_LOOPBACK_INIT};

    in.sin_addr.s_addr = htonl(0x7f000001);
    memcpy(&address, &in, sizeof in);
    decode(sizeof in);
    CHECK(call.addr_kind == CRS_ADDR_INET && call.port == 443 && memcmp(call.addr, "\x7f\0\0\1", 4) == 0);
    memcpy(&address, &in6, sizeof in6);
    decode(sizeof in6);
    CHECK(call.addr_kind == CRS_ADDR_INET6 && call.port == 53 && call.addr[15] == 1);
    decode(24); /* without a scope: the kernel takes it */
    CHECK(call.addr_kind == CRS_ADDR_INET6);
}

static void an_address_that_is_cut_is_no_internet_address(void)
{
    memset(&address, 0, sizeof address);
    address.ss_family = AF_INET;
    decode(sizeof(struct sockaddr_in) - 1);
    CHECK(text_is("@family-2"));
    decode(1);
    CHECK(text_is("@"));
    decode(0);
    CHECK(text_is("@"));
}

static void names_unix_sockets(void)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/run/docker.sock"};

    memcpy(&address, &un, sizeof un);
    decode(offsetof(struct sockaddr_un, sun_path) + 17);
    CHECK(text_is("/run/docker.sock"));
    memset(un.sun_path, 'p', sizeof un.sun_path); /* as long as it can be, no NUL behind it */
    memcpy(&address, &un, sizeof un);
    decode(sizeof un);
    CHECK(call.addr_text.len == sizeof un.sun_path);
    memcpy(un.sun_path, "\0name", 5);
    memcpy(&address, &un, sizeof un);
    decode(offsetof(struct sockaddr_un, sun_path) + 5);
    CHECK(text_is("@name"));
    decode(offsetof(struct sockaddr_un, sun_path));
    CHECK(text_is(""));
}

static void a_send_to_no_family_is_one_to_ipv4(void)
{
    memset(&address, 0, sizeof address);
    ((struct sockaddr_in *)&address)->sin_port = htons(9);
    memset(&call, 0, sizeof call);
    crs_call_destination(&call, &address, sizeof(struct sockaddr_in), text);
    CHECK(call.addr_kind == CRS_ADDR_INET && call.port == 9);
}

int main(void)
{
    takes_internet_addresses();
    an_address_that_is_cut_is_no_internet_address();
    names_unix_sockets();
    a_send_to_no_family_is_one_to_ipv4();
    return 0;
}
