/* What a table tells of itself, other names of files, and tables that are not sound. */
#include "callrecord.h"
#include "golden.h"

#include <errno.h>

#define MUTATIONS 3000

static int is(struct crs_str found, const char *text)
{
    return found.s != NULL && found.len == strlen(text) && memcmp(found.s, text, found.len) == 0;
}

static struct crs_str str(const char *text)
{
    return (struct crs_str){text, (uint32_t)strlen(text)};
}

static struct crs_table opened(struct golden_file *file)
{
    struct crs_table t;

    *file = golden_read("what-the-filter-needs", "table.bin");
    CHECK(crs_table_open(&t, file->bytes, file->size) == 0);
    return t;
}

static void tells_rules_and_calls(void)
{
    struct golden_file file;
    struct crs_table t = opened(&file);
    struct crs_rule_info rule;
    struct crs_str tag;

    CHECK(is(t.policy_name, "what the filter needs") && is(t.policy_id, "0123456789abcdef01234567"));
    CHECK(t.arch == CRS_ARCH_X86_64 && t.mode == CRS_ACTIVE && t.log_mode == 15 && t.policy_rules == 14);
    CHECK(t.on_unreadable == CRS_DENY && !t.fail_open && !t.refuse_degraded && t.generation == 1);
    CHECK(crs_table_rule(&t, 0, &rule) == 0);
    CHECK(is(rule.name, "shadow") && is(rule.id, "r-shadow") && is(rule.message, "reads the shadow file"));
    CHECK(rule.severity == 8 && rule.action == CRS_DENY && rule.type == CRS_RULE_READ && rule.index == 0);
    CHECK(rule.tags == 2 && crs_table_tag(&t, 0, 1, &tag) == 0 && is(tag, "files"));
    CHECK(crs_table_tag(&t, 0, 2, &tag) == -ENOENT && crs_table_tag(&t, 99, 0, &tag) == -ENOENT);
    CHECK(crs_table_rule(&t, 1, &rule) == 0 && rule.severity == CRS_SEVERITY_NONE && rule.id.s == NULL);
    CHECK(crs_table_rule(&t, -1, &rule) == -ENOENT && crs_table_rule(&t, 13, &rule) == -ENOENT);
    CHECK(is(crs_table_call(&t, 257), "openat") && is(crs_table_call(&t, CRS_LIB_GETNAMEINFO), "getnameinfo"));
    CHECK(crs_table_call(&t, 400).s == NULL && crs_table_call(&t, -1).s == NULL);
    free(file.bytes);
}

static void a_file_is_denied_by_any_of_its_names(void)
{
    struct golden_file file;
    struct crs_table t = opened(&file);
    struct crs_str aliases[] = {str("/x"), str("/etc/shadow")};
    struct crs_call c = {.nr = 257, .port = -1, .local_port = -1};
    struct crs_decision d;

    c.path[0].requested = str("/tmp/link");
    crs_decide(&t, &c, &d);
    CHECK(!d.blocked && d.is_default);
    c.path[0].alias = aliases;
    c.path[0].aliases = 2;
    crs_decide(&t, &c, &d);
    CHECK(d.blocked && d.err == EACCES && d.rule_index == 0 && d.file_part == 1);
    /* A rule that allows is not reached by an alias. */
    aliases[1] = str("/allowed");
    crs_decide(&t, &c, &d);
    CHECK(d.is_default);
    c.path[0].resolved = str("/allowed");
    crs_decide(&t, &c, &d);
    CHECK(!d.is_default && d.rule_index == 11);
    free(file.bytes);
}

static void the_second_path_is_told_from_the_first(void)
{
    struct golden_file file;
    struct crs_table t = opened(&file);
    struct crs_call c = {.nr = 82, .port = -1, .local_port = -1};
    struct crs_decision d;

    c.path[0].requested = str("/a");
    c.path[1].requested = str("/etc/shadow");
    crs_decide(&t, &c, &d);
    CHECK(d.blocked && d.rule_index == 10 && d.file_part == 2);
    /* A folder on the way to it. */
    c.path[0].requested = str("/etc");
    c.path[1].requested = str("/gone");
    crs_decide(&t, &c, &d);
    CHECK(d.blocked && d.rule_index == 10 && d.file_part == 1);
    c.directory = CRS_DIRECTORY_NO;
    crs_decide(&t, &c, &d);
    CHECK(!d.blocked);
    free(file.bytes);
}

static void unknown_numbers_are_calls_without_rules(void)
{
    struct golden_file file;
    struct crs_table t = opened(&file);
    struct crs_call c = {.nr = 5000, .port = -1, .local_port = -1};
    struct crs_decision d;

    crs_decide(&t, &c, &d);
    CHECK(d.action == CRS_ALLOW && d.is_default && d.rule == -1 && d.file_part == 0);
    free(file.bytes);
}

static void damaged_tables_are_refused(void)
{
    struct golden_file file = golden_read("what-the-filter-needs", "table.bin");
    struct crs_table t;
    uint8_t *copy;
    size_t i;

    for (i = 0; i < file.size; i += i < 1024 ? 1 : 61) {
        /* A copy of just that size, so that a look beyond its end is seen. */
        copy = malloc(i == 0 ? 1 : i);
        CHECK(copy != NULL);
        memcpy(copy, file.bytes, i);
        CHECK(crs_table_open(&t, copy, i) < 0 && t.error[0] != '\0');
        free(copy);
    }
    for (i = 0; i < file.size; i += 7) {
        file.bytes[i] ^= 0x40;
        CHECK(crs_table_open(&t, file.bytes, file.size) < 0);
        file.bytes[i] ^= 0x40;
    }
    file.bytes[8] = 2;
    CHECK(crs_table_open(&t, file.bytes, file.size) == -ENOTSUP);
    CHECK(strcmp(t.error, "major version 2: only 1 is understood") == 0);
    file.bytes[8] = 1;
    file.bytes[21] = 3;
    golden_seal(file.bytes, file.size);
    CHECK(crs_table_open(&t, file.bytes, file.size) == -EINVAL && strcmp(t.error, "byte 21: no such value") == 0);
    free(file.bytes);
}

static uint32_t random_state = 20261121;

static uint32_t random_below(uint32_t n)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % n;
}

static void ask_everything(const struct crs_table *t, const struct golden_file *calls)
{
    struct crs_call_record record;
    struct crs_integer_test test;
    struct crs_rule_info rule;
    struct crs_decision d;
    struct crs_str string;
    uint8_t kinds;
    size_t at = 0;
    int size, nr, program;
    uint32_t i;

    while ((size = crs_call_record_read(&record, calls->bytes + at, calls->size - at)) > 0) {
        crs_decide(t, &record.call, &d);
        at += (size_t)size;
    }
    for (nr = 0; nr < 480; nr++) {
        crs_table_need(t, nr, &program, &d);
        crs_table_call(t, nr);
        for (i = 0; i < 4 && crs_table_test(t, nr, i, &test) == 0; i++)
            ;
    }
    for (i = 0; crs_table_rule(t, (int32_t)i, &rule) == 0; i++)
        crs_table_tag(t, (int32_t)i, 0, &string);
    for (i = 0; crs_table_literals(t, i, &string, &kinds) == 0; i++)
        CHECK(string.s != NULL);
}

/* Forged: damaged, then given the right checksum. Sound or not, no look outside of it, which the sanitizers watch. */
static void forged_tables_do_no_harm(const char *folder)
{
    static const uint32_t words[] = {0, 1, 3, 4, 0x7fffffff, 0x80000000, 0x80000002, 0xffffffff, 0xfffffffc, 0x10000};
    struct golden_file file = golden_read(folder, "table.bin"), calls = golden_read(folder, "calls.bin");
    uint8_t *copy = malloc(file.size);
    int i, m, sound = 0;
    uint32_t rules;
    struct crs_table t;

    CHECK(copy != NULL);
    memcpy(&rules, file.bytes + 112 + 16 + 4, sizeof(rules)); /* where RULE begins */
    for (i = 0; i < MUTATIONS; i++) {
        memcpy(copy, file.bytes, file.size);
        for (m = (int)random_below(4); m >= 0; m--) {
            uint32_t from = random_below(4) == 0 ? 20 : rules;
            uint32_t at = from + random_below((uint32_t)file.size - from - 4);

            if (random_below(2))
                copy[at] = (uint8_t)random_below(256);
            else
                memcpy(copy + (at & ~3u), &words[random_below(sizeof(words) / sizeof(words[0]))], 4);
        }
        golden_seal(copy, file.size);
        if (crs_table_open(&t, copy, file.size) == 0) {
            sound++;
            ask_everything(&t, &calls);
        } else {
            CHECK(t.error[0] != '\0');
        }
    }
    CHECK(sound > 0 && sound < MUTATIONS);
    free(copy);
    free(file.bytes);
    free(calls.bytes);
}

int main(void)
{
    tells_rules_and_calls();
    a_file_is_denied_by_any_of_its_names();
    the_second_path_is_told_from_the_first();
    unknown_numbers_are_calls_without_rules();
    damaged_tables_are_refused();
    forged_tables_do_no_harm("what-the-filter-needs");
    forged_tables_do_no_harm("names-of-hosts");
    return 0;
}
