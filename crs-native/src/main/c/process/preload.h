/* The object that the dynamic loader puts into every program, in an environment. */
#ifndef CRS_PRELOAD_H
#define CRS_PRELOAD_H

/* Takes the object out. 1: it was there; 0: it was not. */
int crs_preload_remove(char *environment[], const char *object);

/* An environment with the object before all others; it is never freed. NULL: there is no memory. */
char **crs_preload_add(char *const environment[], const char *object);

#endif
