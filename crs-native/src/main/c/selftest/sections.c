#include "trial.h"

#include <string.h>

extern const struct crs_section crs_section_contexts, crs_section_names, crs_section_roots, crs_section_writes,
    crs_section_changes, crs_section_calls;

const struct crs_section *const crs_sections[] = {
    &crs_section_contexts, &crs_section_names, &crs_section_roots, &crs_section_writes,
    &crs_section_changes, &crs_section_calls,
    NULL,
};

const struct crs_technique *crs_technique_find(const char *id)
{
    for (size_t s = 0; crs_sections[s] != NULL; s++)
        for (size_t i = 0; i < crs_sections[s]->count; i++)
            if (strcmp(crs_sections[s]->first[i].id, id) == 0)
                return &crs_sections[s]->first[i];
    return NULL;
}
