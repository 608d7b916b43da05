#include "check.h"
#include "json_check.h"
#include "json_read.h"
#include "random.h"

#include <errno.h>
#include <string.h>

static struct crs_json_text root, found;
static char text[4096];

static int read_text(const char *document)
{
    return crs_json_read(document, strlen(document), &root);
}

static int member(const char *document, const char *name)
{
    CHECK(read_text(document) == 0);
    return crs_json_member(root, name, &found);
}

static int is_found(const char *wanted)
{
    return (size_t)(found.end - found.at) == strlen(wanted) && memcmp(found.at, wanted, strlen(wanted)) == 0;
}

static void finds_members(void)
{
    static const char document[] = " {\"a\" : [1,{\"b\":2}], \"b\":\"x\\\"}\" , \"\\u0063\":{\"d\":null}, \"d\":null,\"e\":-1.5e3} ";

    CHECK(member(document, "a") == 0 && is_found("[1,{\"b\":2}]"));
    CHECK(member(document, "b") == 0 && is_found("\"x\\\"}\""));
    CHECK(member(document, "c") == 0 && is_found("{\"d\":null}") && member(document, "e") == 0 && is_found("-1.5e3"));
    CHECK(member(document, "d") == -ENOENT && member(document, "f") == -ENOENT && member("{}", "f") == -ENOENT);
    CHECK(member("{\"a\":1,\"\\u0061\":2}", "a") == -EINVAL);
    CHECK(member("[1]", "a") == -EINVAL && member("\"a\"", "a") == -EINVAL);
}

static void walks_arrays(void)
{
    static const size_t lengths[] = {1, 5, 3};
    struct crs_json_text element = {NULL, NULL};
    int n = 0;

    CHECK(read_text(" [ 1 , [2,3] ,\"4\"] ") == 0);
    while (crs_json_element(root, &element) == 1)
        CHECK((size_t)(element.end - element.at) == lengths[n++]);
    CHECK(n == 3);
    element.at = NULL;
    CHECK(read_text("[]") == 0 && crs_json_element(root, &element) == 0);
    element.at = NULL;
    CHECK(read_text("{}") == 0 && crs_json_element(root, &element) == -EINVAL);
}

static int string_of(const char *document, size_t cap)
{
    CHECK(read_text(document) == 0);
    return crs_json_get_string(root, text, cap);
}

static void reads_strings(void)
{
    CHECK(string_of("\"a\\u00e4\\ud83d\\ude00\\/\\\\\"", 64) == 0 && strcmp(text, "a\xc3\xa4\xf0\x9f\x98\x80/\\") == 0);
    CHECK(string_of("\"abc\"", 4) == 0 && string_of("\"abc\"", 3) == -EMSGSIZE && string_of("\"\"", 0) == -EMSGSIZE);
    CHECK(string_of("\"\\u0000\"", 64) == -EINVAL && string_of("\"a\\nb\"", 64) == -EINVAL && string_of("1", 64) == -EINVAL);
    CHECK(string_of("\"\\u007f\"", 64) == -EINVAL);
}

static void reads_numbers_and_flags(void)
{
    uint64_t number;
    int yes;

    CHECK(read_text("184213") == 0 && crs_json_get_unsigned(root, UINT64_MAX, &number) == 0 && number == 184213);
    CHECK(read_text("18446744073709551615") == 0 && crs_json_get_unsigned(root, UINT64_MAX, &number) == 0 && number == UINT64_MAX);
    CHECK(read_text("18446744073709551616") == 0 && crs_json_get_unsigned(root, UINT64_MAX, &number) == -EINVAL);
    CHECK(read_text("11") == 0 && crs_json_get_unsigned(root, 10, &number) == -EINVAL);
    CHECK(read_text("10") == 0 && crs_json_get_unsigned(root, 10, &number) == 0);
    CHECK(read_text("-1") == 0 && crs_json_get_unsigned(root, 10, &number) == -EINVAL);
    CHECK(read_text("1.0") == 0 && crs_json_get_unsigned(root, 10, &number) == -EINVAL);
    CHECK(read_text("1e0") == 0 && crs_json_get_unsigned(root, 10, &number) == -EINVAL);
    CHECK(read_text("true") == 0 && crs_json_get_boolean(root, &yes) == 0 && yes);
    CHECK(read_text("false") == 0 && crs_json_get_boolean(root, &yes) == 0 && !yes);
    CHECK(read_text("\"true\"") == 0 && crs_json_get_boolean(root, &yes) == -EINVAL);
}

static void refuses_what_is_no_json(void)
{
    static const char *const bad[] = {
        "", " ", "{", "}", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "{\"a\":}", "01", "1.", "-", "+1", ".5", "1e", "tru", "True",
        "nulls", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\n\"", "\"\xff\"", "\"\xc0\x80\"",
        "1 2", "{}{}", "[1}", "{\"a\":1]", "[1 2]", "//", "NaN", "'a'", "[,1]", "{,}",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(read_text(bad[i]) == -EINVAL);
}

static void depth_has_a_bound(void)
{
    char deep[256];

    for (int depth = 1; depth < 100; depth++) {
        memset(deep, '[', (size_t)depth);
        memset(deep + depth, ']', (size_t)depth);
        CHECK((crs_json_read(deep, (size_t)depth * 2, &root) == 0) == (depth <= (int)CRS_JSON_DEPTH));
    }
}

/* As a strict reader that is written another way says; that one refuses names that come twice everywhere. */
static void agrees_with_another_reader(void)
{
    static const char *const seeds[] = {
        "{\"generation\":7,\"policyMode\":\"ACTIVE\",\"tables\":{\"x86_64\":\"/t\"},\"passive\":false}",
        "{\"durableSeq\":184213,\"rejected\":[{\"line\":3,\"reason\":\"\\u00e4\\n\"},{\"line\":4}]}",
        "[1.5e-3,-0,null,true,[[]],{},\"\xc3\xa4\"]",
    };
    static const char likely[] = "{}[]\":,\\u0123aftn -.e\xc3";
    char any[128];
    int taken = 0;

    random_state = 5;
    for (int round = 0; round < 300000; round++) {
        size_t length;
        int mine;

        strcpy(any, seeds[random_below(3)]);
        length = strlen(any);
        for (uint32_t changes = random_below(3); changes > 0; changes--)
            any[random_below((uint32_t)length)] = likely[random_below(sizeof likely - 1)];
        mine = crs_json_read(any, length, &root) == 0;
        taken += mine;
        CHECK(mine || !json_valid(any, length));
        if (mine && *root.at == '{') {
            CHECK(crs_json_member(root, "generation", &found) != 0 || found.end <= any + length);
            CHECK(crs_json_member(root, "none", &found) < 0);
        }
    }
    CHECK(taken > 30000);
}

int main(void)
{
    finds_members();
    walks_arrays();
    reads_strings();
    reads_numbers_and_flags();
    refuses_what_is_no_json();
    depth_has_a_bound();
    agrees_with_another_reader();
    return 0;
}
