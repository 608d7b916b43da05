/* What only our filter answers. How a process learns that it runs below our filter: prctl(CRS_MARKER) fails with CRS_MARKER_ERRNO, elsewhere with EINVAL. */
#ifndef CRS_FILTER_MARKER_H
#define CRS_FILTER_MARKER_H

#define CRS_MARKER       0x43525300u
#define CRS_MARKER_ERRNO 1234

/*
 * How it asks about a call of a library: prctl(CRS_LIBRARY_CALL, number, a, b), number CRS_GETADDRINFO with the node's and the
 * service's name, or CRS_GETNAMEINFO with a socket address and its length. 0: it may; EINVAL: nobody cares; else it may not.
 */
#define CRS_LIBRARY_CALL 0x43525301u
#define CRS_GETADDRINFO  499
#define CRS_GETNAMEINFO  500

#endif
