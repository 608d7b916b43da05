/*
 * Other names of the files that rules name literally: hard links, bind mounts, a renamed folder above them.
 *
 * Each such file is known by device, inode and time of birth (numbers are given out again, birth times are not).
 * All workers share one list; it is filled at start and brought up to date when a notified call touched a name.
 */
#ifndef CRS_IDENTITY_H
#define CRS_IDENTITY_H

#include "inode.h"
#include "table.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#define CRS_ALIASES 8u
#define CRS_IDENTITIES 8192u     /* files known at a time */
#define CRS_IDENTITY_BUCKETS 4096u

struct crs_identity {
    uint64_t dev, ino, birth;    /* birth: nanoseconds, 0 where the file system does not tell */
    uint32_t literal;            /* number of the literal in the table */
    uint32_t next;               /* in its bucket, index + 1 */
    uint8_t through_link;        /* the literal is a symbolic link to it */
};

struct crs_identities {
    _Atomic int32_t lock;
    _Atomic uint32_t count;      /* 0: no look-up is needed */
    _Atomic uint32_t bucket[CRS_IDENTITY_BUCKETS];
    struct crs_identity list[CRS_IDENTITIES];
    uint8_t full;                /* some files could not be taken in */
};

struct crs_fast_state;

/* Whatever is added to any list, in this process and those it starts, is marked there too. */
void crs_identity_mirror(struct crs_fast_state *state);

/* Forgets all of them; nobody looks at them then. */
void crs_identity_reset(struct crs_identities *identities);

/* Looks at every literal of the table. */
void crs_identity_start(struct crs_identities *identities, const struct crs_table *table);

/* The literal names of the file behind a descriptor, at most CRS_ALIASES; for an exec not through links. How many. */
uint32_t crs_identity_names(struct crs_identities *identities, const struct crs_table *table, int fd, int exec,
                            struct crs_str out[CRS_ALIASES]);

/* The same for what crs_inode_of tells; birth 0: unknown. */
uint32_t crs_identity_of(struct crs_identities *identities, const struct crs_table *table,
                         const struct crs_inode *file, int exec, struct crs_str out[CRS_ALIASES]);

/*
 * A file that was known under these names is now this one: an overlay gives a file of the image another time of birth,
 * sometimes another number, at its first change.
 */
void crs_identity_became(struct crs_identities *identities, const struct crs_table *table, const struct crs_str *names,
                         uint32_t count, const struct crs_inode *file);

/* Whether a rule names something literally that is this or lies below it. */
int crs_identity_below(const struct crs_table *table, struct crs_str name);

/* A dead process of the agent holds nothing any more. */
void crs_identity_release(struct crs_identities *identities, pid_t dead);

/* A name was made, replaced or moved: looks again at the literals that are it or lie below it. */
void crs_identity_touch(struct crs_identities *identities, const struct crs_table *table, struct crs_str name);

#endif
