/** A host that checks all images of a registry. */
@NullMarked
package io.crs.scanner;

import org.jspecify.annotations.NullMarked;
