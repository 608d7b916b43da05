/* What lies beside crs-init and is read at its start: the decision table, the list of the image's executables. */
#ifndef CRS_BESIDE_H
#define CRS_BESIDE_H

#include "options.h"

#include <stddef.h>

/* What the application cannot exit with by accident: nothing was started. */
#define CRS_EXIT_AGENT 125

struct crs_agent;

/* Says on standard error why nothing is started; CRS_EXIT_AGENT. */
int crs_start_fails(const char *what, const char *why);

/* The folder this program lies in. */
void crs_beside_find(char *folder, size_t size);

/* The table, beside it or where the options say. 0 or an exit status. */
int crs_beside_table(struct crs_agent *agent, const struct crs_options *options, const char *folder);
/* The list beside the table. Without one nothing can be told of drift: an exit status where the policy refuses that. */
int crs_beside_executables(struct crs_agent *agent, const struct crs_options *options, const char *folder);

/* What the next start would read is kept from the application. */
void crs_beside_keep(struct crs_agent *agent, const struct crs_options *options, const char *folder);

#endif
