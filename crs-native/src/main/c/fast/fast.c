#define _GNU_SOURCE
#include "fast.h"

#include "agent.h"
#include "mounts.h"
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

/* A system call, and back to who called. */
#if defined(__x86_64__)
static const uint8_t instruction[] = {0x0f, 0x05, 0xc3};
#else
static const uint32_t instruction[] = {0xd4000001, 0xd65f03c0};
#endif

/* Memory that stays writable here and for reading is what *fd shows. The mapping, or NULL with errno. */
static void *make(const char *name, size_t size, int *fd)
{
    char link[32];
    void *memory = MAP_FAILED;
    int all = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING), err;

    *fd = -1;
    if (all < 0)
        return NULL;
    if (ftruncate(all, (off_t)size) == 0)
        memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, all, 0);
    if (memory != MAP_FAILED && fcntl(all, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) == 0) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", all);
        *fd = open(link, O_RDONLY | O_CLOEXEC);
    }
    err = errno;
    close(all);
    if (*fd < 0 && memory != MAP_FAILED)
        munmap(memory, size);
    errno = err;
    return *fd < 0 ? NULL : memory;
}

/* Memory with a table, for reading: its descriptor or -errno. */
static int table_memory(const struct crs_table *table, uint32_t generation)
{
    size_t size = CRS_FAST_PAGE + (size_t)table->size;
    int fd;
    struct crs_fast_table *made = make("crs-fast-table", size, &fd);

    if (made == NULL)
        return -errno;
    *made = (struct crs_fast_table){.magic = CRS_FAST_MAGIC, .generation = generation, .size = size, .table = *table};
    memcpy((uint8_t *)made + CRS_FAST_PAGE, table->bytes, table->size);
    munmap(made, size);
    return fd;
}

int crs_fast_create(struct crs_agent *agent)
{
    struct crs_fast *fast = &agent->fast;
    uint8_t *memory;
    int table;

    _Static_assert(sizeof(struct crs_fast_state) <= CRS_FAST_PAGE && sizeof(struct crs_fast_table) <= CRS_FAST_PAGE, "a page each");
    table = table_memory(&agent->table, agent->generation);
    if (table < 0)
        return table;
    memory = make("crs-fast", 2 * CRS_FAST_PAGE, &fast->state_fd);
    if (memory == NULL) {
        int err = errno;

        close(table);
        return -err;
    }
    memcpy(memory, instruction, sizeof instruction);
    fast->state = (struct crs_fast_state *)(memory + CRS_FAST_PAGE);
    fast->state->magic = CRS_FAST_MAGIC;
    fast->state->table_size = sizeof(struct crs_fast_table);
    atomic_store(&fast->state->generation, agent->generation);
    fast->before = -1;
    if (crs_mounts_read() != 0) /* they cannot be told, or processes are shown elsewhere too */
        crs_fast_aliases(agent);
    atomic_store(&agent->shared->fast_table, table);
    crs_identity_mirror(fast->state);
    return 0;
}

void crs_fast_off(const struct crs_agent *agent)
{
    if (agent->fast.state != NULL)
        atomic_store(&agent->fast.state->off, 1);
}

void crs_fast_aliases(const struct crs_agent *agent)
{
    if (agent->fast.state != NULL)
        atomic_store(&agent->fast.state->aliases, 1);
}

int crs_fast_fits(const struct crs_agent *agent)
{
    return agent->table.mode == CRS_ACTIVE && agent->closures->closed[SYS_pivot_root] == CRS_CLOSED_HARD;
}

void crs_fast_replace(struct crs_agent *agent, const struct crs_table *table, uint32_t generation)
{
    int fd;

    if (agent->fast.state == NULL)
        return;
    fd = table_memory(table, generation);
    if (fd < 0) {
        crs_fast_off(agent);
        return;
    }
    agent->fast.before = atomic_exchange(&agent->shared->fast_table, fd);
    /* From here on what was decided by the table before counts no more, even if its open has succeeded. */
    atomic_store(&agent->fast.state->generation, generation);
}

void crs_fast_settled(struct crs_agent *agent)
{
    if (agent->fast.state == NULL || agent->fast.before < 0)
        return;
    close(agent->fast.before);
    agent->fast.before = -1;
}

int crs_fast_asked(const struct crs_agent *agent, const struct seccomp_data *call)
{
    return agent->fast.state != NULL && call->nr == CRS_NR_openat &&
           ((int)call->args[0] == CRS_FAST_STATE || (int)call->args[0] == CRS_FAST_TABLE);
}

static int add(struct crs_fast_names *out, uint32_t *used, uint32_t at, struct crs_str name)
{
    if (name.s == NULL || at >= CRS_FAST_NAMES || name.len > sizeof out->bytes - *used)
        return -E2BIG;
    memcpy(out->bytes + *used, name.s, name.len);
    out->length[at] = name.len;
    *used += name.len;
    return 0;
}

/* The names a decision about the caller takes, as crs_call_begin has them. 0; -E2BIG: they do not all fit. */
static int names_of(const struct crs_ctx *ctx, struct crs_fast_names *out, uint32_t *used)
{
    const struct crs_names *names = ctx->target.names, *ancestors = ctx->target.ancestors;
    int result = names->incomplete || ancestors->incomplete ? -E2BIG : 0;

    memset(out, 0, offsetof(struct crs_fast_names, bytes));
    *used = 0;
    out->programs = names->count < 4 ? names->count : 4;
    out->ancestors = ancestors->count;
    for (uint32_t i = 0; result == 0 && i < out->programs; i++)
        result = add(out, used, i, crs_names_get(names, i));
    for (uint32_t i = 0; result == 0 && i < out->ancestors; i++)
        result = add(out, used, out->programs + i, crs_names_get(ancestors, i));
    return result;
}

/* Only who means the same by a name as the agent does, and is known by its program, decides in itself. */
static int may_decide(struct crs_ctx *ctx)
{
    static struct crs_fast_names names;
    uint32_t used;

    if (crs_target_find(ctx) != 0 || ctx->target.caller.root >= 0 || ctx->target.names->count == 0 ||
        names_of(ctx, &names, &used) != 0 || !crs_still_waiting(ctx))
        return 0;
    return crs_target_write(ctx, ctx->req->data.args[3], &names, offsetof(struct crs_fast_names, bytes) + used) == 0;
}

int crs_fast_answer(struct crs_ctx *ctx)
{
    const struct crs_fast *fast = &ctx->agent->fast;
    int state = (int)ctx->req->data.args[0] == CRS_FAST_STATE;

    if (fast->state_fd < 0 || atomic_load(&fast->state->off) || (state && !may_decide(ctx)))
        return crs_reply_error(ctx, EBADF);
    return crs_reply_fd(ctx, state ? fast->state_fd : atomic_load(&ctx->agent->shared->fast_table), 1);
}
