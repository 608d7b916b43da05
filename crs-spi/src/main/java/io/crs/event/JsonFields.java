package io.crs.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The fields of one JSON object, each with its column, so that a wrong one can be pointed at. */
final class JsonFields {
    static final int DEEPEST = 32;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // A table of names that agents fill would grow without end.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(64)
                    .maxStringLength(EventJson.LONGEST_LINE)
                    .maxNameLength(EventJson.LONGEST_LINE)
                    .build())
            .build();

    /** The value of a field: String, Long, Boolean, JsonFields, a list of such, or one of no use here. */
    private record Value(Object content, int column) {}

    private record Other(JsonToken token) {}

    private final String name;
    private final int column;
    private final Map<String, Value> values = new LinkedHashMap<>();

    private JsonFields(String name, int column) {
        this.name = name;
        this.column = column;
    }

    static JsonFields parse(String line) throws EventFormatException {
        try (JsonParser parser = JSON.createParser(line)) {
            return whole(parser);
        } catch (JsonProcessingException e) {
            int at = e.getLocation() == null ? 1 : column(e.getLocation().getCharOffset());
            throw new EventFormatException("not JSON: " + e.getOriginalMessage(), at);
        } catch (IOException e) {
            throw new EventFormatException("not JSON: " + e.getMessage(), 1);
        }
    }

    private static JsonFields whole(JsonParser parser) throws IOException, EventFormatException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new EventFormatException("an event is a JSON object", 1);
        }
        JsonFields fields = object(parser, "");
        if (parser.nextToken() != null) {
            throw new EventFormatException("more text after the event", at(parser));
        }
        return fields;
    }

    private static JsonFields object(JsonParser parser, String name) throws IOException {
        JsonFields fields = new JsonFields(name, at(parser));
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            fields.values.put(key, value(parser, fields.full(key)));
        }
        return fields;
    }

    private static Value value(JsonParser parser, String name) throws IOException {
        int column = at(parser);
        Object content =
                switch (parser.currentToken()) {
                    case VALUE_STRING -> wellFormed(parser.getText());
                    case VALUE_TRUE -> true;
                    case VALUE_FALSE -> false;
                    case VALUE_NUMBER_INT -> integer(parser);
                    case START_OBJECT -> object(parser, name);
                    case START_ARRAY -> array(parser, name);
                    default -> new Other(parser.currentToken());
                };
        return new Value(content, column);
    }

    private static Object integer(JsonParser parser) throws IOException {
        JsonParser.NumberType type = parser.getNumberType();
        return type == JsonParser.NumberType.BIG_INTEGER
                ? new Other(JsonToken.VALUE_NUMBER_INT)
                : (Object) parser.getLongValue();
    }

    private static List<Value> array(JsonParser parser, String name) throws IOException {
        List<Value> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(value(parser, name));
        }
        return values;
    }

    private static int at(JsonParser parser) {
        return column(parser.currentTokenLocation().getCharOffset());
    }

    private static int column(long offset) {
        return (int) Math.max(0, Math.min(offset, EventJson.LONGEST_LINE)) + 1;
    }

    /** Half a surrogate pair is no character: it could not be written again. */
    static String wellFormed(String text) {
        if (text.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
            return text;
        }
        return text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private String full(String key) {
        return name.isEmpty() ? key : name + "." + key;
    }

    /** The field's value; null where it is absent or JSON's null, which both mean unknown. */
    private @Nullable Value present(String key) {
        Value value = values.get(key);
        return value == null || value.content.equals(new Other(JsonToken.VALUE_NULL)) ? null : value;
    }

    private <T> Optional<T> get(String key, Class<T> type, String expected) throws EventFormatException {
        Value value = present(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value.content)) {
            throw new EventFormatException(full(key) + " is not " + expected, value.column);
        }
        return Optional.of(type.cast(value.content));
    }

    Optional<String> text(String key) throws EventFormatException {
        return get(key, String.class, "a string");
    }

    Optional<Boolean> flag(String key) throws EventFormatException {
        return get(key, Boolean.class, "true or false");
    }

    Optional<JsonFields> object(String key) throws EventFormatException {
        return get(key, JsonFields.class, "an object");
    }

    OptionalLong integer(String key, long max) throws EventFormatException {
        return integer(key, 0, max);
    }

    OptionalLong integer(String key, long min, long max) throws EventFormatException {
        String expected = "an integer of " + min + " to " + max;
        Optional<Long> number = get(key, Long.class, expected);
        if (number.isPresent() && (number.get() < min || number.get() > max)) {
            throw wrong(key, "is not " + expected);
        }
        return number.map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    OptionalInt number(String key, int max) throws EventFormatException {
        OptionalLong number = integer(key, max);
        return number.isPresent() ? OptionalInt.of((int) number.getAsLong()) : OptionalInt.empty();
    }

    List<String> texts(String key) throws EventFormatException {
        Value list = present(key);
        if (list == null) {
            return List.of();
        }
        if (!(list.content instanceof List<?> items)) {
            throw new EventFormatException(full(key) + " is not an array of strings", list.column);
        }
        List<String> texts = new ArrayList<>();
        for (Object item : items) {
            if (!(item instanceof Value value) || !(value.content instanceof String text)) {
                int column = item instanceof Value value ? value.column : list.column;
                throw new EventFormatException(full(key) + " is not an array of strings", column);
            }
            texts.add(text);
        }
        return texts;
    }

    /** A constant in its written form: exactly the name, in lower case unless {@code upper}. */
    <E extends Enum<E>> Optional<E> constant(String key, Class<E> type, boolean upper) throws EventFormatException {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        for (E constant : type.getEnumConstants()) {
            String written = upper ? constant.name() : constant.name().toLowerCase(Locale.ROOT);
            if (written.equals(text.get())) {
                return Optional.of(constant);
            }
        }
        throw wrong(key, "is none of those known: \"" + text.get() + "\"");
    }

    EventFormatException missing(String key) {
        return new EventFormatException(full(key) + " is missing", column);
    }

    /** What to throw for a field that is there and wrong. */
    EventFormatException wrong(String key, String what) {
        Value value = values.get(key);
        return new EventFormatException(full(key) + " " + what, value == null ? column : value.column);
    }
}
