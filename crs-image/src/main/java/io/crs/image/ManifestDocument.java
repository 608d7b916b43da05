package io.crs.image;

import io.crs.image.format.Json;
import io.crs.image.format.Limits;
import io.crs.image.format.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is common to the documents of all kinds of manifest. */
final class ManifestDocument {
    private ManifestDocument() {}

    /** Reads a document that is expected to be of a type, and refuses whatever two readers could take differently. */
    static Json parse(byte[] bytes, String mediaType, String where) throws InvalidImageException {
        Json json = json(bytes, Limits.MANIFEST_BYTES, where);
        if (!json.isObject()) {
            throw new InvalidImageException(where + " is not a JSON object");
        }
        if (json.integer("schemaVersion").orElse(2) == 1 || json.get("fsLayers").isPresent()) {
            throw new InvalidImageException(where
                    + " has Docker's manifest schema 1, which carries no digests of what is in its layers. Copy the image"
                    + " with a current tool (skopeo copy --format v2s2) and try again");
        }
        if (!MediaType.isIndex(mediaType) && !MediaType.isManifest(mediaType)) {
            throw new InvalidImageException(where + " has the unknown media type \"" + mediaType + "\"");
        }
        if (json.get("manifests").isPresent()
                && (json.get("layers").isPresent() || json.get("config").isPresent())) {
            throw new InvalidImageException(
                    where
                            + " is ambiguous: it has both \"manifests\" and \"layers\" or \"config\", so two readers could see two images");
        }
        String stated = json.text("mediaType").orElse(mediaType);
        if (!stated.equals(mediaType)) {
            throw new InvalidImageException(where + " says it is " + stated + ", what refers to it says " + mediaType);
        }
        String expected = MediaType.isIndex(mediaType) ? "manifests" : "config";
        if (json.get(expected).isEmpty()) {
            throw new InvalidImageException(where + " is " + mediaType + " without \"" + expected + "\"");
        }
        return json;
    }

    static Json json(byte[] bytes, int limit, String where) throws InvalidImageException {
        if (bytes.length > limit) {
            throw new InvalidImageException(where + " has " + bytes.length + " bytes, the limit is " + limit);
        }
        try {
            return Json.parse(bytes, where);
        } catch (MalformedException e) {
            throw new InvalidImageException(e.getMessage(), e);
        }
    }

    /** Whether the document's configuration is that of a runnable image. */
    static boolean isImage(Json json) {
        Optional<Json> config = json.get("config");
        return config.flatMap(each -> each.text("mediaType"))
                        .filter(MediaType::isConfig)
                        .isPresent()
                && json.text("artifactType").isEmpty();
    }

    /** Reads an array of descriptors. */
    static List<Descriptor> descriptors(Json json, String member, int limit, String where)
            throws InvalidImageException {
        List<Json> elements = json.get(member).map(Json::elements).orElse(List.of());
        if (elements.size() > limit) {
            throw new InvalidImageException(
                    where + " has " + elements.size() + " " + member + ", the limit is " + limit);
        }
        List<Descriptor> descriptors = new ArrayList<>();
        for (Json element : elements) {
            descriptors.add(Descriptor.of(element, where));
        }
        return descriptors;
    }
}
