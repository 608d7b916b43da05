#define _GNU_SOURCE
#include "policy.h"

#include "supervisor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTLE_MS 5

#define READERS CRS_READERS(CRS_ANSWERERS, CRS_CHILDREN)

/* Of this process, for the table it has open. */
static struct crs_closures closures;
enum { NOT_ASKED, IGNORED, DECIDED };
static uint8_t say[CRS_FILTER_NUMBERS];

static void took(struct crs_agent *agent, uint32_t generation)
{
    agent->generation = generation;
    agent->closures = &closures;
    crs_filter_closures(&agent->table, &closures);
    crs_event_source_policy(&agent->source, &agent->table);
    memset(say, NOT_ASKED, sizeof say);
}

int crs_policy_live(struct crs_agent *agent)
{
    int result = crs_live_create(&agent->live, &agent->table);

    if (result == 0)
        result = crs_live_open(&agent->live, 0, &agent->table);
    if (result == 0)
        took(agent, 0);
    return result;
}

void crs_policy_enter(struct crs_agent *agent, uint32_t reader)
{
    _Atomic uint32_t *at = &agent->shared->reading[reader];
    uint32_t generation;

    if (agent->live.page == NULL)
        return;
    do { /* said first, looked at again afterwards: whoever waits for the one before sees it */
        generation = crs_live_generation(&agent->live);
        atomic_store(at, generation + 1);
    } while (crs_live_generation(&agent->live) != generation);
    if (generation == agent->generation)
        return;
    if (crs_live_open(&agent->live, generation, &agent->table) != 0)
        abort(); /* it was checked before it was put in force; the call is answered as that of a worker that died */
    took(agent, generation);
}

void crs_policy_leave(struct crs_agent *agent, uint32_t reader)
{
    if (agent->live.page != NULL)
        atomic_store(&agent->shared->reading[reader], 0);
}

void crs_policy_gone(struct crs_agent *agent, uint32_t reader)
{
    atomic_store(&agent->shared->reading[reader], 0);
}

int crs_policy_ignores(struct crs_agent *agent, int nr)
{
    struct crs_decision constant;
    int program;

    if (agent->live.page == NULL || nr < 0 || nr >= (int)CRS_FILTER_NUMBERS)
        return 0;
    if (say[nr] == NOT_ASKED)
        say[nr] = crs_table_need(&agent->table, nr, &program, &constant) == CRS_NEED_NOTHING ? IGNORED : DECIDED;
    return say[nr] == IGNORED;
}

/* No decision of an earlier table can come any more. */
static int is_settled(const struct crs_agent *agent)
{
    uint32_t now = agent->generation + 1;

    for (uint32_t i = 0; i < READERS; i++) {
        uint32_t reading = atomic_load(&agent->shared->reading[i]);

        if (reading != 0 && reading != now)
            return 0;
    }
    return 1;
}

/* Rules about calls the filter, which cannot be changed, does not hand over. */
static void tell_unseen(struct crs_supervisor *s)
{
    static char last[512]; /* told again only where it is something else */
    char text[512] = "";
    size_t used = 0;

    for (int nr = 0; nr < (int)CRS_FILTER_NUMBERS; nr++) {
        struct crs_str name = crs_table_call(&s->agent->table, nr);

        if (name.s != NULL && s->agent->shared->filter.passed[nr] &&
            (crs_table_names(&s->agent->table, nr) || crs_table_limit_of(&s->agent->table, nr) >= 0) &&
            used + name.len + 2 < sizeof text - 160)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%.*s", used > 0 ? ", " : "", (int)name.len, name.s);
    }
    if (crs_filter_asks_libraries(&s->agent->table) && !s->agent->shared->filter.library_calls)
        used += (size_t)snprintf(text + used, sizeof text - used, "%snames that are looked up", used > 0 ? ", " : "");
    if (used > 0 && strcmp(text, last) != 0) {
        char told[sizeof text];

        snprintf(told, sizeof told, "rules about %.*s hold from the container's next start: its kernel filter lets them pass",
                 (int)(sizeof told - 90), text);
        crs_tell(s, told);
        memcpy(last, text, sizeof last);
    }
}

int crs_policy_replace(struct crs_supervisor *s, const void *bytes, size_t size, struct crs_live_modes modes, char *why,
                       size_t why_size)
{
    struct crs_agent *agent = s->agent;
    uint32_t next = crs_live_generation(&agent->live) + 1;
    struct crs_table table;
    int result;

    if (s->settling)
        return -EBUSY;
    if (atomic_load(&agent->shared->filter_flags) == CRS_WITHOUT_LISTENER) {
        snprintf(why, why_size, "the agent is degraded: what the kernel enforces cannot be changed");
        return -ENOTSUP;
    }
    memset(&table, 0, sizeof table);
    result = crs_live_write(&agent->live, bytes, size, modes, &table);
    if (result == 0 && table.arch != agent->table.arch) {
        snprintf(table.error, sizeof table.error, "this table is for another architecture");
        result = -ENOTSUP;
    }
    if (result != 0) {
        snprintf(why, why_size, "%s", table.error[0] != '\0' ? table.error : strerror(-result));
        return result;
    }
    crs_identity_reset(&agent->shared->identities[next & 1]);
    crs_identity_start(&agent->shared->identities[next & 1], &table);
    crs_fast_replace(agent, &table, next);
    crs_live_switch(&agent->live);
    agent->table = table;
    took(agent, next);
    if (!crs_fast_fits(agent))
        crs_fast_off(agent);
    s->settling = 1;
    return 0;
}

int crs_policy_settle(struct crs_supervisor *s)
{
    const struct crs_str name = s->agent->table.policy_name;
    char told[384];

    if (!s->settling)
        return -1;
    if (!is_settled(s->agent))
        return SETTLE_MS;
    s->settling = 0;
    crs_fast_settled(s->agent);
    snprintf(told, sizeof told, "the policy is now %.*s", name.s == NULL ? 0 : (int)name.len, name.s == NULL ? "" : name.s);
    crs_tell_health(s, told);
    tell_unseen(s);
    return -1;
}
