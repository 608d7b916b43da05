package io.crs.policy.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Glob;
import java.util.Optional;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PathPatternTest {
    /** The regular expression that AppArmor makes of a pattern. */
    private static Pattern apparmor(String text) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '*' -> {
                    boolean two = i + 1 < text.length() && text.charAt(i + 1) == '*';
                    i += two ? 1 : 0;
                    boolean component =
                            regex.toString().endsWith("/") && (i + 1 == text.length() || text.charAt(i + 1) == '/');
                    regex.append(component ? "[^/]" : "").append(two ? ".*" : "[^/]*");
                }
                case '?' -> regex.append("[^/]");
                case '{' -> regex.append("(?:");
                case '}' -> regex.append(')');
                case ',' -> regex.append('|');
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    @Property(tries = 2000)
    void matchesTheFilesOfTheGlob(@ForAll("globs") String text, @ForAll("paths") String path) {
        Glob glob = Glob.of(text);
        if (PathPattern.matchesNothing(glob)) {
            assertFalse(glob.matches(path), () -> text + " " + path);
            return;
        }
        Optional<PathPattern> pattern = PathPattern.of(glob);
        if (pattern.isPresent()) {
            // A folder is known there with a slash behind its name.
            boolean file = apparmor(pattern.get().text()).matcher(path).matches();
            boolean folder = apparmor(pattern.get().text()).matcher(path + "/").matches();
            String message = text + " " + pattern.get().text() + " " + path;
            assertTrue(glob.matches(path) || !file, message);
            if (pattern.get().exact()) {
                assertEquals(glob.matches(path), file, message);
                assertTrue(folder || !file, message);
            }
        }
    }

    @Test
    void folderAndAllBelow() {
        assertEquals("/etc/**", PathPattern.of(Glob.of("/etc/*")).orElseThrow().text());
        assertEquals(
                "/{,**/}nc{,/}", PathPattern.of(Glob.of("*/nc")).orElseThrow().text());
        assertEquals(Optional.empty(), PathPattern.of(Glob.of("/a{b")));
        assertTrue(PathPattern.matchesNothing(Glob.of("etc/passwd")));
    }

    @Provide
    Arbitrary<String> globs() {
        return Arbitraries.of("/", "a", "b", "*", "?", ".")
                .list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("a", "b", ".a", "ab", "...", "ba")
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(parts -> "/" + String.join("/", parts));
    }
}
