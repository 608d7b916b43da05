/* Calls the filter treats alike, by their names. */
#ifndef CRS_CALL_GROUP_H
#define CRS_CALL_GROUP_H

#include <stdint.h>

enum crs_call_group {
    CRS_GROUP_OTHER,
    CRS_GROUP_RING,  /* io_uring: its operations pass no filter */
    CRS_GROUP_HARD,  /* the hard list */
    CRS_GROUP_TRACK, /* changes what a path means or what the caller may do */
    CRS_GROUP_NAMES, /* changes what names there are, or what they may be used for */
    CRS_GROUP_DATA,  /* reads or writes an open descriptor, decided when that was opened */
};

/* The group of a call, by its kernel name. */
enum crs_call_group crs_call_group(const char *name, uint32_t length);

/* Programs make it all the time: handing every one over would slow everything down. */
int crs_call_frequent(const char *name, uint32_t length);

/* Bit i: argument i holds the number of a process the call is aimed at. */
uint8_t crs_call_aimed(const char *name, uint32_t length);

/* The argument that holds a signal, or -1. */
int crs_call_signal(const char *name, uint32_t length);

#endif
