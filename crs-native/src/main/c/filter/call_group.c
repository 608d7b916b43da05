#include "call_group.h"

#include <stddef.h>
#include <string.h>

struct named_group {
    const char *name;
    uint8_t group;
};

static const struct named_group groups[] = {
    {"io_uring_setup", CRS_GROUP_RING}, {"io_uring_enter", CRS_GROUP_RING}, {"io_uring_register", CRS_GROUP_RING},

    /* Other names for files: mounts. */
    {"mount", CRS_GROUP_HARD}, {"umount2", CRS_GROUP_HARD}, {"pivot_root", CRS_GROUP_HARD},
    {"move_mount", CRS_GROUP_HARD}, {"open_tree", CRS_GROUP_HARD}, {"open_tree_attr", CRS_GROUP_HARD},
    {"fsopen", CRS_GROUP_HARD}, {"fsconfig", CRS_GROUP_HARD}, {"fsmount", CRS_GROUP_HARD}, {"fspick", CRS_GROUP_HARD},
    {"mount_setattr", CRS_GROUP_HARD},
    /* Files without a path, or opened by somebody else. */
    {"open_by_handle_at", CRS_GROUP_HARD}, {"pidfd_getfd", CRS_GROUP_HARD}, {"fanotify_init", CRS_GROUP_HARD},
    {"quotactl", CRS_GROUP_HARD}, {"quotactl_fd", CRS_GROUP_HARD}, {"acct", CRS_GROUP_HARD},
    {"swapon", CRS_GROUP_HARD}, {"swapoff", CRS_GROUP_HARD},
    /* Code in the kernel, or in another process; memory the agent cannot read, or whose reading can be made to wait. */
    {"bpf", CRS_GROUP_HARD}, {"perf_event_open", CRS_GROUP_HARD}, {"init_module", CRS_GROUP_HARD},
    {"finit_module", CRS_GROUP_HARD}, {"delete_module", CRS_GROUP_HARD}, {"kexec_load", CRS_GROUP_HARD},
    {"kexec_file_load", CRS_GROUP_HARD}, {"process_vm_writev", CRS_GROUP_HARD}, {"userfaultfd", CRS_GROUP_HARD},
    {"memfd_secret", CRS_GROUP_HARD},
    {"keyctl", CRS_GROUP_HARD}, {"add_key", CRS_GROUP_HARD}, {"request_key", CRS_GROUP_HARD},

    {"setuid", CRS_GROUP_TRACK}, {"setgid", CRS_GROUP_TRACK}, {"setreuid", CRS_GROUP_TRACK},
    {"setregid", CRS_GROUP_TRACK}, {"setresuid", CRS_GROUP_TRACK}, {"setresgid", CRS_GROUP_TRACK},
    {"setfsuid", CRS_GROUP_TRACK}, {"setfsgid", CRS_GROUP_TRACK}, {"setgroups", CRS_GROUP_TRACK},
    {"capset", CRS_GROUP_TRACK}, {"umask", CRS_GROUP_TRACK}, {"chdir", CRS_GROUP_TRACK}, {"fchdir", CRS_GROUP_TRACK},
    {"chroot", CRS_GROUP_TRACK}, {"fchroot", CRS_GROUP_TRACK}, {"unshare", CRS_GROUP_TRACK},
    {"setns", CRS_GROUP_TRACK}, {"execve", CRS_GROUP_TRACK}, {"execveat", CRS_GROUP_TRACK},

    {"unlink", CRS_GROUP_NAMES}, {"unlinkat", CRS_GROUP_NAMES}, {"rename", CRS_GROUP_NAMES},
    {"renameat", CRS_GROUP_NAMES}, {"renameat2", CRS_GROUP_NAMES}, {"link", CRS_GROUP_NAMES},
    {"linkat", CRS_GROUP_NAMES}, {"symlink", CRS_GROUP_NAMES}, {"symlinkat", CRS_GROUP_NAMES},
    {"mkdir", CRS_GROUP_NAMES}, {"mkdirat", CRS_GROUP_NAMES}, {"mknod", CRS_GROUP_NAMES},
    {"mknodat", CRS_GROUP_NAMES}, {"truncate", CRS_GROUP_NAMES}, {"chmod", CRS_GROUP_NAMES},
    {"fchmodat", CRS_GROUP_NAMES}, {"fchmodat2", CRS_GROUP_NAMES}, {"chown", CRS_GROUP_NAMES},
    {"lchown", CRS_GROUP_NAMES}, {"fchownat", CRS_GROUP_NAMES}, {"utime", CRS_GROUP_NAMES},
    {"utimes", CRS_GROUP_NAMES}, {"utimensat", CRS_GROUP_NAMES}, {"futimesat", CRS_GROUP_NAMES},
    {"setxattr", CRS_GROUP_NAMES}, {"lsetxattr", CRS_GROUP_NAMES}, {"setxattrat", CRS_GROUP_NAMES},
    {"removexattr", CRS_GROUP_NAMES}, {"lremovexattr", CRS_GROUP_NAMES}, {"removexattrat", CRS_GROUP_NAMES},
    {"file_setattr", CRS_GROUP_NAMES}, {"creat", CRS_GROUP_NAMES}, {"openat2", CRS_GROUP_NAMES},

    {"read", CRS_GROUP_DATA}, {"pread64", CRS_GROUP_DATA}, {"readv", CRS_GROUP_DATA}, {"preadv", CRS_GROUP_DATA},
    {"preadv2", CRS_GROUP_DATA}, {"write", CRS_GROUP_DATA}, {"pwrite64", CRS_GROUP_DATA}, {"writev", CRS_GROUP_DATA},
    {"pwritev", CRS_GROUP_DATA}, {"pwritev2", CRS_GROUP_DATA},
};

/* Of every category but opens, connections and executions, which a policy can hardly be about without them. */
static const char *const frequent[] = {
    "read", "write", "pread64", "pwrite64", "readv", "writev", "preadv", "pwritev", "preadv2", "pwritev2", "lseek",
    "close", "close_range", "dup", "dup2", "dup3", "pipe", "pipe2", "fcntl", "ioctl", "flock", "fsync", "fdatasync",
    "sync_file_range", "fadvise64", "readahead", "stat", "lstat", "fstat", "newfstatat", "statx", "access",
    "faccessat", "faccessat2", "readlink", "readlinkat", "getdents", "getdents64", "getcwd", "statfs", "fstatfs",
    "getxattr", "lgetxattr", "fgetxattr", "listxattr", "llistxattr", "flistxattr", "inotify_add_watch",
    "inotify_rm_watch", "poll", "ppoll", "select", "pselect6", "epoll_create", "epoll_create1", "epoll_ctl",
    "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "timerfd_create", "timerfd_settime",
    "timerfd_gettime", "signalfd", "signalfd4", "mmap", "munmap", "mprotect", "mremap", "madvise", "brk", "msync",
    "mincore", "mlock", "mlock2", "munlock", "membarrier", "futex", "futex_wait", "futex_wake", "futex_waitv",
    "futex_requeue", "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "arch_prctl", "restart_syscall",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_sigpending",
    "sigaltstack", "pause", "alarm", "getitimer", "setitimer", "nanosleep", "clock_nanosleep", "clock_gettime",
    "clock_getres", "gettimeofday", "time", "times", "getrusage", "sysinfo", "uname", "timer_create", "timer_settime",
    "timer_gettime", "timer_getoverrun", "timer_delete", "getpid", "gettid", "getppid", "getpgid", "getpgrp",
    "getsid", "setpgid", "setsid", "getuid", "geteuid", "getgid", "getegid", "getgroups", "getresuid", "getresgid",
    "capget", "getpriority", "setpriority", "sched_yield", "sched_getaffinity", "sched_getparam",
    "sched_getscheduler", "sched_get_priority_max", "sched_get_priority_min", "getcpu", "get_mempolicy",
    "set_mempolicy", "mbind", "clone", "clone3", "fork", "vfork", "wait4", "waitid", "exit", "exit_group",
    "getrlimit", "setrlimit", "getrandom", "recvfrom", "recvmsg", "recvmmsg", "getsockname", "getpeername",
    "getsockopt", "setsockopt", "shutdown", "sendfile", "splice", "tee", "vmsplice", "copy_file_range", "semop",
    "semget", "semctl", "semtimedop", "msgsnd", "msgrcv", "shmat", "shmdt", "io_submit", "io_getevents",
    "io_pgetevents",
};

/*
 * Signals, tracing, memory, limits and scheduling. setpriority and ioprio_set are left out: what their number means
 * depends on another argument, and they only slow a process down.
 */
static const struct aimed {
    const char *name;
    uint8_t arguments;
    int8_t signal;
} aimed[] = {
    {"kill", 1, 1}, {"tkill", 1, 1}, {"tgkill", 1 | 2, 2}, {"rt_sigqueueinfo", 1, 1}, {"rt_tgsigqueueinfo", 1 | 2, 2},
    {"ptrace", 2, -1}, {"process_vm_readv", 1, -1}, {"process_vm_writev", 1, -1}, {"pidfd_open", 1, -1},
    {"prlimit64", 1, -1}, {"kcmp", 1 | 2, -1}, {"perf_event_open", 2, -1}, {"move_pages", 1, -1},
    {"migrate_pages", 1, -1}, {"sched_setscheduler", 1, -1}, {"sched_setparam", 1, -1}, {"sched_setattr", 1, -1},
    {"sched_setaffinity", 1, -1},
};

static int is(const char *constant, const char *name, uint32_t length)
{
    return strlen(constant) == length && memcmp(constant, name, length) == 0;
}

enum crs_call_group crs_call_group(const char *name, uint32_t length)
{
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (is(groups[i].name, name, length))
            return groups[i].group;
    return CRS_GROUP_OTHER;
}

static const struct aimed *aimed_call(const char *name, uint32_t length)
{
    for (size_t i = 0; i < sizeof aimed / sizeof aimed[0]; i++)
        if (is(aimed[i].name, name, length))
            return &aimed[i];
    return NULL;
}

int crs_call_frequent(const char *name, uint32_t length)
{
    for (size_t i = 0; i < sizeof frequent / sizeof frequent[0]; i++)
        if (is(frequent[i], name, length))
            return 1;
    return 0;
}

uint8_t crs_call_aimed(const char *name, uint32_t length)
{
    const struct aimed *call = aimed_call(name, length);

    return call == NULL ? 0 : call->arguments;
}

int crs_call_signal(const char *name, uint32_t length)
{
    const struct aimed *call = aimed_call(name, length);

    return call == NULL ? -1 : call->signal;
}
