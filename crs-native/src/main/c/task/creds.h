/*
 * Rights of another task: read from its /proc/TID/status, put on by this process and taken off again.
 *
 * Everything here is raw system calls, so it acts on the calling thread alone; a worker is a process with one thread.
 * A process that puts on other rights loses its dumpable flag, and while they are on its parent-death signal.
 */
#ifndef CRS_CREDS_H
#define CRS_CREDS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Supplementary groups a caller may have; one with more is refused. */
#define CRS_MAX_GROUPS 1024u

enum crs_lives { CRS_LIVES_UNASKED, CRS_LIVES_HERE, CRS_LIVES_ELSEWHERE };

struct crs_creds {
    uid_t uid, euid, fsuid;
    gid_t gid, egid, fsgid;
    uint32_t ngroups;
    gid_t groups[CRS_MAX_GROUPS]; /* ascending, as the kernel keeps them */
    mode_t umask;
    uint64_t cap_effective; /* 0 for a task of another user namespace: what it may there, it may not here */
    pid_t tgid, ppid;       /* its process and that one's parent, in the pid namespace of the /proc it was read from */
    uint8_t lives;          /* in whose user namespace: enum crs_lives */
};

/*
 * Reads the rights of the task whose /proc/TID folder proc is (any kind of descriptor, O_PATH too). `lives`: as it was
 * read of the same task before, if it cannot have changed since.
 * 0; -ESRCH if the task is gone; -E2BIG if it has too many groups; -EPROTO if the text is not what a kernel writes;
 * otherwise what open and read say. *creds is whole or all zero.
 */
int crs_creds_read(int proc, enum crs_lives lives, struct crs_creds *creds);

/* The same from a text of len bytes; cap_effective is as written. */
int crs_creds_parse(const char *text, size_t len, struct crs_creds *creds);

/*
 * Notes what this process is by itself; the first of the calls below does it where it was not done, once per process.
 * Its own rights must not change by other means after that, nor be others than its own at that moment. 0 or -EPERM.
 */
int crs_creds_init(void);

/*
 * Takes on fsuid, fsgid, groups, umask and effective capabilities of another task; what is equal already is left.
 * 0, or -EPERM when this process cannot become that one; it then is what it was before. Real and effective ids stay,
 * so signals and limits are still this process's own.
 */
int crs_creds_assume(const struct crs_creds *creds);

/* Takes on the ids that it takes to look at a task without SYS_PTRACE, and keeps the rest. 0 or -EPERM. */
int crs_creds_look(uid_t uid, gid_t gid);

/*
 * Takes everything off again, whatever was on; nothing to do is no cost. There is no failure: a process that cannot
 * be itself again aborts, since going on with another's rights would be worse.
 */
void crs_creds_restore(void);

#endif
