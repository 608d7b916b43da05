/* Replays the golden calls: the same decisions as the policy itself gives, without a JVM. */
#include "callrecord.h"
#include "golden.h"

#include <dirent.h>
#include <errno.h>

#define DECISION 12

static void check_decision(const char *folder, int line, const struct crs_decision *d, const uint8_t *expected)
{
    int32_t index;

    memcpy(&index, expected + 8, sizeof(index));
    if (d->action == expected[0] && d->enforced == expected[1] && d->blocked == expected[2]
        && d->is_default == expected[3] && d->events == expected[4] && d->rule_index == index) {
        CHECK(d->blocked ? d->err == EACCES || d->err == EPERM : d->err == 0);
        CHECK((d->rule < 0) == (d->rule_index < 0));
        return;
    }
    fprintf(stderr, "%s, call %d: action %d, rule %d, events %d instead of %d, %d, %d\n", folder, line, d->action,
            d->rule_index, d->events, expected[0], index, expected[4]);
    exit(1);
}

static void replay(const char *folder)
{
    struct golden_file table = golden_read(folder, "table.bin"), calls = golden_read(folder, "calls.bin");
    struct golden_file decisions = golden_read(folder, "decisions.bin");
    struct crs_call_record record;
    struct crs_decision decision;
    struct crs_table t;
    size_t at = 0, line;

    CHECK(crs_table_open(&t, table.bytes, table.size) == 0);
    CHECK(t.error[0] == '\0');
    for (line = 0; at < calls.size; line++) {
        int size = crs_call_record_read(&record, calls.bytes + at, calls.size - at);

        CHECK(size > 0 && (line + 1) * DECISION <= decisions.size);
        crs_decide(&t, &record.call, &decision);
        check_decision(folder, (int)line + 1, &decision, decisions.bytes + line * DECISION);
        at += (size_t)size;
    }
    CHECK(line > 0 && line * DECISION == decisions.size);
    free(table.bytes);
    free(calls.bytes);
    free(decisions.bytes);
}

int main(void)
{
    DIR *golden = opendir(TEST_DATA "/../golden");
    struct dirent *entry;
    int folders = 0;

    CHECK(golden != NULL);
    while ((entry = readdir(golden)) != NULL)
        if (entry->d_name[0] != '.') {
            replay(entry->d_name);
            folders++;
        }
    closedir(golden);
    CHECK(folders >= 9);
    return 0;
}
