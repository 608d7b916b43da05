/*
 * What Mbed TLS's archive, compiled for glibc with checked functions, asks of the C library and musl does not have.
 * Only its self tests print, which nobody calls.
 */
#include <stdarg.h>
#include <stdio.h>

int __printf_chk(int flag, const char *format, ...);

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
