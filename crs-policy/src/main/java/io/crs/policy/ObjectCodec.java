package io.crs.policy;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import io.crs.syscall.NearestName;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The JSON form of an object, as a table of its fields. */
final class ObjectCodec<T> implements Codec<T> {
    private final Map<String, Field<T, ?>> fields = new LinkedHashMap<>();
    private final BiConsumer<Values, JsonCursor> check;
    private final Function<Values, T> make;

    /**
     * An object with these fields.
     *
     * @param fields the fields in the order they are written
     * @param check notes problems between fields; asked about every object
     * @param make the value; asked only about objects without problems
     */
    ObjectCodec(List<Field<T, ?>> fields, BiConsumer<Values, JsonCursor> check, Function<Values, T> make) {
        fields.forEach(field -> this.fields.put(field.name(), field));
        this.check = check;
        this.make = make;
    }

    /** The fields that an object had, and their values. */
    static final class Values {
        private final Map<String, Object> values = new HashMap<>();
        private final Set<String> seen = new HashSet<>();

        /** The value of a field; empty if it was missing, null or had a problem. */
        @SuppressWarnings("unchecked") // only read() puts values in, each of its field's type
        <V> Optional<V> get(Field<?, V> field) {
            return Optional.ofNullable((V) values.get(field.name()));
        }

        /** The value of a field that {@link #get} would have. */
        <V> V require(Field<?, V> field) {
            return get(field).orElseThrow();
        }

        /** Whether the field was there and not null, with or without a problem. */
        boolean wasThere(Field<?, ?> field) {
            return seen.contains(field.name());
        }
    }

    @Override
    public @Nullable T read(JsonCursor in) throws IOException {
        if (in.parser().currentToken() != JsonToken.START_OBJECT) {
            in.wrong("an object");
            return null;
        }
        long problems = in.problemCount();
        Values values = new Values();
        Set<String> seen = new HashSet<>();
        while (in.parser().nextToken() != JsonToken.END_OBJECT) {
            String name = in.parser().currentName();
            in.parser().nextToken();
            in.enter(name);
            Field<T, ?> field = fields.get(name);
            if (field == null) {
                in.problem(in.isFull() ? "" : unknown(name));
                in.parser().skipChildren();
            } else if (!seen.add(name)) {
                in.problem("the field " + Quoted.of(name) + " is there twice");
                in.parser().skipChildren();
            } else {
                member(field, values, in);
            }
            in.leave();
        }
        missing(values, in);
        check.accept(values, in);
        return in.problemCount() > problems ? null : in.attempt(() -> make.apply(values));
    }

    private void member(Field<T, ?> field, Values values, JsonCursor in) throws IOException {
        if (in.parser().currentToken() == JsonToken.VALUE_NULL && !field.codec().takesNull()) {
            return;
        }
        values.seen.add(field.name());
        Object value = field.codec().read(in);
        if (value != null) {
            values.values.put(field.name(), value);
        }
    }

    private void missing(Values values, JsonCursor in) {
        for (Field<T, ?> field : fields.values()) {
            if (field.required() && !values.wasThere(field)) {
                in.problem(field.name(), "the field " + Quoted.of(field.name()) + " is required");
            }
        }
    }

    private String unknown(String name) {
        return "unknown field " + Quoted.of(name)
                + NearestName.among(fields.keySet(), name)
                        .map(near -> ", did you mean " + Quoted.of(near) + "?")
                        .or(() -> NearestName.of(fields.keySet(), name)
                                .map(near -> ", the nearest that is known is " + Quoted.of(near)))
                        .orElse("");
    }

    @Override
    public void write(JsonGenerator out, T value) throws IOException {
        write(out, fields.values(), value);
    }

    /** Writes an object with these fields. */
    static <T> void write(JsonGenerator out, Collection<Field<T, ?>> fields, T value) throws IOException {
        out.writeStartObject();
        for (Field<T, ?> field : fields) {
            write(out, field, value);
        }
        out.writeEndObject();
    }

    private static <T, V> void write(JsonGenerator out, Field<T, V> field, T value) throws IOException {
        Optional<V> member = field.get().apply(value);
        if (member.isPresent()) {
            out.writeFieldName(field.name());
            field.codec().write(out, member.get());
        }
    }
}
