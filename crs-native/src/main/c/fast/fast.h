/*
 * FAST enforcement, crs-init's side: what cooperating processes are given (fast_protocol.h).
 *
 * It makes nothing weaker for who does not cooperate: a process without libcrs is held as under STRICT. A process whose own
 * code is hostile may use the instruction for any open; docs/limits.md says so.
 */
#ifndef CRS_FAST_H
#define CRS_FAST_H

#include "fast_protocol.h"

#include <linux/seccomp.h>
#include <stdint.h>

struct crs_agent;
struct crs_ctx;

struct crs_fast {
    struct crs_fast_state *state; /* NULL: enforcement is STRICT */
    int state_fd;                 /* for reading; -1: this process gives nothing to anybody */
    int before;                   /* memory of the table before, closed when no worker can give it any more; -1 */
};

/* Makes what is given, of the table in force. 0 or -errno. */
int crs_fast_create(struct crs_agent *agent);

/* crs-init: another table is about to be in force as this generation. Where there is no memory for it, nobody decides in itself. */
void crs_fast_replace(struct crs_agent *agent, const struct crs_table *table, uint32_t generation);
/* crs-init: no worker works with the table before any more. */
void crs_fast_settled(struct crs_agent *agent);

/* From now on nobody decides in itself: names of files may no longer mean the same to all. Any process of the agent. */
void crs_fast_off(const struct crs_agent *agent);

/* From now on what was opened is looked at: a file that a rule names may have another name. Any process of the agent. */
void crs_fast_aliases(const struct crs_agent *agent);

/* Whether a call asks for one of the two parts; then the answer. */
int crs_fast_asked(const struct crs_agent *agent, const struct seccomp_data *call);
int crs_fast_answer(struct crs_ctx *ctx);

/* Whether a table lets nobody change what names mean without the agent's knowledge. */
int crs_fast_fits(const struct crs_agent *agent);

#endif
