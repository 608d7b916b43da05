/* Glob patterns in the form the decision table holds them. */
#ifndef CRS_GLOB_H
#define CRS_GLOB_H

#include "table.h"

/*
 * LITERAL: exactly the prefix. PREFIX: the prefix, then anything. PATTERN: the prefix, then what the rest matches.
 * The prefix is plain bytes; in the rest * is any run, ? one code point (a byte that is no UTF-8 counts as one), and
 * a backslash makes the next byte plain.
 */
enum { CRS_GLOB_LITERAL = 1, CRS_GLOB_PREFIX, CRS_GLOB_PATTERN };

struct crs_glob {
    uint8_t shape;
    uint8_t fold; /* 1: a host name; A-Z of the text are a-z, and one dot at its end is dropped */
    struct crs_str prefix, rest;
};

/* Whether the glob matches the whole text. Time: length of the text times length of the rest at worst; no stack. */
int crs_glob_match(const struct crs_glob *glob, struct crs_str text);

/* Whether it matches some string that begins with folder and a slash. */
int crs_glob_reaches_below(const struct crs_glob *glob, struct crs_str folder);

/* Whether its prefix begins with folder and a slash: it names something below, be there a folder or not. */
int crs_glob_names_below(const struct crs_glob *glob, struct crs_str folder);

/* Whether it matches every string that begins with folder and a slash, as a prefix with a star at its end. */
int crs_glob_covers_below(const struct crs_glob *glob, struct crs_str folder);

/* The length of the code point at s (end is beyond it), 1 if there is no valid UTF-8. */
uint32_t crs_utf8_length(const uint8_t *s, const uint8_t *end);

#endif
