package io.crs.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Content with a digest, opened only when it is read, and never believed: a stream of it ends with an error unless
 * length and digest are those of the descriptor.
 *
 * @param descriptor what the content claims to be
 * @param source where it lies
 */
public record Blob(Descriptor descriptor, BlobSource source) {
    /** Returns a blob of bytes in memory, which must not be changed afterwards. */
    public static Blob of(String mediaType, byte[] content) {
        return new Blob(Descriptor.of(mediaType, content), descriptor -> new ByteArrayInputStream(content));
    }

    /** Returns the place the content really lies in. */
    public BlobSource origin() {
        return source.origin(descriptor);
    }

    /**
     * Opens the content; the caller closes the stream.
     *
     * <p>Reading throws {@link InvalidImageException} as soon as the content is longer than it should be, and at its
     * end if it is shorter or hashes to another digest. Only a stream read to its end is verified.
     */
    public InputStream open() throws IOException {
        return new VerifiedInput(
                source.open(descriptor),
                descriptor.digest(),
                descriptor.size(),
                () -> "blob " + descriptor.digest() + " in " + source.locate(descriptor));
    }

    /**
     * Reads the whole content, verified.
     *
     * @throws InvalidImageException if it is longer than the limit, or is not what its descriptor says
     */
    public byte[] bytes(int limit) throws IOException {
        if (descriptor.size() > limit) {
            throw new InvalidImageException(descriptor.mediaType() + " " + descriptor.digest() + " in "
                    + source.locate(descriptor) + " has " + descriptor.size() + " bytes, the limit is " + limit);
        }
        try (InputStream in = open()) {
            return in.readAllBytes();
        }
    }
}
