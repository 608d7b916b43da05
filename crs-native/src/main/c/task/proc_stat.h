/* What /proc/PID/stat says of a process. */
#ifndef CRS_PROC_STAT_H
#define CRS_PROC_STAT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct crs_proc_stat {
    char name[16];     /* as the kernel has it, cut off; the program may have put anything into it */
    char state;        /* R, S, Z … */
    pid_t parent;
    uint64_t terminal; /* that controls it, in the encoding of new_encode_dev; 0: none */
    uint64_t start;    /* clock ticks since boot */
};

/* Reads the file `path` below the folder `proc`. 0; -ESRCH: the process is gone; -EPROTO; what open says. */
int crs_proc_stat_read(int proc, const char *path, struct crs_proc_stat *out);

/* The same from a text, of which `len` bytes may be changed and one behind them. */
int crs_proc_stat_parse(char *text, size_t len, struct crs_proc_stat *out);

#endif
