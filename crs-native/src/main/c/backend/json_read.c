#include "json_read.h"

#include "json.h"

#include <errno.h>
#include <string.h>

static void blanks(struct crs_json_text *t)
{
    while (t->at < t->end && (*t->at == ' ' || *t->at == '\t' || *t->at == '\n' || *t->at == '\r'))
        t->at++;
}

static int peek(const struct crs_json_text *t)
{
    return t->at < t->end ? (unsigned char)*t->at : -1;
}

static int hex4(struct crs_json_text *t, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        int d = peek(t), letter = d | 0x20;

        if (d >= '0' && d <= '9')
            d -= '0';
        else if (d >= 0 && letter >= 'a' && letter <= 'f')
            d = letter - 'a' + 10;
        else
            return -EINVAL;
        *out = *out << 4 | (uint32_t)d;
        t->at++;
    }
    return 0;
}

/* The character of an escape, behind the backslash. A half of a pair stands for none. */
static int escape(struct crs_json_text *t, uint32_t *code)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    int c = peek(t);
    const char *known = c <= 0 ? NULL : strchr(from, c);
    uint32_t low;

    if (c < 0)
        return -EINVAL;
    t->at++;
    if (known != NULL) {
        *code = (unsigned char)to[known - from];
        return 0;
    }
    if (c != 'u' || hex4(t, code) != 0 || (*code >= 0xdc00 && *code <= 0xdfff))
        return -EINVAL;
    if (*code < 0xd800 || *code > 0xdbff)
        return 0;
    if (t->end - t->at < 6 || t->at[0] != '\\' || t->at[1] != 'u')
        return -EINVAL;
    t->at += 2;
    if (hex4(t, &low) != 0 || low < 0xdc00 || low > 0xdfff)
        return -EINVAL;
    *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
    return 0;
}

static size_t utf8(uint32_t code, char out[4])
{
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    for (size_t i = n; i-- > 1; code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(lead[n] | code);
    return n;
}

/* Up to behind the closing quote. The text goes to out if that is not NULL. */
static int string(struct crs_json_text *t, char *out, size_t cap)
{
    size_t length = 0;

    if (peek(t) != '"')
        return -EINVAL;
    t->at++;
    while (peek(t) != '"') {
        char bytes[4];
        const char *character = t->at;
        uint32_t code;
        size_t n;

        if (peek(t) == '\\') {
            t->at++;
            if (escape(t, &code) != 0)
                return -EINVAL;
            n = utf8(code, bytes);
            character = bytes;
        } else {
            n = crs_json_character(t->at, (size_t)(t->end - t->at));
            if (n == 0 || (unsigned char)*t->at < 0x20)
                return -EINVAL;
            t->at += n;
        }
        if (out == NULL)
            continue;
        if (n == 1 && ((unsigned char)*character < 0x20 || *character == 0x7f))
            return -EINVAL;
        if (length + n >= cap)
            return -EMSGSIZE;
        memcpy(out + length, character, n);
        length += n;
    }
    t->at++;
    if (out != NULL)
        out[length] = '\0';
    return 0;
}

static int digits(struct crs_json_text *t)
{
    const char *from = t->at;

    while (peek(t) >= '0' && peek(t) <= '9')
        t->at++;
    return t->at > from ? 0 : -EINVAL;
}

static int number(struct crs_json_text *t)
{
    if (peek(t) == '-')
        t->at++;
    if (peek(t) == '0')
        t->at++;
    else if (digits(t) != 0)
        return -EINVAL;
    if (peek(t) == '.') {
        t->at++;
        if (digits(t) != 0)
            return -EINVAL;
    }
    if (peek(t) == 'e' || peek(t) == 'E') {
        t->at++;
        if (peek(t) == '+' || peek(t) == '-')
            t->at++;
        return digits(t);
    }
    return 0;
}

static int word(struct crs_json_text *t, const char *text)
{
    size_t n = strlen(text);

    if ((size_t)(t->end - t->at) < n || memcmp(t->at, text, n) != 0)
        return -EINVAL;
    t->at += n;
    return 0;
}

/* A string, a number or a word, up to behind it. */
static int scalar(struct crs_json_text *t)
{
    switch (peek(t)) {
    case '"':
        return string(t, NULL, 0);
    case 't':
        return word(t, "true");
    case 'f':
        return word(t, "false");
    case 'n':
        return word(t, "null");
    default:
        return number(t);
    }
}

/* Behind a value: closes what ends there. 1: another value follows; 0: the outermost one is complete. */
static int after(struct crs_json_text *t, uint32_t *depth, const char *closing)
{
    for (;;) {
        if (*depth == 0)
            return 0;
        blanks(t);
        if (peek(t) == closing[*depth - 1])
            --*depth;
        else if (peek(t) == ',')
            return t->at++, 1;
        else
            return -EINVAL;
        t->at++;
    }
}

/* "name": of the innermost object. */
static int name(struct crs_json_text *t)
{
    blanks(t);
    if (string(t, NULL, 0) != 0)
        return -EINVAL;
    blanks(t);
    if (peek(t) != ':')
        return -EINVAL;
    t->at++;
    blanks(t);
    return 0;
}

/* One value, up to behind it, whatever is in it. */
static int value(struct crs_json_text *t)
{
    char closing[CRS_JSON_DEPTH];
    uint32_t depth = 0;
    int result;

    for (;;) {
        int c, opened;

        blanks(t);
        c = peek(t);
        opened = c == '{' || c == '[';
        if (opened) {
            if (depth == CRS_JSON_DEPTH)
                return -EINVAL;
            closing[depth++] = c == '{' ? '}' : ']';
            t->at++;
            blanks(t);
        } else if (scalar(t) != 0) {
            return -EINVAL;
        }
        if (!opened || peek(t) == closing[depth - 1]) {
            result = after(t, &depth, closing);
            if (result <= 0)
                return result;
        }
        if (closing[depth - 1] == '}' && name(t) != 0)
            return -EINVAL;
    }
}

int crs_json_read(const char *text, size_t length, struct crs_json_text *root)
{
    struct crs_json_text t = {text, text + length};

    blanks(&t);
    root->at = t.at;
    if (value(&t) != 0)
        return -EINVAL;
    root->end = t.at;
    blanks(&t);
    return t.at == t.end ? 0 : -EINVAL;
}

int crs_json_member(struct crs_json_text object, const char *wanted, struct crs_json_text *out)
{
    struct crs_json_text t = object;
    int found = 0;

    if (peek(&t) != '{')
        return -EINVAL;
    t.at++;
    blanks(&t);
    while (peek(&t) != '}') {
        struct crs_json_text key = {t.at, object.end};
        char buf[64];
        int is_wanted;

        is_wanted = string(&key, buf, sizeof buf) == 0 && strcmp(buf, wanted) == 0;
        if (name(&t) != 0 || (is_wanted && found++))
            return -EINVAL;
        key.at = t.at;
        if (value(&t) != 0)
            return -EINVAL;
        if (is_wanted)
            *out = (struct crs_json_text){key.at, t.at};
        blanks(&t);
        if (peek(&t) == ',')
            t.at++;
        else if (peek(&t) != '}')
            return -EINVAL;
        blanks(&t);
    }
    return !found || *out->at == 'n' ? -ENOENT : 0;
}

int crs_json_element(struct crs_json_text array, struct crs_json_text *element)
{
    struct crs_json_text t = {element->at == NULL ? array.at : element->end, array.end};

    if (array.at == array.end || *array.at != '[')
        return -EINVAL;
    blanks(&t);
    if (peek(&t) == ']')
        return 0;
    if (peek(&t) != (element->at == NULL ? '[' : ','))
        return -EINVAL;
    t.at++;
    blanks(&t);
    if (peek(&t) == ']')
        return 0;
    element->at = t.at;
    if (value(&t) != 0)
        return -EINVAL;
    element->end = t.at;
    return 1;
}

int crs_json_get_string(struct crs_json_text value_, char *out, size_t cap)
{
    return cap == 0 ? -EMSGSIZE : string(&value_, out, cap);
}

int crs_json_get_unsigned(struct crs_json_text value_, uint64_t most, uint64_t *out)
{
    *out = 0;
    if (value_.at == value_.end)
        return -EINVAL;
    for (const char *c = value_.at; c < value_.end; c++) {
        uint64_t digit = (uint64_t)(*c - '0');

        if (*c < '0' || *c > '9' || digit > most || *out > (most - digit) / 10)
            return -EINVAL;
        *out = *out * 10 + digit;
    }
    return 0;
}

int crs_json_get_boolean(struct crs_json_text value_, int *out)
{
    size_t length = (size_t)(value_.end - value_.at);

    *out = length == 4 && memcmp(value_.at, "true", 4) == 0;
    return *out || (length == 5 && memcmp(value_.at, "false", 5) == 0) ? 0 : -EINVAL;
}
