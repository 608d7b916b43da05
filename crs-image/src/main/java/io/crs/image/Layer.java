package io.crs.image;

import io.crs.image.format.BlockInput;
import io.crs.image.format.Compression;
import io.crs.image.format.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * One layer of an image: a tar archive of changes to the file system below it, usually compressed.
 *
 * <p>The content is read only when asked for, as often as asked for, and is verified as it is read.
 *
 * @param blob the layer as it is stored
 * @param diffId the digest of the archive once decompressed
 */
public record Layer(Blob blob, Digest diffId) {
    /** Returns the descriptor of the layer as it is stored. */
    public Descriptor descriptor() {
        return blob.descriptor();
    }

    /** Opens the layer as it is stored, verified at its end by {@link Blob#open}. The caller closes it. */
    public InputStream compressed() throws IOException {
        return blob.open();
    }

    /**
     * Reads the layer as it is stored, to its end.
     *
     * @throws InvalidImageException if it is not what its descriptor says
     */
    public void verify() throws IOException {
        try (InputStream in = compressed()) {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }

    /**
     * Opens the archive, decompressed. The caller closes it.
     *
     * <p>The compressed digest, the {@link #diffId} and the limits on size and ratio are checked on the way; only a
     * stream read to its end is verified. A layer of zero bytes is an empty archive.
     */
    public InputStream tar() throws IOException {
        InputStream compressed = compressed();
        try {
            if (descriptor().size() == 0) {
                return compressed;
            }
            return new DescribedInput(new VerifiedInput(
                    Compression.decompress(compressed),
                    diffId,
                    -1,
                    () -> "layer " + descriptor().digest() + " in "
                            + blob.source().locate(descriptor()) + " decompressed"));
        } catch (IOException | RuntimeException e) {
            compressed.close();
            throw e;
        }
    }

    /** Puts the layer's name into the message of whatever is found wrong in it. */
    private final class DescribedInput extends BlockInput {
        private final InputStream in;

        DescribedInput(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return in.read(bytes, offset, length);
            } catch (MalformedException e) {
                throw described(e);
            }
        }

        @Override
        public long skip(long number) throws IOException {
            try {
                return in.skip(number);
            } catch (MalformedException e) {
                throw described(e);
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }

        /** Bytes that are not the layer's own are what is wrong, whatever else they look like. */
        private InvalidImageException described(MalformedException e) throws IOException {
            verify();
            return new InvalidImageException(
                    "layer " + descriptor().digest() + " in " + blob.source().locate(descriptor()) + ": "
                            + e.getMessage(),
                    e);
        }
    }
}
