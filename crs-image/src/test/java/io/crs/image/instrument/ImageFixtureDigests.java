package io.crs.image.instrument;

import io.crs.image.Digest;
import io.crs.image.Layer;
import java.io.IOException;
import java.io.InputStream;

/** The digest of what a layer really gives out. */
final class ImageFixtureDigests {
    private ImageFixtureDigests() {}

    static Digest tarOf(Layer layer) throws IOException {
        try (InputStream in = layer.tar()) {
            return Digest.of(in.readAllBytes());
        }
    }
}
