/** Files that are never half written. Exported to the library's own modules alone. */
@NullMarked
package io.crs.file;

import org.jspecify.annotations.NullMarked;
