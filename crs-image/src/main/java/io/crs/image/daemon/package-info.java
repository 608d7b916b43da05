/** The API of a Docker Engine: where it is, how it is spoken to, and the few calls that images need. */
package io.crs.image.daemon;
