/* The agent's command line. */
#ifndef CRS_OPTIONS_H
#define CRS_OPTIONS_H

enum crs_request {
    CRS_REQUEST_RUN,
    CRS_REQUEST_CHECK,
    CRS_REQUEST_VERSION,
    CRS_REQUEST_HELP,
};

struct crs_options {
    enum crs_request request;
    const char *table;    /* NULL: beside the executable */
    const char *events;   /* where events go; NULL: as configured */
    int log_mode;         /* bits of the log mode; -1: the table's */
    int watch;            /* the table's file may be replaced */
    int fast;             /* enforcement: 1 FAST, 0 STRICT, -1 as configured */
    int no_init;          /* leave orphans to whoever is init */
    char *const *command; /* the application, NULL-ended; NULL when none is asked for */
};

/* Takes the arguments apart. 0, or -EINVAL with a sentence in *why. argv[0] is passed over. */
int crs_options_parse(int argc, char *argv[], struct crs_options *out, const char **why);

#endif
