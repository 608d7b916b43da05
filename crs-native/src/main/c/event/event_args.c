#include "event_args.h"

#include "syscalls.h"

#include <errno.h>
#include <linux/audit.h>
#include <string.h>

#define X32_BIT 0x40000000

/*
 * One letter an argument: p path or text, d descriptor of a folder, i signed, u unsigned, x hexadecimal, m mode,
 * o open flags, D address family, T socket type, a socket address.
 */
struct signature {
    const char *name, *letters;
};

static const struct signature signatures[] = {
    {"open", "pom"}, {"openat", "dpom"}, {"openat2", "dpxu"}, {"creat", "pm"}, {"open_by_handle_at", "dxo"},
    {"read", "ixu"}, {"write", "ixu"}, {"pread64", "ixui"}, {"pwrite64", "ixui"}, {"readv", "ixu"}, {"writev", "ixu"},
    {"truncate", "pi"}, {"ftruncate", "ii"}, {"fallocate", "ixii"},
    {"unlink", "p"}, {"unlinkat", "dpx"}, {"rmdir", "p"}, {"mkdir", "pm"}, {"mkdirat", "dpm"}, {"mknod", "pmx"},
    {"mknodat", "dpmx"}, {"rename", "pp"}, {"renameat", "dpdp"}, {"renameat2", "dpdpx"}, {"link", "pp"},
    {"linkat", "dpdpx"}, {"symlink", "pp"}, {"symlinkat", "pdp"},
    {"chmod", "pm"}, {"fchmod", "im"}, {"fchmodat", "dpm"}, {"fchmodat2", "dpmx"}, {"chown", "pii"},
    {"lchown", "pii"}, {"fchown", "iii"}, {"fchownat", "dpiix"}, {"utime", "px"}, {"utimes", "px"},
    {"futimesat", "dpx"}, {"utimensat", "dpxx"}, {"setxattr", "ppxux"}, {"lsetxattr", "ppxux"},
    {"fsetxattr", "ipxux"}, {"file_setattr", "dpxux"}, {"removexattr", "pp"}, {"lremovexattr", "pp"}, {"fremovexattr", "ip"},
    {"execve", "pxx"}, {"execveat", "dpxxx"}, {"chdir", "p"}, {"fchdir", "i"}, {"chroot", "p"}, {"umask", "m"},
    {"socket", "DTi"}, {"socketpair", "DTix"}, {"connect", "iau"}, {"bind", "iau"}, {"accept", "iax"},
    {"accept4", "iaxx"}, {"sendto", "ixuxau"}, {"sendmsg", "ixx"}, {"sendmmsg", "ixux"},
    {"kill", "ii"}, {"tkill", "ii"}, {"tgkill", "iii"}, {"ptrace", "iixx"}, {"prctl", "ixxxx"}, {"setuid", "i"},
    {"setgid", "i"}, {"setreuid", "ii"}, {"setregid", "ii"}, {"setresuid", "iii"}, {"setresgid", "iii"},
    {"setfsuid", "i"}, {"setfsgid", "i"}, {"setgroups", "ux"}, {"mount", "pppxx"}, {"umount2", "px"},
    {"pivot_root", "pp"}, {"io_uring_setup", "ux"}, {"io_uring_enter", "iuuxxu"}, {"io_uring_register", "iuxu"},
    {"process_vm_readv", "ixuxux"}, {"process_vm_writev", "ixuxux"}, {"pidfd_open", "ix"}, {"pidfd_getfd", "iix"},
    {"prlimit64", "iuxx"}, {"bpf", "ixu"}, {"userfaultfd", "x"}, {"unshare", "x"}, {"setns", "ix"}, {"ioctl", "ixx"},
    {"fcntl", "iix"}, {"memfd_create", "px"}, {"stat", "px"}, {"lstat", "px"}, {"newfstatat", "dpxx"},
    {"access", "pi"}, {"faccessat", "dpi"}, {"faccessat2", "dpix"}, {"readlink", "pxu"}, {"readlinkat", "dpxu"},
    {"statx", "dpxxx"}, {"close", "i"}, {"getaddrinfo", "ppxx"}, {"getnameinfo", "axux"},
};

struct named {
    uint32_t value;
    const char *name;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A name of several bits stands before the names of its bits. The four that differ by architecture come apart. */
static const struct named open_flags[] = {
    {0x101000, "O_SYNC"}, {0x40, "O_CREAT"}, {0x80, "O_EXCL"}, {0x100, "O_NOCTTY"}, {0x200, "O_TRUNC"},
    {0x400, "O_APPEND"}, {0x800, "O_NONBLOCK"}, {0x1000, "O_DSYNC"}, {0x2000, "O_ASYNC"}, {0x40000, "O_NOATIME"},
    {0x80000, "O_CLOEXEC"}, {0x200000, "O_PATH"},
};
static const struct named open_flags_x86_64[] = {
    {0x410000, "O_TMPFILE"}, {0x4000, "O_DIRECT"}, {0x8000, "O_LARGEFILE"}, {0x10000, "O_DIRECTORY"},
    {0x20000, "O_NOFOLLOW"},
};
static const struct named open_flags_aarch64[] = {
    {0x404000, "O_TMPFILE"}, {0x10000, "O_DIRECT"}, {0x20000, "O_LARGEFILE"}, {0x4000, "O_DIRECTORY"},
    {0x8000, "O_NOFOLLOW"},
};
static const struct named families[] = {
    {0, "AF_UNSPEC"}, {1, "AF_UNIX"}, {2, "AF_INET"}, {10, "AF_INET6"}, {16, "AF_NETLINK"}, {17, "AF_PACKET"},
    {38, "AF_ALG"}, {40, "AF_VSOCK"}, {44, "AF_XDP"},
};
static const struct named socket_types[] = {
    {1, "SOCK_STREAM"}, {2, "SOCK_DGRAM"}, {3, "SOCK_RAW"}, {4, "SOCK_RDM"}, {5, "SOCK_SEQPACKET"}, {10, "SOCK_PACKET"},
};
#define ERRNO(name) {name, #name}
static const struct named errors[] = {
    ERRNO(EPERM), ERRNO(ENOENT), ERRNO(ESRCH), ERRNO(EINTR), ERRNO(EIO), ERRNO(E2BIG), ERRNO(ENOEXEC), ERRNO(EBADF),
    ERRNO(EAGAIN), ERRNO(ENOMEM), ERRNO(EACCES), ERRNO(EFAULT), ERRNO(EBUSY), ERRNO(EEXIST), ERRNO(EXDEV),
    ERRNO(ENOTDIR), ERRNO(EISDIR), ERRNO(EINVAL), ERRNO(ENFILE), ERRNO(EMFILE), ERRNO(ETXTBSY), ERRNO(ENOSPC),
    ERRNO(EROFS), ERRNO(EMLINK), ERRNO(ENAMETOOLONG), ERRNO(ENOSYS), ERRNO(ENOTEMPTY), ERRNO(ELOOP),
    ERRNO(EOPNOTSUPP), ERRNO(EAFNOSUPPORT), ERRNO(ECONNREFUSED), ERRNO(ECONNABORTED), ERRNO(ETIMEDOUT),
};

static const char *name_of(const struct named *names, size_t count, uint32_t value)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].value == value)
            return names[i].name;
    return NULL;
}

const char *crs_arch_name(uint32_t audit_arch, int32_t nr)
{
    switch (audit_arch) {
    case AUDIT_ARCH_X86_64:
        return nr >= 0 && (nr & X32_BIT) ? "x32" : "x86_64";
    case AUDIT_ARCH_AARCH64:
        return "aarch64";
    case AUDIT_ARCH_I386:
        return "i386";
    case AUDIT_ARCH_ARM:
        return "arm";
    default:
        return "unknown";
    }
}

const char *crs_call_name(uint32_t audit_arch, int32_t nr)
{
    const struct crs_syscall_info *call = NULL;

    if (nr < 0)
        call = crs_syscall_find(crs_library_calls, CRS_LIBRARY_CALLS, -(long)nr);
    else if (audit_arch == AUDIT_ARCH_X86_64)
        call = crs_syscall_find(crs_syscalls_x86_64, CRS_SYSCALLS_X86_64, nr);
    else if (audit_arch == AUDIT_ARCH_AARCH64)
        call = crs_syscall_find(crs_syscalls_aarch64, CRS_SYSCALLS_AARCH64, nr);
    return call == NULL ? NULL : call->name;
}

void crs_errno_text(struct crs_json *json, int err)
{
    const char *name = name_of(errors, COUNT(errors), (uint32_t)err);

    crs_json_raw(json, "\"");
    if (name != NULL)
        crs_json_raw(json, name);
    else
        crs_json_signed(json, err);
    crs_json_raw(json, "\"");
}

/* What of *rest the names cover, each after a bar unless it is the first. */
static void flag_names(struct crs_json *json, const struct named *names, size_t count, uint64_t *rest, int *some)
{
    for (size_t i = 0; i < count; i++) {
        if ((*rest & names[i].value) != names[i].value)
            continue;
        if ((*some)++)
            crs_json_raw(json, "|");
        crs_json_raw(json, names[i].name);
        *rest &= ~(uint64_t)names[i].value;
    }
}

static void open_flags_text(struct crs_json *json, uint64_t flags, uint32_t audit_arch)
{
    static const char *const access[] = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};
    uint64_t rest = flags & 0xfffffffcu; /* the kernel takes an int */
    int some = 1;

    crs_json_raw(json, access[flags & 3]);
    if (audit_arch == AUDIT_ARCH_AARCH64)
        flag_names(json, open_flags_aarch64, COUNT(open_flags_aarch64), &rest, &some);
    else
        flag_names(json, open_flags_x86_64, COUNT(open_flags_x86_64), &rest, &some);
    flag_names(json, open_flags, COUNT(open_flags), &rest, &some);
    if (rest != 0) {
        crs_json_raw(json, "|");
        crs_json_hex(json, rest);
    }
}

static void octal(struct crs_json *json, uint64_t value)
{
    char digits[24];
    size_t at = sizeof digits;

    do
        digits[--at] = (char)('0' + (value & 7));
    while ((value >>= 3) != 0);
    crs_json_raw(json, "0");
    crs_json_bytes(json, digits + at, sizeof digits - at);
}

static void type_text(struct crs_json *json, uint32_t type)
{
    const char *name = name_of(socket_types, COUNT(socket_types), type & 0xf);
    uint64_t rest = type & ~0xfu;
    int some = 1;
    static const struct named flags[] = {{0x80000, "SOCK_CLOEXEC"}, {0x800, "SOCK_NONBLOCK"}};

    if (name != NULL)
        crs_json_raw(json, name);
    else
        crs_json_hex(json, type & 0xf);
    flag_names(json, flags, COUNT(flags), &rest, &some);
    if (rest != 0) {
        crs_json_raw(json, "|");
        crs_json_hex(json, rest);
    }
}

/* One register without quotes: nothing here needs an escape. */
static void register_text(struct crs_json *json, char letter, uint64_t value, uint32_t audit_arch)
{
    const char *name = NULL;

    switch (letter) {
    case 'd':
        if ((int32_t)value == -100)
            crs_json_raw(json, "AT_FDCWD");
        else
            crs_json_signed(json, (int32_t)value);
        break;
    case 'i':
        crs_json_signed(json, (int32_t)value);
        break;
    case 'u':
        crs_json_unsigned(json, value);
        break;
    case 'm':
        octal(json, value & 0xffffffff);
        break;
    case 'o':
        open_flags_text(json, value, audit_arch);
        break;
    case 'D':
        name = name_of(families, COUNT(families), (uint32_t)value);
        if (name != NULL)
            crs_json_raw(json, name);
        else
            crs_json_signed(json, (int32_t)value);
        break;
    case 'T':
        type_text(json, (uint32_t)value);
        break;
    default:
        crs_json_hex(json, value);
    }
}

static const char *letters_of(const char *name)
{
    for (size_t i = 0; name != NULL && i < COUNT(signatures); i++)
        if (strcmp(signatures[i].name, name) == 0)
            return signatures[i].letters;
    return "xxx";
}

void crs_event_args(struct crs_json *json, const struct crs_event *event, size_t string_max)
{
    const char *letters = letters_of(crs_call_name(event->audit_arch, event->nr));

    crs_json_raw(json, "[");
    for (size_t i = 0; letters[i] != '\0' && i < 6; i++) {
        if (i > 0)
            crs_json_raw(json, ",");
        if (event->text[i].s != NULL) {
            crs_json_string(json, event->text[i].s, event->text[i].len, string_max);
            continue;
        }
        crs_json_raw(json, "\"");
        register_text(json, letters[i], event->arg[i], event->audit_arch);
        crs_json_raw(json, "\"");
    }
    crs_json_raw(json, "]");
}
