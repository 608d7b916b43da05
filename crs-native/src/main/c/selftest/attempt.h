/* What attempts have in common. Functions return 0 or a descriptor, or a negative errno, and note the step that failed. */
#ifndef CRS_SELFTEST_ATTEMPT_H
#define CRS_SELFTEST_ATTEMPT_H

#include "trial.h"

/* Notes the step if its result is negative; the result, or the negative errno. */
int crs_step(struct crs_trial *t, const char *step, long result);

/* A path in the folder of the self-test; eight at a time. */
const char *crs_at(const struct crs_trial *t, const char *name);

/* What was got hold of. */
int crs_loot(struct crs_trial *t, const void *bytes, size_t size);
int crs_loot_fd(struct crs_trial *t, int fd);
int crs_loot_file(struct crs_trial *t, const char *path);
int crs_loot_close(struct crs_trial *t, int fd);

int crs_write_file(const char *path, const char *text);

/* Runs a program and waits for it; its output is loot. `argv[0]` is looked up nowhere. */
int crs_run(struct crs_trial *t, char *const argv[], char *const envp[]);

/* Waits for a child; 0, or -ECHILD if a signal ended it; what fork gives where it fails is that failure. */
int crs_wait(struct crs_trial *t, pid_t pid);

/* Ends a process. What fork gives where it fails would mean everybody to kill(2). */
void crs_end(pid_t pid);

/* Asks the judge for something, and waits until it is done. */
void crs_ask(struct crs_trial *t, enum crs_ask what);

/* Becomes a user for good; -1: stays. 0, or a negative errno. */
int crs_become(int32_t uid);

/* Milliseconds of the monotonic clock. */
int64_t crs_now_ms(void);

/* The four things that contexts, ABIs and races are tried with: each would have its effect by itself. */
enum crs_deed { CRS_DEED_READ, CRS_DEED_WRITE, CRS_DEED_EXEC, CRS_DEED_CONNECT };
int crs_deed(struct crs_trial *t, enum crs_deed deed);

/* Executes a file in a child, under that name; the programs of the trial note that they ran. */
int crs_exec_as(struct crs_trial *t, const char *path, const char *name);

/* A socket address of 127.0.0.`last`. */
struct sockaddr_in;
struct sockaddr_in crs_loopback(int last, uint16_t port);

#endif
