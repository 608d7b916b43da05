package io.crs.policy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A place in a JSON document that is being read, and the problems noted so far. */
final class JsonCursor {
    private final JsonParser parser;
    private final ProblemList problems = new ProblemList("problems");
    private final ProblemList warnings = new ProblemList("warnings");
    private final Deque<String> path = new ArrayDeque<>();
    private final Map<String, String> firstPlaces = new HashMap<>();

    JsonCursor(JsonParser parser) {
        this.parser = parser;
    }

    JsonParser parser() {
        return parser;
    }

    /** Goes into a member or an element. */
    void enter(String name) {
        path.addLast(name);
    }

    /** Goes back out of it. */
    void leave() {
        path.removeLast();
    }

    /** Notes a problem of the value the cursor is at. */
    void problem(String message) {
        problems.add(this::pointer, message);
    }

    /** Notes a problem of a member of the object the cursor is at. */
    void problem(String member, String message) {
        enter(member);
        problem(message);
        leave();
    }

    /** Notes what a reader should know of a member of the object the cursor is at, though the document is valid. */
    void warning(String member, String message) {
        enter(member);
        warnings.add(this::pointer, message);
        leave();
    }

    /** What a reader should know; the last of very many says how many more there are. */
    List<Problem> warnings() {
        return warnings.toList();
    }

    /** The number of problems noted so far. */
    long problemCount() {
        return problems.count();
    }

    /** Whether further problems are only counted, so that finding words for them is wasted. */
    boolean isFull() {
        return problems.isFull();
    }

    /** The problems; the last of very many says how many more there are. */
    List<Problem> problems() {
        return problems.toList();
    }

    /** Notes a problem if this text was met before as a thing of this kind. */
    void unique(String kind, String text) {
        String first = firstPlaces.putIfAbsent(kind + " " + text, pointer());
        if (first != null) {
            problem("the " + kind + " " + Quoted.of(text) + " is also that of " + first);
        }
    }

    /** The value of a function, or null and a problem if it throws {@link IllegalArgumentException}. */
    <T> @Nullable T attempt(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            problem(isFull() ? "" : String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** Notes that the value is not of the kind it should be, and goes to its end. */
    void wrong(String wanted) throws IOException {
        problem("this is " + kind(parser.currentToken()) + ", not " + wanted);
        parser.skipChildren();
    }

    private static String kind(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a text";
            case VALUE_NUMBER_INT -> "a number";
            case VALUE_NUMBER_FLOAT -> "a number with a fraction or exponent";
            case VALUE_TRUE, VALUE_FALSE -> "true or false";
            default -> "null";
        };
    }

    /** Where the cursor is, by RFC 6901. */
    private String pointer() {
        StringBuilder pointer = new StringBuilder();
        for (String name : path) {
            String known = name.length() > Glob.MAX_BYTES ? name.substring(0, Glob.MAX_BYTES) : name;
            pointer.append('/')
                    .append(Texts.wellFormed(known).replace("~", "~0").replace("/", "~1"));
        }
        return pointer.toString();
    }
}
