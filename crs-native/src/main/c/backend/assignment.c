#include "assignment.h"

#include "json_read.h"
#include "table.h"

#include <errno.h>
#include <string.h>

#define DIGEST "sha256:"

struct name {
    const char *name;
    int8_t value;
};

static const struct name modes[] = {{"INACTIVE", CRS_INACTIVE}, {"PERMISSIVE", CRS_PERMISSIVE}, {"ACTIVE", CRS_ACTIVE}, {NULL, -1}};
static const struct name log_modes[] = {
    {"NONE", 0},
    {"POLICY_MONITOR", CRS_LOG_MONITOR},
    {"POLICY_DENY", CRS_LOG_DENY},
    {"POLICY_MONITOR_DENY", CRS_LOG_MONITOR | CRS_LOG_DENY},
    {"POLICY_ALLOW", CRS_LOG_ALLOW},
    {"POLICY_ALL", CRS_LOG_MONITOR | CRS_LOG_DENY | CRS_LOG_ALLOW},
    {"BEHAVIOR", CRS_LOG_BEHAVIOR},
    {"ALL", CRS_LOG_MONITOR | CRS_LOG_DENY | CRS_LOG_ALLOW | CRS_LOG_BEHAVIOR},
    {NULL, -1},
};

/* A member that is one of some names; -1 in *out where it is absent. */
static int one_of(struct crs_json_text root, const char *member, const struct name *names, int8_t *out)
{
    struct crs_json_text value;
    char text[32];
    int result = crs_json_member(root, member, &value);

    *out = -1;
    if (result == -ENOENT)
        return 0;
    if (result != 0 || crs_json_get_string(value, text, sizeof text) != 0)
        return -EINVAL;
    while (names->name != NULL && strcmp(names->name, text) != 0)
        names++;
    *out = names->value;
    return names->name == NULL ? -EINVAL : 0;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* An absolute path that ends in the digest. */
static int table_path(struct crs_json_text value, struct crs_assignment *out)
{
    size_t length;
    const char *digest;

    if (crs_json_get_string(value, out->path, sizeof out->path) != 0)
        return -EINVAL;
    length = strlen(out->path);
    if (out->path[0] != '/' || length < sizeof DIGEST + 64)
        return -EINVAL;
    for (const char *c = out->path; *c != '\0'; c++)
        if (!((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z') && !(*c >= '0' && *c <= '9') && strchr("/-._~:%", *c) == NULL)
            return -EINVAL;
    digest = out->path + length - 64;
    if (memcmp(digest - sizeof DIGEST + 1, DIGEST, sizeof DIGEST - 1) != 0)
        return -EINVAL;
    for (size_t i = 0; i < sizeof out->digest; i++) {
        int high = hex_digit(digest[2 * i]), low = hex_digit(digest[2 * i + 1]);

        if (high < 0 || low < 0)
            return -EINVAL;
        out->digest[i] = (uint8_t)(high << 4 | low);
    }
    out->has_table = 1;
    return 0;
}

static const char *read_members(struct crs_json_text root, const char *architecture, struct crs_assignment *out)
{
    struct crs_json_text value;
    int passive = 0, result;

    if (crs_json_member(root, "generation", &value) != 0 || crs_json_get_unsigned(value, INT64_MAX, &out->generation) != 0)
        return "the configuration has no generation that is a number";
    if (one_of(root, "policyMode", modes, &out->policy_mode) != 0)
        return "the configuration has a policy mode that is not known";
    if (one_of(root, "logMode", log_modes, &out->log_mode) != 0)
        return "the configuration has a log mode that is not known";
    result = crs_json_member(root, "passive", &value);
    if (result == 0)
        result = crs_json_get_boolean(value, &passive);
    if (result == -EINVAL)
        return "whether the configuration is passive is true or false";
    out->passive = (uint8_t)passive;
    result = crs_json_member(root, "tables", &value);
    if (result == -ENOENT)
        return NULL;
    if (result == 0)
        result = crs_json_member(value, architecture, &value);
    if (result == -ENOENT)
        return "the configuration has no table for this architecture";
    return result == 0 && table_path(value, out) == 0 ? NULL : "the configuration names a table by no digest";
}

int crs_assignment_read(const char *text, size_t length, const char *architecture, struct crs_assignment *out,
                        const char **why)
{
    struct crs_json_text root;

    memset(out, 0, sizeof *out);
    *why = "the configuration is no JSON";
    if (crs_json_read(text, length, &root) != 0)
        return -EINVAL;
    *why = read_members(root, architecture, out);
    return *why == NULL ? 0 : -EINVAL;
}
