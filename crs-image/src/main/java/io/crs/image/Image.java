package io.crs.image;

import io.crs.agent.Platform;
import io.crs.image.format.Json;
import io.crs.image.format.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A container image for one platform, as a value: a manifest, a configuration, and layers that are read only on demand.
 *
 * <p>A change makes a new image that shares every layer with the old one. Documents are changed only where they must be:
 * members nobody here knows, their order, and the way numbers are written stay as they were. Images are immutable and
 * may be shared between threads.
 */
public final class Image implements Manifest {
    private final Json manifest;
    private final byte[] bytes;
    private final Digest digest;
    private final Json config;
    private final Blob configBlob;
    private final byte[] configBytes;
    private final List<Layer> layers;
    private final Platform platform;

    private Image(Json manifest, byte[] bytes, Json config, Blob configBlob, byte[] configBytes, List<Layer> layers)
            throws InvalidImageException {
        this.manifest = manifest;
        this.bytes = bytes;
        this.digest = Digest.of(bytes);
        this.config = config;
        this.configBlob = configBlob;
        this.configBytes = configBytes;
        this.layers = List.copyOf(layers);
        this.platform = platform(config, configBlob.descriptor().digest());
    }

    /**
     * Makes an image of its manifest and the place its blobs lie; the configuration is read at once.
     *
     * @throws InvalidImageException if manifest or configuration is damaged, ambiguous or over a limit, or if they
     *     disagree about the number of layers
     */
    public static Image of(byte[] manifest, BlobSource source) throws IOException {
        String where = "manifest " + Digest.of(manifest);
        Json json = ManifestDocument.json(manifest, Limits.MANIFEST_BYTES, where);
        String mediaType = json.text("mediaType").orElse(MediaType.OCI_MANIFEST);
        return of(manifest.clone(), ManifestDocument.parse(manifest, mediaType, where), source, where);
    }

    static Image of(byte[] bytes, Json manifest, BlobSource source, String where) throws IOException {
        Descriptor descriptor = Descriptor.of(manifest.get("config").orElse(Json.object()), where);
        Blob configBlob = new Blob(descriptor, source);
        byte[] configBytes = configBlob.bytes(Limits.CONFIG_BYTES);
        Json config = ManifestDocument.json(configBytes, Limits.CONFIG_BYTES, "configuration " + descriptor.digest());
        List<Descriptor> descriptors = ManifestDocument.descriptors(manifest, "layers", Limits.LAYERS, where);
        List<Digest> diffIds = diffIds(config, descriptor.digest());
        if (diffIds.size() != descriptors.size()) {
            throw new InvalidImageException(where + " has " + descriptors.size() + " layers, its configuration "
                    + descriptor.digest() + " has " + diffIds.size() + " diff_ids");
        }
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < diffIds.size(); i++) {
            layers.add(new Layer(new Blob(descriptors.get(i), source), diffIds.get(i)));
        }
        return new Image(manifest, bytes, config, configBlob, configBytes, layers);
    }

    @Override
    public String mediaType() {
        return manifest.text("mediaType").orElse(MediaType.OCI_MANIFEST);
    }

    @Override
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public Digest digest() {
        return digest;
    }

    @Override
    public List<Blob> blobs() {
        return Stream.concat(Stream.of(configBlob), layers.stream().map(Layer::blob))
                .toList();
    }

    /** Returns a copy of the configuration, a JSON document. */
    public byte[] config() {
        return configBytes.clone();
    }

    /** Returns the layers, the lowest first. */
    public List<Layer> layers() {
        return layers;
    }

    /** Returns the platform the configuration states; what it does not state is {@code linux} and {@code unknown}. */
    public Platform platform() {
        return platform;
    }

    /** Returns the annotations of the manifest. */
    public Map<String, String> annotations() {
        Map<String, String> annotations = new LinkedHashMap<>();
        manifest.get("annotations").orElse(Json.object()).members().forEach((name, value) -> value.text()
                .ifPresent(text -> annotations.put(name, text)));
        return annotations;
    }

    /**
     * Returns this image with one more layer on top.
     *
     * <p>Where the configuration has a history it gets an entry of the same time as the image; where it has none, none
     * is made up.
     *
     * @param createdBy what made the layer, for the history
     * @throws InvalidImageException if the image has as many layers as there may be
     */
    public Image append(Layer layer, String createdBy) throws InvalidImageException {
        if (layers.size() >= Limits.LAYERS) {
            throw new InvalidImageException("image " + digest + " has " + layers.size() + " layers, the limit");
        }
        Json rootfs = config.get("rootfs").orElse(Json.object());
        Json diffIds = rootfs.get("diff_ids").filter(Json::isArray).orElse(Json.array(List.of()));
        Json changed = config.with(
                "rootfs",
                rootfs.with("diff_ids", diffIds.plus(Json.of(layer.diffId().toString()))));
        Optional<Json> history = config.get("history").filter(Json::isArray);
        if (history.isPresent()) {
            Json entry = Json.object();
            Optional<Json> created = config.get("created").filter(value -> !value.isNull());
            entry = created.isPresent() ? entry.with("created", created.get()) : entry;
            changed = changed.with("history", history.get().plus(entry.with("created_by", Json.of(createdBy))));
        }
        Descriptor descriptor = layer.descriptor();
        Json described = Json.object()
                .with("mediaType", Json.of(descriptor.mediaType()))
                .with("digest", Json.of(descriptor.digest().toString()))
                .with("size", Json.of(descriptor.size()));
        List<Layer> stacked = new ArrayList<>(layers);
        stacked.add(layer);
        Json stackedManifest = manifest.with(
                "layers", manifest.get("layers").orElse(Json.array(List.of())).plus(described));
        return edited(stackedManifest, changed, changed.toBytes(), stacked);
    }

    /**
     * Returns this image with another configuration for the same layers.
     *
     * @throws InvalidImageException if it is no JSON object, or its diff_ids are not those of the layers
     */
    public Image withConfig(byte[] newConfig) throws InvalidImageException {
        Digest configDigest = Digest.of(newConfig);
        Json json = ManifestDocument.json(newConfig, Limits.CONFIG_BYTES, "configuration " + configDigest);
        if (!diffIds(json, configDigest)
                .equals(layers.stream().map(Layer::diffId).toList())) {
            throw new InvalidImageException(
                    "configuration " + configDigest + " is for other layers than image " + digest);
        }
        return edited(manifest, json, newConfig.clone(), layers);
    }

    /** Returns this image with some annotations of its manifest set. */
    public Image withAnnotations(Map<String, String> annotations) throws InvalidImageException {
        Json all = manifest.get("annotations").filter(Json::isObject).orElse(Json.object());
        for (Map.Entry<String, String> annotation : annotations.entrySet()) {
            all = all.with(annotation.getKey(), Json.of(annotation.getValue()));
        }
        return edited(
                annotations.isEmpty() ? manifest : manifest.with("annotations", all), config, configBytes, layers);
    }

    /** Makes the image whose manifest refers to a configuration, and always states its own media type. */
    private Image edited(Json newManifest, Json newConfig, byte[] newConfigBytes, List<Layer> newLayers)
            throws InvalidImageException {
        Json described = newManifest.get("config").orElse(Json.object());
        String configType = described.text("mediaType").orElse(MediaType.OCI_CONFIG);
        Blob blob = Blob.of(configType, newConfigBytes);
        described = described
                .with("digest", Json.of(blob.descriptor().digest().toString()))
                .with("size", Json.of(newConfigBytes.length));
        if (described.get("data").isPresent()) {
            described = described.with("data", Json.of(Base64.getEncoder().encodeToString(newConfigBytes)));
        }
        Json complete = newManifest.with("mediaType", Json.of(mediaType())).with("config", described);
        return new Image(complete, complete.toBytes(), newConfig, blob, newConfigBytes, newLayers);
    }

    private static List<Digest> diffIds(Json config, Digest configDigest) throws InvalidImageException {
        List<Digest> diffIds = new ArrayList<>();
        try {
            for (String text : config.get("rootfs").orElse(Json.object()).texts("diff_ids")) {
                diffIds.add(Digest.parse(text));
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidImageException("configuration " + configDigest + ": " + e.getMessage(), e);
        }
        return diffIds;
    }

    private static Platform platform(Json config, Digest configDigest) throws InvalidImageException {
        try {
            return new Platform(
                    config.text("os").filter(text -> !text.isBlank()).orElse("linux"),
                    config.text("architecture").filter(text -> !text.isBlank()).orElse("unknown"),
                    config.text("variant"));
        } catch (IllegalArgumentException e) {
            throw new InvalidImageException("configuration " + configDigest + ": " + e.getMessage(), e);
        }
    }
}
