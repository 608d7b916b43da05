/* What there is to know of the host or container the self-test runs in: names and values. */
#ifndef CRS_SELFTEST_HOST_H
#define CRS_SELFTEST_HOST_H

#define CRS_FACTS 20

struct crs_fact {
    const char *name;
    char value[192];
};

struct crs_judge;

/* How many there are. */
int crs_host_facts(const struct crs_judge *judge, struct crs_fact facts[CRS_FACTS]);

/* What the agent finds out as well: whether it gets no duplicate of a child's descriptor. */
int crs_host_denies_duplicates(void);

/* Whether a child cannot be looked at that changed its user without an exec. */
int crs_host_denies_looks(void);

#endif
