package io.crs.event;

import java.util.Objects;
import java.util.Optional;

/**
 * The container an event comes from.
 *
 * @param id the container's id, 64 hexadecimal digits in Docker, or the nearest to it the agent could find
 * @param image the image it was made from
 */
public record EventContainer(Optional<String> id, Optional<Image> image) {
    private static final int SHORT = 12;

    /** Checks that nothing is null. */
    public EventContainer {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(image, "image");
    }

    /** A container known by its id alone. */
    public static EventContainer of(String id) {
        return new EventContainer(Optional.of(id), Optional.empty());
    }

    /** The first twelve characters of the id, as people know it; empty if the id is unknown. */
    public Optional<String> shortId() {
        return id.map(text -> text.length() <= SHORT ? text : text.substring(0, SHORT));
    }

    /**
     * The image a container was made from.
     *
     * @param name its name without tag, such as {@code registry.example/app}
     * @param tag its tag
     * @param digest its digest, such as {@code sha256:…}
     */
    public record Image(Optional<String> name, Optional<String> tag, Optional<String> digest) {
        /** Checks that nothing is null. */
        public Image {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(tag, "tag");
            Objects.requireNonNull(digest, "digest");
        }
    }
}
