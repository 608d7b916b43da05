package io.crs.image;

import io.crs.agent.Platform;
import io.crs.image.format.Json;
import io.crs.image.format.Limits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What one document says of another: its type, digest and size, as OCI describes content.
 *
 * @param mediaType the type of the content
 * @param digest the digest of the content
 * @param size the length of the content in bytes
 * @param platform the platform of the content, in an index
 * @param annotations further properties
 * @param urls other places the content may be had from
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        Optional<Platform> platform,
        Map<String, String> annotations,
        List<String> urls) {
    /** Copies the collections; the size is not negative. */
    public Descriptor {
        Objects.requireNonNull(mediaType, "mediaType");
        Objects.requireNonNull(digest, "digest");
        if (size < 0) {
            throw new IllegalArgumentException("the size " + size + " of " + digest + " is negative");
        }
        annotations = Map.copyOf(annotations);
        urls = List.copyOf(urls);
    }

    /** Describes content by type, digest and size alone. */
    public Descriptor(String mediaType, Digest digest, long size) {
        this(mediaType, digest, size, Optional.empty(), Map.of(), List.of());
    }

    /** Describes some bytes. */
    public static Descriptor of(String mediaType, byte[] content) {
        return new Descriptor(mediaType, Digest.of(content), content.length);
    }

    /** Returns whether this describes, in an index, not an image but what is said of one. */
    public boolean isAttestation() {
        return annotations.containsKey("vnd.docker.reference.type");
    }

    /**
     * Reads a descriptor as an index or a manifest has it.
     *
     * @param json a JSON object
     * @param where what it stands in, for the message of an error
     * @throws InvalidImageException if type, digest or size is missing or wrong
     */
    public static Descriptor read(byte[] json, String where) throws InvalidImageException {
        return of(ManifestDocument.json(json, Limits.MANIFEST_BYTES, where), where);
    }

    static Descriptor of(Json json, String where) throws InvalidImageException {
        try {
            String mediaType = json.text("mediaType").orElseThrow(() -> missing("mediaType", where));
            Digest digest = Digest.parse(json.text("digest").orElseThrow(() -> missing("digest", where)));
            long size = json.integer("size").orElseThrow(() -> missing("size", where));
            Map<String, String> annotations = new LinkedHashMap<>();
            json.get("annotations").orElse(Json.object()).members().forEach((name, value) -> value.text()
                    .ifPresent(text -> annotations.put(name, text)));
            return new Descriptor(mediaType, digest, size, platform(json), annotations, json.texts("urls"));
        } catch (IllegalArgumentException e) {
            throw new InvalidImageException(where + ": " + e.getMessage(), e);
        }
    }

    /** A platform nobody could ask for, such as one with a blank name, counts as none. */
    private static Optional<Platform> platform(Json json) {
        Optional<Json> platform = json.get("platform");
        Optional<String> os = platform.flatMap(each -> each.text("os"));
        Optional<String> architecture = platform.flatMap(each -> each.text("architecture"));
        if (os.isEmpty() || architecture.isEmpty()) {
            return Optional.empty();
        }
        try {
            Optional<String> variant = platform.flatMap(each -> each.text("variant"));
            return Optional.of(new Platform(os.get(), architecture.get(), variant));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static IllegalArgumentException missing(String name, String where) {
        return new IllegalArgumentException("a descriptor without a valid \"" + name + "\" in " + where);
    }
}
