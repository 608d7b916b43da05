package io.crs.event;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The rule that decided a call.
 *
 * @param index its place in the policy, from 0
 * @param name its name
 * @param severity how bad a hit is, 0 to 10
 * @param tags its tags
 * @param message what its author wanted said
 */
public record EventRule(
        int index, Optional<String> name, OptionalInt severity, List<String> tags, Optional<String> message) {
    /** Copies the tags. */
    public EventRule {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(message, "message");
        tags = List.copyOf(tags);
    }
}
