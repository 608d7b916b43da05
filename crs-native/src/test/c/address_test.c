#include "address.h"
#include "check.h"

#include <arpa/inet.h>
#include <string.h>

static struct crs_address canonical(int family, const char *text)
{
    struct crs_call c = {.addr_kind = family == AF_INET ? CRS_ADDR_INET : CRS_ADDR_INET6};

    CHECK(inet_pton(family, text, c.addr) == 1);
    return crs_address_of(&c);
}

static int reads(int family, const char *text, const char *expected)
{
    struct crs_address a = canonical(family, text);
    char found[CRS_ADDRESS_TEXT];
    uint32_t len = crs_address_text(&a, found);

    if (len == strlen(expected) && memcmp(found, expected, len) == 0)
        return 1;
    fprintf(stderr, "%s is written %.*s\n", text, (int)len, found);
    return 0;
}

static void writes_the_text_of_rfc_5952(void)
{
    CHECK(reads(AF_INET, "10.0.0.5", "10.0.0.5"));
    CHECK(reads(AF_INET, "255.199.99.100", "255.199.99.100"));
    CHECK(reads(AF_INET6, "2001:DB8::1", "2001:db8::1"));
    CHECK(reads(AF_INET6, "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"));
    CHECK(reads(AF_INET6, "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"));
    CHECK(reads(AF_INET6, "1:0:0:2:0:0:0:3", "1:0:0:2::3"));
    CHECK(reads(AF_INET6, "fe80::", "fe80::"));
    CHECK(reads(AF_INET6, "0:0:0:1::", "0:0:0:1::"));
    CHECK(reads(AF_INET6, "abcd:ef01:2345:6789:abcd:ef01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"));
}

static void mapped_addresses_are_ipv4(void)
{
    CHECK(canonical(AF_INET6, "::ffff:10.1.2.3").length == 4);
    CHECK(reads(AF_INET6, "::ffff:10.1.2.3", "10.1.2.3"));
    CHECK(canonical(AF_INET6, "::10.1.2.3").length == 16);
}

static void unspecified_addresses_are_loopback(void)
{
    CHECK(reads(AF_INET, "0.0.0.0", "127.0.0.1"));
    CHECK(reads(AF_INET6, "::", "::1"));
    CHECK(reads(AF_INET6, "::ffff:0.0.0.0", "127.0.0.1"));
}

static void other_families_have_no_address(void)
{
    struct crs_call c = {.addr_kind = CRS_ADDR_OTHER};

    CHECK(crs_address_of(&c).length == 0);
}

int main(void)
{
    writes_the_text_of_rfc_5952();
    mapped_addresses_are_ipv4();
    unspecified_addresses_are_loopback();
    other_families_have_no_address();
    return 0;
}
