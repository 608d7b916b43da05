/** The bundled agents, probes of this host, and local process trees under a policy. */
package io.crs.host;
