/*
 * Processes that are killed while they open, read and change folders, each at another moment. killed PROCESSES FILE
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void work(const char *file)
{
    for (;;) {
        int folder = open("/", O_RDONLY | O_DIRECTORY);

        close(open(file, O_RDONLY));
        close(openat(folder, ".", O_RDONLY | O_DIRECTORY));
        rmdir("/proc/nothing");
        close(folder);
    }
}

int main(int argc, char **argv)
{
    int processes = argc == 3 ? atoi(argv[1]) : 0;

    if (processes <= 0)
        return 2;
    for (int i = 0; i < processes; i++) {
        pid_t child = fork();

        if (child < 0)
            return 3;
        if (child == 0)
            work(argv[2]);
        usleep((useconds_t)(i % 400));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    return 0;
}
