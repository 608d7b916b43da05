/*
 * TLS by Mbed TLS, 1.2 at least. The certificate of a back end has to come from an authority of the bundle and to be for
 * the host that was asked for, unless that was turned off.
 */
#ifndef CRS_TLS_H
#define CRS_TLS_H

#include <mbedtls/ssl.h>
#include <stddef.h>
#include <stdint.h>

/*
 * crs-init, before the application runs, which could replace the file afterwards: reads the bundle of authorities, from
 * `path` or, where that is empty, from where distributions have it. 0 or -errno; -ENOENT: there is none.
 */
int crs_tls_authorities(const char *path);

struct crs_tls {
    mbedtls_ssl_context ssl;
    uint8_t address[16]; /* of a host that is an address; of `address_length` bytes, 0: it is a name */
    size_t address_length;
};

/* Bytes over what lies below: how many, 0 at the end, -errno. */
struct crs_tls_below {
    void *context;
    int (*send)(void *context, const char *bytes, size_t length);
    int (*receive)(void *context, char *to, size_t cap);
};

/* Greets a host. 0; -EACCES: its certificate was not accepted; else -errno; *why is one line then. */
int crs_tls_open(struct crs_tls *tls, const char *host, int verify, struct crs_tls_below *below, const char **why);
/* Bytes sent or received; 0: the other side has said that it ends; -ECONNRESET: it ended without saying so; -errno. */
int crs_tls_send(struct crs_tls *tls, const char *bytes, size_t length);
int crs_tls_receive(struct crs_tls *tls, char *to, size_t cap);
/* Lets go of everything; says goodbye if asked to. */
void crs_tls_close(struct crs_tls *tls, int politely);

#endif
