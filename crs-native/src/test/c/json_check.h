/* A strict reader of JSON (RFC 8259) for the tests: one value, no duplicate keys, valid UTF-8, nothing after it. */
#ifndef CRS_JSON_CHECK_H
#define CRS_JSON_CHECK_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json_reader {
    const char *at, *end, *found;
    const char *want; /* path of the member that is looked for, "" for none */
    size_t found_length;
    int bad;
};

static void json_value(struct json_reader *r, const char *want, int depth);

static int json_next(struct json_reader *r, char c)
{
    if (r->at < r->end && *r->at == c) {
        r->at++;
        return 1;
    }
    return 0;
}

/* Length of a valid UTF-8 sequence, by table 3-7 of the Unicode standard; 0 if there is none. */
static size_t json_utf8(const unsigned char *u, size_t left)
{
    static const unsigned char ranges[][5] = {
        /* first low, first high, second low, second high, length */
        {0x00, 0x7f, 0, 0, 1},          {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3},    {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4},    {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };

    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        size_t n = ranges[i][4];

        if (left < n || u[0] < ranges[i][0] || u[0] > ranges[i][1])
            continue;
        if (n > 1 && (u[1] < ranges[i][2] || u[1] > ranges[i][3]))
            continue;
        for (size_t k = 2; k < n; k++)
            if (u[k] < 0x80 || u[k] > 0xbf)
                return 0;
        return n;
    }
    return 0;
}

static void json_string(struct json_reader *r)
{
    if (!json_next(r, '"'))
        r->bad = 1;
    while (!r->bad && r->at < r->end && *r->at != '"') {
        size_t n = json_utf8((const unsigned char *)r->at, (size_t)(r->end - r->at));

        if (n == 0 || (unsigned char)*r->at < 0x20)
            r->bad = 1;
        if (*r->at == '\\') {
            r->at++;
            if (r->at == r->end || strchr("\"\\/bfnrtu", *r->at) == NULL || *r->at == '\0')
                r->bad = 1;
            else if (*r->at == 'u')
                for (int i = 1; i <= 4; i++)
                    if (r->end - r->at <= i || r->at[i] == '\0' || strchr("0123456789abcdefABCDEF", r->at[i]) == NULL)
                        r->bad = 1;
            n = r->bad ? 0 : *r->at == 'u' ? 5 : 1;
        }
        r->at += n;
    }
    if (!json_next(r, '"'))
        r->bad = 1;
}

static void json_number(struct json_reader *r)
{
    const char *first;

    json_next(r, '-');
    first = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    if (r->at == first || (*first == '0' && r->at - first > 1))
        r->bad = 1;
}

static void json_object(struct json_reader *r, const char *want, int depth)
{
    const char *keys[64];
    size_t lengths[64], count = 0;

    if (json_next(r, '}'))
        return;
    do {
        const char *key = r->at, *rest = NULL;
        size_t length;

        json_string(r);
        length = (size_t)(r->at - key);
        for (size_t i = 0; i < count; i++)
            if (lengths[i] == length && memcmp(keys[i], key, length) == 0)
                r->bad = 1;
        if (count == 64 || !json_next(r, ':'))
            r->bad = 1;
        if (r->bad)
            return;
        keys[count] = key;
        lengths[count++] = length;
        if (*want != '\0' && strncmp(want, key + 1, length - 2) == 0 &&
            (want[length - 2] == '\0' || want[length - 2] == '.'))
            rest = want[length - 2] == '.' ? want + length - 1 : "=";
        json_value(r, rest == NULL ? "" : rest, depth + 1);
    } while (!r->bad && json_next(r, ','));
    if (!json_next(r, '}'))
        r->bad = 1;
}

static void json_array(struct json_reader *r, const char *want, int depth)
{
    long index = 0;

    if (json_next(r, ']'))
        return;
    do {
        char *rest = NULL;
        int here = *want >= '0' && *want <= '9' && strtol(want, &rest, 10) == index;

        index++;
        json_value(r, !here ? "" : *rest == '.' ? rest + 1 : "=", depth + 1);
    } while (!r->bad && json_next(r, ','));
    if (!json_next(r, ']'))
        r->bad = 1;
}

static void json_value(struct json_reader *r, const char *want, int depth)
{
    static const char *const words[] = {"true", "false", "null"};
    const char *start = r->at;

    if (depth > 8 || r->at == r->end)
        r->bad = 1;
    else if (json_next(r, '{'))
        json_object(r, want, depth);
    else if (json_next(r, '['))
        json_array(r, want, depth);
    else if (*r->at == '"')
        json_string(r);
    else if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9'))
        json_number(r);
    else {
        r->bad = 1;
        for (int i = 0; i < 3; i++) {
            size_t n = strlen(words[i]);

            if ((size_t)(r->end - r->at) >= n && memcmp(r->at, words[i], n) == 0) {
                r->at += n;
                r->bad = 0;
                break;
            }
        }
    }
    if (strcmp(want, "=") == 0) {
        r->found = start;
        r->found_length = (size_t)(r->at - start);
    }
}

/* 1 if text is one JSON value. */
static inline int json_valid(const char *text, size_t length)
{
    struct json_reader r = {.at = text, .end = text + length};

    json_value(&r, "", 0);
    return !r.bad && r.at == r.end;
}

/* The raw text of a member by its path, as in "rule.tags.0"; "" when it is absent. Valid until the next call but 3. */
static inline const char *json_get(const char *text, size_t length, const char *path)
{
    static char out[4][16384];
    static unsigned turn;
    struct json_reader r = {.at = text, .end = text + length};
    char *to = out[turn++ % 4];

    json_value(&r, path, 0);
    if (r.bad || r.found == NULL || r.found_length >= sizeof out[0])
        r.found_length = 0;
    memcpy(to, r.found_length == 0 ? "" : r.found, r.found_length);
    to[r.found_length] = '\0';
    return to;
}

#endif
