#define _GNU_SOURCE
#include "creds.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WORN_GROUPS = 1, WORN_FSGID = 2, WORN_FSUID = 4, WORN_CAPS = 8, WORN_UMASK = 16 };

/* What this process is by itself, read once, and what of it is another's now. */
static struct {
    pid_t known; /* by which process: a child may have become something else */
    int worn;    /* WORN_… */
    int at_parents_death; /* the signal this process then gets; the kernel forgets it when ids change */
    uint64_t permitted, inheritable;
    struct crs_creds own;
} self;

static int set_effective(uint64_t effective)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];

    for (int i = 0; i < 2; i++) {
        data[i].effective = (uint32_t)(effective >> (32 * i));
        data[i].permitted = (uint32_t)(self.permitted >> (32 * i));
        data[i].inheritable = (uint32_t)(self.inheritable >> (32 * i));
    }
    return syscall(__NR_capset, &header, data) < 0 ? -errno : 0;
}

int crs_creds_init(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    long n;

    if (self.known == getpid())
        return 0;
    n = syscall(__NR_getgroups, CRS_MAX_GROUPS, self.own.groups);
    if (n < 0 || syscall(__NR_capget, &header, data) < 0)
        return -EPERM;
    self.own.ngroups = (uint32_t)n;
    self.own.cap_effective = data[0].effective | (uint64_t)data[1].effective << 32;
    self.permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
    self.inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
    self.own.fsuid = (uid_t)syscall(__NR_setfsuid, -1); /* an id that is none: says the present one */
    self.own.fsgid = (gid_t)syscall(__NR_setfsgid, -1);
    self.own.umask = umask(0);
    umask(self.own.umask);
    if (prctl(PR_GET_PDEATHSIG, &self.at_parents_death) < 0)
        self.at_parents_death = 0;
    self.known = getpid();
    return 0;
}

static int same_groups(const struct crs_creds *a, const struct crs_creds *b)
{
    return a->ngroups == b->ngroups && memcmp(a->groups, b->groups, a->ngroups * sizeof a->groups[0]) == 0;
}

static int set_groups(const struct crs_creds *to)
{
    return syscall(__NR_setgroups, (size_t)to->ngroups, to->groups) < 0 ? -EPERM : 0;
}

/* These two say nothing when they fail; asking for an id that is none tells the present one. */
static int set_fsgid(gid_t to)
{
    syscall(__NR_setfsgid, to);
    return (gid_t)syscall(__NR_setfsgid, -1) == to ? 0 : -EPERM;
}

static int set_fsuid(uid_t to)
{
    syscall(__NR_setfsuid, to);
    return (uid_t)syscall(__NR_setfsuid, -1) == to ? 0 : -EPERM;
}

/* Puts on what differs, noting each part that is on. 0, or -EPERM where it cannot go on. */
static int wear(const struct crs_creds *to)
{
    const struct crs_creds *own = &self.own;

    if (!same_groups(own, to)) {
        if (set_groups(to) < 0)
            return -EPERM;
        self.worn |= WORN_GROUPS;
    }
    if (own->fsgid != to->fsgid) {
        if (set_fsgid(to->fsgid) < 0)
            return -EPERM;
        self.worn |= WORN_FSGID;
    }
    if (own->fsuid != to->fsuid) {
        if (set_fsuid(to->fsuid) < 0)
            return -EPERM;
        self.worn |= WORN_FSUID;
    }
    /* setfsuid takes and gives capabilities that concern files, so the effective ones are set after it. */
    if (own->fsuid != to->fsuid || own->cap_effective != to->cap_effective) {
        self.worn |= WORN_CAPS;
        if (set_effective(to->cap_effective) < 0)
            return -EPERM;
    }
    if (own->umask != to->umask) {
        umask(to->umask);
        self.worn |= WORN_UMASK;
    }
    return 0;
}

int crs_creds_assume(const struct crs_creds *creds)
{
    crs_creds_restore();
    if (crs_creds_init() < 0)
        return -EPERM;
    if ((creds->cap_effective & ~self.permitted) != 0 || creds->ngroups > CRS_MAX_GROUPS)
        return -EPERM;
    if (wear(creds) == 0)
        return 0;
    crs_creds_restore();
    return -EPERM;
}

int crs_creds_look(uid_t uid, gid_t gid)
{
    static struct crs_creds as;

    crs_creds_restore();
    if (crs_creds_init() < 0)
        return -EPERM;
    as = self.own;
    as.fsuid = uid;
    as.fsgid = gid;
    return crs_creds_assume(&as);
}

void crs_creds_restore(void)
{
    const struct crs_creds *own = &self.own;

    if (self.worn == 0)
        return;
    /* The capabilities first, since the rest needs them; and last, since setfsuid changes them. */
    if (((self.worn & WORN_CAPS) && set_effective(own->cap_effective) < 0) ||
        ((self.worn & WORN_FSUID) && set_fsuid(own->fsuid) < 0) ||
        ((self.worn & WORN_FSGID) && set_fsgid(own->fsgid) < 0) ||
        ((self.worn & WORN_GROUPS) && set_groups(own) < 0) ||
        ((self.worn & WORN_CAPS) && set_effective(own->cap_effective) < 0))
        abort();
    if (self.worn & WORN_UMASK)
        umask(own->umask);
    if ((self.worn & (WORN_FSUID | WORN_FSGID)) && self.at_parents_death != 0)
        prctl(PR_SET_PDEATHSIG, self.at_parents_death);
    self.worn = 0;
}
