package io.crs.image;

import io.crs.agent.Platform;
import io.crs.image.format.Json;
import io.crs.image.format.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An image for several platforms: an OCI image index, or a Docker manifest list.
 *
 * <p>What it lists is read on demand. Indexes may lie in indexes, {@link Limits#INDEX_DEPTH} deep. Immutable.
 */
public final class ImageIndex implements Manifest {
    private static final String REFERENCE_DIGEST = "vnd.docker.reference.digest";

    private final String mediaType;
    private final byte[] bytes;
    private final Digest digest;
    private final Json json;
    private final BlobSource source;
    private final int depth;
    private final List<Descriptor> entries;
    private final Map<Digest, Manifest> replaced;

    ImageIndex(String mediaType, byte[] bytes, Json json, BlobSource source, String where, int depth)
            throws InvalidImageException {
        this(
                mediaType,
                bytes,
                json,
                source,
                depth,
                ManifestDocument.descriptors(json, "manifests", Limits.INDEX_ENTRIES, where),
                Map.of());
        if (depth > Limits.INDEX_DEPTH) {
            throw new InvalidImageException(where + " lies under more than " + (Limits.INDEX_DEPTH - 1) + " indexes");
        }
    }

    private ImageIndex(
            String mediaType,
            byte[] bytes,
            Json json,
            BlobSource source,
            int depth,
            List<Descriptor> entries,
            Map<Digest, Manifest> replaced) {
        this.mediaType = mediaType;
        this.bytes = bytes;
        this.digest = Digest.of(bytes);
        this.json = json;
        this.source = source;
        this.depth = depth;
        this.entries = List.copyOf(entries);
        this.replaced = Map.copyOf(replaced);
    }

    /** Returns an OCI index that lists nothing yet. */
    public static ImageIndex empty() {
        Json json = Json.object()
                .with("schemaVersion", Json.of(2))
                .with("mediaType", Json.of(MediaType.OCI_INDEX))
                .with("manifests", Json.array(List.of()));
        BlobSource nowhere = descriptor -> {
            throw new MissingBlobException("manifest " + descriptor.digest() + " is not in the index");
        };
        return new ImageIndex(MediaType.OCI_INDEX, json.toBytes(), json, nowhere, 1, List.of(), Map.of());
    }

    /** Returns this index with an artifact at its end. */
    public ImageIndex plus(Artifact artifact) throws InvalidImageException {
        Json element = Json.object()
                .with("mediaType", Json.of(artifact.mediaType()))
                .with("digest", Json.of(artifact.digest().toString()))
                .with("size", Json.of(artifact.bytes().length));
        Optional<String> type = artifact.artifactType();
        element = type.isPresent() ? element.with("artifactType", Json.of(type.get())) : element;
        Json changed = json.with(
                "manifests", json.get("manifests").orElse(Json.array(List.of())).plus(element));
        List<Descriptor> all = new ArrayList<>(entries);
        all.add(artifact.descriptor());
        Map<Digest, Manifest> known = new HashMap<>(replaced);
        known.put(artifact.digest(), artifact);
        return new ImageIndex(mediaType, changed.toBytes(), changed, source, depth, all, known);
    }

    /**
     * Returns another index whose manifests lie where those of this one do, or are given.
     *
     * @param index the document of the other index
     * @param known manifests it lists that lie nowhere yet
     * @throws InvalidImageException if the document is no index, or goes over a limit
     */
    public ImageIndex sibling(byte[] index, Map<Digest, Manifest> known) throws InvalidImageException {
        String where = "index " + Digest.of(index);
        Json document = ManifestDocument.json(index, Limits.MANIFEST_BYTES, where);
        String type = document.text("mediaType").orElse(MediaType.OCI_INDEX);
        ManifestDocument.parse(index, type, where);
        List<Descriptor> listed = ManifestDocument.descriptors(document, "manifests", Limits.INDEX_ENTRIES, where);
        Map<Digest, Manifest> all = new HashMap<>(replaced);
        all.putAll(known);
        return new ImageIndex(type, index.clone(), document, source, depth, listed, all);
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
        return List.of();
    }

    /** Returns what the index lists, in its order. */
    public List<Descriptor> entries() {
        return entries;
    }

    /** Reads one of the {@link #entries}, verified. */
    public Manifest read(Descriptor entry) throws IOException {
        Manifest known = replaced.get(entry.digest());
        return known != null ? known : Manifest.read(entry, source, depth + 1);
    }

    /** Returns the platforms of the images in this index and those within it, each once. */
    public List<Platform> platforms() throws IOException {
        return new ArrayList<>(imagesByPlatform().keySet());
    }

    /**
     * Returns the image for a platform; where the index has several, the first, as runtimes choose.
     *
     * @throws InvalidImageException if there is none; the message lists the platforms there are
     */
    public Image select(Platform platform) throws IOException {
        Image image = imagesByPlatform().get(platform.normalized());
        if (image == null) {
            throw new InvalidImageException(
                    "index " + digest + " has no image for " + platform + ", only for " + platforms());
        }
        return image;
    }

    /**
     * Returns this index with some of its manifests replaced.
     *
     * <p>An attestation of a replaced manifest is left out, since it speaks of another digest. All else stays.
     *
     * @param replacements the new manifest for the digest of each old one
     */
    public ImageIndex replace(Map<Digest, Manifest> replacements) throws InvalidImageException {
        List<Json> kept = new ArrayList<>();
        List<Descriptor> descriptors = new ArrayList<>();
        Map<Digest, Manifest> known = new HashMap<>(replaced);
        List<Json> elements = json.get("manifests").orElse(Json.object()).elements();
        for (int i = 0; i < elements.size(); i++) {
            Descriptor entry = entries.get(i);
            Manifest replacement = replacements.get(entry.digest());
            if (replacement == null && isAttestationOf(entry, replacements.keySet())) {
                continue;
            }
            Json element = elements.get(i);
            if (replacement != null) {
                known.put(replacement.digest(), replacement);
                element = element.without("data")
                        .with("mediaType", Json.of(replacement.mediaType()))
                        .with("digest", Json.of(replacement.digest().toString()))
                        .with("size", Json.of(replacement.bytes().length));
            }
            kept.add(element);
            descriptors.add(Descriptor.of(element, "index " + digest));
        }
        Json changed = json.with("mediaType", Json.of(mediaType)).with("manifests", Json.array(kept));
        return new ImageIndex(mediaType, changed.toBytes(), changed, source, depth, descriptors, known);
    }

    private static boolean isAttestationOf(Descriptor entry, Set<Digest> digests) {
        String subject = entry.annotations().getOrDefault(REFERENCE_DIGEST, "");
        return digests.stream().anyMatch(each -> each.toString().equals(subject));
    }

    private Map<Platform, Image> imagesByPlatform() throws IOException {
        Map<Platform, Image> images = new LinkedHashMap<>();
        for (Descriptor entry : entries) {
            if (entry.isAttestation()) {
                continue;
            }
            Manifest manifest = read(entry);
            if (manifest instanceof Image image) {
                Platform platform = entry.platform().orElseGet(image::platform).normalized();
                images.putIfAbsent(platform, image);
            } else if (manifest instanceof ImageIndex index) {
                index.imagesByPlatform().forEach(images::putIfAbsent);
            }
        }
        return images;
    }
}
