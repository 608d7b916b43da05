package io.crs.policy;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The JSON form of one kind of value. */
interface Codec<T> {
    /**
     * Reads a value; the cursor stands on its first token and is left on its last. A value of the wrong form is noted
     * as a problem.
     *
     * @return null if a problem was noted
     */
    @Nullable
    T read(JsonCursor in) throws IOException;

    /** Writes a value. */
    void write(JsonGenerator out, T value) throws IOException;

    /** Whether null is a value; otherwise a field that is null counts as missing. */
    default boolean takesNull() {
        return false;
    }

    /** The form of a value that has one as another kind of value. */
    default <U> Codec<U> as(Function<T, U> parse, Function<U, T> format) {
        Codec<T> form = this;
        return new Codec<>() {
            @Override
            public @Nullable U read(JsonCursor in) throws IOException {
                T value = form.read(in);
                return value == null ? null : in.attempt(() -> parse.apply(value));
            }

            @Override
            public void write(JsonGenerator out, U value) throws IOException {
                form.write(out, format.apply(value));
            }
        };
    }

    /** The form of a value, checked by a function that throws {@link IllegalArgumentException}. */
    default Codec<T> checked(Function<T, T> check) {
        return as(check, Function.identity());
    }
}
