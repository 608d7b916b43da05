/* What an open and a close of one file cost, in nanoseconds: the median of many batches. Argument: the file. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BATCHES = 21, PAIRS = 500 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *one, const void *other)
{
    double difference = *(const double *)one - *(const double *)other;

    return (difference > 0) - (difference < 0);
}

int main(int argc, char **argv)
{
    double batch[BATCHES];

    if (argc != 2)
        return 2;
    /* The first batch is not counted. */
    for (int i = -1; i < BATCHES; i++) {
        double begin = now();

        for (int j = 0; j < PAIRS; j++) {
            int fd = open(argv[1], O_RDONLY);

            if (fd < 0 || close(fd) != 0) {
                perror(argv[1]);
                return 1;
            }
        }
        if (i >= 0)
            batch[i] = (now() - begin) / PAIRS;
    }
    qsort(batch, BATCHES, sizeof(batch[0]), by_value);
    printf("%.0f\n", batch[BATCHES / 2]);
    return 0;
}
