#include "check.h"
#include "options.h"

#include <errno.h>

static int parse(char *first, char *second)
{
    char *argv[] = {"crs-init", first, second, NULL};
    int argc = first == NULL ? 1 : second == NULL ? 2 : 3;

    return crs_options_parse(argc, argv);
}

static void answers_what_it_knows(void)
{
    CHECK(parse("--version", NULL) == CRS_REQUEST_VERSION);
    CHECK(parse("--help", NULL) == CRS_REQUEST_HELP);
}

static void refuses_everything_else(void)
{
    CHECK(parse(NULL, NULL) == -EINVAL);
    CHECK(parse("", NULL) == -EINVAL);
    CHECK(parse("--versio", NULL) == -EINVAL);
    CHECK(parse("--version ", NULL) == -EINVAL);
    CHECK(parse("--version", "--help") == -EINVAL);
}

int main(void)
{
    answers_what_it_knows();
    refuses_everything_else();
    return 0;
}
