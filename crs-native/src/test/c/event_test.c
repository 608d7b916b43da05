#include "check.h"
#include "container_id.h"
#include "event.h"
#include "json_check.h"
#include "random.h"
#include "table_maker.h"

#include <errno.h>
#include <linux/audit.h>
#include <string.h>

#define TIME_US 1795289122123456u /* 2026-11-21T19:25:22.123456Z */

static struct crs_table table;
static struct crs_event_source source;
static struct crs_event event;
static char line[CRS_BODY_MAX + 2];
static size_t line_length;

#define STR(text) ((struct crs_str){text, sizeof text - 1})

static void open_table(void)
{
    static const struct made_table made = {
        .arch = CRS_ARCH_X86_64, .mode = CRS_ACTIVE, .log = 3, .id = "0123456789abcdef01234567", .name = "no-shadow",
        .rule = {{.type = CRS_RULE_READ, .action = CRS_DENY, .file = "/etc/shadow", .name = "deny \"shadow\"",
                  .severity = 8, .tag = {"mitre:T1003.008", "creds"}, .message = "hands off"},
                 {.type = CRS_RULE_READ, .action = CRS_MONITOR, .file = "/etc/passwd", .severity = CRS_SEVERITY_NONE}},
        .rules = 2,
    };
    uint32_t size;
    uint8_t *bytes = made_bytes(&made, &size); /* for the whole test */
    int err = crs_table_open(&table, bytes, size);

    if (err != 0)
        fprintf(stderr, "%s\n", table.error);
    CHECK(err == 0);
    crs_event_source_init(&source, &table, "99cfbd11e113", "registry/app", "1.4", "sha256:00ff");
}

/* The body in braces: what the consumer puts around it needs no test here. */
static void format(void)
{
    int n = crs_event_format(line + 1, CRS_BODY_MAX, &source, &event, TIME_US);

    CHECK(n > 0);
    line[0] = '{';
    line[n + 1] = '}';
    line_length = (size_t)n + 2;
    CHECK(json_valid(line, line_length));
    CHECK(memchr(line, '\n', line_length) == NULL);
}

static void is(const char *path, const char *raw)
{
    const char *got = json_get(line, line_length, path);

    if (strcmp(got, raw) != 0)
        fprintf(stderr, "%s is %s, not %s\n", path, got, raw);
    CHECK(strcmp(got, raw) == 0);
}

static void denied_open(void)
{
    crs_event_init(&event);
    event.type = CRS_TYPE_STANDARD;
    event.action = CRS_DENY;
    event.enforced = 1;
    event.pid = 853;
    event.ppid = 840;
    event.uid = 0;
    event.exe = STR("/usr/bin/cat");
    event.exec = STR("/bin/cat");
    event.audit_arch = AUDIT_ARCH_X86_64;
    event.nr = 257;
    event.arg[0] = (uint32_t)-100;
    event.text[1] = STR("/etc/../etc/shadow");
    event.err = EACCES;
    event.object = CRS_OBJECT_FILE;
    event.requested = STR("/etc/../etc/shadow");
    event.path = STR("/etc/shadow");
    event.op = "read";
    event.rule = 0;
}

static void writes_a_denied_open_as_documented(void)
{
    static const char expected[] =
        "{\"time\":\"2026-11-21T19:25:22.123456Z\",\"type\":\"STANDARD\",\"action\":\"DENY\",\"enforced\":true,"
        "\"container\":{\"id\":\"99cfbd11e113\",\"image\":{\"name\":\"registry/app\",\"tag\":\"1.4\","
        "\"digest\":\"sha256:00ff\"}},"
        "\"process\":{\"pid\":853,\"ppid\":840,\"exe\":\"/usr/bin/cat\",\"exec\":\"/bin/cat\",\"uid\":0},"
        "\"syscall\":{\"arch\":\"x86_64\",\"nr\":257,\"name\":\"openat\","
        "\"args\":[\"AT_FDCWD\",\"/etc/../etc/shadow\",\"O_RDONLY\",\"00\"],\"errno\":\"EACCES\"},"
        "\"object\":{\"kind\":\"file\",\"requested\":\"/etc/../etc/shadow\",\"path\":\"/etc/shadow\",\"op\":\"read\"},"
        "\"policy\":{\"id\":\"0123456789abcdef01234567\",\"name\":\"no-shadow\",\"digest\":\"sha256:"
        "abababababababababababababababababababababababababababababababab\"},"
        "\"rule\":{\"index\":0,\"name\":\"deny \\\"shadow\\\"\",\"severity\":8,"
        "\"tags\":[\"mitre:T1003.008\",\"creds\"],\"message\":\"hands off\"},\"via\":\"notify\"}";

    denied_open();
    format();
    line[line_length] = '\0';
    if (strcmp(line, expected) != 0)
        fprintf(stderr, "%s\n", line);
    CHECK(strcmp(line, expected) == 0);
}

static void leaves_out_what_is_unknown(void)
{
    crs_event_init(&event);
    event.audit_arch = AUDIT_ARCH_X86_64;
    event.nr = 39;
    event.pid = 7;
    crs_event_source_init(&source, NULL, "id", NULL, "", NULL);
    format();
    is("container", "{\"id\":\"id\"}");
    is("process", "{\"pid\":7}");
    is("object", "");
    is("policy", "");
    is("rule", "");
    is("syscall.errno", "");
    is("syscall.args", "[\"0x0\",\"0x0\",\"0x0\"]");
    is("action", "\"ALLOW\"");
    is("enforced", "false");
    crs_event_source_init(&source, &table, "99cfbd11e113", "registry/app", "1.4", "sha256:00ff");
}

static void args(uint32_t arch, int nr, uint64_t a, uint64_t b, uint64_t c, const char *expected)
{
    crs_event_init(&event);
    event.audit_arch = arch;
    event.nr = nr;
    event.arg[0] = a;
    event.arg[1] = b;
    event.arg[2] = c;
    format();
    is("syscall.args", expected);
}

static void decodes_arguments(void)
{
    args(AUDIT_ARCH_X86_64, 2, 0x7fff, 0x80241, 0640, "[\"0x7fff\",\"O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC\",\"0640\"]");
    args(AUDIT_ARCH_X86_64, 2, 0, 0x410002, 0, "[\"0x0\",\"O_RDWR|O_TMPFILE\",\"00\"]");
    args(AUDIT_ARCH_X86_64, 2, 0, 0x111000, 0, "[\"0x0\",\"O_RDONLY|O_DIRECTORY|O_SYNC\",\"00\"]");
    args(AUDIT_ARCH_X86_64, 2, 0, 0x80000000000003, 0, "[\"0x0\",\"O_ACCMODE\",\"00\"]");
    args(AUDIT_ARCH_X86_64, 2, 0, 0x10000001, 0, "[\"0x0\",\"O_WRONLY|0x10000000\",\"00\"]");
    args(AUDIT_ARCH_X86_64, 41, 2, 0x80801, 6, "[\"AF_INET\",\"SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK\",\"6\"]");
    args(AUDIT_ARCH_X86_64, 41, 99, 0x1000c, 0, "[\"99\",\"0xc|0x10000\",\"0\"]");
    args(AUDIT_ARCH_X86_64, 62, (uint64_t)-1, 9, 0, "[\"-1\",\"9\"]");
    args(AUDIT_ARCH_X86_64, 263, 5, 0x10, 0x200, "[\"5\",\"0x10\",\"0x200\"]");
    args(AUDIT_ARCH_AARCH64, 56, (uint32_t)-100, 1, 0x4000, "[\"AT_FDCWD\",\"0x1\",\"O_RDONLY|O_DIRECTORY\",\"00\"]");
    args(AUDIT_ARCH_I386, 5, 1, 2, 3, "[\"0x1\",\"0x2\",\"0x3\"]");
}

static void names_the_abi_of_a_call(void)
{
    args(AUDIT_ARCH_I386, 102, 0, 0, 0, "[\"0x0\",\"0x0\",\"0x0\"]");
    is("syscall.arch", "\"i386\"");
    is("syscall.name", "");
    args(AUDIT_ARCH_X86_64, 0x40000002, 0, 0, 0, "[\"0x0\",\"0x0\",\"0x0\"]");
    is("syscall.arch", "\"x32\"");
    args(AUDIT_ARCH_X86_64, 9999, 0, 0, 0, "[\"0x0\",\"0x0\",\"0x0\"]");
    is("syscall.nr", "9999");
    is("syscall.name", "");
    args(AUDIT_ARCH_X86_64, -1, 0, 0, 0, "[\"0x0\",\"0x0\",\"0x0\"]");
    is("syscall.nr", "-1");
    args(AUDIT_ARCH_X86_64, CRS_LIB_GETADDRINFO, 0, 0, 0, "[\"0x0\",\"0x0\",\"0x0\",\"0x0\"]");
    is("syscall.nr", "499");
    is("syscall.name", "\"getaddrinfo\"");
}

static void writes_sockets_and_names(void)
{
    static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, mapped[16] = {[10] = 0xff, 0xff, 10, 0, 0, 7};

    crs_event_init(&event);
    event.audit_arch = AUDIT_ARCH_X86_64;
    event.nr = 42;
    event.object = CRS_OBJECT_SOCKET;
    event.op = "connect";
    event.direction = "outbound";
    event.addr_kind = CRS_ADDR_INET6;
    memcpy(event.addr, v6, 16);
    event.port = 443;
    format();
    is("object", "{\"kind\":\"socket\",\"op\":\"connect\",\"address\":\"2001:db8::1\",\"port\":443,"
                 "\"direction\":\"outbound\"}");
    memcpy(event.addr, mapped, 16);
    event.port = -1;
    event.local_port = 80;
    format();
    is("object.address", "\"10.0.0.7\"");
    is("object.port", "");
    is("object.localPort", "80");
    event.object = CRS_OBJECT_NAME;
    event.addr_kind = CRS_ADDR_UNKNOWN;
    event.name = STR("api.internal");
    format();
    is("object.kind", "\"name\"");
    is("object.name", "\"api.internal\"");
}

static void keeps_the_bytes_of_what_is_not_text(void)
{
    denied_open();
    event.path = STR("/tmp/\xff\xfe");
    event.requested = STR("/tmp/\xc3\xa4");
    event.exe = STR("/bin/\x80");
    format();
    is("object.path", "\"/tmp/\xef\xbf\xbd\xef\xbf\xbd\"");
    is("object.pathBase64", "\"L3RtcC///g==\"");
    is("object.requested", "\"/tmp/\xc3\xa4\"");
    is("object.requestedBase64", "");
    is("process.exeBase64", "\"L2Jpbi+A\"");
    is("truncated", "");
}

static void cuts_long_strings_and_says_so(void)
{
    static char path[5000];

    memset(path, 'a', sizeof path);
    denied_open();
    event.path = (struct crs_str){path, sizeof path};
    format();
    CHECK(strlen(json_get(line, line_length, "object.path")) == CRS_STRING_MAX + 2);
    is("truncated", "true");
    event.path.len = CRS_STRING_MAX;
    format();
    is("truncated", "");
}

/* Every string at its longest and worst: the line is shorter, but it is a line. */
static void always_fits(void)
{
    static char worst[4096];
    struct crs_str all = {worst, sizeof worst};

    memset(worst, 1, sizeof worst);
    denied_open();
    event.exe = event.exec = event.requested = event.path = event.name = all;
    for (int i = 0; i < 6; i++)
        event.text[i] = all;
    format();
    is("truncated", "true");
    memset(worst, 0xff, sizeof worst);
    format();
    is("process.pid", "853");
}

static void health_has_no_process(void)
{
    crs_event_init(&event);
    event.type = CRS_TYPE_HEALTH;
    event.reason = "a worker died";
    format();
    is("type", "\"HEALTH\"");
    is("reason", "\"a worker died\"");
    is("process", "");
    is("action", "");
}

static void times_are_right(void)
{
    static const struct {
        uint64_t seconds;
        const char *text;
    } times[] = {
        {0, "1970-01-01T00:00:00.000000Z"},          {951782399, "2000-02-28T23:59:59.000000Z"},
        {951782400, "2000-02-29T00:00:00.000000Z"},  {951868800, "2000-03-01T00:00:00.000000Z"},
        {4107542399, "2100-02-28T23:59:59.000000Z"}, {4107542400, "2100-03-01T00:00:00.000000Z"},
        {253402300799, "9999-12-31T23:59:59.000000Z"},
    };
    char out[CRS_TIME_TEXT];

    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        crs_event_time(out, times[i].seconds * 1000000);
        CHECK(strcmp(out, times[i].text) == 0);
    }
}

#define ID "99cfbd11e1130123456789abcdef0123456789abcdef0123456789abcdef0123"

static void container(const char *text, const char *mark, const char *expected)
{
    char out[CRS_CONTAINER_ID] = "";
    const char *found = crs_container_id_in(text, strlen(text), mark, out);

    CHECK((found == NULL && expected == NULL) || (found != NULL && expected != NULL && strcmp(found, expected) == 0));
}

static void tells_the_container_from_its_files(void)
{
    container("0::/\n", "/", NULL);
    container("12:pids:/docker/" ID "\n", "/", ID);
    container("0::/system.slice/docker-" ID ".scope\n", "/", ID);
    container("0::/kubepods/pod1/cri-containerd-" ID ".scope", "/", ID);
    container("0::/x/" ID "0\n", "/", NULL);
    container("1 2 3 /var/lib/docker/containers/" ID "/hostname /etc/hostname\n", "containers/", ID);
    container("1 2 3 /" ID "/x\n4 /containers/y\n", "containers/", NULL);
    container("", "/", NULL);
}

/* Any bytes in any string: one valid line within the buffer. */
static void makes_a_valid_line_of_any_event(void)
{
    static const char likely[] = "/\"\\\n\x01\xff\xc3\xa4" "a";
    static char bytes[6][3000];

    random_state = 5;
    for (int round = 0; round < 1500; round++) {
        struct crs_str s[6];

        for (int i = 0; i < 6; i++) {
            s[i] = (struct crs_str){random_below(5) == 0 ? NULL : bytes[i], random_below(random_below(4) ? 40 : 3000)};
            for (uint32_t k = 0; k < s[i].len; k++)
                bytes[i][k] = random_below(2) ? likely[random_below(sizeof likely)] : (char)random_number();
        }
        crs_event_init(&event);
        event.audit_arch = random_below(2) ? AUDIT_ARCH_X86_64 : (uint32_t)random_number() | 1;
        event.nr = (int32_t)random_below(600) - 20;
        event.type = (uint8_t)random_below(4);
        event.action = (uint8_t)random_below(3);
        event.object = (uint8_t)random_below(5);
        event.rule = (int32_t)random_below(4) - 1;
        event.exe = s[0];
        event.exec = s[1];
        event.requested = s[2];
        event.path = s[3];
        event.name = s[4];
        event.text[random_below(6)] = s[5];
        event.err = (int)random_below(140);
        for (int i = 0; i < 6; i++)
            event.arg[i] = random_number();
        format();
    }
}

int main(void)
{
    open_table();
    writes_a_denied_open_as_documented();
    leaves_out_what_is_unknown();
    decodes_arguments();
    names_the_abi_of_a_call();
    writes_sockets_and_names();
    keeps_the_bytes_of_what_is_not_text();
    cuts_long_strings_and_says_so();
    always_fits();
    health_has_no_process();
    times_are_right();
    tells_the_container_from_its_files();
    makes_a_valid_line_of_any_event();
    return 0;
}
