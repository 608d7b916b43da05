/* What the filter is told, on the golden table of that name. */
#include "golden.h"

#include <errno.h>
#include <sys/syscall.h>

static struct crs_table table(struct golden_file *file, uint8_t mode, uint8_t log_mode)
{
    struct crs_table t;

    *file = golden_read("what-the-filter-needs", "table.bin");
    CHECK(crs_table_open(&t, file->bytes, file->size) == 0);
    t.mode = mode;
    t.log_mode = log_mode;
    return t;
}

static enum crs_need need(const struct crs_table *t, int nr, int *program, struct crs_decision *constant)
{
    return crs_table_need(t, nr, program, constant);
}

static void calls_that_no_rule_names_need_nothing(void)
{
    struct golden_file file;
    struct crs_table t = table(&file, CRS_ACTIVE, CRS_LOG_MONITOR | CRS_LOG_DENY);
    struct crs_decision d;
    int program;

    CHECK(need(&t, 39 /* getpid */, &program, &d) == CRS_NEED_NOTHING);
    CHECK(need(&t, 42 /* connect */, &program, &d) == CRS_NEED_NOTHING);
    CHECK(need(&t, 59 /* execve */, &program, &d) == CRS_NEED_NOTHING);
    CHECK(need(&t, 135 /* personality: a rule allows it, which owes no event here */, &program, &d) == CRS_NEED_NOTHING);
    CHECK(need(&t, 100000, &program, &d) == CRS_NEED_NOTHING);
    CHECK(need(&t, -1, &program, &d) == CRS_NEED_NOTHING);
    t.log_mode = CRS_LOG_ALLOW;
    CHECK(need(&t, 135, &program, &d) == CRS_NEED_CONSTANT);
    CHECK(d.action == CRS_ALLOW && !d.blocked && d.events == CRS_EVENT_STANDARD && d.rule_index == 13);
    free(file.bytes);
}

static void constant_denials_say_whether_an_event_is_owed(void)
{
    struct golden_file file;
    struct crs_table t = table(&file, CRS_ACTIVE, CRS_LOG_DENY);
    struct crs_decision d;
    int program;

    CHECK(need(&t, 101 /* ptrace */, &program, &d) == CRS_NEED_CONSTANT);
    CHECK(d.blocked && d.err == EPERM && d.events == CRS_EVENT_STANDARD && d.rule_index == 1 && !program);
    CHECK(need(&t, 49 /* bind, ignored */, &program, &d) == CRS_NEED_CONSTANT);
    CHECK(d.blocked && d.err == EPERM && d.events == 0 && d.rule_index == 7);
    t.log_mode = 0;
    CHECK(need(&t, 101, &program, &d) == CRS_NEED_CONSTANT && d.events == 0);
    t.mode = CRS_PERMISSIVE;
    CHECK(need(&t, 101, &program, &d) == CRS_NEED_NOTHING && !d.blocked);
    t.log_mode = CRS_LOG_DENY;
    CHECK(need(&t, 101, &program, &d) == CRS_NEED_CONSTANT && !d.blocked && d.events == CRS_EVENT_STANDARD);
    free(file.bytes);
}

static void removing_a_folder_is_constant_and_its_at_form_is_not(void)
{
    struct golden_file file;
    struct crs_table t = table(&file, CRS_ACTIVE, CRS_LOG_DENY);
    struct crs_decision d;
    int program;

    CHECK(need(&t, 84 /* rmdir: its rule stands before those of files */, &program, &d) == CRS_NEED_CONSTANT);
    CHECK(d.blocked && d.err == EACCES && d.rule_index == 6);
    CHECK(need(&t, 263 /* unlinkat: by its flags */, &program, &d) == CRS_NEED_MEMORY);
    CHECK(need(&t, 87 /* unlink: WRITE rules */, &program, &d) == CRS_NEED_MEMORY);
    free(file.bytes);
}

static void registers_come_with_their_tests(void)
{
    struct golden_file file;
    struct crs_table t = table(&file, CRS_ACTIVE, CRS_LOG_MONITOR | CRS_LOG_DENY);
    struct crs_integer_test test;
    struct crs_decision d;
    int program;

    CHECK(need(&t, 41 /* socket */, &program, &d) == CRS_NEED_REGISTERS && !program);
    CHECK(crs_table_test(&t, 41, 0, &test) == 0);
    CHECK(test.args == 3 && !test.program_dependent);
    CHECK(test.mask[0] == 0xffffffff && test.value[0] == 2);
    CHECK(test.mask[1] == (0xffffffff & ~02004000u) && test.value[1] == 3);
    CHECK(test.decision.blocked && test.decision.err == EPERM && test.decision.rule_index == 2);
    CHECK(crs_table_test(&t, 41, 1, &test) == 0);
    CHECK(test.args == 0 && !test.decision.blocked && test.decision.is_default);
    CHECK(crs_table_test(&t, 41, 2, &test) == -ENOENT);

    CHECK(need(&t, 62 /* kill */, &program, &d) == CRS_NEED_REGISTERS && program);
    CHECK(crs_table_test(&t, 62, 0, &test) == 0 && test.program_dependent && test.args == 2);
    CHECK(need(&t, 165 /* mount */, &program, &d) == CRS_NEED_REGISTERS && program);
    CHECK(crs_table_test(&t, 165, 1, &test) == 0 && test.decision.rule_index == 5);
    CHECK(crs_table_test(&t, 165, 2, &test) == -ENOENT);
    CHECK(crs_table_test(&t, 39, 0, &test) == -ENOENT);
    CHECK(crs_table_test(&t, 257, 0, &test) == -ENOENT);
    free(file.bytes);
}

static void files_need_memory(void)
{
    struct golden_file file;
    struct crs_table t = table(&file, CRS_ACTIVE, CRS_LOG_DENY);
    struct crs_decision d;
    int program;

    CHECK(need(&t, 257 /* openat */, &program, &d) == CRS_NEED_MEMORY && !program);
    CHECK(need(&t, 82 /* rename */, &program, &d) == CRS_NEED_MEMORY);
    CHECK(need(&t, 86 /* link */, &program, &d) == CRS_NEED_MEMORY);
    CHECK(need(&t, 0 /* read */, &program, &d) == CRS_NEED_MEMORY);
    t.mode = CRS_INACTIVE;
    CHECK(need(&t, 257, &program, &d) == CRS_NEED_NOTHING);
    free(file.bytes);
}

static void behavior_events_are_owed_for_observed_calls_alone(void)
{
    struct golden_file file;
    struct crs_table t = table(&file, CRS_INACTIVE, CRS_LOG_BEHAVIOR);
    struct crs_decision d;
    int program;

    CHECK(need(&t, 257, &program, &d) == CRS_NEED_CONSTANT && d.events == CRS_EVENT_BEHAVIOR && !d.blocked);
    CHECK(need(&t, 42, &program, &d) == CRS_NEED_CONSTANT && d.events == CRS_EVENT_BEHAVIOR);
    CHECK(need(&t, 101 /* named by a rule */, &program, &d) == CRS_NEED_CONSTANT);
    CHECK(need(&t, 39, &program, &d) == CRS_NEED_NOTHING && d.events == 0);
    CHECK(need(&t, 49 /* ignored */, &program, &d) == CRS_NEED_NOTHING && d.events == 0);
    t.mode = CRS_ACTIVE;
    CHECK(need(&t, 257, &program, &d) == CRS_NEED_MEMORY);
    free(file.bytes);
}

static void names_and_literals_are_told(void)
{
    static const struct {
        const char *path;
        uint8_t kinds;
    } expected[] = {
        {"/etc/new", CRS_LITERAL_SYSCALL},
        {"/etc/shadow", CRS_LITERAL_READ | CRS_LITERAL_WRITE},
        {"/var/log/x", CRS_LITERAL_WRITE},
    };
    struct golden_file file;
    struct crs_table t = table(&file, CRS_ACTIVE, 0);
    struct crs_str path;
    uint8_t kinds;
    uint32_t i;

    CHECK(crs_table_names(&t, 101) && crs_table_names(&t, 263) && crs_table_names(&t, 316 /* renameat2 */));
    CHECK(!crs_table_names(&t, 39) && !crs_table_names(&t, 100000) && !crs_table_names(&t, CRS_LIB_GETADDRINFO));
    for (i = 0; i < 3; i++) {
        CHECK(crs_table_literals(&t, i, &path, &kinds) == 0);
        CHECK(path.len == strlen(expected[i].path) && memcmp(path.s, expected[i].path, path.len) == 0);
        CHECK(kinds == expected[i].kinds);
    }
    CHECK(crs_table_literals(&t, i, &path, &kinds) == -ENOENT);
    CHECK(t.guards == CRS_GUARDS_FILES);
    free(file.bytes);
}

int main(void)
{
    calls_that_no_rule_names_need_nothing();
    constant_denials_say_whether_an_event_is_owed();
    removing_a_folder_is_constant_and_its_at_form_is_not();
    registers_come_with_their_tests();
    files_need_memory();
    behavior_events_are_owed_for_observed_calls_alone();
    names_and_literals_are_told();
    return 0;
}
