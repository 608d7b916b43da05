package io.crs.image.daemon;

import io.crs.image.format.Json;
import java.util.List;

/**
 * What an engine says of an image it has.
 *
 * @param id the digest the engine knows it by: of its configuration, or, in containerd's store, of its manifest or index
 * @param tags its names, each {@code repository:tag}
 * @param diffIds the digests of its layers, decompressed, the lowest first
 * @param details all the engine says
 */
public record EngineImage(String id, List<String> tags, List<String> diffIds, Json details) {
    /** Copies the lists. */
    public EngineImage {
        tags = List.copyOf(tags);
        diffIds = List.copyOf(diffIds);
    }

    static EngineImage of(Json details) {
        Json rootFs = details.get("RootFS").orElse(Json.object());
        return new EngineImage(
                details.text("Id").orElse(""), details.texts("RepoTags"), rootFs.texts("Layers"), details);
    }
}
