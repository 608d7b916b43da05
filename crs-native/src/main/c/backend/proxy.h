/* Which proxy, if any, a request goes through. */
#ifndef CRS_PROXY_H
#define CRS_PROXY_H

#include "url.h"

/*
 * Takes the address of a proxy apart: http://user:password@host:port, or host:port alone. 0; -EINVAL with one line in
 * *why; -EPROTONOSUPPORT, likewise, for one that is to be spoken to in TLS or SOCKS.
 */
int crs_proxy_parse(const char *text, struct crs_url *out, const char **why);

/*
 * 1 if the host is to be reached without a proxy: `list` names, with commas between, hosts (and all below them, with or
 * without a dot in front), addresses, networks as 10.0.0.0/8, or * for everything; each may end in :port.
 */
int crs_proxy_bypassed(const char *list, const struct crs_url *url);

#endif
