/* Socket addresses as a decision sees them. */
#ifndef CRS_SOCKADDR_H
#define CRS_SOCKADDR_H

#include "table.h"

#include <stddef.h>
#include <sys/socket.h>

/* The address into the call; of another family its text goes to `text` (a path, or @name for an abstract one). */
void crs_call_address(struct crs_call *call, const struct sockaddr_storage *address, size_t len, char text[128]);

/* The same for a send: the kernel takes an unspecified family for IPv4 there. */
void crs_call_destination(struct crs_call *call, struct sockaddr_storage *address, size_t len, char text[128]);

#endif
