package io.crs.image.instrument;

import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.format.Json;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes the agent out of all images of an index, and finds the index they came from in one of their layers. */
final class IndexRestore {
    private final Map<Digest, Manifest> restored = new HashMap<>();
    private Optional<byte[]> original = Optional.empty();

    private IndexRestore() {}

    static ImageIndex of(ImageIndex index) throws IOException, NotInstrumentableException {
        IndexRestore restore = new IndexRestore();
        Map<Digest, Manifest> replacements = restore.collect(index);
        if (replacements.isEmpty()) {
            throw new NotInstrumentableException(List.of("index " + index.digest() + " has no instrumented image"));
        }
        return restore.original.isPresent()
                ? index.sibling(restore.original.get(), restore.restored)
                : index.replace(replacements);
    }

    private Map<Digest, Manifest> collect(ImageIndex index) throws IOException, NotInstrumentableException {
        Map<Digest, Manifest> replacements = new HashMap<>();
        for (Descriptor entry : index.entries()) {
            Manifest manifest = index.read(entry);
            Manifest before = manifest;
            if (manifest instanceof ImageIndex nested) {
                Map<Digest, Manifest> within = collect(nested);
                before = within.isEmpty() ? nested : nested.replace(within);
            } else if (manifest instanceof Image image) {
                Json config = Instrumenter.parse(image);
                if (Original.place(image, config) != Original.Place.NONE) {
                    before = Instrumenter.restore(image);
                    remember(Original.index(image, config), image, config);
                }
            }
            restored.put(before.digest(), before);
            if (!before.digest().equals(manifest.digest())) {
                replacements.put(manifest.digest(), before);
            }
        }
        return replacements;
    }

    private void remember(Optional<byte[]> index, Image image, Json config) throws InvalidImageException {
        if (index.isEmpty()) {
            return;
        }
        String label = Original.label(config, Labels.ORIGINAL_INDEX).orElse("");
        if (!Digest.of(index.get()).toString().equals(label)) {
            throw new InvalidImageException("image " + image.digest() + " remembers another index than " + label
                    + ", which its label " + Labels.ORIGINAL_INDEX + " names");
        }
        original = index;
    }
}
