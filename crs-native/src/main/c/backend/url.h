/*
 * Addresses of back ends and proxies: http://user:password@host:port/path, with https the same.
 *
 * What is taken apart here ends up in requests and messages, so nothing that could end a line is let in, neither as it
 * is nor as %XX.
 */
#ifndef CRS_URL_H
#define CRS_URL_H

#include <stddef.h>
#include <stdint.h>

struct crs_url {
    uint8_t secure;      /* https */
    uint8_t literal;     /* host is an IPv6 address, which stood in brackets */
    uint8_t credentials; /* there were some; each may be empty */
    uint16_t port;
    char host[254];      /* without brackets */
    char path[1024];     /* as it was written, without a slash at its end; "" is the root */
    char user[256];      /* decoded */
    char password[1024];
};

/* 0, or -EINVAL with one line in *why that tells nothing of the address. */
int crs_url_parse(const char *text, struct crs_url *out, const char **why);

/* host, host:port, [address]:port, as a Host header and a CONNECT have it; the port always where `port` says so. */
void crs_url_authority(const struct crs_url *url, int port, char *out, size_t cap);

#endif
