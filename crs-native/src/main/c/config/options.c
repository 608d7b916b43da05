#include "options.h"

#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int log_mode(const char *text)
{
    char *end;
    long bits = strtol(text, &end, 10);

    return *text >= '0' && *text <= '9' && *end == '\0' && bits >= 0 && bits <= 15 ? (int)bits : -1;
}

/* The value of `--name VALUE` or `--name=VALUE`, or NULL; *i is moved to the last argument used. */
static const char *value_of(const char *name, int argc, char *argv[], int *i)
{
    size_t len = strlen(name);

    if (strncmp(argv[*i], name, len) != 0)
        return NULL;
    if (argv[*i][len] == '=')
        return argv[*i] + len + 1;
    if (argv[*i][len] != '\0' || *i + 1 >= argc)
        return NULL;
    return argv[++*i];
}

int crs_options_parse(int argc, char *argv[], struct crs_options *out, const char **why)
{
    const char *value;

    *out = (struct crs_options){.request = CRS_REQUEST_RUN, .log_mode = -1, .fast = -1};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            out->command = i + 1 < argc ? &argv[i + 1] : NULL;
            break;
        }
        if (strcmp(argv[i], "--version") == 0)
            out->request = CRS_REQUEST_VERSION;
        else if (strcmp(argv[i], "--help") == 0)
            out->request = CRS_REQUEST_HELP;
        else if (strcmp(argv[i], "--check") == 0)
            out->request = CRS_REQUEST_CHECK;
        else if (strcmp(argv[i], "--watch") == 0)
            out->watch = 1;
        else if (strcmp(argv[i], "--no-init") == 0)
            out->no_init = 1;
        else if ((value = value_of("--table", argc, argv, &i)) != NULL)
            out->table = value;
        else if ((value = value_of("--events", argc, argv, &i)) != NULL)
            out->events = value;
        else if ((value = value_of("--enforcement", argc, argv, &i)) != NULL) {
            out->fast = crs_enforcement_parse(value);
            if (out->fast < 0) {
                *why = "--enforcement is strict or fast";
                return -EINVAL;
            }
        } else if ((value = value_of("--log-mode", argc, argv, &i)) != NULL) {
            out->log_mode = log_mode(value);
            if (out->log_mode < 0) {
                *why = "--log-mode is a number from 0 to 15: the sum of 1 monitor, 2 deny, 4 allow, 8 behavior";
                return -EINVAL;
            }
        } else {
            *why = "an argument is not understood; the application's command stands behind --";
            return -EINVAL;
        }
    }
    if (out->request == CRS_REQUEST_RUN && out->command == NULL) {
        *why = "no command to run; it stands behind --";
        return -EINVAL;
    }
    return 0;
}
