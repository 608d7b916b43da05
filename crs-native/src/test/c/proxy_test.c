#include "check.h"
#include "proxy.h"

#include <errno.h>
#include <string.h>

static struct crs_url url, proxy;
static const char *why;

static int bypassed(const char *list, const char *target)
{
    CHECK(crs_url_parse(target, &url, &why) == 0);
    return crs_proxy_bypassed(list, &url);
}

static void takes_an_address_with_or_without_a_scheme(void)
{
    CHECK(crs_proxy_parse("http://u:p%40@proxy.example:3128/", &proxy, &why) == 0);
    CHECK(proxy.port == 3128 && strcmp(proxy.host, "proxy.example") == 0 && strcmp(proxy.password, "p@") == 0);
    CHECK(crs_proxy_parse("proxy:8080", &proxy, &why) == 0 && proxy.port == 8080 && !proxy.credentials);
    CHECK(crs_proxy_parse("u:p@[::1]:1", &proxy, &why) == 0 && proxy.literal && strcmp(proxy.user, "u") == 0);
    CHECK(crs_proxy_parse("https://proxy", &proxy, &why) == -EPROTONOSUPPORT);
    CHECK(crs_proxy_parse("socks5://proxy", &proxy, &why) == -EPROTONOSUPPORT);
    CHECK(crs_proxy_parse("http://proxy/path", &proxy, &why) == -EINVAL);
    CHECK(crs_proxy_parse("pro xy", &proxy, &why) == -EINVAL && crs_proxy_parse("", &proxy, &why) == -EINVAL);
    CHECK(crs_proxy_parse("proxy\r\nX: y", &proxy, &why) == -EINVAL);
}

static void passes_by_named_hosts_and_what_is_below_them(void)
{
    CHECK(bypassed("example.com", "http://example.com") && bypassed("example.com", "http://a.EXAMPLE.com"));
    CHECK(!bypassed("example.com", "http://badexample.com") && !bypassed("example.com", "http://example.com.bad"));
    CHECK(bypassed(".example.com", "http://a.example.com") && bypassed(".example.com", "http://example.com"));
    CHECK(bypassed("a, b ,\tc", "http://c") && bypassed("a b c", "http://b") && !bypassed("a,b", "http://d"));
    CHECK(bypassed("*", "http://anything") && bypassed("x,*", "https://[::1]"));
    CHECK(!bypassed("", "http://h") && !bypassed(" , ,", "http://h") && !bypassed(".", "http://h"));
}

static void passes_by_ports(void)
{
    CHECK(bypassed("host:8443", "https://host:8443") && !bypassed("host:8443", "https://host"));
    CHECK(bypassed("[::1]:443", "https://[::1]") && !bypassed("[::1]:80", "https://[::1]"));
    CHECK(!bypassed("host:x", "https://host") && !bypassed("host:", "https://host") && !bypassed("[::1", "https://[::1]"));
}

static void passes_by_networks(void)
{
    CHECK(bypassed("10.0.0.0/8", "http://10.200.3.4") && !bypassed("10.0.0.0/8", "http://11.0.0.1"));
    CHECK(bypassed("192.168.1.128/25", "http://192.168.1.200") && !bypassed("192.168.1.128/25", "http://192.168.1.100"));
    CHECK(bypassed("fd00::/8", "http://[fd12::1]") && !bypassed("fd00::/8", "http://[fe80::1]"));
    CHECK(bypassed("0.0.0.0/0", "http://1.2.3.4") && !bypassed("0.0.0.0/0", "http://[::1]"));
    CHECK(!bypassed("10.0.0.0/33", "http://10.0.0.0") && !bypassed("10.0.0.0/-1", "http://10.0.0.0"));
    CHECK(bypassed("::1", "http://[0:0::1]") && bypassed("127.0.0.1", "http://127.0.0.1"));
    CHECK(!bypassed("1.2.3.4/32", "http://host") && !bypassed("host/8", "http://host"));
}

int main(void)
{
    takes_an_address_with_or_without_a_scheme();
    passes_by_named_hosts_and_what_is_below_them();
    passes_by_ports();
    passes_by_networks();
    return 0;
}
