#include "toml.h"

#include "json.h"

#include <string.h>

#define KEY_MAX   64u
#define VALUE_MAX 4096u

/* A line being read; `end` is its end, never passed. */
struct cursor {
    const char *at, *end;
};

static void skip_blanks(struct cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t'))
        c->at++;
}

static int peek(const struct cursor *c)
{
    return c->at < c->end ? (unsigned char)*c->at : -1;
}

/* 1 if nothing but blanks and a comment is left. */
static int line_done(struct cursor *c)
{
    skip_blanks(c);
    return c->at == c->end || *c->at == '#';
}

static int hex(struct cursor *c, int digits, uint32_t *out)
{
    *out = 0;
    while (digits-- > 0) {
        int d = peek(c), letter = d | 0x20;

        if (d >= '0' && d <= '9')
            d -= '0';
        else if (letter >= 'a' && letter <= 'f')
            d = letter - 'a' + 10;
        else
            return -1;
        *out = *out << 4 | (uint32_t)d;
        c->at++;
    }
    return 0;
}

static size_t utf8(uint32_t code, char out[4])
{
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = n; i-- > 1; code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(lead[n] | code);
    return n;
}

/* The character after a backslash; its bytes in out, or 0. */
static size_t escape(struct cursor *c, char out[4])
{
    static const char from[] = "btnfr\"\\e", to[] = "\b\t\n\f\r\"\\\x1b";
    int kind = peek(c);
    const char *known = kind <= 0 ? NULL : strchr(from, kind);
    uint32_t code;

    if (known != NULL) {
        c->at++;
        out[0] = to[known - from];
        return 1;
    }
    if (kind != 'u' && kind != 'U')
        return 0;
    c->at++;
    if (hex(c, kind == 'u' ? 4 : 8, &code) != 0 || code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    return utf8(code, out);
}

/* A string in double or single quotes, the cursor on the first quote. NULL, or why it is none. */
static const char *string(struct cursor *c, char *out, size_t cap)
{
    char quote = *c->at++, bytes[4];
    size_t length = 0;

    if (c->end - c->at >= 2 && c->at[0] == quote && c->at[1] == quote)
        return "a string over several lines is not supported";
    while (peek(c) != quote) {
        size_t n;

        if (c->at == c->end)
            return "the string has no end";
        if (*c->at == '\\' && quote == '"') {
            c->at++;
            n = escape(c, bytes);
            if (n == 0)
                return "an escape is not understood";
        } else {
            n = crs_json_character(c->at, (size_t)(c->end - c->at));
            if (n == 0 || (n == 1 && ((unsigned char)*c->at < 0x20 || *c->at == 0x7f) && *c->at != '\t'))
                return "a string holds text in UTF-8 without control characters";
            memcpy(bytes, c->at, n);
            c->at += n;
        }
        if (length + n >= cap)
            return "the string is too long";
        memcpy(out + length, bytes, n);
        length += n;
    }
    c->at++;
    out[length] = '\0';
    return NULL;
}

static int word_character(int c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '-';
}

/* Decimal with an optional sign and single underscores between digits, no leading zero. */
static const char *integer(struct cursor *c, int64_t *out)
{
    static const char why[] = "a value is a string in quotes, true, false or a decimal integer";
    int negative = peek(c) == '-';
    uint64_t value = 0, most = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    const char *first;

    if (peek(c) == '-' || peek(c) == '+')
        c->at++;
    first = c->at;
    for (;; c->at++) {
        int d = peek(c);

        if (d == '_' && c->at > first && c->at[-1] != '_')
            continue;
        if (d < '0' || d > '9')
            break;
        d -= '0';
        if (value > (most - (uint64_t)d) / 10)
            return "the integer is too big";
        value = value * 10 + (uint64_t)d;
    }
    if (c->at == first || c->at[-1] == '_' || (c->at - first > 1 && *first == '0'))
        return why;
    if (word_character(peek(c)) || peek(c) == '.' || peek(c) == ':')
        return why;
    *out = (int64_t)(negative ? 0 - value : value);
    return NULL;
}

static int is_word(const struct cursor *c, const char *word)
{
    size_t n = strlen(word);

    return (size_t)(c->end - c->at) >= n && memcmp(c->at, word, n) == 0 &&
           (c->at + n == c->end || !word_character((unsigned char)c->at[n]));
}

static const char *value_of(struct cursor *c, struct crs_toml_value *value, char *text)
{
    value->text = text;
    text[0] = '\0';
    value->number = 0;
    if (peek(c) == '"' || peek(c) == '\'') {
        value->type = CRS_TOML_STRING;
        return string(c, text, VALUE_MAX);
    }
    if (is_word(c, "true") || is_word(c, "false")) {
        value->type = CRS_TOML_BOOLEAN;
        value->number = *c->at == 't';
        c->at += value->number ? 4 : 5;
        return NULL;
    }
    value->type = CRS_TOML_INTEGER;
    return integer(c, &value->number);
}

static const char *key_of(struct cursor *c, char *key)
{
    size_t length = 0;

    if (peek(c) == '"' || peek(c) == '\'')
        return string(c, key, KEY_MAX);
    while (word_character(peek(c))) {
        if (length + 1 == KEY_MAX)
            return "the key is too long";
        key[length++] = *c->at++;
    }
    key[length] = '\0';
    return length == 0 ? "a line is a comment or key = value" : NULL;
}

static const char *pair(struct cursor *c, char *key, struct crs_toml_value *value, char *text)
{
    const char *why = key_of(c, key);

    if (why != NULL)
        return why;
    skip_blanks(c);
    if (peek(c) == '.')
        return "a key with a dot is not supported";
    if (peek(c) != '=')
        return "= is missing after the key";
    c->at++;
    skip_blanks(c);
    why = value_of(c, value, text);
    if (why == NULL && !line_done(c))
        why = "nothing but a comment may follow the value";
    return why;
}

void crs_toml_read(const char *text, size_t length, const struct crs_toml_reader *reader)
{
    char key[KEY_MAX], buf[VALUE_MAX];
    const char *end = text + length;
    int in_table = 0;

    for (unsigned line = 1; text < end; line++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop = newline == NULL ? end : newline;
        struct cursor c = {text, stop > text && stop[-1] == '\r' ? stop - 1 : stop};
        struct crs_toml_value value;
        const char *why = NULL;

        text = newline == NULL ? end : newline + 1;
        if (line_done(&c))
            continue;
        if (peek(&c) == '[') {
            in_table = 1;
            reader->refused(reader->context, line, "tables have no meaning here; what follows is ignored");
            continue;
        }
        if (in_table)
            continue;
        why = pair(&c, key, &value, buf);
        if (why == NULL)
            reader->value(reader->context, line, key, &value);
        else
            reader->refused(reader->context, line, why);
    }
}
