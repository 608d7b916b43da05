/* From trials to a row. */
#define _GNU_SOURCE
#include "judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* A line of the events holds both texts. */
static int is_told(const struct crs_judge *judge, const char *one, const char *other)
{
    char path[256], *line = NULL;
    size_t size = 0;
    FILE *events;
    int found = 0;

    snprintf(path, sizeof path, "%s/log/events", judge->place.dir);
    events = fopen(path, "re");
    while (events != NULL && !found && getline(&line, &size, events) > 0)
        found = strstr(line, one) != NULL && strstr(line, other) != NULL;
    free(line);
    if (events != NULL)
        fclose(events);
    return found;
}

int crs_judge_event(const struct crs_judge *judge, const char *needle)
{
    return is_told(judge, "\"action\":\"DENY\"", needle);
}

int crs_judge_loss(const struct crs_judge *judge)
{
    return is_told(judge, "\"type\":\"GAP\"", "\"lost\":");
}

static void failed(const struct crs_trial *t, char *why, size_t size)
{
    if (t->step[0] != '\0')
        snprintf(why, size, "%s: %s", t->step, strerror(t->error));
    else
        snprintf(why, size, "had no effect");
}

static int not_applicable(struct crs_row *row, const char *before, const char *why)
{
    row->result = CRS_NOT_APPLICABLE;
    snprintf(row->why, sizeof row->why, "%s%s", before, why);
    return 0;
}

/* Whether the technique does anything here when nothing holds it back: else to hold it proves nothing. */
static int baseline(struct crs_judge *judge, const struct crs_technique *technique, const struct crs_user *user,
                    struct crs_row *row)
{
    char why[128];
    int status = 0, result;

    if (technique->effect == CRS_EFFECT_HIDDEN)
        return row->baseline = 1; /* without the agent there are no events */
    result = crs_judge_try(judge, technique, user, 0, &status);
    row->baseline = result == 1;
    if (result == 1)
        return 1;
    if (result == -ETIMEDOUT)
        return not_applicable(row, "", "does not end here even unprotected");
    if (result < 0)
        return not_applicable(row, "cannot be tried as this user: ", strerror(-result));
    failed(judge->trial, why, sizeof why);
    return not_applicable(row, "does not work here even unprotected: ", why);
}

static void not_held(struct crs_row *row, const char *why)
{
    row->result = CRS_NOT_HELD;
    snprintf(row->why, sizeof row->why, "%s", why);
}

static void describe(const struct crs_judge *judge, const struct crs_technique *technique, struct crs_row *row)
{
    const struct crs_trial *t = judge->trial;
    char why[128];

    failed(t, why, sizeof why);
    if (technique->flags & CRS_WON_RACE)
        snprintf(row->why, sizeof row->why, "won in none of %u tries", t->tries);
    else if (technique->flags & CRS_MUST_WORK)
        snprintf(row->why, sizeof row->why, "works as without the agent");
    else if (judge->harm[0] != '\0')
        snprintf(row->why, sizeof row->why, "%s", judge->harm);
    else
        snprintf(row->why, sizeof row->why, "%s", why);
}

static int owes_event(const struct crs_judge *judge, const struct crs_technique *technique)
{
    if (technique->flags & CRS_MUST_TELL)
        return !judge->filtered;
    return !(technique->flags & (CRS_MUST_WORK | CRS_SILENT));
}

static int is_limit(const struct crs_judge *judge, const struct crs_technique *technique, const struct crs_user *user)
{
    if (technique->limit == NULL || (technique->flags & CRS_NO_DUPLICATE && !judge->no_duplicate))
        return 0;
    return !(technique->flags & CRS_NO_LOOK) || (judge->no_look && user->agent != user->application);
}

static void below_agent(struct crs_judge *judge, const struct crs_technique *technique, const struct crs_user *user,
                        struct crs_row *row)
{
    int status = 0, must_work = technique->flags & CRS_MUST_WORK;
    int result = crs_judge_try(judge, technique, user, 1, &status);

    row->event = crs_judge_event(judge, technique->effect == CRS_EFFECT_HIDDEN ? judge->trial->needle : "");
    row->limit = is_limit(judge, technique, user);
    describe(judge, technique, row);
    if (result == -ETIMEDOUT)
        not_held(row, "does not end below the agent");
    else if (result < 0 && result == -judge->trial->control)
        not_held(row, "what is allowed fails below the agent");
    else if (result < 0 || !judge->trial->attempted) {
        char why[64];

        snprintf(why, sizeof why, "exit status %d", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
        not_applicable(row, "the agent did not start here: ", why);
    } else if (must_work && !result) {
        char why[128];

        failed(judge->trial, why, sizeof why);
        not_held(row, why);
    } else if (!must_work && result)
        not_held(row, judge->harm[0] != '\0' ? judge->harm : "had its effect");
    else if (!row->event && technique->flags & CRS_WON_RACE && judge->trial->tries < CRS_ENOUGH_TRIES)
        not_applicable(row, "this host is too busy for a race", "");
    else if (!row->event && owes_event(judge, technique)) {
        char why[160];

        snprintf(why, sizeof why, "had no effect, but no event says so; %.100s", row->why);
        not_held(row, why);
    }
    else
        row->result = CRS_HELD;
}

void crs_judge_row(struct crs_judge *judge, const struct crs_technique *technique, const struct crs_user *user,
                   struct crs_row *row)
{
    *row = (struct crs_row){.result = CRS_HELD};
    if (baseline(judge, technique, user, row))
        below_agent(judge, technique, user, row);
}
