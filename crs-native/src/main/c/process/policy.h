/*
 * The policy in force, where it may change while the application runs.
 *
 * Every process of the agent has a table of its own, open on memory all share (live.h). Before a call is answered its
 * answerer says which generation it works with, and says so no more when it has answered. A new table is in force for
 * whatever is asked from then on; once nobody works with the one before it, no decision can come from it any more, and
 * only then is the change acknowledged and the next one taken.
 */
#ifndef CRS_POLICY_H
#define CRS_POLICY_H

#include "live.h"

#include <stddef.h>
#include <stdint.h>

struct crs_agent;
struct crs_supervisor;

/* Answerers: the workers, then their children. */
#define CRS_READERS(workers, children) ((workers) + (children))

/* Lets the table of this agent be replaced from now on. 0 or -errno. */
int crs_policy_live(struct crs_agent *agent);

/* Around everything that looks at the table: afterwards it is the one in force. Nothing where it cannot change. */
void crs_policy_enter(struct crs_agent *agent, uint32_t reader);
void crs_policy_leave(struct crs_agent *agent, uint32_t reader);
/* The reader has died. */
void crs_policy_gone(struct crs_agent *agent, uint32_t reader);

/* 1 if no rule and no default of the table in force has a say in calls of this number. */
int crs_policy_ignores(struct crs_agent *agent, int nr);

/*
 * crs-init: puts a table in force. 0; -EBUSY: the change before is not through yet; -EINVAL, -ENOTSUP: it cannot be, for
 * the reason written to `why`. It is through when crs_policy_settle says so.
 */
int crs_policy_replace(struct crs_supervisor *s, const void *bytes, size_t size, struct crs_live_modes modes, char *why,
                       size_t why_size);
/*
 * crs-init: says that the change is through as soon as no decision of an earlier table can come any more. After how many
 * milliseconds it wants to be called again; -1: there is nothing to wait for.
 */
int crs_policy_settle(struct crs_supervisor *s);

#endif
