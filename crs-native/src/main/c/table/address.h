/* Network addresses as policies compare them. */
#ifndef CRS_ADDRESS_H
#define CRS_ADDRESS_H

#include "table.h"

#define CRS_ADDRESS_TEXT 40

/* An IPv4 (4 bytes) or IPv6 (16 bytes) address, canonical; length 0: there is none, or another family. */
struct crs_address {
    uint8_t length;
    uint8_t bytes[16];
};

/*
 * The canonical address of a call: ::ffff:a.b.c.d is the IPv4 address, and the unspecified address is the loopback
 * address of its family, since that is where it goes.
 */
struct crs_address crs_address_of(const struct crs_call *c);

/* Writes the text form of RFC 5952, without NUL; the length. length of the address is 4 or 16. */
uint32_t crs_address_text(const struct crs_address *address, char text[CRS_ADDRESS_TEXT]);

#endif
