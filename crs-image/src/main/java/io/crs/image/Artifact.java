package io.crs.image;

import io.crs.image.format.Json;
import io.crs.image.format.Limits;
import java.util.ArrayList;
import java.util.List;

/**
 * A manifest that is not a runnable image: an attestation, a chart, a signature. It is kept as it is.
 */
public final class Artifact implements Manifest {
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
