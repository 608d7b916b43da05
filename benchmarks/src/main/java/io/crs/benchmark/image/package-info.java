/** Measurements of changes of images, side by side with other tools. */
@NullMarked
package io.crs.benchmark.image;

import org.jspecify.annotations.NullMarked;
