/* crs-init: the static program a container starts with. */
#include "options.h"

#include <stdio.h>

/* Exit status for a command line that cannot be followed, as the crs command has it. */
#define EXIT_USAGE 2

static const char usage[] = "usage: crs-init --version | --help\n";

int main(int argc, char *argv[])
{
    int written;

    switch (crs_options_parse(argc, argv)) {
    case CRS_REQUEST_VERSION:
        written = puts("crs-init " CRS_VERSION);
        break;
    case CRS_REQUEST_HELP:
        written = fputs(usage, stdout);
        break;
    default:
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    return written < 0 || fflush(stdout) != 0;
}
