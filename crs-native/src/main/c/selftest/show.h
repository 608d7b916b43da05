/* The matrix, for people and for programs. */
#ifndef CRS_SELFTEST_SHOW_H
#define CRS_SELFTEST_SHOW_H

#include "judge.h"

struct crs_sum {
    uint32_t held, not_held, limits, not_applicable;
};

void crs_show_host(const struct crs_judge *judge, int json);
void crs_show_row(const struct crs_section *section, const struct crs_technique *technique, const struct crs_user *user,
                  const struct crs_row *row, int json);
void crs_show_sum(const struct crs_sum *sum, int json);

#endif
