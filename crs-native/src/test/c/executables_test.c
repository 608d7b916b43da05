/* The list of an image's executables: what is in it is found, and nothing else; what is no list is refused. */
#include "check.h"
#include "executables.h"
#include "random.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define HEADER "crs-executables 1\n"
#define ZERO   "0000000000000000000000000000000000000000000000000000000000000000"
#define ABBA   "abba000000000000000000000000000000000000000000000000000000000001"

static int opens(struct crs_executables *list, const char *text)
{
    int result = crs_executables_open(list, text, strlen(text));

    if (result != 0 && list->line != NULL)
        list->count = 0;
    return result;
}

static int has(const struct crs_executables *list, const char *path, struct crs_executable_entry *entry)
{
    return crs_executables_find(list, (struct crs_str){path, (uint32_t)strlen(path)}, entry);
}

static void finds_what_is_listed_alone(void)
{
    struct crs_executables list;
    struct crs_executable_entry entry;

    CHECK(opens(&list, HEADER ABBA " 0 /bin/a\n" ZERO " 17 /bin/a b\n" ZERO " 9223372036854775807 /bin/b\n") == 0);
    CHECK(list.count == 3);
    CHECK(has(&list, "/bin/a", &entry) && entry.size == 0 && entry.number == 0);
    CHECK(entry.digest[0] == 0xab && entry.digest[1] == 0xba && entry.digest[31] == 1);
    CHECK(has(&list, "/bin/a b", &entry) && entry.size == 17 && entry.number == 1);
    CHECK(has(&list, "/bin/b", &entry) && entry.size == INT64_MAX);
    CHECK(!has(&list, "/bin", &entry) && !has(&list, "/bin/", &entry) && !has(&list, "/bin/c", &entry));
    CHECK(!has(&list, "/bin/a (deleted)", &entry) && !has(&list, "", &entry) && !has(&list, "/a", &entry));
}

static void knows_paths_of_any_bytes(void)
{
    struct crs_executables list;
    struct crs_executable_entry entry;
    char longest[9001];

    CHECK(opens(&list, HEADER ZERO " 1 /a\\\\n\n" ZERO " 2 /a\\nb\n" ZERO " 3 /\xff\n") == 0);
    CHECK(has(&list, "/a\\n", &entry) && entry.size == 1);
    CHECK(has(&list, "/a\nb", &entry) && entry.size == 2);
    CHECK(has(&list, "/\xff", &entry) && entry.size == 3);
    CHECK(!has(&list, "/a\n", &entry));
    memset(longest, '\\', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    CHECK(!has(&list, longest, &entry));
}

static void refuses_what_is_no_list(void)
{
    static const char *const wrong[] = {
        "", "crs-executables 1", "crs-executables 2\n", HEADER "\n", HEADER ZERO " 1 /a", HEADER ZERO " 1 a\n",
        HEADER ZERO "  /a\n", HEADER ZERO " x /a\n", HEADER ZERO " 1  /a\n", HEADER ZERO " 1\t/a\n", HEADER ZERO " -1 /a\n",
        HEADER ZERO " 10000000000000000000 /a\n", HEADER "A" ZERO " 1 /a\n", HEADER ZERO "0 1 /a\n",
        HEADER ZERO " 1 /b\n" ZERO " 1 /a\n", HEADER ZERO " 1 /a\n" ZERO " 1 /a\n", HEADER ZERO " 1 /a\n\n",
    };
    struct crs_executables list;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        memset(&list, 0, sizeof list);
        CHECK(opens(&list, wrong[i]) == -EINVAL);
    }
    CHECK(opens(&list, HEADER) == 0 && list.count == 0);
}

/* Whatever the bytes, the sanitizers see no access outside them. */
static void survives_any_bytes(void)
{
    static const char sound[] = HEADER ABBA " 1 /bin/a\n" ZERO " 2 /bin/b\n" ZERO " 33 /bin/c\n";
    struct crs_executable_entry entry;
    for (int i = 0; i < 20000; i++) {
        struct crs_executables list = {0};
        char *text = malloc(sizeof sound - 1);
        size_t size = sizeof sound - 1 - random_below(20);

        memcpy(text, sound, sizeof sound - 1);
        for (uint32_t changes = random_below(4); changes > 0; changes--)
            text[random_below(sizeof sound - 1)] = "\n /0af\\"[random_below(7)];
        if (crs_executables_open(&list, text, size) == 0)
            CHECK(has(&list, "/bin/b", &entry) >= 0);
        if (list.line != NULL)
            munmap(list.line, 4096);
        free(text);
    }
}

int main(void)
{
    finds_what_is_listed_alone();
    knows_paths_of_any_bytes();
    refuses_what_is_no_list();
    survives_any_bytes();
    return 0;
}
