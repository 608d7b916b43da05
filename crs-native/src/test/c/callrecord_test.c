/* Records that are not sound are refused, whatever they hold. */
#include "callrecord.h"
#include "golden.h"

#include <errno.h>

static uint32_t load(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static void reads_every_field(void)
{
    uint8_t b[CRS_CALL_RECORD_FIXED + 64] = {0};
    struct crs_call_record r;
    uint32_t one = 1, size = CRS_CALL_RECORD_FIXED, unknown = UINT32_MAX, i;
    int32_t nr = CRS_LIB_GETADDRINFO, port = 443, none = -1;
    static const char *strings[] = {"/p", "/a", "/req", NULL, "/alias", "", NULL, NULL, "x.org"};

    memcpy(b + 4, &nr, 4);
    b[12] = CRS_ADDR_INET;
    b[13] = CRS_DIRECTORY_YES;
    b[14] = 1;
    b[15] = 2;
    memcpy(b + 16, &port, 4);
    memcpy(b + 20, &none, 4);
    b[24] = 10;
    b[48] = 7;
    memcpy(b + 88, &one, 4);
    memcpy(b + 92, &one, 4);
    memcpy(b + 96, &one, 4);
    for (i = 0; i < 9; i++) {
        uint32_t len = strings[i] == NULL ? unknown : (uint32_t)strlen(strings[i]);

        memcpy(b + size, &len, 4);
        size += 4;
        if (strings[i] != NULL) {
            memcpy(b + size, strings[i], len);
            size += len;
        }
    }
    memcpy(b, &size, 4);
    CHECK(crs_call_record_read(&r, b, sizeof(b)) == (int)size);
    CHECK(r.call.nr == CRS_LIB_GETADDRINFO && r.call.port == 443 && r.call.local_port == -1 && r.call.drift == 1);
    CHECK(r.call.addr_kind == CRS_ADDR_INET && r.call.addr[0] == 10 && r.call.directory == CRS_DIRECTORY_YES);
    CHECK(r.call.arg_known == 2 && r.call.arg[1] == 7 && r.call.programs == 1 && r.call.ancestors == 1);
    CHECK(r.call.ancestor[0].len == 2 && r.call.path[0].aliases == 1 && r.call.path[0].alias[0].len == 6);
    CHECK(r.call.path[0].requested.len == 4 && r.call.path[0].resolved.s == NULL);
    CHECK(r.call.path[1].requested.s != NULL && r.call.path[1].requested.len == 0);
    CHECK(r.call.name.len == 5 && memcmp(r.call.name.s, "x.org", 5) == 0);
}

static void refuses_truncated_and_damaged_records(void)
{
    struct golden_file calls = golden_read("names-of-files", "calls.bin");
    struct crs_call_record r;
    uint32_t size = load(calls.bytes), i, value;
    uint8_t *copy = malloc(size);

    CHECK(copy != NULL && size <= calls.size);
    for (i = 0; i < size; i++) {
        uint8_t *shorter = malloc(i == 0 ? 1 : i);

        CHECK(shorter != NULL);
        memcpy(shorter, calls.bytes, i);
        CHECK(crs_call_record_read(&r, shorter, i) == -EINVAL);
        free(shorter);
    }
    for (i = 0; i < size; i++)
        for (value = 0; value < 256; value++) {
            int read;

            memcpy(copy, calls.bytes, size);
            copy[i] = (uint8_t)value;
            read = crs_call_record_read(&r, copy, size);
            CHECK(read == (int)size || read == -EINVAL || read == -E2BIG);
        }
    free(copy);
    free(calls.bytes);
}

static void refuses_what_does_not_fit(void)
{
    uint8_t b[CRS_CALL_RECORD_FIXED] = {CRS_CALL_RECORD_FIXED};
    struct crs_call_record r;
    uint32_t many = CRS_CALL_RECORD_LISTED + 1;

    memcpy(b + 92, &many, 4);
    CHECK(crs_call_record_read(&r, b, sizeof(b)) == -E2BIG);
    memset(b + 92, 0xff, 12);
    CHECK(crs_call_record_read(&r, b, sizeof(b)) == -E2BIG);
    memset(b + 92, 0, 12);
    b[88] = 5;
    CHECK(crs_call_record_read(&r, b, sizeof(b)) == -E2BIG);
}

int main(void)
{
    reads_every_field();
    refuses_truncated_and_damaged_records();
    refuses_what_does_not_fit();
    return 0;
}
