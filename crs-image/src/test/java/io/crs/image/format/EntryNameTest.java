package io.crs.image.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryNameTest {
    @ParameterizedTest
    @CsvSource({
        "etc/passwd, /etc/passwd",
        "./etc/passwd, /etc/passwd",
        "/etc/passwd, /etc/passwd",
        "./etc//./passwd/, /etc/passwd",
        "../../etc/passwd, /etc/passwd",
        "a/../b, /b",
        "./, /",
        "., /",
        "/, /",
        "'', /",
        "..., /...",
        "a..b/..c/d.., /a..b/..c/d..",
    })
    void staysBelowTheRoot(String name, String path) {
        assertEquals(path, EntryName.path(name));
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of("", ".", "..", "...", "a", "bc", ".d", "e.", "/")
                .list()
                .ofMaxSize(7)
                .map(parts -> String.join("/", parts));
    }

    /** The plain way, which is the meaning. */
    private static List<String> meant(String name) {
        Deque<String> parts = new ArrayDeque<>();
        for (String part : name.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return List.copyOf(parts);
    }

    @Property
    void isTakenApartAsItIsMeant(@ForAll("names") String name) {
        assertEquals(meant(name), EntryName.parts(name));
        assertEquals("/" + String.join("/", meant(name)), EntryName.path(name));
        assertEquals(List.of(name.split("/", -1)).contains(".."), EntryName.climbs(name));
    }
}
