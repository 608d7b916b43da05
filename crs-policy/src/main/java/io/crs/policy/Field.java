package io.crs.policy;

import java.util.Optional;
import java.util.function.Function;

/**
 * A field of a JSON object.
 *
 * @param <T> what the object stands for
 * @param <V> the field's value
 * @param name the member's name
 * @param required whether it must be there
 * @param codec the value's form
 * @param get the value to write; empty if the field is left out
 */
record Field<T, V>(String name, boolean required, Codec<V> codec, Function<T, Optional<V>> get) {
    /** A field that must be there. */
    static <T, V> Field<T, V> required(String name, Codec<V> codec, Function<T, V> get) {
        return new Field<>(name, true, codec, get.andThen(Optional::of));
    }

    /** A field that may be missing. */
    static <T, V> Field<T, V> optional(String name, Codec<V> codec, Function<T, Optional<V>> get) {
        return new Field<>(name, false, codec, get);
    }

    /** A field that may be missing, of a form that is never written. */
    static <T, V> Field<T, V> onlyRead(String name, Codec<V> codec) {
        return optional(name, codec, value -> Optional.empty());
    }

    /** A field that is missing where it has its usual value. */
    static <T, V> Field<T, V> usual(String name, Codec<V> codec, V usual, Function<T, V> get) {
        return optional(name, codec, get.andThen(value -> Optional.of(value).filter(v -> !v.equals(usual))));
    }
}
