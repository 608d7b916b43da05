package io.crs.image;

import io.crs.image.format.Json;
import io.crs.image.format.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A manifest that is not a runnable image: an attestation, a chart, a signature. It is kept as it is.
 */
public final class Artifact implements Manifest {
    private static final byte[] EMPTY = {'{', '}'};

    private final String mediaType;
    private final byte[] bytes;
    private final Digest digest;
    private final List<Blob> blobs;

    private Artifact(String mediaType, byte[] bytes, List<Blob> blobs) {
        this.mediaType = mediaType;
        this.bytes = bytes;
        this.digest = Digest.of(bytes);
        this.blobs = List.copyOf(blobs);
    }

    static Artifact of(byte[] bytes, Json json, BlobSource source, String where) throws InvalidImageException {
        List<Blob> blobs = new ArrayList<>();
        blobs.add(new Blob(Descriptor.of(json.get("config").orElse(Json.object()), where), source));
        for (Descriptor descriptor : ManifestDocument.descriptors(json, "layers", Limits.LAYERS, where)) {
            blobs.add(new Blob(descriptor, source));
        }
        return new Artifact(json.text("mediaType").orElse(MediaType.OCI_MANIFEST), bytes, blobs);
    }

    /**
     * Returns an artifact that says something of another manifest, which the registry then lists among its referrers.
     *
     * @param subject the manifest
     * @param artifactType what kind of thing is said
     * @param content what is said
     */
    public static Artifact about(Descriptor subject, String artifactType, Blob content) {
        Blob nothing = Blob.of(MediaType.OCI_EMPTY, EMPTY.clone());
        Json manifest = Json.object()
                .with("schemaVersion", Json.of(2))
                .with("mediaType", Json.of(MediaType.OCI_MANIFEST))
                .with("artifactType", Json.of(artifactType))
                .with("config", described(nothing.descriptor()))
                .with("layers", Json.array(List.of(described(content.descriptor()))))
                .with("subject", described(subject));
        return new Artifact(MediaType.OCI_MANIFEST, manifest.toBytes(), List.of(nothing, content));
    }

    private static Json described(Descriptor descriptor) {
        return Json.object()
                .with("mediaType", Json.of(descriptor.mediaType()))
                .with("digest", Json.of(descriptor.digest().toString()))
                .with("size", Json.of(descriptor.size()));
    }

    /** Returns what kind of thing the artifact is, if its manifest says so. */
    public Optional<String> artifactType() throws InvalidImageException {
        return json().text("artifactType");
    }

    /** Returns the manifest this artifact says something of, if it does. */
    public Optional<Descriptor> subject() throws InvalidImageException {
        Optional<Json> subject = json().get("subject").filter(Json::isObject);
        return subject.isEmpty() ? Optional.empty() : Optional.of(Descriptor.of(subject.get(), "artifact " + digest));
    }

    private Json json() throws InvalidImageException {
        return ManifestDocument.json(bytes, Limits.MANIFEST_BYTES, "artifact " + digest);
    }

    @Override
    public String mediaType() {
        return mediaType;
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
        return blobs;
    }
}
