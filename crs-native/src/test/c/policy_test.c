/*
 * A policy replaced over and over while others decide by it: after a change is acknowledged nobody decides by the one
 * before, and what is looked at is always one table as a whole.
 */
#define _GNU_SOURCE
#include "golden.h"
#include "supervisor.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHANGES 1500u

struct seen {
    _Atomic uint32_t acknowledged, end, decisions[CRS_WORKERS];
};

static struct crs_agent agent;
static struct crs_supervisor supervisor;
static struct golden_file file;
static struct seen *seen;

static void *shared_memory(size_t size)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    CHECK(at != MAP_FAILED);
    return at;
}

static void start(void)
{
    agent.shared = shared_memory(sizeof *agent.shared);
    seen = shared_memory(sizeof *seen);
    file = golden_read("what-the-filter-needs", "table.bin");
    CHECK(crs_table_open(&agent.table, file.bytes, file.size) == 0);
    agent.table.log_mode = 0;
    CHECK(crs_policy_live(&agent) == 0);
    supervisor.agent = &agent;
}

static int replace(uint32_t generation, char *why)
{
    return crs_policy_replace(&supervisor, file.bytes, file.size, (struct crs_live_modes){-1, (int)(generation & 15)}, why, 256);
}

/* One reader: what it works with is never older than what was acknowledged before it began or while it works. */
static void decide_until_the_end(uint32_t reader)
{
    while (!atomic_load(&seen->end)) {
        uint32_t before = atomic_load(&seen->acknowledged);

        crs_policy_enter(&agent, reader);
        CHECK(agent.generation >= before);
        CHECK(agent.table.log_mode == (agent.generation & 15) && agent.closures->log_mode == agent.table.log_mode);
        CHECK(agent.table.policy_name.len > 0 && agent.source.table == &agent.table);
        CHECK(atomic_load(&seen->acknowledged) <= agent.generation);
        crs_policy_leave(&agent, reader);
        atomic_fetch_add(&seen->decisions[reader], 1);
    }
    _exit(0);
}

static void settle(void)
{
    while (crs_policy_settle(&supervisor) >= 0)
        ;
}

static void nobody_decides_by_a_policy_that_was_replaced(void)
{
    pid_t reader[CRS_WORKERS];
    char why[256];
    int status;

    for (uint32_t i = 0; i < CRS_WORKERS; i++) {
        reader[i] = fork();
        CHECK(reader[i] >= 0);
        if (reader[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL); /* or it would never end if this test does not get to its own end */
            decide_until_the_end(i);
        }
    }
    for (uint32_t i = 0; i < CRS_WORKERS; i++)
        while (atomic_load(&seen->decisions[i]) == 0)
            ;
    for (uint32_t generation = 1; generation <= CHANGES; generation++) {
        CHECK(replace(generation, why) == 0);
        settle();
        atomic_store(&seen->acknowledged, generation);
    }
    atomic_store(&seen->end, 1);
    for (uint32_t i = 0; i < CRS_WORKERS; i++) {
        CHECK(waitpid(reader[i], &status, 0) == reader[i] && status == 0);
        CHECK(atomic_load(&seen->decisions[i]) > CHANGES / 10);
    }
}

static void a_change_waits_for_whoever_decides(void)
{
    uint32_t generation = agent.generation;
    struct crs_agent other = agent;
    char why[256];

    crs_policy_enter(&other, 1);
    CHECK(replace(generation + 1, why) == 0);
    CHECK(crs_policy_settle(&supervisor) >= 0);
    CHECK(replace(generation + 2, why) == -EBUSY);
    crs_policy_leave(&other, 1);
    CHECK(crs_policy_settle(&supervisor) == -1);
    CHECK(replace(generation + 2, why) == 0);
    settle();
    /* Who died while it decided holds nothing up. */
    crs_policy_enter(&other, 1);
    CHECK(replace(generation + 3, why) == 0 && crs_policy_settle(&supervisor) >= 0);
    crs_policy_gone(&agent, 1);
    CHECK(crs_policy_settle(&supervisor) == -1);
}

static void what_is_no_table_changes_nothing(void)
{
    uint32_t generation = agent.generation;
    uint8_t log_mode = agent.table.log_mode;
    char *broken = malloc(file.size), why[256] = "";

    memcpy(broken, file.bytes, file.size);
    broken[file.size / 2] ^= 1;
    CHECK(crs_policy_replace(&supervisor, broken, file.size, (struct crs_live_modes){-1, 3}, why, sizeof why) == -EINVAL);
    CHECK(why[0] != '\0' && agent.generation == generation && agent.table.log_mode == log_mode);
    CHECK(crs_policy_replace(&supervisor, broken, 10, (struct crs_live_modes){-1, 3}, why, sizeof why) == -EINVAL);
    CHECK(crs_policy_settle(&supervisor) == -1);
    CHECK(replace(generation + 1, why) == 0);
    settle();
    free(broken);
}

/* What others are given of the memory can be read, and not changed. */
static void nobody_else_can_write_it(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    CHECK(mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, agent.live.fd, 0) == MAP_FAILED && errno == EPERM);
    CHECK(ftruncate(agent.live.fd, 0) != 0);
    CHECK(pwrite(agent.live.fd, "x", 1, 0) < 0);
    CHECK(mmap(NULL, page, PROT_READ, MAP_SHARED, agent.live.fd, 0) != MAP_FAILED);
}

int main(void)
{
    alarm(120); /* a reader that found something wrong holds up the change for ever */
    start();
    nobody_decides_by_a_policy_that_was_replaced();
    a_change_waits_for_whoever_decides();
    what_is_no_table_changes_nothing();
    nobody_else_can_write_it();
    return 0;
}
