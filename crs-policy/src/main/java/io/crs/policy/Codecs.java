package io.crs.policy;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The JSON forms of the values in documents. */
final class Codecs {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Codecs() {}

    /** A text. */
    static Codec<String> text() {
        return scalar("a text", JsonToken.VALUE_STRING);
    }

    /** A text of at most so many characters. */
    static Codec<String> text(int longest) {
        return text().checked(value -> Texts.check("this text", value, longest));
    }

    /** A text of at most so many characters that is not blank. */
    static Codec<String> name(int longest) {
        return text().checked(value -> Texts.named("this text", value, longest));
    }

    /** A text, or an integer as the text of its digits. */
    static Codec<String> textOrInteger() {
        return scalar("a text or an integer", JsonToken.VALUE_STRING, JsonToken.VALUE_NUMBER_INT);
    }

    private static Codec<String> scalar(String what, JsonToken... tokens) {
        return new Codec<>() {
            @Override
            public @Nullable String read(JsonCursor in) throws IOException {
                if (!Arrays.asList(tokens).contains(in.parser().currentToken())) {
                    in.wrong(what);
                    return null;
                }
                return in.parser().getText();
            }

            @Override
            public void write(JsonGenerator out, String value) throws IOException {
                out.writeString(value);
            }
        };
    }

    /** {@code true} or {@code false}. */
    static Codec<Boolean> flag() {
        return new Codec<>() {
            @Override
            public @Nullable Boolean read(JsonCursor in) throws IOException {
                if (!in.parser().currentToken().isBoolean()) {
                    in.wrong("true or false");
                    return null;
                }
                return in.parser().getBooleanValue();
            }

            @Override
            public void write(JsonGenerator out, Boolean value) throws IOException {
                out.writeBoolean(value);
            }
        };
    }

    /** An integer between two bounds, themselves included. */
    static Codec<Integer> integer(int least, int most) {
        return new Codec<>() {
            @Override
            public @Nullable Integer read(JsonCursor in) throws IOException {
                String wanted = "an integer from " + least + " to " + most;
                if (in.parser().currentToken() != JsonToken.VALUE_NUMBER_INT) {
                    in.wrong(wanted);
                    return null;
                }
                String digits = in.parser().getText();
                long value = digits.length() > 11 ? Long.MAX_VALUE : Long.parseLong(digits);
                if (value < least || value > most) {
                    in.problem("this is not " + wanted);
                    return null;
                }
                return (int) value;
            }

            @Override
            public void write(JsonGenerator out, Integer value) throws IOException {
                out.writeNumber(value);
            }
        };
    }

    /** One of some words of an enumeration, spelt as in Java. */
    @SafeVarargs
    static <E extends Enum<E>> Codec<E> word(E... words) {
        Map<String, E> byName = new LinkedHashMap<>();
        for (E word : words) {
            byName.put(word.name(), word);
        }
        String all = String.join(", ", byName.keySet());
        return text().as(
                        text -> {
                            E word = byName.get(text);
                            if (word == null) {
                                throw new IllegalArgumentException(
                                        Quoted.of(text) + " is not known here, write one of " + all);
                            }
                            return word;
                        },
                        Enum::name);
    }

    /** A time by ISO 8601, written in UTC with milliseconds. */
    static Codec<Instant> time() {
        return text().as(
                        text -> {
                            try {
                                return Identifiers.time(Instant.parse(text));
                            } catch (DateTimeParseException e) {
                                throw new IllegalArgumentException(
                                        Quoted.of(text) + " is no time; write it as 2026-01-31T13:45:00.000Z", e);
                            }
                        },
                        TIME::format);
    }

    /** An array of at most so many elements; those with a problem are left out. */
    static <T> Codec<List<T>> list(Codec<T> element, int most) {
        return new Codec<>() {
            @Override
            public @Nullable List<T> read(JsonCursor in) throws IOException {
                if (in.parser().currentToken() != JsonToken.START_ARRAY) {
                    in.wrong("an array");
                    return null;
                }
                List<T> elements = new ArrayList<>();
                int count = 0;
                for (; in.parser().nextToken() != JsonToken.END_ARRAY; count++) {
                    if (count >= most) {
                        in.parser().skipChildren();
                        continue;
                    }
                    in.enter(Integer.toString(count));
                    T value = element.read(in);
                    in.leave();
                    if (value != null) {
                        elements.add(value);
                    }
                }
                if (count > most) {
                    in.problem("there are " + count + " elements, at most " + most + " are possible");
                }
                return elements;
            }

            @Override
            public void write(JsonGenerator out, List<T> elements) throws IOException {
                out.writeStartArray();
                for (T value : elements) {
                    element.write(out, value);
                }
                out.writeEndArray();
            }
        };
    }

    /** An array, or one element that stands for an array of it. */
    static <T> Codec<List<T>> listOrOne(Codec<T> element, int most) {
        Codec<List<T>> list = list(element, most);
        return new Codec<>() {
            @Override
            public @Nullable List<T> read(JsonCursor in) throws IOException {
                if (in.parser().currentToken() == JsonToken.START_ARRAY) {
                    return list.read(in);
                }
                T value = element.read(in);
                return value == null ? null : List.of(value);
            }

            @Override
            public void write(JsonGenerator out, List<T> elements) throws IOException {
                list.write(out, elements);
            }
        };
    }

    /** A value or null. */
    static <T> Codec<Optional<T>> nullable(Codec<T> codec) {
        return new Codec<>() {
            @Override
            @SuppressWarnings("NullableOptional") // empty is the JSON null, null a problem as everywhere
            public @Nullable Optional<T> read(JsonCursor in) throws IOException {
                if (in.parser().currentToken() == JsonToken.VALUE_NULL) {
                    return Optional.empty();
                }
                T value = codec.read(in);
                return value == null ? null : Optional.of(value);
            }

            @Override
            public boolean takesNull() {
                return true;
            }

            @Override
            public void write(JsonGenerator out, Optional<T> value) throws IOException {
                if (value.isEmpty()) {
                    out.writeNull();
                } else {
                    codec.write(out, value.get());
                }
            }
        };
    }

    /** An object whose member names are keys, at most so many. */
    static <K, V> Codec<Map<K, V>> map(
            Function<String, K> parse, Function<K, String> format, Codec<V> value, int most) {
        return new Codec<>() {
            @Override
            public @Nullable Map<K, V> read(JsonCursor in) throws IOException {
                if (in.parser().currentToken() != JsonToken.START_OBJECT) {
                    in.wrong("an object");
                    return null;
                }
                Map<K, V> map = new LinkedHashMap<>();
                int count = 0;
                for (; in.parser().nextToken() != JsonToken.END_OBJECT; count++) {
                    String name = in.parser().currentName();
                    in.parser().nextToken();
                    if (count >= most) {
                        in.parser().skipChildren();
                    } else {
                        in.enter(name);
                        entry(in, name, map);
                        in.leave();
                    }
                }
                if (count > most) {
                    in.problem("there are " + count + " members, at most " + most + " are possible");
                }
                return map;
            }

            private void entry(JsonCursor in, String name, Map<K, V> map) throws IOException {
                K key = in.attempt(() -> parse.apply(name));
                V read = value.read(in);
                if (key != null && read != null && map.put(key, read) != null) {
                    in.problem(Quoted.of(name) + " is there twice");
                }
            }

            @Override
            public void write(JsonGenerator out, Map<K, V> map) throws IOException {
                out.writeStartObject();
                for (Map.Entry<K, V> entry : map.entrySet()) {
                    out.writeFieldName(format.apply(entry.getKey()));
                    value.write(out, entry.getValue());
                }
                out.writeEndObject();
            }
        };
    }

    /** The names of some fields, for a message. */
    static String names(List<? extends Field<?, ?>> fields) {
        return fields.stream().map(Field::name).collect(Collectors.joining(", "));
    }
}
