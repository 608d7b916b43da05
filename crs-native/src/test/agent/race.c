/*
 * Two threads: one opens a path over and over, the other changes it meanwhile between an allowed and a denied file.
 * race ALLOWED DENIED OPENS; both paths have one length. Prints how often the denied file was opened; 1 if it ever was.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[4096];
static const char *names[2];
static atomic_int done;

static void *change(void *unused)
{
    size_t len = strlen(names[0]);

    for (int i = 0; !atomic_load(&done); i++)
        memcpy(path, names[i & 1], len);
    return unused;
}

int main(int argc, char **argv)
{
    long opens = argc == 4 ? atol(argv[3]) : 0, won = 0, opened = 0;
    struct stat allowed, st;
    pthread_t thread;

    if (opens <= 0 || strlen(argv[1]) != strlen(argv[2]) || strlen(argv[1]) >= sizeof path || stat(argv[1], &allowed) != 0)
        return 2;
    names[0] = argv[1];
    names[1] = argv[2];
    strcpy(path, argv[1]);
    pthread_create(&thread, NULL, change, NULL);
    for (long i = 0; i < opens; i++) {
        int fd = open(path, O_RDONLY);

        if (fd < 0)
            continue;
        opened++;
        won += fstat(fd, &st) == 0 && (st.st_ino != allowed.st_ino || st.st_dev != allowed.st_dev);
        close(fd);
    }
    atomic_store(&done, 1);
    pthread_join(thread, NULL);
    printf("%ld opens, %ld opened, %ld won\n", opens, opened, won);
    return won != 0 || opened == 0;
}
