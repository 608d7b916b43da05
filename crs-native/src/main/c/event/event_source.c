#include "event.h"

#include "container_id.h"
#include "json.h"

#include <string.h>

static void member(struct crs_json *json, const char *name, const char *value, size_t length, size_t max)
{
    if (value == NULL || length == 0)
        return;
    if (json->buf[json->len - 1] != '{')
        crs_json_raw(json, ",");
    crs_json_string(json, name, strlen(name), max);
    crs_json_raw(json, ":");
    crs_json_string(json, value, length, max);
}

static void member_text(struct crs_json *json, const char *name, const char *value)
{
    member(json, name, value, value == NULL ? 0 : strlen(value), 256);
}

/* Ends the text, or empties it when it did not fit: a line without the object is better than a broken one. */
static void close_object(struct crs_json *json)
{
    crs_json_bytes(json, "}", sizeof "}");
    if (json->full)
        json->buf[0] = '\0';
}

static void container_object(char *out, size_t cap, const char *id, const char *name, const char *tag,
                             const char *digest)
{
    struct crs_json json;
    size_t before;

    crs_json_init(&json, out, cap);
    crs_json_raw(&json, "{");
    member_text(&json, "id", id);
    before = json.len;
    crs_json_raw(&json, before > 1 ? ",\"image\":{" : "\"image\":{");
    member_text(&json, "name", name);
    member_text(&json, "tag", tag);
    member_text(&json, "digest", digest);
    if (json.buf[json.len - 1] == '{')
        json.len = before;
    else
        crs_json_raw(&json, "}");
    close_object(&json);
    if (strcmp(out, "{}") == 0)
        out[0] = '\0';
}

static void policy_object(char *out, size_t cap, const struct crs_table *table)
{
    static const char hex[] = "0123456789abcdef";
    char digest[7 + 64] = "sha256:";
    struct crs_json json;

    for (size_t i = 0; i < sizeof table->digest; i++) {
        digest[7 + 2 * i] = hex[table->digest[i] >> 4];
        digest[8 + 2 * i] = hex[table->digest[i] & 15];
    }
    crs_json_init(&json, out, cap);
    crs_json_raw(&json, "{");
    member(&json, "id", table->policy_id.s, table->policy_id.len, 64);
    member(&json, "name", table->policy_name.s, table->policy_name.len, 256);
    member(&json, "digest", digest, sizeof digest, sizeof digest);
    close_object(&json);
}

void crs_event_source_init(struct crs_event_source *source, const struct crs_table *table, const char *container,
                           const char *image_name, const char *image_tag, const char *image_digest)
{
    char found[CRS_CONTAINER_ID];

    if (container == NULL || container[0] == '\0')
        container = crs_container_id(found);
    memset(source, 0, sizeof *source);
    source->table = table;
    container_object(source->container, sizeof source->container, container, image_name, image_tag, image_digest);
    if (table != NULL)
        crs_event_source_policy(source, table);
}

void crs_event_source_policy(struct crs_event_source *source, const struct crs_table *table)
{
    source->table = table;
    policy_object(source->policy, sizeof source->policy, table);
}
