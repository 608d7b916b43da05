/** The {@code crs} command: the whole library from a shell. */
@NullMarked
package io.crs.cli;

import org.jspecify.annotations.NullMarked;
