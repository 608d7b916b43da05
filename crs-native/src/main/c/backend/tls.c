#include "tls.h"

#include "table_file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/x509_crt.h>
#include <stdlib.h>
#include <string.h>

#define BUNDLE_MAX (4u << 20)

/* The tag of an address among the names of a certificate, RFC 5280: GeneralName, [7]. */
#define SAN_ADDRESS (MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7)

static const char *const places[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/pki/tls/cert.pem",
};

static void *bundle;
static size_t bundle_size;

/* Of this process, made when first needed. */
static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context random_bytes;
static mbedtls_x509_crt authorities;
static mbedtls_ssl_config configs[2]; /* without verification, with it */
static int ready;

int crs_tls_authorities(const char *path)
{
    int result = -ENOENT;

    if (path[0] != '\0')
        return crs_file_copy(path, BUNDLE_MAX, &bundle, &bundle_size);
    for (size_t i = 0; i < sizeof places / sizeof *places && result != 0; i++)
        result = crs_file_copy(places[i], BUNDLE_MAX, &bundle, &bundle_size);
    return result == 0 ? 0 : -ENOENT;
}

/* The parser wants PEM text ended by NUL. One certificate of many that it cannot read is no reason to refuse the others. */
static int parse_bundle(void)
{
    unsigned char *text = bundle_size == 0 ? NULL : malloc(bundle_size + 1);
    int result;

    if (text == NULL)
        return -ENOENT;
    memcpy(text, bundle, bundle_size);
    text[bundle_size] = '\0';
    result = mbedtls_x509_crt_parse(&authorities, text, bundle_size + 1);
    free(text);
    return result >= 0 && authorities.raw.len > 0 ? 0 : -ENOENT;
}

/* The certificate of a host that is an address has to name that address: Mbed TLS compares names only. */
static int verify_address(void *context, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    const struct crs_tls *tls = context;

    if (depth != 0 || tls->address_length == 0)
        return 0;
    for (const mbedtls_x509_sequence *name = &certificate->subject_alt_names; name != NULL; name = name->next)
        if (name->buf.tag == SAN_ADDRESS && name->buf.len == tls->address_length &&
            memcmp(name->buf.p, tls->address, tls->address_length) == 0)
            return 0;
    *flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
    return 0;
}

static int configure(int verify)
{
    mbedtls_ssl_config *config = &configs[verify];

    mbedtls_ssl_config_init(config);
    if (mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) != 0)
        return -ENOMEM;
    mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_rng(config, mbedtls_ctr_drbg_random, &random_bytes);
    mbedtls_ssl_conf_authmode(config, verify ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);
    mbedtls_ssl_conf_ca_chain(config, &authorities, NULL);
    mbedtls_ssl_conf_renegotiation(config, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
    return 0;
}

static int start(const char **why)
{
    static int parsed;

    if (ready)
        return 0;
    mbedtls_x509_crt_init(&authorities);
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&random_bytes);
    *why = "there is no randomness to be had";
    if (mbedtls_ctr_drbg_seed(&random_bytes, mbedtls_entropy_func, &entropy, NULL, 0) != 0)
        return -EIO;
    *why = "there is no memory for TLS";
    if (configure(0) != 0 || configure(1) != 0)
        return -ENOMEM;
    parsed = parse_bundle();
    (void)parsed; /* without authorities nothing is accepted, and said so then */
    ready = 1;
    return 0;
}

static const char *why_refused(uint32_t flags)
{
    if (authorities.raw.len == 0)
        return "there are no certificates of authorities to compare the back end's with";
    if (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH)
        return "the back end's certificate is for another host";
    if (flags & MBEDTLS_X509_BADCERT_EXPIRED)
        return "the back end's certificate has expired";
    if (flags & MBEDTLS_X509_BADCERT_FUTURE)
        return "the back end's certificate is not valid yet";
    if (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED)
        return "the back end's certificate is from no authority that is trusted";
    return "the back end's certificate was not accepted";
}

static int error_of(int result)
{
    if (result == MBEDTLS_ERR_SSL_TIMEOUT)
        return -ETIMEDOUT;
    if (result == MBEDTLS_ERR_SSL_ALLOC_FAILED)
        return -ENOMEM;
    return result == MBEDTLS_ERR_SSL_CONN_EOF ? -ECONNRESET : -EPROTO;
}

static int send_below(void *context, const unsigned char *bytes, size_t length)
{
    struct crs_tls_below *below = context;
    int n = below->send(below->context, (const char *)bytes, length);

    return n >= 0 ? n : n == -ETIMEDOUT ? MBEDTLS_ERR_SSL_TIMEOUT : MBEDTLS_ERR_SSL_CONN_EOF;
}

static int receive_below(void *context, unsigned char *to, size_t cap)
{
    struct crs_tls_below *below = context;
    int n = below->receive(below->context, (char *)to, cap);

    return n >= 0 ? n : n == -ETIMEDOUT ? MBEDTLS_ERR_SSL_TIMEOUT : MBEDTLS_ERR_SSL_CONN_EOF;
}

static int greet(struct crs_tls *tls, const char *host, int verify, struct crs_tls_below *below)
{
    int result;

    tls->address_length = inet_pton(AF_INET, host, tls->address) == 1    ? 4
                          : inet_pton(AF_INET6, host, tls->address) == 1 ? 16
                                                                         : 0;
    result = mbedtls_ssl_setup(&tls->ssl, &configs[verify]);
    if (result == 0 && tls->address_length == 0)
        result = mbedtls_ssl_set_hostname(&tls->ssl, host);
    if (result != 0)
        return result;
    mbedtls_ssl_set_verify(&tls->ssl, verify_address, tls);
    mbedtls_ssl_set_bio(&tls->ssl, below, send_below, receive_below, NULL);
    return mbedtls_ssl_handshake(&tls->ssl);
}

int crs_tls_open(struct crs_tls *tls, const char *host, int verify, struct crs_tls_below *below, const char **why)
{
    int result = start(why);

    mbedtls_ssl_init(&tls->ssl);
    if (result != 0)
        return result;
    result = greet(tls, host, verify != 0, below);
    if (result == 0)
        return 0;
    *why = "TLS could not be agreed on";
    if (verify && result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) {
        *why = why_refused(mbedtls_ssl_get_verify_result(&tls->ssl));
        result = -EACCES;
    } else if (verify && authorities.raw.len == 0) {
        *why = why_refused(0);
        result = -EACCES;
    } else {
        result = error_of(result);
    }
    crs_tls_close(tls, 0);
    return result;
}

int crs_tls_send(struct crs_tls *tls, const char *bytes, size_t length)
{
    int n = mbedtls_ssl_write(&tls->ssl, (const unsigned char *)bytes, length);

    return n >= 0 ? n : error_of(n);
}

int crs_tls_receive(struct crs_tls *tls, char *to, size_t cap)
{
    int n = mbedtls_ssl_read(&tls->ssl, (unsigned char *)to, cap);

    if (n == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
        return 0;
    return n > 0 ? n : n == 0 ? -ECONNRESET : error_of(n);
}

void crs_tls_close(struct crs_tls *tls, int politely)
{
    if (politely)
        mbedtls_ssl_close_notify(&tls->ssl);
    mbedtls_ssl_free(&tls->ssl);
}
