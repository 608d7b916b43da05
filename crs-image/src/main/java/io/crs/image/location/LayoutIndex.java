package io.crs.image.location;

import io.crs.image.Descriptor;
import io.crs.image.InvalidImageException;
import io.crs.image.MediaType;
import io.crs.image.Referrers;
import io.crs.image.format.Json;
import io.crs.image.format.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The {@code index.json} of an OCI layout, in a folder or in an archive. Immutable.
 *
 * @param json the document; what nobody here knows in it stays
 * @param where its name, for messages
 */
record LayoutIndex(Json json, String where) {
    static final String REF_NAME = "org.opencontainers.image.ref.name";
    static final byte[] MARKER = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII);

    /** Returns an index that lists nothing. */
    static LayoutIndex empty(String where) {
        Json json = Json.object()
                .with("schemaVersion", Json.of(2))
                .with("mediaType", Json.of(MediaType.OCI_INDEX))
                .with("manifests", Json.array(List.of()));
        return new LayoutIndex(json, where);
    }

    /** Reads the document. */
    static LayoutIndex read(byte[] bytes, String where) throws InvalidImageException {
        Json index = parse(bytes, where);
        if (index.get("manifests").filter(Json::isArray).isEmpty()
                || index.get("layers").isPresent()
                || index.get("config").isPresent()) {
            throw new InvalidImageException(where + " is not an image index");
        }
        return new LayoutIndex(index, where);
    }

    /** Checks the content of {@code oci-layout}. */
    static void checkMarker(byte[] bytes, String where) throws InvalidImageException {
        String version = parse(bytes, where).text("imageLayoutVersion").orElse("none");
        if (!version.equals("1.0.0")) {
            throw new InvalidImageException(where + " states the layout version " + version + ", only 1.0.0 is known");
        }
    }

    /** Refuses what cannot be a tag: it is not blank and has at most 255 characters, none blank or a control character. */
    static void checkTag(Optional<String> tag) {
        tag.ifPresent(text -> {
            if (text.isEmpty() || text.length() > 255 || !text.chars().allMatch(c -> c > ' ' && c != 0x7f)) {
                throw new IllegalArgumentException("\"" + text + "\" is not a tag");
            }
        });
    }

    /** Returns the tag of what is made from the image of a tag. */
    static Optional<String> layered(Optional<String> tag) {
        return Optional.of(Tags.layeredReference("/:" + tag.orElse("latest")).substring(2));
    }

    /** Returns what the index lists. */
    List<Descriptor> entries() throws InvalidImageException {
        List<Descriptor> entries = new ArrayList<>();
        for (Json element : elements()) {
            entries.add(Descriptor.read(element.toBytes(), where));
        }
        return entries;
    }

    /**
     * Returns the entry of a tag, or the only image; lists of referrers are none.
     *
     * @param asked the location, for messages
     * @param place what holds the index, for messages
     */
    Descriptor choose(Optional<String> tag, String asked, String place) throws InvalidImageException {
        List<Descriptor> matching = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Descriptor descriptor : entries()) {
            String name = nameOf(descriptor);
            boolean isList = Referrers.isTag(name);
            if (!isList) {
                names.add(name.isEmpty() ? descriptor.digest().toString() : name);
            }
            boolean isImage = !isList
                    && (MediaType.isIndex(descriptor.mediaType()) || MediaType.isManifest(descriptor.mediaType()));
            if (tag.isEmpty() ? isImage : tag.get().equals(name)) {
                matching.add(descriptor);
            }
        }
        long different = matching.stream().map(Descriptor::digest).distinct().count();
        if (different == 1) {
            return matching.get(0);
        }
        String problem = different > 1 ? " fits several images" : " is not there";
        throw new InvalidImageException(
                asked + problem + "; " + place + " has " + (names.isEmpty() ? "no image" : String.join(", ", names)));
    }

    /** Returns whether something has a tag. */
    boolean has(String tag) throws InvalidImageException {
        return entries().stream().anyMatch(entry -> nameOf(entry).equals(tag));
    }

    /** Returns the index with a manifest in it, in the place of whatever had its name. */
    LayoutIndex with(Descriptor descriptor, Optional<String> tag) throws InvalidImageException {
        List<Descriptor> old = entries();
        List<Json> elements = elements();
        List<Json> kept = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            if (!isReplaced(old.get(i), descriptor, tag)) {
                kept.add(elements.get(i));
            }
        }
        kept.add(entry(descriptor, tag));
        return new LayoutIndex(json.with("manifests", Json.array(kept)), where);
    }

    /** Returns whether an entry gives way to a manifest that is written under a tag, or under none. */
    static boolean isReplaced(Descriptor old, Descriptor written, Optional<String> tag) {
        String name = nameOf(old);
        return tag.isPresent()
                ? tag.get().equals(name)
                : name.isEmpty() && old.digest().equals(written.digest());
    }

    byte[] toBytes() {
        return json.toBytes();
    }

    static Json entry(Descriptor descriptor, Optional<String> name) {
        Json entry = Json.object()
                .with("mediaType", Json.of(descriptor.mediaType()))
                .with("digest", Json.of(descriptor.digest().toString()))
                .with("size", Json.of(descriptor.size()));
        return name.map(text -> entry.with("annotations", Json.object().with(REF_NAME, Json.of(text))))
                .orElse(entry);
    }

    /** Returns the name of an image in the layout; blank if it has none. */
    private static String nameOf(Descriptor descriptor) {
        return descriptor.annotations().getOrDefault(REF_NAME, "");
    }

    private List<Json> elements() {
        return json.get("manifests").orElse(Json.object()).elements();
    }

    private static Json parse(byte[] bytes, String where) throws InvalidImageException {
        try {
            return Json.parse(bytes, where);
        } catch (MalformedException e) {
            throw new InvalidImageException(e.getMessage(), e);
        }
    }
}
