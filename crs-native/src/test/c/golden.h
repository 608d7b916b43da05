/* Golden tables and calls, which the Java tests keep up to date (GoldenTableTest writes them). */
#ifndef CRS_GOLDEN_H
#define CRS_GOLDEN_H

#include "check.h"
#include "table.h"

#include <string.h>

struct golden_file {
    uint8_t *bytes;
    size_t size;
};

static inline struct golden_file golden_read(const char *folder, const char *name)
{
    struct golden_file file = {NULL, 0};
    char path[4096];
    FILE *in;
    long size;

    CHECK(snprintf(path, sizeof(path), "%s/../golden/%s/%s", TEST_DATA, folder, name) < (int)sizeof(path));
    in = fopen(path, "rb");
    CHECK(in != NULL);
    CHECK(fseek(in, 0, SEEK_END) == 0);
    size = ftell(in);
    CHECK(size >= 0 && fseek(in, 0, SEEK_SET) == 0);
    file.size = (size_t)size;
    file.bytes = malloc(file.size + 1);
    CHECK(file.bytes != NULL);
    CHECK(fread(file.bytes, 1, file.size, in) == file.size);
    fclose(in);
    return file;
}

/* Computes the checksum anew, as whoever forges a table would. */
static inline void golden_seal(uint8_t *table, size_t size)
{
    static uint32_t step[256];
    uint32_t crc = UINT32_MAX, n;
    size_t i;
    int bit;

    for (n = 0; step[255] == 0 && n < 256; n++) {
        uint32_t value = n;

        for (bit = 0; bit < 8; bit++)
            value = value >> 1 ^ (value & 1 ? 0xedb88320u : 0);
        step[n] = value;
    }
    if (size < 20)
        return;
    memset(table + 16, 0, 4);
    for (i = 0; i < size; i++)
        crc = crc >> 8 ^ step[(crc ^ table[i]) & 0xff];
    crc = ~crc;
    memcpy(table + 16, &crc, 4);
}

#endif
