/* Opens a file so many times: repeat FILE TIMES. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    unsigned long times = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

    for (unsigned long i = 0; i < times; i++) {
        int fd = open(argv[1], O_RDONLY | O_CLOEXEC);

        if (fd < 0) {
            perror(argv[1]);
            return 1;
        }
        close(fd);
    }
    return 0;
}
