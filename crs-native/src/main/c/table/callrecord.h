/*
 * The call record: a struct crs_call as flat bytes, little-endian, for callers that are not C.
 *
 *      0  size u32 | nr i32 | flags u32 | addr_kind u8 | directory u8 | drift u8 | arg_known u8
 *     16  port i32 | local_port i32
 *     24  addr u8[16]
 *     40  arg u64[6]
 *     88  programs u32 | ancestors u32 | aliases of path 1 u32 | aliases of path 2 u32
 *    104  strings { length u32, 0xffffffff: unknown | bytes }, one after the other, in this order: the programs, the
 *         ancestors, for each path the requested name, the resolved name, the aliases; addr_text; name
 */
#ifndef CRS_CALLRECORD_H
#define CRS_CALLRECORD_H

#include "table.h"

#define CRS_CALL_RECORD_FIXED 104
#define CRS_CALL_RECORD_LISTED 64 /* ancestors and aliases that fit, all together */

struct crs_call_record {
    struct crs_call call;
    struct crs_str listed[CRS_CALL_RECORD_LISTED];
};

/*
 * Reads the record at the beginning of the bytes; the call's strings stay in them. The record's size, or -EINVAL if it
 * is no sound record, -E2BIG if it has more programs, ancestors or aliases than fit.
 */
int crs_call_record_read(struct crs_call_record *record, const void *bytes, size_t len);

#endif
