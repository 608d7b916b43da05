/** Where images are read from and written to: registry, daemon, archive, layout. */
package io.crs.image.location;
