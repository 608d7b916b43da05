package io.crs.scanner;

import io.crs.image.Digest;
import io.crs.image.inspect.Compatibility;
import java.util.Optional;

/**
 * What the scan says of one image for one platform, or why it can say nothing.
 *
 * @param image the image's name, such as {@code registry.example/team/app:1}
 * @param digest the digest of its manifest
 * @param platform such as {@code linux/amd64}
 * @param isInstrumented whether the agent is in it already
 * @param verdict whether it can be instrumented; none if it could not be checked
 * @param error why it could not be checked
 */
record Finding(
        String image,
        Optional<Digest> digest,
        Optional<String> platform,
        boolean isInstrumented,
        Optional<Compatibility> verdict,
        Optional<String> error) {
    static Finding of(String image, Digest digest, String platform, boolean isInstrumented, Compatibility verdict) {
        return new Finding(
                image,
                Optional.of(digest),
                Optional.of(platform),
                isInstrumented,
                Optional.of(verdict),
                Optional.empty());
    }

    static Finding failed(String image, Exception e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new Finding(image, Optional.empty(), Optional.empty(), false, Optional.empty(), Optional.of(message));
    }

    /** The same of the same manifest under another name. */
    Finding named(String other) {
        return new Finding(other, digest, platform, isInstrumented, verdict, error);
    }

    Outcome outcome() {
        return verdict.map(each -> each.instrumentable() ? Outcome.YES : Outcome.NO)
                .orElse(Outcome.FAILED);
    }

    /** How a check ended. */
    enum Outcome {
        /** The image can be instrumented. */
        YES,
        /** It cannot. */
        NO,
        /** It could not be checked. */
        FAILED
    }
}
