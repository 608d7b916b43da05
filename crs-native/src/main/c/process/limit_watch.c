#define _GNU_SOURCE
#include "limit_watch.h"

#include "log.h"
#include "proc_stat.h"
#include "supervisor.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LEAST_MS  1000
#define PATIENCE  10    /* so many times as long as the last look took */
#define PROCESSES 65536u
#define CLIMB     1024u /* generations up to crs-init */

/* What was found, by rising pid, as /proc lists them. */
static struct found {
    pid_t pid;
    struct crs_proc_stat stat;
    uint8_t counts; /* it is of the application */
} found[PROCESSES];
static uint32_t count;

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* One process, unless it has ended and waits to be reaped. */
static int read_process(int proc, const char *pid, struct found *out)
{
    char path[32];

    out->pid = (pid_t)atoi(pid);
    snprintf(path, sizeof path, "%.16s/stat", pid);
    return crs_proc_stat_read(proc, path, &out->stat) == 0 && out->stat.state != 'Z' && out->stat.state != 'X';
}

static int by_pid(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    return (x->pid > y->pid) - (x->pid < y->pid);
}

/* Of a container all is the application's; elsewhere what descends from crs-init, which adopts orphans. */
static int is_the_applications(const struct found *process)
{
    struct found key = {.pid = process->pid};
    pid_t self = getpid();

    for (uint32_t i = 0; self != 1 && i < CLIMB; i++) {
        const struct found *at = bsearch(&key, found, count, sizeof *found, by_pid);

        if (at == NULL || at->stat.parent == self)
            return at != NULL;
        key.pid = at->stat.parent;
    }
    return self == 1;
}

/* How many are the application's. */
static uint32_t look_at_all(const struct crs_agent *agent)
{
    int fd = openat(agent->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *all = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    uint32_t counted = 0;

    count = 0;
    while (all != NULL && count < PROCESSES && (entry = readdir(all)) != NULL)
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
            count += (uint32_t)read_process(agent->proc, entry->d_name, &found[count]);
    if (all != NULL)
        closedir(all);
    qsort(found, count, sizeof *found, by_pid);
    for (uint32_t i = 0; i < count; i++) {
        found[i].counts = !crs_is_agent(agent->shared, found[i].pid) && is_the_applications(&found[i]);
        counted += found[i].counts;
    }
    return counted;
}

/* Whether a process runs a program of that base name: as the workers know it, else as the kernel says, cut off. */
static int runs(struct crs_agent *agent, const struct found *process, struct crs_str program)
{
    struct crs_programs *programs = &agent->shared->programs;
    char known[CRS_NAMES_SIZE];
    struct crs_str name = {NULL, 0};
    const char *slash;

    crs_programs_lock(programs);
    for (uint32_t i = 0; i < 32 && name.s == NULL; i++) {
        struct crs_process *at = &programs->process[((uint32_t)process->pid + i) % CRS_PROCESSES];

        if (at->tgid == process->pid)
            name = crs_names_get(&crs_process_names(programs, at)->names, 0);
    }
    if (name.s != NULL)
        memcpy(known, name.s, name.len);
    crs_programs_unlock(programs);
    if (name.s == NULL)
        return strncmp(process->stat.name, program.s, sizeof process->stat.name - 1) == 0;
    slash = memrchr(known, '/', name.len);
    name.len -= slash == NULL ? 0 : (uint32_t)(slash + 1 - known);
    return name.len == program.len && memcmp(slash == NULL ? known : slash + 1, program.s, name.len) == 0;
}

static void alert(struct crs_supervisor *s, const char *reason)
{
    crs_log(CRS_LOG_WARN, "%s", reason);
    crs_event_alert(s->agent->ring, CRS_SLOT_INIT, &s->agent->source, reason);
}

/* A number of processes, of all or of one program. */
static void compare(struct crs_supervisor *s, uint32_t place, const struct crs_limit *limit, uint32_t number)
{
    char reason[512], of[300] = "";
    uint8_t above = number > limit->number;

    if (limit->kind == CRS_LIMIT_PROGRAM)
        snprintf(of, sizeof of, " of %.*s", (int)(limit->program.len < 255 ? limit->program.len : 255), limit->program.s);
    if (above && !s->limits.above[place]) {
        snprintf(reason, sizeof reason, "%u processes%s at a time, the limit is %u", number, of, limit->number);
        alert(s, reason);
    }
    s->limits.above[place] = above;
}

static int was_told(struct crs_limits *limits, const struct found *process)
{
    for (uint32_t i = 0; i < CRS_TOLD; i++)
        if (limits->told[i].pid == process->pid && limits->told[i].start == process->stat.start)
            return 1;
    limits->told[limits->tells % CRS_TOLD].pid = process->pid;
    limits->told[limits->tells++ % CRS_TOLD].start = process->stat.start;
    return 0;
}

static void look_at_ages(struct crs_supervisor *s, const struct crs_limit *limit, int64_t now)
{
    const uint64_t ticks = (uint64_t)sysconf(_SC_CLK_TCK);
    char reason[128];

    for (uint32_t i = 0; i < count; i++) {
        uint64_t age = (uint64_t)now / 1000 - found[i].stat.start / ticks;

        if (!found[i].counts || found[i].stat.start / ticks > (uint64_t)now / 1000 || age <= limit->number ||
            was_told(&s->limits, &found[i]))
            continue;
        snprintf(reason, sizeof reason, "process %d (%s) is %llu seconds old, the limit is %u", (int)found[i].pid, found[i].stat.name,
                 (unsigned long long)age, limit->number);
        alert(s, reason);
    }
}

static void look(struct crs_supervisor *s, int64_t now)
{
    struct crs_agent *agent = s->agent;
    uint32_t all = look_at_all(agent), of_one;
    struct crs_limit limit;

    for (uint32_t i = 0; i < sizeof s->limits.above && crs_table_limit(&agent->table, i, &limit) == 0; i++) {
        if (limit.kind == CRS_LIMIT_PROCESSES)
            compare(s, i, &limit, all);
        else if (limit.kind == CRS_LIMIT_LIFETIME)
            look_at_ages(s, &limit, now);
        if (limit.kind != CRS_LIMIT_PROGRAM)
            continue;
        of_one = 0;
        for (uint32_t k = 0; k < count; k++)
            of_one += found[k].counts && runs(agent, &found[k], limit.program);
        compare(s, i, &limit, of_one);
    }
}

/* Whether any limit is about processes. */
static int has_work(const struct crs_table *table)
{
    struct crs_limit limit;

    for (uint32_t i = 0; crs_table_limit(table, i, &limit) == 0; i++)
        if (limit.kind != CRS_LIMIT_CALLS)
            return table->mode != CRS_INACTIVE;
    return 0;
}

int crs_limits_look(struct crs_supervisor *s)
{
    struct crs_limits *limits = &s->limits;
    int64_t now;

    if (s->agent->table.section[CRS_LIMT].count == 0 || !has_work(&s->agent->table))
        return -1;
    if (limits->generation != s->agent->generation)
        memset(limits->above, 0, sizeof limits->above);
    limits->generation = s->agent->generation;
    now = now_ms();
    if (now >= limits->next_ms) {
        int64_t took;

        look(s, now);
        took = now_ms() - now;
        limits->next_ms = now + (took * PATIENCE > LEAST_MS ? took * PATIENCE : LEAST_MS);
        now += took;
    }
    return limits->next_ms > now ? (int)(limits->next_ms - now) : 0;
}
