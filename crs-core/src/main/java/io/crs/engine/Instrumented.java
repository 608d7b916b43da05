package io.crs.engine;

import io.crs.agent.Platform;
import io.crs.image.Digest;
import io.crs.image.instrument.Warning;
import java.util.List;

/**
 * What instrumenting an image gave.
 *
 * @param digest the digest of the manifest or index that was written
 * @param platforms the platforms whose images hold the agent now
 * @param warnings what a person should know of it
 */
public record Instrumented(Digest digest, List<Platform> platforms, List<Warning> warnings) {
    /** Copies the lists. */
    public Instrumented {
        platforms = List.copyOf(platforms);
        warnings = List.copyOf(warnings);
    }
}
