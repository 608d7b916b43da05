package io.crs.image.registry;

import io.crs.image.Digest;

/**
 * How far the transfer of one blob is.
 *
 * @param direction from or to a registry
 * @param digest the blob
 * @param bytes how many of its bytes have gone
 * @param size how many it has
 */
public record Transfer(Direction direction, Digest digest, long bytes, long size) {
    /** Where the bytes go. */
    public enum Direction {
        /** From a registry. */
        DOWNLOAD,
        /** To a registry. */
        UPLOAD,
        /** Nowhere: the registry has the blob already, or takes it from another of its repositories. */
        THERE
    }

    /** Returns whether this is the last that is told of the blob. */
    public boolean isComplete() {
        return bytes == size;
    }
}
