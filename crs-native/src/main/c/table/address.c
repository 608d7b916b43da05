#include "address.h"

#include <string.h>

static const uint8_t MAPPED[12] = {[10] = 0xff, [11] = 0xff};
static const uint8_t ZERO[16];

struct crs_address crs_address_of(const struct crs_call *c)
{
    struct crs_address a = {0, {0}};

    if (c->addr_kind == CRS_ADDR_INET) {
        a.length = 4;
        memcpy(a.bytes, c->addr, 4);
    } else if (c->addr_kind == CRS_ADDR_INET6 && memcmp(c->addr, MAPPED, sizeof(MAPPED)) == 0) {
        a.length = 4;
        memcpy(a.bytes, c->addr + sizeof(MAPPED), 4);
    } else if (c->addr_kind == CRS_ADDR_INET6) {
        a.length = 16;
        memcpy(a.bytes, c->addr, 16);
    }
    if (a.length == 4 && memcmp(a.bytes, ZERO, 4) == 0) {
        a.bytes[0] = 127;
        a.bytes[3] = 1;
    } else if (a.length == 16 && memcmp(a.bytes, ZERO, 16) == 0) {
        a.bytes[15] = 1;
    }
    return a;
}

static char *put_decimal(char *to, uint32_t n)
{
    if (n >= 100)
        *to++ = (char)('0' + n / 100);
    if (n >= 10)
        *to++ = (char)('0' + n / 10 % 10);
    *to++ = (char)('0' + n % 10);
    return to;
}

static char *put_hex(char *to, uint32_t n)
{
    int shift = 12;

    while (shift > 0 && n >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        *to++ = "0123456789abcdef"[n >> shift & 15];
    return to;
}

/* The first of the longest runs of zero groups; its length is 0 if none has two. */
static int longest_zeros(const uint16_t group[8], int *length)
{
    int best = 8, start, end;

    *length = 0;
    for (start = 0; start < 8; start = end + 1) {
        for (end = start; end < 8 && group[end] == 0; end++)
            ;
        if (end - start >= 2 && end - start > *length) {
            best = start;
            *length = end - start;
        }
    }
    return best;
}

uint32_t crs_address_text(const struct crs_address *address, char text[CRS_ADDRESS_TEXT])
{
    const uint8_t *b = address->bytes;
    uint16_t group[8];
    char *to = text;
    int i, zeros, length;

    if (address->length == 4) {
        for (i = 0; i < 4; i++) {
            if (i > 0)
                *to++ = '.';
            to = put_decimal(to, b[i]);
        }
        return (uint32_t)(to - text);
    }
    for (i = 0; i < 8; i++)
        group[i] = (uint16_t)(b[2 * i] << 8 | b[2 * i + 1]);
    zeros = longest_zeros(group, &length);
    for (i = 0; i < 8; i++) {
        if (i == zeros) {
            *to++ = ':';
            *to++ = ':';
            i += length - 1;
            continue;
        }
        if (i > 0 && to[-1] != ':')
            *to++ = ':';
        to = put_hex(to, group[i]);
    }
    return (uint32_t)(to - text);
}
