/** Measurements with JMH. */
@NullMarked
package io.crs.benchmark;

import org.jspecify.annotations.NullMarked;
