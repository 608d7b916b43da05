/** How images are encoded: JSON documents, tar, gzip and zstd, read within fixed bounds. Not exported. */
package io.crs.image.format;
