package io.crs.image.inspect;

import io.crs.image.Digest;
import io.crs.image.Layer;
import io.crs.image.format.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The entries of layers, from a cache or from the layers themselves, which then go into the cache. */
final class LayerFacts {
    private static final Logger LOG = LoggerFactory.getLogger(LayerFacts.class);

    private final FactCache cache;
    private final boolean digests;
    private final VerifiedLayers verified;

    LayerFacts(FactCache cache, boolean digests) {
        this.cache = cache;
        this.digests = digests;
        this.verified = new VerifiedLayers(cache);
    }

    /** Visits all entries of a layer in their order. */
    void each(Layer layer, LayerScan.Visitor visitor) throws IOException {
        if (cache == FactCache.none()) {
            new LayerScan(layer, digests).each(visitor);
            return;
        }
        Optional<FactRecord> known = known(layer);
        if (known.isPresent()) {
            verified.verify(layer);
            merge(known.get(), layer, visitor);
            return;
        }
        FactWriter writer = new FactWriter();
        verified.read(layer, () -> new LayerScan(layer, digests).each(entry -> {
            writer.add(entry);
            visitor.visit(entry);
        }));
        Optional<byte[]> record = writer.finish();
        if (record.isPresent()) {
            put(key(layer, digests), record.get());
        }
    }

    /** Its sum was right: what cannot be read of it was written so, and half of it is merged already. */
    private static void merge(FactRecord record, Layer layer, LayerScan.Visitor visitor) throws IOException {
        try {
            record.each(visitor);
        } catch (MalformedException e) {
            throw new IOException(
                    "what the cache has of layer " + layer.descriptor().digest() + " cannot be used: " + e.getMessage()
                            + "; empty the cache, or use none",
                    e);
        }
    }

    /** A record with digests serves who wants none, too. */
    private Optional<FactRecord> known(Layer layer) {
        for (boolean withDigests : digests ? List.of(true) : List.of(false, true)) {
            String key = key(layer, withDigests);
            try {
                Optional<byte[]> bytes = cache.get(key);
                if (bytes.isPresent()) {
                    return Optional.of(FactRecord.of(bytes.get()));
                }
            } catch (MalformedException e) {
                LOG.warn("what the cache has as {} is damaged, the layer is read again: {}", key, e.getMessage());
            } catch (IOException e) {
                LOG.warn("the cache cannot be read, the layer is: {}", e.toString());
            }
        }
        return Optional.empty();
    }

    private void put(String key, byte[] record) {
        try {
            cache.put(key, record);
        } catch (IOException e) {
            LOG.warn("the cache cannot be written, the layer will be read again: {}", e.toString());
        }
    }

    /** Of both digests: that the one belongs to the other was seen when the layer was read. */
    private static String key(Layer layer, boolean digests) {
        String both = layer.diffId() + " " + layer.descriptor().digest();
        return "layer-" + FactRecord.VERSION + (digests ? "-digests-" : "-")
                + Digest.of(both.getBytes(StandardCharsets.US_ASCII)).hex();
    }
}
