package io.crs.policy.compile;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The section of strings, each written once. The empty string is first, so that its reference is 0, none. */
final class StringPool {
    private final SectionBytes bytes = new SectionBytes();
    private final Map<String, Integer> places = new HashMap<>();

    StringPool() {
        put("");
    }

    /** The reference of a string. */
    int put(String text) {
        Integer place = places.get(text);
        if (place == null) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            place = bytes.grow(Integer.BYTES);
            bytes.put32(place, utf8.length);
            bytes.add(utf8);
            bytes.grow(1);
            bytes.grow(-bytes.size() & 3);
            places.put(text, place);
        }
        return place;
    }

    int put(Optional<String> text) {
        return text.isPresent() ? put(text.get()) : 0;
    }

    SectionBytes bytes() {
        return bytes;
    }

    int count() {
        return places.size();
    }
}
