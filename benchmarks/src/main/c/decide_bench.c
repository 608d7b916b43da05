/* What one decision costs in C, in nanoseconds of processor time. Arguments: a table; call records in one file. */
#include "callrecord.h"
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CALLS = 1024, ROUNDS = 9, DECISIONS = 1 << 21 };

static unsigned char *read_file(const char *name, size_t *size)
{
    FILE *in = fopen(name, "rb");
    unsigned char *bytes;
    long end;

    if (in == NULL || fseek(in, 0, SEEK_END) != 0 || (end = ftell(in)) < 0 || fseek(in, 0, SEEK_SET) != 0)
        exit(1);
    *size = (size_t)end;
    bytes = malloc(*size + 1);
    if (bytes == NULL || fread(bytes, 1, *size, in) != *size)
        exit(1);
    fclose(in);
    return bytes;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *one, const void *other)
{
    double difference = *(const double *)one - *(const double *)other;

    return (difference > 0) - (difference < 0);
}

int main(int argc, char **argv)
{
    static struct crs_call_record record;
    static struct crs_path paths[CALLS];
    double round[ROUNDS];
    struct crs_decision d;
    struct crs_table t;
    size_t size, at = 0;
    unsigned char *table, *records;
    int n = 0, i, r, used;
    long sum = 0;

    if (argc != 3)
        return 2;
    table = read_file(argv[1], &size);
    if (crs_table_open(&t, table, size) < 0) {
        fprintf(stderr, "%s\n", t.error);
        return 1;
    }
    records = read_file(argv[2], &size);
    /* One program opens one file after the other: only the path changes. */
    while (n < CALLS && (used = crs_call_record_read(&record, records + at, size - at)) > 0) {
        paths[n++] = record.call.path[0];
        at += (size_t)used;
    }
    if (n != CALLS)
        return 1;
    for (r = 0; r < ROUNDS; r++) {
        double begin = now();

        for (i = 0; i < DECISIONS; i++) {
            record.call.path[0] = paths[i % CALLS];
            crs_decide(&t, &record.call, &d);
            sum += d.rule_index;
        }
        round[r] = (now() - begin) / DECISIONS;
    }
    qsort(round, ROUNDS, sizeof(round[0]), by_value);
    /* The sum is said so that no decision can be left out. */
    printf("{\"median\": %.2f, \"lowest\": %.2f, \"highest\": %.2f, \"sum\": %ld}\n", round[ROUNDS / 2], round[0],
           round[ROUNDS - 1], sum);
    free(table);
    free(records);
    return 0;
}
