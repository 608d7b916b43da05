/* The agent's own messages, one line each: to the daemon log of the configuration, else to standard error. */
#ifndef CRS_LOG_H
#define CRS_LOG_H

#include "config.h"

/* Before it is called, and when the log cannot be opened (-errno), messages of level WARN and graver go to standard error. */
int crs_log_open(const struct crs_config *config);

/* A message of at most 1,000 bytes; control characters in it become blanks. Dropped if the level is not asked for. */
__attribute__((format(printf, 2, 3)))
void crs_log(enum crs_log_level level, const char *format, ...);

#endif
