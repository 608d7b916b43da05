/** The smallest host of CRS. */
@NullMarked
package io.crs.quickstart;

import org.jspecify.annotations.NullMarked;
