package io.crs.image.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A JSON value that keeps what it does not know: members stay in their order, and a number stays the text it was
 * written as ({@code 1.00}, {@code 1e3}, forty digits).
 *
 * <p>Values are immutable. A document that names a member twice is refused, since two readers could disagree about it.
 */
public final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(200).build())
            .build();

    private static final Json NULL = new Json(Null.NULL);

    private enum Null {
        NULL
    }

    /** A number as it was written. */
    private record Digits(String text) {}

    private final Object value;

    private Json(Object value) {
        this.value = value;
    }

    /**
     * Reads one document.
     *
     * @param bytes UTF-8 text
     * @param what what the document is, for the message of an error
     * @throws MalformedException if it is no JSON, has more than one value, or names a member twice
     */
    public static Json parse(byte[] bytes, String what) throws MalformedException {
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new MalformedException(what + " is empty");
            }
            Json json = read(parser, first);
            if (parser.nextToken() != null) {
                throw new MalformedException(what + " goes on after its end");
            }
            return json;
        } catch (MalformedException e) {
            throw e;
        } catch (IOException e) {
            throw new MalformedException(what + " is not valid JSON: " + firstLine(e), e);
        }
    }

    /**
     * Reads a sequence of documents, with or without blanks between them.
     *
     * @param bytes UTF-8 text
     * @param what what the documents are, for the message of an error
     * @throws MalformedException if one is no JSON or names a member twice
     */
    public static List<Json> parseAll(byte[] bytes, String what) throws MalformedException {
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            List<Json> documents = new ArrayList<>();
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                documents.add(read(parser, token));
            }
            return documents;
        } catch (MalformedException e) {
            throw e;
        } catch (IOException e) {
            throw new MalformedException(what + " is not valid JSON: " + firstLine(e), e);
        }
    }

    /** Returns an object without members. */
    public static Json object() {
        return new Json(Map.of());
    }

    /** Returns an array of the given values. */
    public static Json array(List<Json> values) {
        return new Json(List.copyOf(values));
    }

    /** Returns an array of strings. */
    public static Json strings(List<String> texts) {
        return array(texts.stream().map(Json::of).toList());
    }

    /** Returns a string. */
    public static Json of(String text) {
        return new Json(text);
    }

    /** Returns a whole number. */
    public static Json of(long number) {
        return new Json(new Digits(Long.toString(number)));
    }

    /** Returns true or false. */
    public static Json of(boolean truth) {
        return new Json(truth);
    }

    /** Returns the string, or null where there is none. */
    public static Json ofNullable(Optional<String> text) {
        return text.map(Json::of).orElse(NULL);
    }

    /** Returns whether this is an object. */
    public boolean isObject() {
        return value instanceof Map;
    }

    /** Returns whether this is an array. */
    public boolean isArray() {
        return value instanceof List;
    }

    /** Returns whether this is null. */
    public boolean isNull() {
        return value == Null.NULL;
    }

    /** Returns the members in order; none if this is no object. */
    @SuppressWarnings("unchecked")
    public Map<String, Json> members() {
        return value instanceof Map ? (Map<String, Json>) value : Map.of();
    }

    /** Returns the elements; none if this is no array. */
    @SuppressWarnings("unchecked")
    public List<Json> elements() {
        return value instanceof List ? (List<Json>) value : List.of();
    }

    /** Returns a member; none if it is absent or this is no object. A member that is null is there. */
    public Optional<Json> get(String name) {
        return Optional.ofNullable(members().get(name));
    }

    /** Returns the text of this string. */
    public Optional<String> text() {
        return value instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** Returns the text of a member that is a string. */
    public Optional<String> text(String name) {
        return get(name).flatMap(Json::text);
    }

    /** Returns the strings of a member that is an array; whatever is no string is left out. */
    public List<String> texts(String name) {
        return get(name).map(Json::elements).orElse(List.of()).stream()
                .flatMap(each -> each.text().stream())
                .toList();
    }

    /** Returns a member that is a whole number of 64 bits. */
    public OptionalLong integer(String name) {
        Json member = members().get(name);
        if (member == null || !(member.value instanceof Digits digits)) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(digits.text()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Returns this object with a member set: in its old place if it was there, else at the end. */
    public Json with(String name, Json member) {
        Map<String, Json> members = new LinkedHashMap<>(members());
        members.put(name, member);
        return new Json(Collections.unmodifiableMap(members));
    }

    /** Returns this object without a member. */
    public Json without(String name) {
        if (!members().containsKey(name)) {
            return this;
        }
        Map<String, Json> members = new LinkedHashMap<>(members());
        members.remove(name);
        return new Json(Collections.unmodifiableMap(members));
    }

    /** Returns this array with one more element. */
    public Json plus(Json element) {
        List<Json> elements = new ArrayList<>(elements());
        elements.add(element);
        return array(elements);
    }

    /** Returns the document in UTF-8, without blanks. */
    public byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            write(generator);
        } catch (IOException e) {
            throw new UncheckedIOException("a string holds half a surrogate pair", e);
        }
        return out.toByteArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Json json && value.equals(json.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** Returns the document as text, without blanks. */
    @Override
    public String toString() {
        return new String(toBytes(), StandardCharsets.UTF_8);
    }

    private void write(JsonGenerator out) throws IOException {
        if (value instanceof Map) {
            out.writeStartObject();
            for (Map.Entry<String, Json> member : members().entrySet()) {
                out.writeFieldName(member.getKey());
                member.getValue().write(out);
            }
            out.writeEndObject();
        } else if (value instanceof List) {
            out.writeStartArray();
            for (Json element : elements()) {
                element.write(out);
            }
            out.writeEndArray();
        } else if (value instanceof String text) {
            out.writeString(text);
        } else if (value instanceof Digits digits) {
            out.writeNumber(digits.text());
        } else if (value instanceof Boolean truth) {
            out.writeBoolean(truth);
        } else {
            out.writeNull();
        }
    }

    private static Json read(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, Json> members = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    members.put(name, read(parser, parser.nextToken()));
                }
                yield new Json(Collections.unmodifiableMap(members));
            }
            case START_ARRAY -> {
                List<Json> elements = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    elements.add(read(parser, next));
                }
                yield new Json(Collections.unmodifiableList(elements));
            }
            case VALUE_STRING -> new Json(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json(new Digits(parser.getText()));
            case VALUE_TRUE -> of(true);
            case VALUE_FALSE -> of(false);
            case VALUE_NULL -> NULL;
            default -> throw new MalformedException("unexpected " + token);
        };
    }

    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
