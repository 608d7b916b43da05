package io.crs.image.inspect;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A place that keeps what was found out about layers, so that of a second image on the same base only its own layers are
 * read.
 *
 * <p>Keys are up to 200 characters of {@code a-z}, {@code 0-9} and {@code -}; they stand for the two digests of a layer, and
 * hold the version of what reads it, so that what is kept never needs to be changed. Values are up to 32 MiB. What comes out of a
 * cache decides verdicts: keep it where only those can write who may decide. Implementations may be used by several threads
 * at once, and by several processes where they share a place. An error of a cache is logged, and the layer is read.
 */
public interface FactCache {
    /**
     * Returns what is kept under a key.
     *
     * @return the very bytes that were put, or empty
     * @throws IOException if they cannot be read
     */
    Optional<byte[]> get(String key) throws IOException;

    /**
     * Keeps bytes under a key, in the place of others. A cache need not keep all it is given.
     *
     * @throws IOException if they cannot be written
     */
    void put(String key, byte[] value) throws IOException;

    /** Returns a cache that keeps nothing. */
    static FactCache none() {
        return NoCache.INSTANCE;
    }

    /**
     * Returns a cache of files in a folder, which is made when it is needed.
     *
     * <p>What is not what was put is ignored, and replaced with the next {@link #put}. The files that were not used for
     * the longest time go when there are too many.
     *
     * @param mostBytes how long the files may be together
     * @throws IllegalArgumentException if that is not positive
     */
    static FactCache folder(Path folder, long mostBytes) {
        return new FolderCache(folder, mostBytes);
    }
}
