package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.FilePath;
import io.crs.policy.Glob;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class NameClassesTest {
    private static final Budget NONE_TO_SPEAK_OF = new Budget(50);

    private static NameClasses.Found find(Language language, Set<Glob> globs) {
        return NameClasses.of(language, globs, Optional.empty(), true, new Budget(1_000_000));
    }

    private static Set<Glob> globs(String... patterns) {
        return Stream.of(patterns).map(Glob::of).collect(Collectors.toSet());
    }

    /** What the globs say of a name, and of names that begin with it and a slash. */
    private static List<Boolean> answers(Set<Glob> globs, String name) {
        String below = Condition.Above.below(name);
        return globs.stream()
                .flatMap(glob -> Stream.of(
                        glob.matches(name),
                        glob.canBegin(below),
                        glob.literalPrefix().startsWith(below),
                        glob.isPrefix() && below.startsWith(glob.literalPrefix())))
                .toList();
    }

    @Property
    void everyNameIsLikeAnExample(@ForAll("patterns") Set<String> patterns, @ForAll("paths") String path) {
        Set<Glob> globs = globs(patterns.toArray(String[]::new));
        NameClasses.Found found = find(Language.FILE, globs);
        assertTrue(found.complete());
        Set<List<Boolean>> classes =
                found.names().stream().map(name -> answers(globs, name)).collect(Collectors.toSet());
        assertTrue(classes.contains(answers(globs, path)), () -> found + " lacks " + path);
    }

    @Property
    void examplesAreFoldedPaths(@ForAll("patterns") Set<String> patterns) {
        for (String name :
                find(Language.FILE, globs(patterns.toArray(String[]::new))).names()) {
            assertEquals(Optional.of(name), FilePath.of(name).resolved());
            assertTrue(name.startsWith("/"));
        }
    }

    @Property
    void withinAGlobThereIsNothingElse(@ForAll("patterns") Set<String> patterns) {
        Glob within = Glob.of("/a*b");
        Set<Glob> globs = globs(patterns.toArray(String[]::new));
        NameClasses.Found found =
                NameClasses.of(Language.FILE, globs, Optional.of(within), false, new Budget(1_000_000));
        assertTrue(found.names().stream().allMatch(within::matches));
        assertFalse(found.names().isEmpty());
    }

    @Test
    void givesUpInsteadOfExploding() {
        Set<Glob> globs = new HashSet<>();
        IntStream.range(0, 40).forEach(i -> globs.add(Glob.of("*" + (char) ('a' + i % 26) + "*" + i + "*")));
        assertFalse(NameClasses.of(Language.FILE, globs, Optional.empty(), false, new Budget(500_000))
                .complete());
        assertFalse(NameClasses.of(Language.FILE, globs, Optional.empty(), false, NONE_TO_SPEAK_OF)
                .complete());
    }

    @Test
    void everyIpv4TextIsRead() {
        Language texts = new Ipv4Texts(0x0A000003L, 0x0A0100FFL);
        for (String text : List.of("10.0.0.3", "10.0.0.255", "10.0.255.0", "10.1.0.255", "10.1.0.0")) {
            assertTrue(accepts(texts, text), text);
        }
        for (String text :
                List.of("10.0.0.2", "10.1.1.0", "10.1.0.256", "10.0.0.03", "9.0.0.4", "10.0.0", "10.0.0.3.", "")) {
            assertFalse(accepts(texts, text), text);
        }
    }

    private static boolean accepts(Language language, String text) {
        int state = Language.START;
        for (int i = 0; i < text.length() && state != Language.DEAD; i++) {
            state = language.next(state, text.charAt(i));
        }
        return state != Language.DEAD && language.ends(state);
    }

    @Provide
    Arbitrary<Set<String>> patterns() {
        return Arbitraries.of("a", "b", "/", "*", "?", "\\*", ".", "/a")
                .list()
                .ofMinSize(1)
                .ofMaxSize(6)
                .map(parts -> "/" + String.join("", parts))
                .set()
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("a", "b", "ab", "*", "..", ".a", "é", "a.b")
                .list()
                .ofMaxSize(4)
                .map(parts -> "/" + String.join("/", parts));
    }
}
