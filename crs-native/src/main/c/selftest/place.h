/*
 * The folder trials are made in. What is there, and what the policy says of it:
 *
 *   public        may be read                    secret, vault/…, linked, gone   must not be read
 *   owned         bin/reader alone may read it
 *   watched       may be read, and is told       other-name                      another name of linked
 *   free/         may be changed                 app/ and all in it             must not be changed
 *   rootonly      root's alone                   bin/tool, bin/dynamic           must not be executed
 *   run/          sockets, not to be reached     bin/listed, bin/script          may be executed: on the list
 *   agent/        crs-init, its table, the list  log/events                      what the agent tells
 */
#ifndef CRS_SELFTEST_PLACE_H
#define CRS_SELFTEST_PLACE_H

#include <stdint.h>
#include <sys/types.h>

struct crs_place {
    char dir[128];
    char given[2][256];  /* where crs-init and the table are */
    char self[256];      /* this program */
    char init[256];      /* crs-init, where it may be executed */
    char token[33];      /* in every file that must not be read; new for every trial */
    int executable;      /* files of the folder may be executed */
    int root;            /* we may give files to others */
};

/* Makes the folder: the first of `dirs` that can be had. 0, or the negative errno after saying why. */
int crs_place_make(struct crs_place *place, const char *const dirs[], const char *folder);

/* Everything as it was, for a trial of that user. */
int crs_place_reset(struct crs_place *place, uid_t user);

/* A number that changes when anything changes that must not. */
uint64_t crs_place_state(const struct crs_place *place);

void crs_place_remove(const struct crs_place *place);

/* place_files.c: removes a folder with all in it; copies a file; a number over everything below a folder. */
void crs_tree_remove(const char *path);
int crs_file_copy_to(const char *from, const char *to, mode_t mode);
uint64_t crs_tree_state(const char *path, uint64_t state);
int crs_file_digest(const char *path, char hex[65], uint64_t *size);

#endif
