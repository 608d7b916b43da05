/*
 * What Mbed TLS's archives, compiled for glibc with checked functions, ask of the C library and musl does not have. The
 * checks are kept: a copy beyond its object ends the process.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int __printf_chk(int flag, const char *format, ...);
int __snprintf_chk(char *to, size_t cap, int flag, size_t size, const char *format, ...);
int __vsnprintf_chk(char *to, size_t cap, int flag, size_t size, const char *format, va_list arguments);
void *__memcpy_chk(void *to, const void *from, size_t length, size_t size);
void *__memset_chk(void *to, int byte, size_t length, size_t size);

int __printf_chk(int flag, const char *format, ...)
{
    va_list arguments;
    int printed;

    (void)flag;
    va_start(arguments, format);
    printed = vprintf(format, arguments);
    va_end(arguments);
    return printed;
}

int __vsnprintf_chk(char *to, size_t cap, int flag, size_t size, const char *format, va_list arguments)
{
    (void)flag;
    if (cap > size)
        abort();
    return vsnprintf(to, cap, format, arguments);
}

int __snprintf_chk(char *to, size_t cap, int flag, size_t size, const char *format, ...)
{
    va_list arguments;
    int printed;

    va_start(arguments, format);
    printed = __vsnprintf_chk(to, cap, flag, size, format, arguments);
    va_end(arguments);
    return printed;
}

void *__memcpy_chk(void *to, const void *from, size_t length, size_t size)
{
    if (length > size)
        abort();
    return memcpy(to, from, length);
}

void *__memset_chk(void *to, int byte, size_t length, size_t size)
{
    if (length > size)
        abort();
    return memset(to, byte, length);
}
