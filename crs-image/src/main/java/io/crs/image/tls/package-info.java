/** Certificates and keys in files, for whoever is spoken to by TLS. */
package io.crs.image.tls;
