package io.crs.policy.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Glob;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PathPatternTest {
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
            boolean file = new AppArmorPattern(pattern.get().text()).matches(path);
            boolean folder = new AppArmorPattern(pattern.get().text()).matches(path + "/");
            String message = text + " " + pattern.get().text() + " " + path;
            assertTrue(glob.matches(path) || !file, message);
            if (pattern.get().exact()) {
                assertEquals(glob.matches(path), file, message);
                assertTrue(folder || !file, message);
            }
            assertTrue(
                    !glob.matches(path)
                            || new AppArmorPattern(pattern.get().wide().text()).matches(path),
                    message);
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
        return Arbitraries.of("a", "b", ".a", "ab", "...", "ba", "\u00e4", "\u20ac")
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(parts -> "/" + String.join("/", parts));
    }
}
