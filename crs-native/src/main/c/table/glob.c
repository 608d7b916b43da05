#include "glob.h"

#include <string.h>

uint32_t crs_utf8_length(const uint8_t *s, const uint8_t *end)
{
    uint8_t low = 0x80, high = 0xbf;
    uint32_t length, i;

    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 1;
    length = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if ((size_t)(end - s) < length)
        return 1;
    /* The second byte tells overlong forms, surrogates and what lies beyond U+10FFFF. */
    if (s[0] == 0xe0)
        low = 0xa0;
    else if (s[0] == 0xed)
        high = 0x9f;
    else if (s[0] == 0xf0)
        low = 0x90;
    else if (s[0] == 0xf4)
        high = 0x8f;
    if (s[1] < low || s[1] > high)
        return 1;
    for (i = 2; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 1;
    return length;
}

static uint8_t folded(const struct crs_glob *glob, uint8_t c)
{
    return glob->fold && c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

static int equal(const struct crs_glob *glob, const uint8_t *text, const uint8_t *pattern, uint32_t len)
{
    uint32_t i;

    if (!glob->fold)
        return memcmp(text, pattern, len) == 0;
    for (i = 0; i < len; i++)
        if (folded(glob, text[i]) != pattern[i])
            return 0;
    return 1;
}

/*
 * Only the last star need be taken back: whatever an earlier star could do by taking more, the last one can do too.
 * A star takes whole code points, so that ? never begins inside of one.
 */
static int match_rest(const struct crs_glob *glob, const uint8_t *text, const uint8_t *end)
{
    const uint8_t *p = (const uint8_t *)glob->rest.s, *p_end = p + glob->rest.len;
    const uint8_t *star = NULL, *taken = NULL;

    for (;;) {
        if (p < p_end && *p == '*') {
            star = ++p;
            taken = text;
            if (p == p_end)
                return 1;
            continue;
        }
        if (p < p_end && text < end) {
            if (*p == '?') {
                p++;
                text += crs_utf8_length(text, end);
                continue;
            }
            if (p[*p == '\\' && p + 1 < p_end] == folded(glob, *text)) {
                p += 1 + (*p == '\\' && p + 1 < p_end);
                text++;
                continue;
            }
        } else if (p == p_end && text == end) {
            return 1;
        }
        if (star == NULL || taken >= end)
            return 0;
        taken += crs_utf8_length(taken, end);
        text = taken;
        p = star;
    }
}

int crs_glob_match(const struct crs_glob *glob, struct crs_str text)
{
    const uint8_t *s = (const uint8_t *)text.s;
    uint32_t len = text.len;

    if (glob->fold && len > 1 && s[len - 1] == '.')
        len--;
    if (len < glob->prefix.len || (glob->shape == CRS_GLOB_LITERAL && len != glob->prefix.len))
        return 0;
    if (!equal(glob, s, (const uint8_t *)glob->prefix.s, glob->prefix.len))
        return 0;
    if (glob->shape != CRS_GLOB_PATTERN)
        return 1;
    return match_rest(glob, s + glob->prefix.len, s + len);
}

/* The byte of folder + '/' at this place. */
static uint8_t below(struct crs_str folder, uint32_t i)
{
    return i < folder.len ? (uint8_t)folder.s[i] : '/';
}

int crs_glob_names_below(const struct crs_glob *glob, struct crs_str folder)
{
    return glob->prefix.len > folder.len && memcmp(glob->prefix.s, folder.s, folder.len) == 0
        && glob->prefix.s[folder.len] == '/';
}

int crs_glob_covers_below(const struct crs_glob *glob, struct crs_str folder)
{
    uint32_t i;

    if (glob->shape != CRS_GLOB_PREFIX || glob->prefix.len > folder.len + 1)
        return 0;
    for (i = 0; i < glob->prefix.len; i++)
        if ((uint8_t)glob->prefix.s[i] != below(folder, i))
            return 0;
    return 1;
}

int crs_glob_reaches_below(const struct crs_glob *glob, struct crs_str folder)
{
    const uint8_t *p = (const uint8_t *)glob->rest.s, *p_end = p + glob->rest.len;
    uint32_t i = 0;

    for (; i < glob->prefix.len && i <= folder.len; i++)
        if ((uint8_t)glob->prefix.s[i] != below(folder, i))
            return 0;
    if (i > folder.len || glob->shape == CRS_GLOB_PREFIX)
        return 1;
    if (glob->shape == CRS_GLOB_LITERAL)
        return 0;
    while (i <= folder.len) {
        if (p == p_end)
            return 0;
        if (*p == '*')
            return 1;
        if (*p == '?') {
            const uint8_t *at = (const uint8_t *)folder.s + i;

            i += i < folder.len ? crs_utf8_length(at, (const uint8_t *)folder.s + folder.len) : 1;
        } else {
            if (*p == '\\' && p + 1 < p_end)
                p++;
            if (*p != below(folder, i))
                return 0;
            i++;
        }
        p++;
    }
    return 1;
}
