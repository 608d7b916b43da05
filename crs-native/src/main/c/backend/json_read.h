/*
 * Small JSON documents, read in place: no allocation, bounded depth. A document is checked as a whole first; what is
 * asked for afterwards is a piece of its text.
 */
#ifndef CRS_JSON_READ_H
#define CRS_JSON_READ_H

#include <stddef.h>
#include <stdint.h>

#define CRS_JSON_DEPTH 16u

/* One value of a checked document, blanks around it left out. */
struct crs_json_text {
    const char *at, *end;
};

/* The document is one value, RFC 8259, UTF-8, nested at most CRS_JSON_DEPTH deep. 0 with *root, or -EINVAL. */
int crs_json_read(const char *text, size_t length, struct crs_json_text *root);

/* A member of an object: 0; -ENOENT: no such member, or null; -EINVAL: no object, or the name comes twice. */
int crs_json_member(struct crs_json_text object, const char *name, struct crs_json_text *value);

/* The element after *element of an array, or the first one when element->at is NULL: 1; 0 after the last; -EINVAL. */
int crs_json_element(struct crs_json_text array, struct crs_json_text *element);

/* A string without control characters, ended by NUL: 0; -EINVAL: no such string; -EMSGSIZE: does not fit. */
int crs_json_get_string(struct crs_json_text value, char *out, size_t cap);
/* A whole number from 0 to `most`. 0 or -EINVAL. */
int crs_json_get_unsigned(struct crs_json_text value, uint64_t most, uint64_t *out);
int crs_json_get_boolean(struct crs_json_text value, int *out);

#endif
