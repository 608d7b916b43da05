/* Functions of other objects that are called as one of ours, found without a C library's help but for the list of objects. */
#ifndef CRS_SYMBOL_H
#define CRS_SYMBOL_H

/* The function of that name in an object loaded beside this one; NULL: there is none. `own` is this object's of that name. */
void *crs_next_symbol(const char *name, const void *own);

#endif
