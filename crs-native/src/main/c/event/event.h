/*
 * Events: what a producer (a worker, or crs-init itself) says about one call, formatted as one JSON line.
 *
 * A line is made in two places. The producer formats everything from "time" to "via" into its ring (ring.h), the
 * one consumer puts `{"v":1,"id":…,"seq":…` before and `,"lost":…}` after it. So sequence numbers follow the order
 * of the stream without a hole, whatever dies in between, and "lost" is what was lost when the line left.
 */
#ifndef CRS_EVENT_H
#define CRS_EVENT_H

#include "ring.h"
#include "table.h"

#include <stddef.h>
#include <stdint.h>

#define CRS_STRING_MAX 4096u  /* bytes of one string in a line; longer ones are cut and the line says so */
#define CRS_BODY_MAX   16384u /* bytes of a producer's part */

enum crs_event_type { CRS_TYPE_STANDARD, CRS_TYPE_BEHAVIOR, CRS_TYPE_ALERT, CRS_TYPE_HEALTH };
enum crs_event_via { CRS_VIA_NOTIFY, CRS_VIA_KERNEL, CRS_VIA_LIBC };
enum crs_object_kind { CRS_OBJECT_NONE, CRS_OBJECT_FILE, CRS_OBJECT_SOCKET, CRS_OBJECT_PROCESS, CRS_OBJECT_NAME };

/* Everything a string may be absent: s == NULL. Strings are bytes of any kind. */
struct crs_event {
    uint8_t type, action, enforced, via; /* CRS_TYPE_…, CRS_ALLOW …, 1 if the mode enforces, CRS_VIA_… */

    int32_t pid, ppid;                   /* of the thread group, in the container; ppid 0: unknown */
    int64_t uid;                         /* -1: unknown */
    struct crs_str exe, exec;

    uint32_t audit_arch;                 /* as the notification has it; 0: no system call */
    int32_t nr;                          /* a number of the ABI, or CRS_LIB_… */
    uint64_t arg[6];
    struct crs_str text[6];              /* argument i as text where it points to a path or a name */
    int32_t err;                         /* errno the caller gets; 0: none */

    uint8_t object;                      /* enum crs_object_kind */
    struct crs_str requested, path, name;
    const char *op;                      /* "read", "write", "execute", "connect", …; NULL: unknown */
    uint8_t addr_kind;                   /* CRS_ADDR_*: INET and INET6 from addr, OTHER from path */
    uint8_t addr[16];
    int32_t port, local_port;            /* -1: unknown */
    const char *direction;               /* "inbound", "outbound" or NULL */

    int32_t rule;                        /* record number of the deciding rule in the table, -1: none */
    const char *reason;                  /* HEALTH, ALERT and closed calls: a sentence; NULL: absent */
};

/* Sets every "unknown" above; what is then filled in is known. */
void crs_event_init(struct crs_event *event);

/* What all lines of one agent share. Made before the workers are, each of which has a copy of its own. */
struct crs_event_source {
    const struct crs_table *table;       /* NULL: lines carry no policy and no rule */
    char container[4096];                /* the object of that key, ready for use, or empty */
    char policy[4096];                   /* the same */
};

/* image_* and container may be NULL or empty: absent; without container it is looked for (cgroup, mountinfo, host name). */
void crs_event_source_init(struct crs_event_source *source, const struct crs_table *table, const char *container,
                           const char *image_name, const char *image_tag, const char *image_digest);

/* The lines that follow are about the policy of this table. */
void crs_event_source_policy(struct crs_event_source *source, const struct crs_table *table);

/*
 * Formats and queues one event of the producer in `slot`; never blocks, allocates nothing. A full ring counts the
 * loss and returns -ENOBUFS; the caller carries on.
 */
int crs_event_call(struct crs_ring *ring, uint32_t slot, const struct crs_event_source *source,
                   const struct crs_event *event);

/* The producer's part of a line alone: its length, or -ENOBUFS if cap is too small for it. */
int crs_event_format(char *buf, size_t cap, const struct crs_event_source *source, const struct crs_event *event,
                     uint64_t time_us);

/* A HEALTH line: the agent about itself, no process and no call, a sentence. */
int crs_event_health(struct crs_ring *ring, uint32_t slot, const struct crs_event_source *source, const char *reason);
/* An ALERT line about no call: a sentence. */
int crs_event_alert(struct crs_ring *ring, uint32_t slot, const struct crs_event_source *source, const char *reason);

#define CRS_TIME_TEXT sizeof "2026-11-21T19:20:33.123456Z"

/* Now, in microseconds since 1970 UTC; and such a time as events have it. */
uint64_t crs_event_now(void);
void crs_event_time(char out[CRS_TIME_TEXT], uint64_t time_us);

#endif
