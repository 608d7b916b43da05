/* The arguments and the errno of a call as people read them. */
#ifndef CRS_EVENT_ARGS_H
#define CRS_EVENT_ARGS_H

#include "event.h"
#include "json.h"

/* "x86_64", "aarch64", "x32", "i386", "arm" or "unknown". */
const char *crs_arch_name(uint32_t audit_arch, int32_t nr);

/* The call's name, or NULL: no such number, or an ABI without a table here. */
const char *crs_call_name(uint32_t audit_arch, int32_t nr);

/* A JSON array of strings; for a call without a known signature the first three registers in hexadecimal. */
void crs_event_args(struct crs_json *json, const struct crs_event *event, size_t string_max);

/* "EACCES", or the number in decimal where the name is not known here. */
void crs_errno_text(struct crs_json *json, int err);

#endif
