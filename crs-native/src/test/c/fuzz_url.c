/* libFuzzer: an address, and a list of hosts reached without a proxy, with a line's end between. */
#include "proxy.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken goes into requests and headers. */
static void check_text(const char *text, int least)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < least || *text == 0x7f)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *list, authority[300];
    struct crs_url url, proxy;
    const char *why;

    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    list = strchr(text, '\n');
    if (list != NULL)
        *list++ = '\0';
    if (crs_url_parse(text, &url, &why) == 0) {
        check_text(url.path, 0x21);
        check_text(url.host, 0x21);
        check_text(url.user, 0x20);
        check_text(url.password, 0x20);
        crs_url_authority(&url, 1, authority, sizeof authority);
        if (strlen(authority) < strlen(url.host) || url.port == 0)
            abort();
        crs_proxy_bypassed(list == NULL ? "" : list, &url);
    }
    if (crs_proxy_parse(text, &proxy, &why) == 0 && proxy.host[0] == '\0')
        abort();
    free(text);
    return 0;
}
