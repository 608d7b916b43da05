#include "event.h"

#include "address.h"
#include "event_args.h"
#include "json.h"

#include <errno.h>
#include <string.h>
#include <time.h>

/* Escapes make a string up to six times as long; when a line does not fit, its strings are cut shorter and shorter. */
static const size_t string_max[] = {CRS_STRING_MAX, 256, 32};
#define CRS_TAGS_MAX 32u

static const char *const types[] = {"STANDARD", "BEHAVIOR", "ALERT", "HEALTH"};
static const char *const actions[] = {"ALLOW", "MONITOR", "DENY"};
static const char *const ways[] = {"notify", "kernel", "libc"};
static const char *const kinds[] = {"", "file", "socket", "process", "name"};

void crs_event_init(struct crs_event *event)
{
    memset(event, 0, sizeof *event);
    event->uid = -1;
    event->port = event->local_port = -1;
    event->rule = -1;
}

/* Begins `"key":`, with a comma unless the object has just been opened. */
static void key(struct crs_json *json, const char *name)
{
    if (json->len > 0 && json->buf[json->len - 1] != '{')
        crs_json_raw(json, ",");
    crs_json_raw(json, "\"");
    crs_json_raw(json, name);
    crs_json_raw(json, "\":");
}

static void constant(struct crs_json *json, const char *name, const char *value)
{
    key(json, name);
    crs_json_raw(json, "\"");
    crs_json_raw(json, value);
    crs_json_raw(json, "\"");
}

/* Absent when unknown; where the bytes are not UTF-8 they follow as they are, under base64_name. */
static void text(struct crs_json *json, const char *name, const char *base64_name, struct crs_str value, size_t max)
{
    if (value.s == NULL)
        return;
    key(json, name);
    if (crs_json_string(json, value.s, value.len, max) && base64_name != NULL) {
        key(json, base64_name);
        crs_json_base64(json, value.s, value.len, max);
    }
}

static void digits(char *at, uint64_t value, int count)
{
    while (count-- > 0) {
        at[count] = (char)('0' + value % 10);
        value /= 10;
    }
}

/* 2026-11-21T19:20:33.123456Z, by the proleptic Gregorian calendar; years beyond 9999 do not occur. */
void crs_event_time(char out[CRS_TIME_TEXT], uint64_t time_us)
{
    uint64_t seconds = time_us / 1000000, days = seconds / 86400 + 719468;
    uint64_t era = days / 146097, day = days % 146097;
    uint64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    uint64_t of_year = day - (365 * year + year / 4 - year / 100);
    uint64_t month = (5 * of_year + 2) / 153;

    memcpy(out, "0000-00-00T00:00:00.000000Z", CRS_TIME_TEXT);
    digits(out + 8, of_year - (153 * month + 2) / 5 + 1, 2);
    month = month < 10 ? month + 3 : month - 9;
    digits(out, year + era * 400 + (month <= 2), 4);
    digits(out + 5, month, 2);
    digits(out + 11, seconds / 3600 % 24, 2);
    digits(out + 14, seconds / 60 % 60, 2);
    digits(out + 17, seconds % 60, 2);
    digits(out + 20, time_us % 1000000, 6);
}

static void process(struct crs_json *json, const struct crs_event *event, size_t max)
{
    key(json, "process");
    crs_json_raw(json, "{");
    key(json, "pid");
    crs_json_signed(json, event->pid);
    if (event->ppid > 0) {
        key(json, "ppid");
        crs_json_signed(json, event->ppid);
    }
    text(json, "exe", "exeBase64", event->exe, max);
    text(json, "exec", "execBase64", event->exec, max);
    if (event->uid >= 0) {
        key(json, "uid");
        crs_json_signed(json, event->uid);
    }
    crs_json_raw(json, "}");
}

static void syscall_made(struct crs_json *json, const struct crs_event *event, size_t max)
{
    const char *name = crs_call_name(event->audit_arch, event->nr);

    key(json, "syscall");
    crs_json_raw(json, "{");
    constant(json, "arch", crs_arch_name(event->audit_arch, event->nr));
    key(json, "nr");
    crs_json_signed(json, event->nr == CRS_LIB_GETADDRINFO || event->nr == CRS_LIB_GETNAMEINFO ? -event->nr : event->nr);
    if (name != NULL)
        constant(json, "name", name);
    key(json, "args");
    crs_event_args(json, event, max);
    if (event->err != 0) {
        key(json, "errno");
        crs_errno_text(json, event->err);
    }
    crs_json_raw(json, "}");
}

static void number(struct crs_json *json, const char *name, int32_t value)
{
    if (value < 0)
        return;
    key(json, name);
    crs_json_signed(json, value);
}

/* The peer's address as it is, except that an IPv4 address in IPv6 clothes is written as the IPv4 address. */
static void address(struct crs_json *json, const struct crs_event *event)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    struct crs_address peer = {.length = event->addr_kind == CRS_ADDR_INET ? 4 : 16};
    char out[CRS_ADDRESS_TEXT];

    memcpy(peer.bytes, event->addr, peer.length);
    if (peer.length == 16 && memcmp(peer.bytes, mapped, sizeof mapped) == 0) {
        memcpy(peer.bytes, event->addr + sizeof mapped, 4);
        peer.length = 4;
    }
    key(json, "address");
    crs_json_string(json, out, crs_address_text(&peer, out), sizeof out);
}

static void object(struct crs_json *json, const struct crs_event *event, size_t max)
{
    if (event->object == CRS_OBJECT_NONE || event->object > CRS_OBJECT_NAME)
        return;
    key(json, "object");
    crs_json_raw(json, "{");
    constant(json, "kind", kinds[event->object]);
    text(json, "name", "nameBase64", event->name, max);
    text(json, "requested", "requestedBase64", event->requested, max);
    text(json, "path", "pathBase64", event->path, max);
    if (event->op != NULL)
        constant(json, "op", event->op);
    if (event->addr_kind == CRS_ADDR_INET || event->addr_kind == CRS_ADDR_INET6)
        address(json, event);
    number(json, "port", event->port);
    number(json, "localPort", event->local_port);
    if (event->direction != NULL)
        constant(json, "direction", event->direction);
    crs_json_raw(json, "}");
}

static void rule(struct crs_json *json, const struct crs_table *table, int32_t record, size_t max)
{
    struct crs_rule_info info;
    struct crs_str tag;

    if (table == NULL || record < 0 || crs_table_rule(table, record, &info) != 0)
        return;
    key(json, "rule");
    crs_json_raw(json, "{");
    key(json, "index");
    crs_json_signed(json, info.index);
    text(json, "name", NULL, info.name, max);
    if (info.severity != CRS_SEVERITY_NONE) {
        key(json, "severity");
        crs_json_unsigned(json, info.severity);
    }
    for (uint32_t i = 0; i < CRS_TAGS_MAX && crs_table_tag(table, record, i, &tag) == 0; i++) {
        if (i == 0)
            key(json, "tags");
        crs_json_raw(json, i == 0 ? "[" : ",");
        crs_json_string(json, tag.s == NULL ? "" : tag.s, tag.len, max);
    }
    if (info.tags > 0)
        crs_json_raw(json, "]");
    if (info.tags > CRS_TAGS_MAX)
        json->truncated = 1;
    text(json, "message", NULL, info.message, max);
    crs_json_raw(json, "}");
}

static void body(struct crs_json *json, const struct crs_event_source *source, const struct crs_event *event,
                 uint64_t time_us, size_t max)
{
    char at[CRS_TIME_TEXT];

    crs_event_time(at, time_us);
    constant(json, "time", at);
    constant(json, "type", types[event->type & 3]);
    if (event->audit_arch != 0) {
        constant(json, "action", actions[event->action % 3]);
        key(json, "enforced");
        crs_json_raw(json, event->enforced ? "true" : "false");
    }
    if (source->container[0] != '\0') {
        key(json, "container");
        crs_json_raw(json, source->container);
    }
    if (event->audit_arch != 0) {
        process(json, event, max);
        syscall_made(json, event, max);
        object(json, event, max);
        if (source->policy[0] != '\0') {
            key(json, "policy");
            crs_json_raw(json, source->policy);
        }
        rule(json, source->table, event->rule, max);
        constant(json, "via", ways[event->via % 3]);
    }
    if (event->reason != NULL)
        text(json, "reason", NULL, (struct crs_str){event->reason, (uint32_t)strlen(event->reason)}, max);
    if (json->truncated) {
        key(json, "truncated");
        crs_json_raw(json, "true");
    }
}

int crs_event_format(char *buf, size_t cap, const struct crs_event_source *source, const struct crs_event *event,
                     uint64_t time_us)
{
    struct crs_json json;

    for (size_t i = 0; i < sizeof string_max / sizeof string_max[0]; i++) {
        crs_json_init(&json, buf, cap);
        body(&json, source, event, time_us, string_max[i]);
        if (!json.full)
            return (int)json.len;
    }
    return -ENOBUFS;
}

uint64_t crs_event_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int crs_event_call(struct crs_ring *ring, uint32_t slot, const struct crs_event_source *source,
                   const struct crs_event *event)
{
    static char buf[CRS_BODY_MAX]; /* a producer is one process with one thread */
    int urgent = event->action == CRS_DENY || event->type == CRS_TYPE_ALERT || event->type == CRS_TYPE_HEALTH;
    uint64_t now = crs_event_now();
    int length = crs_event_format(buf, sizeof buf, source, event, now);

    if (length < 0) {
        crs_ring_lost(ring, CRS_LOSS_TOO_LONG, now);
        return length;
    }
    return crs_ring_put(ring, slot, urgent ? CRS_LANE_DENIALS : CRS_LANE_EVENTS, now, buf, (size_t)length);
}

static int say(struct crs_ring *ring, uint32_t slot, const struct crs_event_source *source, uint8_t type, const char *reason)
{
    struct crs_event event;

    crs_event_init(&event);
    event.type = type;
    event.reason = reason;
    return crs_event_call(ring, slot, source, &event);
}

int crs_event_health(struct crs_ring *ring, uint32_t slot, const struct crs_event_source *source, const char *reason)
{
    return say(ring, slot, source, CRS_TYPE_HEALTH, reason);
}

int crs_event_alert(struct crs_ring *ring, uint32_t slot, const struct crs_event_source *source, const char *reason)
{
    return say(ring, slot, source, CRS_TYPE_ALERT, reason);
}
