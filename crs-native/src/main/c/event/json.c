#include "json.h"

#include "glob.h"

#include <string.h>

void crs_json_init(struct crs_json *json, char *buf, size_t cap)
{
    json->buf = buf;
    json->cap = cap;
    json->len = 0;
    json->full = 0;
    json->truncated = 0;
}

void crs_json_bytes(struct crs_json *json, const char *bytes, size_t length)
{
    if (json->full || length > json->cap - json->len) {
        json->full = 1;
        return;
    }
    memcpy(json->buf + json->len, bytes, length);
    json->len += length;
}

void crs_json_raw(struct crs_json *json, const char *text)
{
    crs_json_bytes(json, text, strlen(text));
}

void crs_json_unsigned(struct crs_json *json, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;

    do
        digits[--at] = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    crs_json_bytes(json, digits + at, sizeof digits - at);
}

void crs_json_signed(struct crs_json *json, int64_t value)
{
    if (value < 0)
        crs_json_raw(json, "-");
    crs_json_unsigned(json, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void crs_json_hex(struct crs_json *json, uint64_t value)
{
    static const char hex[] = "0123456789abcdef";
    char digits[16];
    size_t at = sizeof digits;

    do
        digits[--at] = hex[value & 15];
    while ((value >>= 4) != 0);
    crs_json_raw(json, "0x");
    crs_json_bytes(json, digits + at, sizeof digits - at);
}

size_t crs_json_character(const char *s, size_t length)
{
    const uint8_t *u = (const uint8_t *)s;
    uint32_t n = length == 0 ? 0 : crs_utf8_length(u, u + length);

    return n == 1 && u[0] >= 0x80 ? 0 : n;
}

static void escaped(struct crs_json *json, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    char text[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
    const char *at = strchr("\"\\\b\f\n\r\t", c);

    if (c != 0 && at != NULL) {
        text[1] = "\"\\bfnrt"[at - "\"\\\b\f\n\r\t"];
        crs_json_bytes(json, text, 2);
    } else {
        crs_json_bytes(json, text, 6);
    }
}

/* DEL and U+2028/2029 are valid in JSON; DEL is escaped because terminals act on it. */
int crs_json_string(struct crs_json *json, const char *bytes, size_t length, size_t max)
{
    size_t end = length < max ? length : max;
    int malformed = 0;

    crs_json_raw(json, "\"");
    for (size_t i = 0; i < end;) {
        size_t n = crs_json_character(bytes + i, length - i);
        unsigned char c = (unsigned char)bytes[i];

        if (n > end - i)
            break;
        if (n == 0) {
            malformed = 1;
            crs_json_raw(json, "\xef\xbf\xbd");
            i++;
            continue;
        }
        if (n == 1 && (c < 0x20 || c == '"' || c == '\\' || c == 0x7f))
            escaped(json, c);
        else
            crs_json_bytes(json, bytes + i, n);
        i += n;
    }
    if (length > max)
        json->truncated = 1;
    crs_json_raw(json, "\"");
    return malformed;
}

void crs_json_base64(struct crs_json *json, const char *bytes, size_t length, size_t max)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *u = (const unsigned char *)bytes;
    size_t end = length < max ? length : max;

    crs_json_raw(json, "\"");
    for (size_t i = 0; i < end; i += 3) {
        size_t left = end - i;
        uint32_t group = (uint32_t)u[i] << 16 | (left > 1 ? (uint32_t)u[i + 1] << 8 : 0) | (left > 2 ? u[i + 2] : 0u);
        char four[4] = {alphabet[group >> 18], alphabet[group >> 12 & 63],
                        left > 1 ? alphabet[group >> 6 & 63] : '=', left > 2 ? alphabet[group & 63] : '='};

        crs_json_bytes(json, four, 4);
    }
    crs_json_raw(json, "\"");
    if (length > max)
        json->truncated = 1;
}
