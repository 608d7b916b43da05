#include "options.h"

#include <errno.h>
#include <string.h>

int crs_options_parse(int argc, char *const argv[])
{
    if (argc != 2)
        return -EINVAL;
    if (strcmp(argv[1], "--version") == 0)
        return CRS_REQUEST_VERSION;
    if (strcmp(argv[1], "--help") == 0)
        return CRS_REQUEST_HELP;
    return -EINVAL;
}
