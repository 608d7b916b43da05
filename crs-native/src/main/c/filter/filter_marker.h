/* How a process learns that it runs below our filter: prctl(CRS_MARKER) fails with CRS_MARKER_ERRNO, elsewhere with EINVAL. */
#ifndef CRS_FILTER_MARKER_H
#define CRS_FILTER_MARKER_H

#define CRS_MARKER       0x43525300u
#define CRS_MARKER_ERRNO 1234

#endif
