package io.crs.image.inspect;

import io.crs.image.BlobSource;
import io.crs.image.Digest;
import io.crs.image.Layer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which layers at hand have been verified already: what lies in a file may have been changed since, and is read again for
 * its digest, unless the file's {@linkplain BlobSource#stamp stamp} says that it is as it was.
 */
final class VerifiedLayers {
    private static final Logger LOG = LoggerFactory.getLogger(VerifiedLayers.class);
    private static final String KEY = "verified-1-";

    private final FactCache cache;

    VerifiedLayers(FactCache cache) {
        this.cache = cache;
    }

    /** A reading of a layer that ends with an error unless the layer is what its digests say. */
    @FunctionalInterface
    interface Reading {
        void run() throws IOException;
    }

    /** Verifies a layer at hand; does nothing if it was, and has not been changed since, or if it lies elsewhere. */
    void verify(Layer layer) throws IOException {
        if (!layer.blob().origin().isLocal()) {
            return;
        }
        Optional<String> stamp = stamp(layer);
        if (stamp.isEmpty() || !stamp.equals(kept(layer))) {
            run(layer, stamp, layer::verify);
        }
    }

    /** Reads a layer, and keeps that it was verified. */
    void read(Layer layer, Reading reading) throws IOException {
        run(layer, layer.blob().origin().isLocal() ? stamp(layer) : Optional.empty(), reading);
    }

    private void run(Layer layer, Optional<String> before, Reading reading) throws IOException {
        reading.run();
        // It could have been changed while it was read.
        if (before.isPresent() && before.equals(stamp(layer))) {
            try {
                cache.put(key(layer), before.get().getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                LOG.warn("the cache cannot be written, the layer will be verified again: {}", e.toString());
            }
        }
    }

    private Optional<String> kept(Layer layer) {
        try {
            return cache.get(key(layer)).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.warn("the cache cannot be read, the layer is verified again: {}", e.toString());
            return Optional.empty();
        }
    }

    private static Optional<String> stamp(Layer layer) throws IOException {
        return layer.blob().origin().stamp(layer.descriptor());
    }

    private static String key(Layer layer) {
        String place = layer.descriptor().digest() + " " + layer.blob().origin().locate(layer.descriptor());
        return KEY + Digest.of(place.getBytes(StandardCharsets.UTF_8)).hex();
    }
}
