#define _GNU_SOURCE
#include "look.h"

#include <linux/capability.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

struct caps {
    struct __user_cap_header_struct header;
    struct __user_cap_data_struct data[2];
};

static uid_t own_uid;
static gid_t own_gid;
static struct caps own;
static int may_look_at_all, changed;

static int set_caps(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};

    return (int)syscall(SYS_capset, &header, own.data);
}

void crs_look_init(void)
{
    own_uid = geteuid();
    own_gid = getegid();
    own.header.version = _LINUX_CAPABILITY_VERSION_3;
    if (syscall(SYS_capget, &own.header, own.data) == 0)
        may_look_at_all = (own.data[0].effective >> CAP_SYS_PTRACE) & 1;
    changed = 0;
}

void crs_look_begin(uid_t uid, gid_t gid)
{
    if (may_look_at_all || (uid == own_uid && gid == own_gid))
        return;
    changed = 1;
    syscall(SYS_setfsgid, gid);
    syscall(SYS_setfsuid, uid);
    set_caps(); /* setfsuid took away those for files */
}

void crs_look_end(void)
{
    if (!changed)
        return;
    changed = 0;
    syscall(SYS_setfsuid, own_uid);
    syscall(SYS_setfsgid, own_gid);
    set_caps();
    /* setfsuid tells the id in force, and changes nothing when it is given an impossible one */
    if ((uid_t)syscall(SYS_setfsuid, -1) != own_uid || (gid_t)syscall(SYS_setfsgid, -1) != own_gid)
        abort();
}
