/* JSON into a fixed buffer: no allocation, no recursion. Running out of room is remembered, not acted on. */
#ifndef CRS_JSON_H
#define CRS_JSON_H

#include <stddef.h>
#include <stdint.h>

struct crs_json {
    char *buf;
    size_t cap, len;
    uint8_t full;       /* something did not fit; the text is useless */
    uint8_t truncated;  /* a string was cut at its bound */
};

void crs_json_init(struct crs_json *json, char *buf, size_t cap);

/* Text as it is. */
void crs_json_raw(struct crs_json *json, const char *text);
void crs_json_bytes(struct crs_json *json, const char *bytes, size_t length);
void crs_json_unsigned(struct crs_json *json, uint64_t value);
void crs_json_signed(struct crs_json *json, int64_t value);
void crs_json_hex(struct crs_json *json, uint64_t value);

/*
 * A string in quotes: at most `max` bytes of it, cut between characters; what is not UTF-8 becomes U+FFFD.
 * 1 if there was something that is not UTF-8, else 0.
 */
int crs_json_string(struct crs_json *json, const char *bytes, size_t length, size_t max);
/* At most `max` of the bytes, in quotes, RFC 4648 with padding. */
void crs_json_base64(struct crs_json *json, const char *bytes, size_t length, size_t max);

/* Bytes of the UTF-8 character at s (1 to 4), or 0 if there is none: overlong, surrogate, beyond U+10FFFF, cut. */
size_t crs_json_character(const char *s, size_t length);

#endif
