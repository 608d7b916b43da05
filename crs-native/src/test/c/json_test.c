#include "check.h"
#include "json.h"
#include "json_check.h"
#include "random.h"

#include <string.h>

static char buf[1 << 16];
static struct crs_json json;

static const char *string_of(const char *bytes, size_t length, size_t max)
{
    crs_json_init(&json, buf, sizeof buf - 1);
    crs_json_string(&json, bytes, length, max);
    buf[json.len] = '\0';
    CHECK(!json.full && json_valid(buf, json.len));
    return buf;
}

#define STRING(text) string_of(text, sizeof text - 1, 4096)

static void escapes_what_must_be(void)
{
    CHECK(strcmp(STRING(""), "\"\"") == 0);
    CHECK(strcmp(STRING("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"") == 0);
    CHECK(strcmp(STRING("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"") == 0);
    CHECK(strcmp(STRING("\0\x01\x1b\x7f"), "\"\\u0000\\u0001\\u001b\\u007f\"") == 0);
    CHECK(strcmp(STRING("\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7"), "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7\"") == 0);
}

static void replaces_what_is_not_utf8(void)
{
    CHECK(strcmp(STRING("a\xff"), "\"a\xef\xbf\xbd\"") == 0);
    CHECK(strcmp(STRING("\xc0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\"") == 0);         /* overlong */
    CHECK(strcmp(STRING("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"") == 0); /* surrogate */
    CHECK(strcmp(STRING("\xe2\x82"), "\"\xef\xbf\xbd\xef\xbf\xbd\"") == 0);         /* cut */
    CHECK(crs_json_string(&json, "ok", 2, 10) == 0);
    CHECK(crs_json_string(&json, "\x80", 1, 10) == 1);
}

static void cuts_between_characters(void)
{
    CHECK(strcmp(string_of("abcdef", 6, 3), "\"abc\"") == 0 && json.truncated);
    CHECK(strcmp(string_of("ab\xe2\x82\xac", 5, 4), "\"ab\"") == 0 && json.truncated);
    CHECK(strcmp(string_of("ab\xe2\x82\xac", 5, 5), "\"ab\xe2\x82\xac\"") == 0 && !json.truncated);
}

static void encodes_base64(void)
{
    static const char *const pairs[][2] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe", "//4="},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        crs_json_init(&json, buf, sizeof buf);
        crs_json_base64(&json, pairs[i][0], strlen(pairs[i][0]), 4096);
        CHECK(json.len == strlen(pairs[i][1]) + 2 && memcmp(buf + 1, pairs[i][1], json.len - 2) == 0);
    }
}

static void writes_numbers(void)
{
    crs_json_init(&json, buf, sizeof buf - 1);
    crs_json_signed(&json, INT64_MIN);
    crs_json_raw(&json, " ");
    crs_json_unsigned(&json, UINT64_MAX);
    crs_json_raw(&json, " ");
    crs_json_hex(&json, 0);
    crs_json_hex(&json, UINT64_MAX);
    buf[json.len] = '\0';
    CHECK(strcmp(buf, "-9223372036854775808 18446744073709551615 0x00xffffffffffffffff") == 0);
}

/* Whatever the bytes: valid JSON, and "not UTF-8" exactly when the independent check says so. */
static void makes_valid_json_of_any_bytes(void)
{
    static const char likely[] = "\"\\/\n\x00\x7f\x80\xc3\xa4\xe2\x82\xac\xed\xa0\xf0\x9f\x90\xa7\xff/abc";
    char bytes[64];

    random_state = 1;
    for (int round = 0; round < 20000; round++) {
        size_t length = random_below(sizeof bytes + 1), valid = 1;

        for (size_t i = 0; i < length; i++)
            bytes[i] = random_below(2) ? likely[random_below(sizeof likely)] : (char)random_number();
        for (size_t i = 0, n; i < length && valid; i += n)
            valid = n = json_utf8((unsigned char *)bytes + i, length - i);
        crs_json_init(&json, buf, sizeof buf);
        CHECK(crs_json_string(&json, bytes, length, 4096) == (valid == 0));
        CHECK(json_valid(buf, json.len));
    }
}

static void never_writes_beyond_the_buffer(void)
{
    for (size_t cap = 0; cap < 40; cap++) {
        char *small = malloc(cap + 1); /* the sanitizer watches its end */

        crs_json_init(&json, small, cap);
        crs_json_string(&json, "\x01\xff\"text", 7, 4096);
        crs_json_base64(&json, "abcdef", 6, 4096);
        CHECK(json.len <= cap && json.full == (cap < 27));
        free(small);
    }
}

int main(void)
{
    escapes_what_must_be();
    replaces_what_is_not_utf8();
    cuts_between_characters();
    encodes_base64();
    writes_numbers();
    makes_valid_json_of_any_bytes();
    never_writes_beyond_the_buffer();
    return 0;
}
