package io.crs.policy.analyze;

import io.crs.policy.Glob;

/** Which values of an operand an exploration looks at. */
sealed interface Choice {
    /** All of them. */
    record All() implements Choice {}

    /** The names that a glob matches. */
    record Within(Glob glob) implements Choice {}

    /** Only that it is not known, or not there. */
    record Unknown() implements Choice {}

    /** One name that no rule wants, if there is one, and that it is not known. */
    record Unwanted() implements Choice {}

    /** One name that no rule wants, or else all names. */
    record UnwantedName() implements Choice {}
}
