/* The functions of a C library that open files, under all their names. */
#include "here.h"
#include "rawcall.h"

#include <stdarg.h>
#include <stddef.h>

enum { FDCWD = -100, CREATES = 0100 | 020000000 /* O_CREAT, O_TMPFILE's own bit */ };

extern int *__errno_location(void) __attribute__((weak)); /* a program may have no C library */

static int open_it(int dirfd, const char *path, int flags, unsigned mode)
{
    long result = crs_open_here(dirfd, path, flags);

    if (result == CRS_NOT_HERE)
        result = RAW(SYS_openat, dirfd, path, flags, mode);
    if (result >= 0)
        return (int)result;
    if (__errno_location != NULL)
        *__errno_location() = (int)-result;
    return -1;
}

#define PUBLIC __attribute__((visibility("default")))

#define OPENS(name)                                                  \
    PUBLIC int name(const char *path, int flags, ...);               \
    int name(const char *path, int flags, ...)                       \
    {                                                                \
        unsigned mode = 0;                                           \
        va_list rest;                                                \
                                                                     \
        va_start(rest, flags);                                       \
        if (flags & CREATES)                                         \
            mode = va_arg(rest, unsigned);                           \
        va_end(rest);                                                \
        return open_it(FDCWD, path, flags, mode);                    \
    }

#define OPENS_AT(name)                                               \
    PUBLIC int name(int dirfd, const char *path, int flags, ...);    \
    int name(int dirfd, const char *path, int flags, ...)            \
    {                                                                \
        unsigned mode = 0;                                           \
        va_list rest;                                                \
                                                                     \
        va_start(rest, flags);                                       \
        if (flags & CREATES)                                         \
            mode = va_arg(rest, unsigned);                           \
        va_end(rest);                                                \
        return open_it(dirfd, path, flags, mode);                    \
    }

/* What a compiler puts in their place where no mode is given and it checks that. */
#define OPENS_CHECKED(name)                                          \
    PUBLIC int name(const char *path, int flags);                    \
    int name(const char *path, int flags)                            \
    {                                                                \
        return open_it(FDCWD, path, flags, 0);                       \
    }

#define OPENS_AT_CHECKED(name)                                       \
    PUBLIC int name(int dirfd, const char *path, int flags);         \
    int name(int dirfd, const char *path, int flags)                 \
    {                                                                \
        return open_it(dirfd, path, flags, 0);                       \
    }

OPENS(open)
OPENS(open64)
OPENS(__open)
OPENS(__open64)
OPENS_AT(openat)
OPENS_AT(openat64)
OPENS_CHECKED(__open_2)
OPENS_CHECKED(__open64_2)
OPENS_AT_CHECKED(__openat_2)
OPENS_AT_CHECKED(__openat64_2)
