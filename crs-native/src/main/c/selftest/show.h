/* The matrix: for people, as JSON lines, or as lines with tabs for the library. */
#ifndef CRS_SELFTEST_SHOW_H
#define CRS_SELFTEST_SHOW_H

#include "judge.h"

enum crs_form { CRS_FORM_TEXT, CRS_FORM_JSON, CRS_FORM_TABS };

struct crs_sum {
    uint32_t held, not_held, limits, not_applicable;
};

void crs_show_host(const struct crs_judge *judge, enum crs_form form);
void crs_show_row(const struct crs_section *section, const struct crs_technique *technique, const struct crs_user *user,
                  const struct crs_row *row, enum crs_form form);
void crs_show_sum(const struct crs_sum *sum, enum crs_form form);

#endif
