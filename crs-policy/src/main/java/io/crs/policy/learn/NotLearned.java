package io.crs.policy.learn;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that was recorded and that no rule was made of.
 *
 * @param what what was done, for a person, such as {@code read /etc/shadow by /usr/bin/cat}; {@code others} stands for
 *     all of a reason beyond the first thousand
 * @param reason why
 * @param count how often it was seen
 * @param first when it was first seen; empty if not known
 * @param last when it was last seen; empty if not known
 */
public record NotLearned(String what, Reason reason, long count, Optional<Instant> first, Optional<Instant> last) {
    /** Why something is not learned. */
    public enum Reason {
        /** It is on the list of what is never learned. */
        NEVER_LEARN("is on the list of what is never learned"),
        /** A file was executed that is not in the image. */
        NOT_IN_IMAGE("executes a file that is not in the image"),
        /** It was seen in fewer runs than asked for. */
        TOO_FEW_RUNS("was seen in too few runs"),
        /** There were too many names to keep them apart, with nothing in common that could be a rule. */
        TOO_MANY("is one of too many names that have nothing in common"),
        /** Its path, address or port is not known. */
        UNKNOWN("has a path, an address or a port that is not known"),
        /** It cannot be used: no event, or a text that can be no pattern. */
        UNUSABLE("cannot be used");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** The reason in words that follow what was done. */
        public String text() {
            return text;
        }
    }
}
