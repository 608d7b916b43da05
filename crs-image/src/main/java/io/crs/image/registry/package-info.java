/** Registries, as clients of the OCI distribution API. */
package io.crs.image.registry;
