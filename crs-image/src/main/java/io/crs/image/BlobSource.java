package io.crs.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * A place that holds the blobs of images: a layout's folder, an archive, a registry, or memory.
 *
 * <p>A source need not check what it gives out: {@link Blob} does, against the descriptor. Implementations may be used
 * by several threads at once, and stay usable as long as an image made from them.
 */
@FunctionalInterface
public interface BlobSource {
    /**
     * Opens a blob at its first byte. The caller closes the stream.
     *
     * @throws MissingBlobException if the place does not have the blob
     * @throws IOException if it cannot be read
     */
    InputStream open(Descriptor descriptor) throws IOException;

    /** Returns where a blob lies, for messages: a file, or the name of a repository. */
    default String locate(Descriptor descriptor) {
        return "memory";
    }

    /**
     * Returns whether reading a blob costs no more than reading a file: then it is verified also where all that matters of
     * it is known, unless its {@link #stamp} is what it was when it was verified.
     */
    default boolean isLocal() {
        return true;
    }

    /**
     * Returns what is another one whenever the bytes of a blob may be others than before, such as a file's number and the
     * time of its last change; empty where nothing tells that but the bytes, and where there is no such blob.
     */
    default Optional<String> stamp(Descriptor descriptor) throws IOException {
        return Optional.empty();
    }

    /** Returns the place a blob really lies in, where this one only gives out what lies in others. */
    default BlobSource origin(Descriptor descriptor) {
        return this;
    }
}
