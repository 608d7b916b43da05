/* libFuzzer: { table size u32 | table | call record }. The checksum is set right, or nothing behind it were reached. */
#include "callrecord.h"
#include "golden.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct crs_call_record record;
    struct crs_integer_test test;
    struct crs_decision d;
    struct crs_table t;
    uint32_t table_size;
    uint8_t *table;
    int nr, program;

    if (size < 4)
        return 0;
    memcpy(&table_size, data, 4);
    if (table_size > size - 4)
        table_size = (uint32_t)(size - 4);
    /* Copies of just their size, so that a look beyond the end is seen. */
    table = malloc(table_size + 1);
    if (table == NULL)
        return 0;
    memcpy(table, data + 4, table_size);
    golden_seal(table, table_size);
    if (crs_table_open(&t, table, table_size) == 0) {
        for (nr = -1; nr < 480; nr += 3) {
            crs_table_need(&t, nr, &program, &d);
            crs_table_test(&t, nr, 1, &test);
        }
        if (crs_call_record_read(&record, data + 4 + table_size, size - 4 - table_size) > 0)
            crs_decide(&t, &record.call, &d);
    }
    free(table);
    return 0;
}
