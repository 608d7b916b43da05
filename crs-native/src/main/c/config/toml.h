/*
 * The part of TOML that settings need: `key = value` with strings, booleans and integers, comments, tables.
 * What TOML has beyond that is refused line by line, each refusal with its line number; the other lines still count.
 */
#ifndef CRS_TOML_H
#define CRS_TOML_H

#include <stddef.h>
#include <stdint.h>

enum crs_toml_type { CRS_TOML_STRING, CRS_TOML_BOOLEAN, CRS_TOML_INTEGER };

struct crs_toml_value {
    uint8_t type;       /* enum crs_toml_type */
    const char *text;   /* of a string: UTF-8 without NUL, ended by NUL; valid during the call */
    int64_t number;     /* of an integer; 0 or 1 of a boolean */
};

struct crs_toml_reader {
    void *context;
    void (*value)(void *context, unsigned line, const char *key, const struct crs_toml_value *value);
    void (*refused)(void *context, unsigned line, const char *why);
};

/* Reads all of it. Keys below a [table] are not given; each table is refused once. */
void crs_toml_read(const char *text, size_t length, const struct crs_toml_reader *reader);

#endif
