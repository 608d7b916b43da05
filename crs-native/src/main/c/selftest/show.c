#define _GNU_SOURCE
#include "show.h"

#include "host.h"

#include <stdio.h>

static const char *const results[] = {"HELD", "NOT_HELD", "NOT_APPLICABLE"};

/* A JSON text; what is no plain ASCII comes out as escapes. */
static void text(const char *value)
{
    putchar('"');
    for (; *value != '\0'; value++) {
        unsigned char c = (unsigned char)*value;

        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20 || c > 0x7e)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

static void member(const char *before, const char *name, const char *value)
{
    printf("%s\"%s\":", before, name);
    text(value);
}

void crs_show_host(const struct crs_judge *judge, enum crs_form form)
{
    struct crs_fact facts[CRS_FACTS];
    int count = crs_host_facts(judge, facts);

    if (form == CRS_FORM_JSON)
        printf("{\"host\":{");
    for (int i = 0; i < count; i++) {
        if (form == CRS_FORM_JSON)
            member(i == 0 ? "" : ",", facts[i].name, facts[i].value);
        else if (form == CRS_FORM_TABS)
            printf("host\t%s\t%s\n", facts[i].name, facts[i].value);
        else
            printf("%-18s %s\n", facts[i].name, facts[i].value[0] != '\0' ? facts[i].value : "-");
    }
    puts(form == CRS_FORM_JSON ? "}}" : "");
    fflush(stdout);
}

static void row_json(const struct crs_section *section, const struct crs_technique *technique, const struct crs_user *user,
                     const struct crs_row *row)
{
    member("{", "id", technique->id);
    member(",", "technique", technique->what);
    printf(",\"section\":\"%c\"", section->letter);
    member(",", "user", user->name);
    printf(",\"baseline\":%s", row->baseline ? "true" : "false");
    member(",", "result", results[row->result]);
    member(",", "why", row->why);
    printf(",\"event\":%s", row->event ? "true" : "false");
    if (row->limit) {
        printf(",\"limit\":true");
        member(",", "limitWhy", technique->limit);
    }
    puts("}");
}

static void row_text(const struct crs_section *section, const struct crs_technique *technique, const struct crs_user *user,
                     const struct crs_row *row)
{
    static const struct crs_section *last;

    if (last != section)
        printf("%s%c  %s\n", last != NULL ? "\n" : "", section->letter, section->title);
    last = section;
    printf("%-14s %-22s %-7s %s%s (%s)\n", row->result == CRS_NOT_HELD && row->limit ? "LIMIT" : results[row->result],
           technique->id, user->name, technique->what, row->event ? ", told" : "", row->why);
}

void crs_show_row(const struct crs_section *section, const struct crs_technique *technique, const struct crs_user *user,
                  const struct crs_row *row, enum crs_form form)
{
    if (form == CRS_FORM_JSON)
        row_json(section, technique, user, row);
    else if (form == CRS_FORM_TABS)
        printf("row\t%s\t%c\t%s\t%s\t%d\t%s\t%d\t%s\t%s\n", technique->id, section->letter, technique->what, user->name, row->baseline,
               results[row->result], row->event, row->why, row->limit ? technique->limit : "");
    else
        row_text(section, technique, user, row);
    fflush(stdout);
}

void crs_show_sum(const struct crs_sum *sum, enum crs_form form)
{
    if (form == CRS_FORM_TABS)
        printf("end\n");
    else
        printf(form == CRS_FORM_JSON ? "{\"summary\":{\"held\":%u,\"notHeld\":%u,\"limits\":%u,\"notApplicable\":%u}}\n"
                                     : "\n%u held, %u not held, %u documented limits, %u not applicable here\n",
               sum->held, sum->not_held, sum->limits, sum->not_applicable);
    fflush(stdout);
}
