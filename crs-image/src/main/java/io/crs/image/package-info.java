/** A container image as a value: manifest, configuration, layers, digests. */
package io.crs.image;
