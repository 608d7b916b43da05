#include "trial.h"

#include <string.h>

extern const struct crs_section crs_section_contexts, crs_section_names, crs_section_roots, crs_section_writes,
    crs_section_changes, crs_section_calls, crs_section_races, crs_section_programs, crs_section_disguise, crs_section_scripts, crs_section_swaps,
    crs_section_sends, crs_section_families, crs_section_abis,
    crs_section_signals, crs_section_attacks, crs_section_agent_files, crs_section_works;

const struct crs_section *const crs_sections[] = {
    &crs_section_contexts, &crs_section_names, &crs_section_roots, &crs_section_writes,
    &crs_section_changes, &crs_section_calls, &crs_section_races, &crs_section_swaps, &crs_section_programs, &crs_section_disguise, &crs_section_scripts,
    &crs_section_sends, &crs_section_families, &crs_section_abis,
    &crs_section_signals, &crs_section_attacks, &crs_section_agent_files, &crs_section_works,
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
