/*
 * The agent's settings: environment above /etc/crs/daemon.toml above daemon.toml beside the executable.
 *
 * Nothing here can weaken the decision table: a setting says where events and messages go, never what is allowed. A back end
 * that is named here can replace the table, as whoever sets the environment wants.
 * A setting that cannot be understood is reported and left out; the application starts all the same.
 */
#ifndef CRS_CONFIG_H
#define CRS_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#define CRS_CONFIG_PROBLEMS 8u

enum crs_log_level {
    CRS_LOG_PANIC, CRS_LOG_FATAL, CRS_LOG_ERROR, CRS_LOG_WARN, CRS_LOG_INFO, CRS_LOG_DEBUG, CRS_LOG_TRACE,
};

struct crs_config {
    char mq_url[4096];        /* where events go; empty: nowhere */
    char mq_ca_file[4096];    /* certificates of the authorities that back ends are trusted by; empty: the distribution's */
    char mq_proxy[2048];      /* between the agent and a back end; empty: none */
    char mq_no_proxy[4096];   /* hosts that are reached without it */
    uint8_t mq_skip_verify_tls; /* any certificate of a back end will do */
    char daemon_log[4096];    /* where the agent's own messages go; empty: standard error */
    char image_name[512], image_tag[256], image_digest[256];
    uint8_t log_level;        /* enum crs_log_level; default CRS_LOG_WARN */
    uint8_t append;           /* keep what is in the daemon log; default 1 */
    uint32_t problems;        /* how many there were; the first CRS_CONFIG_PROBLEMS are kept */
    char problem[CRS_CONFIG_PROBLEMS][256];
};

void crs_config_init(struct crs_config *config);

/* Reads a file over what is set; a file that is not there is no problem. `path` names it in messages. */
void crs_config_file(struct crs_config *config, const char *path);
/* The same from memory. */
void crs_config_text(struct crs_config *config, const char *name, const char *text, size_t length);
/* Reads LI_MQURL, LI_LOGLEVEL, LI_DAEMONLOG and the others over what is set; blank means unset. */
void crs_config_environment(struct crs_config *config, char *const environment[]);

/* All three in order, and the check that the daemon log's folder exists. `beside` is the folder of the executable. */
void crs_config_load(struct crs_config *config, const char *beside, char *const environment[]);

/* The level of a name in any case, or -EINVAL. */
int crs_log_level_parse(const char *name);

#endif
