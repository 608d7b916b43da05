#define _GNU_SOURCE
#include "check.h"
#include "syscalls.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>

static const struct crs_syscall_info *here(long nr)
{
    const struct crs_syscall_info *call = crs_syscall_find(crs_syscalls, CRS_SYSCALLS, nr);

    CHECK(call != NULL);
    return call;
}

static void numbers_are_those_of_the_libc_headers(void)
{
    CHECK(CRS_NR_read == SYS_read);
    CHECK(CRS_NR_openat == SYS_openat);
    CHECK(CRS_NR_execve == SYS_execve);
    CHECK(CRS_NR_newfstatat == SYS_newfstatat);
    CHECK(CRS_NR_clone3 == SYS_clone3);
    CHECK(CRS_NR_openat2 == SYS_openat2);
    CHECK(CRS_NR_seccomp == SYS_seccomp);
#ifdef SYS_open
    CHECK(CRS_NR_open == SYS_open);
#else
    CHECK(CRS_NR_open == -1);
#endif
    CHECK(CRS_NR_fchmodat2 == 452);
    CHECK(CRS_NR_getaddrinfo == -1);
}

static void finds_every_call_by_its_number(const struct crs_syscall_info *calls, size_t count, int max)
{
    size_t found = 0;

    CHECK(sizeof(crs_syscalls_x86_64) / sizeof(crs_syscalls_x86_64[0]) == CRS_SYSCALLS_X86_64);
    CHECK(sizeof(crs_syscalls_aarch64) / sizeof(crs_syscalls_aarch64[0]) == CRS_SYSCALLS_AARCH64);
    for (int nr = -1; nr <= max + 1; nr++) {
        const struct crs_syscall_info *call = crs_syscall_find(calls, count, nr);

        if (call == NULL)
            continue;
        CHECK(call->nr == nr);
        CHECK(call->name[0] != '\0');
        found++;
    }
    CHECK(found == count);
    CHECK(crs_syscall_find(calls, count, max) != NULL);
}

static void rows_carry_class_roles_and_guide(void)
{
    const struct crs_syscall_info *call = here(CRS_NR_accept4);

    CHECK(strcmp(call->name, "accept4") == 0);
    CHECK(call->op == CRS_OP_ACCEPT);
    CHECK(call->roles[0] == CRS_ROLE_PORT);
    CHECK(call->roles[1] == CRS_ROLE_ADDRESS);
    CHECK(call->roles[2] == CRS_ROLE_LOCAL_PORT);
    CHECK(call->group == CRS_GROUP_accept);
    CHECK(call->guide == 288);
    CHECK(here(CRS_NR_renameat2)->roles[1] == CRS_ROLE_NEW);
    CHECK(here(CRS_NR_getsockopt)->guide == 55);
    CHECK(here(CRS_NR_setsockopt)->guide == -1);
    CHECK(here(CRS_NR_ioctl)->op == CRS_OP_NONE);
    CHECK(here(CRS_NR_ioctl)->roles[0] == CRS_ROLE_RAW);
    CHECK(crs_library_calls[0].guide == 499 && crs_library_calls[0].op == CRS_OP_NAME);
}

/* x86_64 has all the older forms, whatever is compiled for. */
static int fixes(const char *name, uint32_t mask, uint32_t value)
{
    for (size_t i = 0; i < CRS_SYSCALLS_X86_64; i++) {
        const struct crs_syscall_info *call = &crs_syscalls_x86_64[i];

        if (strcmp(call->name, name) == 0)
            return call->flags_mask == mask && call->flags_value == value;
    }
    return 0;
}

static void flag_conditions_are_the_bits_of_the_libc_headers(void)
{
    const struct crs_syscall_info *fstat_call = here(CRS_NR_fstat), *clone_call = here(CRS_NR_clone3);

    CHECK(fstat_call->flags_mask == AT_EMPTY_PATH && fstat_call->flags_value == AT_EMPTY_PATH);
    CHECK(here(CRS_NR_lsetxattr)->flags_value == AT_SYMLINK_NOFOLLOW);
    CHECK(clone_call->flags_arg == 1 && clone_call->flags_indirect == 1);
    CHECK(here(CRS_NR_openat)->flags_arg == 3 && here(CRS_NR_openat)->flags_indirect == 0);
    CHECK(fixes("creat", O_ACCMODE | O_CREAT | O_TRUNC, O_WRONLY | O_CREAT | O_TRUNC));
    CHECK(fixes("unlink", AT_REMOVEDIR, 0));
    CHECK(fixes("rmdir", AT_REMOVEDIR, AT_REMOVEDIR));
    CHECK(fixes("lstat", AT_SYMLINK_NOFOLLOW, AT_SYMLINK_NOFOLLOW));
    CHECK(fixes("fork", CLONE_VM, 0));
    CHECK(fixes("vfork", CLONE_VM | CLONE_VFORK, CLONE_VM | CLONE_VFORK));
}

int main(void)
{
    numbers_are_those_of_the_libc_headers();
    finds_every_call_by_its_number(crs_syscalls_x86_64, CRS_SYSCALLS_X86_64, CRS_MAX_NR_X86_64);
    finds_every_call_by_its_number(crs_syscalls_aarch64, CRS_SYSCALLS_AARCH64, CRS_MAX_NR_AARCH64);
    rows_carry_class_roles_and_guide();
    flag_conditions_are_the_bits_of_the_libc_headers();
    return 0;
}
