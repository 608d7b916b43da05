package io.crs.event;

import java.util.Objects;
import java.util.Optional;

/**
 * The policy that was asked.
 *
 * @param id its id
 * @param name its name
 * @param digest the digest of its document, such as {@code sha256:…}
 */
public record EventPolicy(Optional<String> id, Optional<String> name, Optional<String> digest) {
    /** Checks that nothing is null. */
    public EventPolicy {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(digest, "digest");
    }
}
