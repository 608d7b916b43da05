package io.crs.policy.analyze;

import io.crs.policy.Endpoint;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What an operand of a call can be. */
sealed interface Value {
    /** A name or a number that is not known. */
    record Unknown() implements Value {}

    /** A name. */
    record Name(String text) implements Value {}

    /** Names of which any counts; there may be none. */
    record Names(List<String> texts) implements Value {}

    /** A number. */
    record Quantity(long number) implements Value {}

    /** An address. */
    record Address(Endpoint endpoint) implements Value {}

    /** The text of a name. */
    default Optional<String> name() {
        return this instanceof Name name ? Optional.of(name.text()) : Optional.empty();
    }

    /** A number that is known. */
    default OptionalLong known() {
        return this instanceof Quantity quantity ? OptionalLong.of(quantity.number()) : OptionalLong.empty();
    }
}
