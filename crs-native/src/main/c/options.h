/* The agent's command line. */
#ifndef CRS_OPTIONS_H
#define CRS_OPTIONS_H

enum crs_request {
    CRS_REQUEST_VERSION,
    CRS_REQUEST_HELP,
};

/* What the arguments ask for (a crs_request), or -EINVAL if they ask for nothing known. argv[0] is passed over. */
int crs_options_parse(int argc, char *const argv[]);

#endif
