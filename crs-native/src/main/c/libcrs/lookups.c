/* The functions of a C library that look up names, asked about before they do. */
#include "filter_marker.h"
#include "rawcall.h"
#include "symbol.h"

#include <stdatomic.h>
#include <stddef.h>

enum { EAI_SYSTEM_ = -11, EINVAL_ = 22, ENOSYS_ = 38 };

extern int *__errno_location(void) __attribute__((weak));

struct addrinfo;
struct sockaddr;

typedef int lookup(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **out);
typedef int reverse(const struct sockaddr *address, unsigned length, char *host, unsigned host_size, char *service,
                    unsigned service_size, int flags);

static int fails(int err)
{
    if (__errno_location != NULL)
        *__errno_location() = err;
    return EAI_SYSTEM_;
}

/* 0, or the errno it is denied with. */
static int asked(int number, const void *a, unsigned long b)
{
    long result = RAW(SYS_prctl, CRS_LIBRARY_CALL, number, a, b, 0);

    return result >= 0 || result == -EINVAL_ ? 0 : (int)-result;
}

/* The library's own. Found once; to look twice does no harm. */
static void *library_s(_Atomic(void *) *known, const char *name, const void *own)
{
    void *found = atomic_load(known);

    if (found == NULL) {
        found = crs_next_symbol(name, own);
        atomic_store(known, found);
    }
    return found;
}

#define PUBLIC __attribute__((visibility("default")))

PUBLIC lookup getaddrinfo;
PUBLIC reverse getnameinfo;

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
    static _Atomic(void *) known;
    lookup *next = (lookup *)library_s(&known, "getaddrinfo", (const void *)getaddrinfo);
    int err = asked(CRS_GETADDRINFO, node, (unsigned long)service);

    if (err == 0 && next == NULL)
        err = ENOSYS_;
    return err != 0 ? fails(err) : next(node, service, hints, out);
}

int getnameinfo(const struct sockaddr *address, unsigned length, char *host, unsigned host_size, char *service,
                unsigned service_size, int flags)
{
    static _Atomic(void *) known;
    reverse *next = (reverse *)library_s(&known, "getnameinfo", (const void *)getnameinfo);
    int err = asked(CRS_GETNAMEINFO, address, length);

    if (err == 0 && next == NULL)
        err = ENOSYS_;
    return err != 0 ? fails(err) : next(address, length, host, host_size, service, service_size, flags);
}
