/* Limits of calls in a second. What passes one is told, and goes on. */
#define _GNU_SOURCE
#include "agent.h"

#include <stdio.h>
#include <time.h>

/* The places of the limits by number, made anew for each table. */
static struct {
    const uint8_t *table;
    uint32_t generation;
    int16_t native[CRS_FILTER_NUMBERS], library[2]; /* -1: none */
} places;

static int place_of(const struct crs_agent *agent, int nr)
{
    if (places.table != agent->table.bytes || places.generation != agent->generation) {
        for (int i = 0; i < (int)CRS_FILTER_NUMBERS; i++)
            places.native[i] = (int16_t)crs_table_limit_of(&agent->table, i);
        places.library[0] = (int16_t)crs_table_limit_of(&agent->table, CRS_LIB_GETADDRINFO);
        places.library[1] = (int16_t)crs_table_limit_of(&agent->table, CRS_LIB_GETNAMEINFO);
        places.table = agent->table.bytes;
        places.generation = agent->generation;
    }
    if (nr == CRS_LIB_GETADDRINFO || nr == CRS_LIB_GETNAMEINFO)
        return places.library[nr == CRS_LIB_GETNAMEINFO];
    return nr >= 0 && nr < (int)CRS_FILTER_NUMBERS ? places.native[nr] : -1;
}

/* One more in this second of the clock; how many there are. */
static uint32_t count(_Atomic uint64_t *window)
{
    uint64_t second = (uint64_t)time(NULL) & UINT32_MAX, before = atomic_load(window), after;

    do
        after = before >> 32 == second ? before + 1 : second << 32 | 1;
    while (!atomic_compare_exchange_weak(window, &before, after));
    return (uint32_t)after;
}

void crs_rate_count(struct crs_ctx *ctx, int nr)
{
    const struct crs_table *table = &ctx->agent->table;
    struct crs_limit limit;
    struct crs_str name;
    char reason[128];
    int place;

    if (table->section[CRS_LIMT].count == 0 || table->mode == CRS_INACTIVE)
        return;
    place = place_of(ctx->agent, nr);
    if (place < 0 || place >= (int)CRS_RATES || crs_table_limit(table, (uint32_t)place, &limit) != 0 ||
        count(&ctx->agent->shared->rate[place]) != limit.number + 1)
        return;
    name = crs_table_call(table, nr);
    snprintf(reason, sizeof reason, "%u calls of %.*s in one second, the limit is %u", limit.number + 1, (int)name.len,
             name.s == NULL ? "" : name.s, limit.number);
    crs_target_find(ctx); /* who it was, if that can be told */
    crs_alert(ctx, reason);
    crs_target_done(ctx);
}
