#include "preload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char variable[] = "LD_PRELOAD=";

int crs_preload_remove(char *environment[], const char *object)
{
    size_t length = strlen(object);
    int found = 0;

    for (char **at = environment; *at != NULL; at++) {
        char *item = *at + strlen(variable);
        int taken = 0;

        if (strncmp(*at, variable, strlen(variable)) != 0)
            continue;
        while ((item = strstr(item, object)) != NULL) {
            char *before = item[-1] == ':' || item[-1] == ' ' ? item - 1 : item, *after = item + length;
            int whole = (before < item || item[-1] == '=') && (*after == '\0' || *after == ':' || *after == ' ');

            if (!whole) {
                item = after;
                continue;
            }
            found = taken = 1;
            if (before == item && *after != '\0')
                after++;
            memmove(before, after, strlen(after) + 1);
            item = before;
        }
        if (!taken || (*at)[strlen(variable)] != '\0')
            continue;
        for (char **rest = at; (*rest = rest[1]) != NULL; rest++)
            ;
        break;
    }
    return found;
}

char **crs_preload_add(char *const environment[], const char *object)
{
    size_t count = 0, size;
    const char *others = "";
    char **all, *item;

    while (environment[count] != NULL)
        count++;
    all = malloc((count + 2) * sizeof *all);
    if (all == NULL)
        return NULL;
    count = 1;
    for (char *const *at = environment; *at != NULL; at++) {
        if (strncmp(*at, variable, strlen(variable)) == 0)
            others = *at + strlen(variable);
        else
            all[count++] = *at;
    }
    all[count] = NULL;
    size = strlen(variable) + strlen(object) + 1 + strlen(others) + 1;
    item = malloc(size);
    if (item == NULL)
        return NULL;
    snprintf(item, size, "%s%s%s%s", variable, object, others[0] == '\0' ? "" : ":", others);
    all[0] = item;
    return all;
}
