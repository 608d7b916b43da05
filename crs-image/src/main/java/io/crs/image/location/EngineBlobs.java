package io.crs.image.location;

import io.crs.image.BlobSource;
import io.crs.image.Descriptor;
import java.io.IOException;
import java.io.InputStream;

/**
 * The blobs of an image an engine has, out of an archive that lies here as long as the image is in use.
 *
 * @param archive the blobs in the archive
 * @param file the archive
 * @param name what the image is called in messages
 */
record EngineBlobs(BlobSource archive, TemporaryFile file, String name) implements BlobSource {
    @Override
    public InputStream open(Descriptor descriptor) throws IOException {
        return archive.open(descriptor);
    }

    @Override
    public String locate(Descriptor descriptor) {
        return name;
    }
}
