/* What libcrs-table.so exports: a table opened once, calls decided by their records. For the JVM. */
#include "callrecord.h"
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

/* A handle: the open table and its own copy of the bytes. */
struct crs_jna_table {
    struct crs_table table;
    uint8_t bytes[];
};

/* The bytes of a decision: eight single ones in the order of the struct, the rule's place, its index in the policy. */
#define DECISION_SIZE 16

EXPORT void *crs_jna_open(const uint8_t *bytes, size_t len, char error[128]);
EXPORT int crs_jna_decide(const void *handle, const uint8_t *record, size_t len, uint8_t decision[DECISION_SIZE]);
EXPORT int crs_jna_rule_name(const void *handle, int32_t rule, uint8_t *name, size_t room);
EXPORT void crs_jna_close(void *handle);

/* NULL with a line in error if the bytes are no sound table. */
void *crs_jna_open(const uint8_t *bytes, size_t len, char error[128])
{
    struct crs_jna_table *handle;

    error[0] = '\0';
    if (len > CRS_TABLE_MAX) {
        strcpy(error, "a decision table has at most 64 MiB");
        return NULL;
    }
    handle = malloc(sizeof(*handle) + len);
    if (handle == NULL) {
        strcpy(error, "no memory");
        return NULL;
    }
    memcpy(handle->bytes, bytes, len);
    if (crs_table_open(&handle->table, handle->bytes, len) < 0) {
        memcpy(error, handle->table.error, sizeof(handle->table.error));
        free(handle);
        return NULL;
    }
    return handle;
}

/* 0, or a negative errno if the record is not sound. */
int crs_jna_decide(const void *handle, const uint8_t *record, size_t len, uint8_t decision[DECISION_SIZE])
{
    const struct crs_jna_table *h = handle;
    struct crs_call_record call;
    struct crs_decision d;
    int err = crs_call_record_read(&call, record, len);

    if (err < 0)
        return err;
    if ((size_t)err != len)
        return -EINVAL;
    crs_decide(&h->table, &call.call, &d);
    decision[0] = d.action;
    decision[1] = d.enforced;
    decision[2] = d.blocked;
    decision[3] = d.is_default;
    decision[4] = d.events;
    decision[5] = d.err;
    decision[6] = d.file_part;
    decision[7] = 0;
    memcpy(decision + 8, &d.rule, sizeof(d.rule));
    memcpy(decision + 12, &d.rule_index, sizeof(d.rule_index));
    return 0;
}

/* Copies the name of a rule, as much as there is room for, and gives its whole length; -ENOENT if there is no such. */
int crs_jna_rule_name(const void *handle, int32_t rule, uint8_t *name, size_t room)
{
    const struct crs_jna_table *h = handle;
    struct crs_rule_info info;
    int err = crs_table_rule(&h->table, rule, &info);

    if (err < 0)
        return err;
    memcpy(name, info.name.s, info.name.len < room ? info.name.len : room);
    return (int)info.name.len;
}

void crs_jna_close(void *handle)
{
    free(handle);
}
