package io.crs.image.instrument;

import io.crs.image.Blob;
import io.crs.image.BlobSource;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.Layer;
import io.crs.image.format.Json;
import io.crs.image.format.Limits;
import io.crs.image.format.MalformedException;
import io.crs.image.format.TarEntry;
import io.crs.image.format.TarReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The image an instrumented one was made from, as its own layer remembers it. */
final class Original {
    static final String MANIFEST = "manifest.json";
    static final String CONFIG = "config.json";
    static final String INDEX = "index.json";

    private Original() {}

    /** Where our layer is in an image. */
    enum Place {
        /** It has none. */
        NONE,
        /** It is the topmost layer. */
        TOP,
        /** Other layers lie on it. */
        BELOW
    }

    /**
     * Tells where our layer is.
     *
     * @throws InvalidImageException if the labels speak of a layer the image does not have
     */
    static Place place(Image image, Json config) throws InvalidImageException {
        Optional<String> label = label(config, Labels.LAYER);
        if (label.isEmpty()) {
            return Place.NONE;
        }
        List<String> diffIds =
                image.layers().stream().map(layer -> layer.diffId().toString()).toList();
        int at = diffIds.lastIndexOf(label.get());
        if (at < 0) {
            throw new InvalidImageException(
                    "image " + image.digest() + " says it is instrumented (label " + Labels.LAYER + "), but the layer "
                            + label.get() + " is not in it; was it flattened? Start from the original image");
        }
        return at == diffIds.size() - 1 ? Place.TOP : Place.BELOW;
    }

    /**
     * Takes our layer, the topmost, off again.
     *
     * <p>The configuration comes back byte for byte. So does the manifest, unless the layers were compressed differently
     * when the image was copied: then it is the manifest of today's layers.
     */
    static Image of(Image image, Json config) throws IOException {
        List<Layer> below = image.layers().subList(0, image.layers().size() - 1);
        Map<String, byte[]> remembered = remembered(image, folder(config));
        byte[] manifest = required(remembered, MANIFEST, image);
        byte[] originalConfig = required(remembered, CONFIG, image);
        String expected = label(config, Labels.ORIGINAL_MANIFEST).orElse("");
        if (!Digest.of(manifest).toString().equals(expected)) {
            throw new InvalidImageException("image " + image.digest() + " remembers another manifest than " + expected
                    + ", which its label " + Labels.ORIGINAL_MANIFEST + " names");
        }
        Image original = Image.of(manifest, source(originalConfig, below));
        if (!diffIds(original.layers()).equals(diffIds(below))) {
            throw new InvalidImageException("image " + image.digest() + " remembers a manifest of other layers");
        }
        List<Digest> stored =
                below.stream().map(layer -> layer.descriptor().digest()).toList();
        List<Digest> named = original.layers().stream()
                .map(layer -> layer.descriptor().digest())
                .toList();
        return stored.equals(named)
                ? original
                : Image.of(withLayers(image, originalConfig), source(originalConfig, below));
    }

    /** Returns the index the image came from, if its layer remembers one. */
    static Optional<byte[]> index(Image image, Json config) throws IOException {
        return Optional.ofNullable(remembered(image, folder(config)).get(INDEX));
    }

    static Optional<String> label(Json config, String name) {
        return ConfigEdit.config(config).get("Labels").flatMap(labels -> labels.text(name));
    }

    static String folder(Json config) {
        return label(config, Labels.FOLDER).orElse(WrappedImage.FOLDER);
    }

    /** Today's manifest without our layer, for the original configuration. */
    private static byte[] withLayers(Image image, byte[] config) throws InvalidImageException {
        try {
            Json manifest = Json.parse(image.bytes(), "manifest " + image.digest());
            List<Json> layers = manifest.get("layers").orElse(Json.object()).elements();
            Json described = manifest.get("config")
                    .orElse(Json.object())
                    .without("data")
                    .with("digest", Json.of(Digest.of(config).toString()))
                    .with("size", Json.of(config.length));
            Json annotations = manifest.get("annotations")
                    .orElse(Json.object())
                    .without(WrappedImage.BASE_DIGEST)
                    .without(Instrumenter.BASE_NAME);
            Json changed =
                    manifest.with("config", described).with("layers", Json.array(layers.subList(0, layers.size() - 1)));
            changed = annotations.members().isEmpty()
                    ? changed.without("annotations")
                    : changed.with("annotations", annotations);
            return changed.toBytes();
        } catch (MalformedException e) {
            throw new InvalidImageException(e.getMessage(), e);
        }
    }

    private static List<Digest> diffIds(List<Layer> layers) {
        return layers.stream().map(Layer::diffId).toList();
    }

    /** The blobs of the original: its configuration, and the layers of the image at hand. */
    private static BlobSource source(byte[] config, List<Layer> layers) {
        Map<Digest, Blob> blobs = new HashMap<>();
        layers.forEach(layer -> blobs.put(layer.descriptor().digest(), layer.blob()));
        Digest configDigest = Digest.of(config);
        return new BlobSource() {
            @Override
            public InputStream open(Descriptor descriptor) throws IOException {
                if (descriptor.digest().equals(configDigest)) {
                    return new ByteArrayInputStream(config);
                }
                Blob blob = blobs.get(descriptor.digest());
                if (blob == null) {
                    throw new InvalidImageException(
                            "blob " + descriptor.digest() + " is not in the instrumented image");
                }
                return blob.source().open(blob.descriptor());
            }

            @Override
            public String locate(Descriptor descriptor) {
                Blob blob = blobs.get(descriptor.digest());
                return blob == null ? "the instrumented image" : blob.source().locate(blob.descriptor());
            }

            @Override
            public BlobSource origin(Descriptor descriptor) {
                Blob blob = blobs.get(descriptor.digest());
                return blob == null ? this : blob.origin();
            }
        };
    }

    private static byte[] required(Map<String, byte[]> remembered, String name, Image image)
            throws InvalidImageException {
        byte[] content = remembered.get(name);
        if (content == null) {
            throw new InvalidImageException("the last layer of image " + image.digest() + " lacks " + name);
        }
        return content;
    }

    private static Map<String, byte[]> remembered(Image image, String folder) throws IOException {
        Layer layer = image.layers().get(image.layers().size() - 1);
        Map<String, byte[]> found = new HashMap<>();
        List<String> names = new ArrayList<>(List.of(MANIFEST, CONFIG, INDEX));
        String prefix = folder.substring(1) + "/";
        try (InputStream in = layer.tar()) {
            TarReader tar = new TarReader(in, Limits.LAYER_ENTRIES);
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                String name = entry.name().startsWith(prefix) ? entry.name().substring(prefix.length()) : "";
                if (entry.kind() == TarEntry.Kind.FILE
                        && names.contains(name)
                        && entry.size() <= Limits.MANIFEST_BYTES) {
                    found.put(name, tar.content().readAllBytes());
                }
            }
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (MalformedException e) {
            throw new InvalidImageException("layer " + layer.descriptor().digest() + ": " + e.getMessage(), e);
        }
        return found;
    }
}
