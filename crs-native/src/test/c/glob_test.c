#include "check.h"
#include "glob.h"

#include <string.h>

static struct crs_str str(const char *text)
{
    return (struct crs_str){text, (uint32_t)strlen(text)};
}

static struct crs_glob glob(uint8_t shape, const char *prefix, const char *rest)
{
    return (struct crs_glob){shape, 0, str(prefix), str(rest)};
}

static int rest_matches(const char *rest, const char *text)
{
    struct crs_glob g = glob(CRS_GLOB_PATTERN, "", rest);

    return crs_glob_match(&g, str(text));
}

static void matches_literals_and_prefixes(void)
{
    struct crs_glob literal = glob(CRS_GLOB_LITERAL, "/app", ""), prefix = glob(CRS_GLOB_PREFIX, "/app/", "");

    CHECK(crs_glob_match(&literal, str("/app")));
    CHECK(!crs_glob_match(&literal, str("/ap")));
    CHECK(!crs_glob_match(&literal, str("/apps")));
    CHECK(crs_glob_match(&prefix, str("/app/")));
    CHECK(crs_glob_match(&prefix, str("/app/x")));
    CHECK(!crs_glob_match(&prefix, str("/app")));
}

static void stars_take_any_run(void)
{
    CHECK(rest_matches("*", ""));
    CHECK(rest_matches("*a*", "bab"));
    CHECK(rest_matches("*ab", "aab"));
    CHECK(rest_matches("*a*b*c", "xaybzbcc"));
    CHECK(!rest_matches("*a*b*c", "xaybzbcd"));
    CHECK(!rest_matches("*a*", "bbb"));
    CHECK(!rest_matches("", "x"));
}

static void question_marks_take_one_code_point(void)
{
    CHECK(rest_matches("?", "a"));
    CHECK(rest_matches("?", "/"));
    CHECK(rest_matches("?", "\xc3\xa9"));
    CHECK(rest_matches("?", "\xe2\x82\xac"));
    CHECK(rest_matches("?", "\xf0\x9f\x99\x82"));
    CHECK(!rest_matches("?", ""));
    CHECK(!rest_matches("??", "\xc3\xa9"));
    CHECK(!rest_matches("*??", "\xe2\x82\xac"));
    CHECK(rest_matches("*??", "a\xe2\x82\xac"));
}

static void a_malformed_byte_is_one_code_point(void)
{
    CHECK(rest_matches("?", "\xff"));
    CHECK(rest_matches("??", "\xc3("));
    CHECK(rest_matches("??", "\xe2\x82"));
    CHECK(rest_matches("???", "\xed\xa0\x80"));     /* a surrogate */
    CHECK(rest_matches("??", "\xc0\xaf"));          /* overlong */
    CHECK(rest_matches("????", "\xf4\x90\x80\x80")); /* beyond U+10FFFF */
    CHECK(!rest_matches("?", "\xe2\x82"));
}

static void backslashes_make_wildcards_plain(void)
{
    CHECK(rest_matches("\\*", "*"));
    CHECK(!rest_matches("\\*", "a"));
    CHECK(rest_matches("*\\?", "a?"));
    CHECK(!rest_matches("*\\?", "ab"));
    CHECK(rest_matches("\\\\", "\\"));
    /* No compiler writes this; a table from elsewhere may hold it. */
    CHECK(rest_matches("a\\", "a\\"));
}

static void host_names_fold_case_and_drop_a_dot(void)
{
    struct crs_glob g = {CRS_GLOB_PATTERN, 1, str("www."), str("*.org")};

    CHECK(crs_glob_match(&g, str("WWW.Example.ORG.")));
    CHECK(!crs_glob_match(&g, str("www.example.org..")));
    g = (struct crs_glob){CRS_GLOB_LITERAL, 1, str("a.b"), str("")};
    CHECK(crs_glob_match(&g, str("A.B.")));
    CHECK(!crs_glob_match(&g, str("a.c")));
}

static void says_what_is_below_a_folder(void)
{
    struct crs_glob literal = glob(CRS_GLOB_LITERAL, "/a/b/c", ""), all = glob(CRS_GLOB_PREFIX, "/a/", "");
    struct crs_glob ends = glob(CRS_GLOB_PATTERN, "/a", "?b*.key"), root = glob(CRS_GLOB_PREFIX, "/", "");

    CHECK(crs_glob_names_below(&literal, str("/a")));
    CHECK(crs_glob_names_below(&literal, str("/a/b")));
    CHECK(!crs_glob_names_below(&literal, str("/a/b/c")));
    CHECK(!crs_glob_names_below(&literal, str("/a/")));
    CHECK(!crs_glob_covers_below(&literal, str("/a/b")));
    CHECK(crs_glob_names_below(&all, str("/a")));
    CHECK(!crs_glob_names_below(&all, str("/a/b")));
    CHECK(crs_glob_covers_below(&all, str("/a")));
    CHECK(crs_glob_covers_below(&all, str("/a/b")));
    CHECK(!crs_glob_covers_below(&all, str("/b")));
    CHECK(crs_glob_covers_below(&root, str("/b")));
    CHECK(crs_glob_reaches_below(&root, str("/b")));
    CHECK(crs_glob_reaches_below(&ends, str("/a")));
    CHECK(!crs_glob_reaches_below(&ends, str("/a/c")));
    CHECK(crs_glob_reaches_below(&ends, str("/a/b")));
    CHECK(crs_glob_reaches_below(&ends, str("/a/bx/y")));
    CHECK(!crs_glob_reaches_below(&ends, str("/ax")));
    CHECK(crs_glob_reaches_below(&literal, str("/a/b")));
    CHECK(!crs_glob_reaches_below(&literal, str("/a/b/c")));
}

int main(void)
{
    matches_literals_and_prefixes();
    stars_take_any_run();
    question_marks_take_one_code_point();
    a_malformed_byte_is_one_code_point();
    backslashes_make_wildcards_plain();
    host_names_fold_case_and_drop_a_dot();
    says_what_is_below_a_folder();
    return 0;
}
