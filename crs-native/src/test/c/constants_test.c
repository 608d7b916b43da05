/* The named constants that rules may use are those of the libc this is compiled with. */
#define _GNU_SOURCE
#include "check.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define CSV TEST_DATA "/../../../../crs-spi/src/main/resources/io/crs/syscall/constants.csv"
#define ROW(constant) {#constant, constant}

struct constant {
    const char *name;
    long value;
};

/* Without O_LARGEFILE, which a libc of 64 bits defines as 0 although the kernel's is a bit. */
static const struct constant constants[] = {
    ROW(O_RDONLY),
    ROW(O_WRONLY),
    ROW(O_RDWR),
    ROW(O_ACCMODE),
    ROW(O_TMPFILE),
    ROW(O_SYNC),
    ROW(O_CREAT),
    ROW(O_EXCL),
    ROW(O_NOCTTY),
    ROW(O_TRUNC),
    ROW(O_APPEND),
    ROW(O_NONBLOCK),
    ROW(O_NDELAY),
    ROW(O_DSYNC),
    ROW(O_ASYNC),
    ROW(O_DIRECT),
    ROW(O_DIRECTORY),
    ROW(O_NOFOLLOW),
    ROW(O_NOATIME),
    ROW(O_CLOEXEC),
    ROW(O_PATH),
#ifdef O_EMPTYPATH
    ROW(O_EMPTYPATH),
#endif
    ROW(AT_FDCWD),
    ROW(AT_SYMLINK_NOFOLLOW),
    ROW(AT_EACCESS),
    ROW(AT_REMOVEDIR),
#ifdef AT_HANDLE_FID
    ROW(AT_HANDLE_FID),
#endif
    ROW(AT_SYMLINK_FOLLOW),
#ifdef AT_NO_AUTOMOUNT
    ROW(AT_NO_AUTOMOUNT),
#endif
    ROW(AT_EMPTY_PATH),
#ifdef AT_STATX_SYNC_AS_STAT
    ROW(AT_STATX_SYNC_AS_STAT),
#endif
#ifdef AT_STATX_FORCE_SYNC
    ROW(AT_STATX_FORCE_SYNC),
#endif
#ifdef AT_STATX_DONT_SYNC
    ROW(AT_STATX_DONT_SYNC),
#endif
#ifdef AT_STATX_SYNC_TYPE
    ROW(AT_STATX_SYNC_TYPE),
#endif
#ifdef AT_RECURSIVE
    ROW(AT_RECURSIVE),
#endif
#ifdef AT_EXECVE_CHECK
    ROW(AT_EXECVE_CHECK),
#endif
    ROW(SOCK_NONBLOCK),
    ROW(SOCK_CLOEXEC),
    ROW(AF_UNSPEC),
    ROW(AF_UNIX),
    ROW(AF_LOCAL),
    ROW(AF_FILE),
    ROW(AF_INET),
    ROW(AF_AX25),
    ROW(AF_IPX),
    ROW(AF_APPLETALK),
    ROW(AF_NETROM),
    ROW(AF_BRIDGE),
    ROW(AF_ATMPVC),
    ROW(AF_X25),
    ROW(AF_INET6),
    ROW(AF_ROSE),
    ROW(AF_DECnet),
    ROW(AF_NETBEUI),
    ROW(AF_SECURITY),
    ROW(AF_KEY),
    ROW(AF_NETLINK),
    ROW(AF_ROUTE),
    ROW(AF_PACKET),
    ROW(AF_ASH),
    ROW(AF_ECONET),
    ROW(AF_ATMSVC),
    ROW(AF_RDS),
    ROW(AF_SNA),
    ROW(AF_IRDA),
    ROW(AF_PPPOX),
    ROW(AF_WANPIPE),
    ROW(AF_LLC),
    ROW(AF_IB),
    ROW(AF_MPLS),
    ROW(AF_CAN),
    ROW(AF_TIPC),
    ROW(AF_BLUETOOTH),
    ROW(AF_IUCV),
    ROW(AF_RXRPC),
    ROW(AF_ISDN),
    ROW(AF_PHONET),
    ROW(AF_IEEE802154),
    ROW(AF_CAIF),
    ROW(AF_ALG),
    ROW(AF_NFC),
    ROW(AF_VSOCK),
    ROW(AF_KCM),
    ROW(AF_QIPCRTR),
#ifdef AF_SMC
    ROW(AF_SMC),
#endif
#ifdef AF_XDP
    ROW(AF_XDP),
#endif
#ifdef AF_MCTP
    ROW(AF_MCTP),
#endif
    ROW(SOCK_STREAM),
    ROW(SOCK_DGRAM),
    ROW(SOCK_RAW),
    ROW(SOCK_RDM),
    ROW(SOCK_SEQPACKET),
    ROW(SOCK_DCCP),
    ROW(SOCK_PACKET),
};

#define CONSTANTS (sizeof(constants) / sizeof(constants[0]))

static const struct constant *constant_of(const char *name)
{
    for (size_t i = 0; i < CONSTANTS; i++) {
        if (strcmp(constants[i].name, name) == 0)
            return &constants[i];
    }
    return NULL;
}

/* kind,name,x86_64,aarch64 with the last empty where it is as on x86_64 */
static int differs(char *line)
{
    char *name = strchr(line, ',') + 1;
    char *x86_64 = strchr(name, ',') + 1;
    char *aarch64 = strchr(x86_64, ',') + 1;
    const struct constant *constant;
    char *value = x86_64;

    x86_64[-1] = '\0';
#if defined(__aarch64__)
    if (*aarch64 != '\n')
        value = aarch64;
#else
    (void)aarch64;
#endif
    constant = constant_of(name);
    if (constant == NULL)
        return 0;
    if (constant->value != strtol(value, NULL, 0))
        fprintf(stderr, "%s is %ld in the libc, %s", name, constant->value, value);
    return constant->value != strtol(value, NULL, 0);
}

int main(void)
{
    FILE *csv = fopen(CSV, "r");
    char line[256];
    size_t rows = 0, wrong = 0;

    CHECK(csv != NULL);
    while (fgets(line, sizeof(line), csv) != NULL) {
        if (line[0] == '#' || strncmp(line, "kind,", 5) == 0)
            continue;
        rows++;
        wrong += differs(line);
    }
    fclose(csv);
    CHECK(rows >= CONSTANTS);
    CHECK(wrong == 0);
    return 0;
}
