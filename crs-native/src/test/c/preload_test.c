#include "check.h"
#include "preload.h"

#include <stdlib.h>
#include <string.h>

#define OBJECT "/crs/libcrs.so"

static char text[4][128];
static char *environment[5];

/* An environment of up to three variables. */
static void set(const char *a, const char *b, const char *c)
{
    const char *all[] = {a, b, c};
    int n = 0;

    for (int i = 0; i < 3; i++)
        if (all[i] != NULL) {
            strcpy(text[n], all[i]);
            environment[n] = text[n];
            n++;
        }
    environment[n] = NULL;
}

static int is(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void takes_only_the_object_out(void)
{
    static const char *const cases[][2] = {
        {"LD_PRELOAD=" OBJECT ":/a.so", "LD_PRELOAD=/a.so"},     {"LD_PRELOAD=/a.so:" OBJECT, "LD_PRELOAD=/a.so"},
        {"LD_PRELOAD=/a.so " OBJECT " /b.so", "LD_PRELOAD=/a.so /b.so"}, {"LD_PRELOAD=/a.so:" OBJECT ":/b.so:" OBJECT, "LD_PRELOAD=/a.so:/b.so"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set("A=1", cases[i][0], "B=2");
        CHECK(crs_preload_remove(environment, OBJECT) == 1);
        CHECK(is(environment[0], "A=1") && is(environment[1], cases[i][1]) && is(environment[2], "B=2"));
    }
}

static void takes_the_variable_out_with_the_last_object(void)
{
    set("A=1", "LD_PRELOAD=" OBJECT, "B=2");
    CHECK(crs_preload_remove(environment, OBJECT) == 1);
    CHECK(is(environment[0], "A=1") && is(environment[1], "B=2") && environment[2] == NULL);
}

static void leaves_what_is_called_otherwise(void)
{
    static const char *const others[] = {"LD_PRELOAD=/my" OBJECT, "LD_PRELOAD=" OBJECT ".1", "LD_PRELOADED=" OBJECT, "LD_PRELOAD="};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        set("A=1", others[i], NULL);
        CHECK(crs_preload_remove(environment, OBJECT) == 0);
        CHECK(is(environment[1], others[i]) && environment[2] == NULL);
    }
}

static void puts_the_object_before_all_others(void)
{
    static const char *const cases[][2] = {
        {"LD_PRELOAD=/a.so", "LD_PRELOAD=" OBJECT ":/a.so"}, {"LD_PRELOAD=", "LD_PRELOAD=" OBJECT}, {NULL, "LD_PRELOAD=" OBJECT},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char **all;

        set("A=1", "B=2", cases[i][0]);
        all = crs_preload_add(environment, OBJECT);
        CHECK(is(all[0], cases[i][1]) && is(all[1], "A=1") && is(all[2], "B=2") && all[3] == NULL);
        free(all[0]);
        free(all);
    }
}

int main(void)
{
    takes_only_the_object_out();
    takes_the_variable_out_with_the_last_object();
    leaves_what_is_called_otherwise();
    puts_the_object_before_all_others();
    return 0;
}
