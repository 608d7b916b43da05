#include "check.h"
#include "options.h"

#include <errno.h>
#include <string.h>

static struct crs_options options;
static const char *why;

static int parse(char *first, char *second, char *third, char *fourth)
{
    char *argv[] = {"crs-init", first, second, third, fourth, NULL};
    int argc = 1;

    while (argv[argc] != NULL)
        argc++;
    why = NULL;
    return crs_options_parse(argc, argv, &options, &why);
}

static void answers_what_it_knows(void)
{
    CHECK(parse("--version", NULL, NULL, NULL) == 0 && options.request == CRS_REQUEST_VERSION);
    CHECK(parse("--help", NULL, NULL, NULL) == 0 && options.request == CRS_REQUEST_HELP);
    CHECK(parse("--check", "--table", "t", NULL) == 0 && options.request == CRS_REQUEST_CHECK);
    CHECK(strcmp(options.table, "t") == 0);
}

static void takes_the_command_behind_two_dashes(void)
{
    CHECK(parse("--log-mode", "15", "--", "app") == 0);
    CHECK(options.request == CRS_REQUEST_RUN && options.log_mode == 15);
    CHECK(strcmp(options.command[0], "app") == 0 && options.command[1] == NULL);
    CHECK(parse("--events=unix:/s", "--", "app", "--version") == 0);
    CHECK(options.request == CRS_REQUEST_RUN && strcmp(options.events, "unix:/s") == 0);
    CHECK(strcmp(options.command[1], "--version") == 0);
}

static void takes_an_enforcement(void)
{
    CHECK(parse("--", "app", NULL, NULL) == 0 && options.fast == -1);
    CHECK(parse("--enforcement", "fast", "--", "app") == 0 && options.fast == 1);
    CHECK(parse("--enforcement=strict", "--", "app", NULL) == 0 && options.fast == 0);
    CHECK(parse("--enforcement=FAST", "--", "app", NULL) == -EINVAL && strstr(why, "strict or fast") != NULL);
}

static void refuses_everything_else(void)
{
    CHECK(parse(NULL, NULL, NULL, NULL) == -EINVAL && why != NULL);
    CHECK(parse("", NULL, NULL, NULL) == -EINVAL);
    CHECK(parse("--", NULL, NULL, NULL) == -EINVAL);
    CHECK(parse("app", NULL, NULL, NULL) == -EINVAL);
    CHECK(parse("--table", NULL, NULL, NULL) == -EINVAL);
    CHECK(parse("--tables=x", "--", "app", NULL) == -EINVAL);
    CHECK(parse("--log-mode", "16", "--", "app") == -EINVAL);
    CHECK(parse("--log-mode", "1x", "--", "app") == -EINVAL);
    CHECK(parse("--log-mode", "", "--", "app") == -EINVAL);
}

int main(void)
{
    answers_what_it_knows();
    takes_the_command_behind_two_dashes();
    takes_an_enforcement();
    refuses_everything_else();
    return 0;
}
