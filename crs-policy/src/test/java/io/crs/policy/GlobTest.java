package io.crs.policy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {
    @ParameterizedTest
    @CsvSource({
        "/app/*, /app/a, true",
        "/app/*, /app/a/b.js, true",
        "/app/*, /app/, true",
        "/app/*, /app, false",
        "/app/*, /app2, false",
        "/app*, /app, true",
        "/a?p, /app, true",
        "/a?p, /a/p, true",
        "/a?p, /ap, false",
        "/a?p, /aä𝄞p, false",
        "/a?p, /a𝄞p, true",
        "/etc/PASSWD, /etc/passwd, false",
        "*.js, /app/a.js, true",
        "*a*b*, xxaxxbxx, true",
        "*a*b*, xxbxxaxx, false",
        "'/a\\*b', /a*b, true",
        "'/a\\*b', /axb, false",
        "'/a\\?', /a?, true",
        "'\\\\', '\\', true",
        "'\\a', a, true",
        "[a-z], a, false",
        "a|b, a, false",
    })
    void matchesAsWritten(String pattern, String name, boolean matches) {
        assertEquals(matches, Glob.of(pattern).matches(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t", "*", "**", "***"})
    void blankAndStarsAreAny(String text) {
        assertSame(Glob.ANY, Glob.of(text));
        assertTrue(Glob.of(text).isAny());
        assertTrue(Glob.of(text).matches(""));
    }

    @Test
    void anEscapedStarIsNotAny() {
        assertFalse(Glob.of("\\*").isAny());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a\\", "\\", "/a\\\\\\", "a\0b", "\\\0", "\ud834", "\udd1e\ud834", "\\\ud834"})
    void refusesWhatNoNameCanMatch(String text) {
        assertThrows(IllegalArgumentException.class, () -> Glob.of(text));
        assertThrows(IllegalArgumentException.class, () -> Glob.ofName(text));
    }

    @Test
    void limitsTheBytesNotTheCharacters() {
        assertEquals(4096, Glob.of("a".repeat(4096)).canonical().length);
        assertThrows(IllegalArgumentException.class, () -> Glob.of("a".repeat(4097)));
        assertThrows(IllegalArgumentException.class, () -> Glob.of("ä".repeat(2049)));
    }

    @ParameterizedTest
    @CsvSource({
        "API.Internal, api.internal, true",
        "api.internal., api.internal, true",
        "api.internal, API.INTERNAL., true",
        "*.internal, a.b.INTERNAL, true",
        "api.internal, api.internal.evil, false",
        "ÄPI, äpi, false",
        ".,.,true",
    })
    void hostNamesHaveNoCaseAndNoDotAtTheEnd(String pattern, String name, boolean matches) {
        assertEquals(matches, Glob.ofName(pattern).matches(name));
    }

    @ParameterizedTest
    @CsvSource({
        "/app/*, /app/, true, false",
        "/app, /app, false, true",
        "/a?p*, /a, false, false",
        "/a*b, /a, false, false",
        "'/a\\*b*', /a*b, true, false",
    })
    void tellsItsShape(String pattern, String literalPrefix, boolean prefix, boolean literal) {
        Glob glob = Glob.of(pattern);
        assertEquals(literalPrefix, glob.literalPrefix());
        assertEquals(prefix, glob.isPrefix());
        assertEquals(literal, glob.isLiteral());
    }

    @ParameterizedTest
    @CsvSource({"a**b***, a*b*", "'\\a\\*\\?\\\\', 'a\\*\\?\\\\'"})
    void theCanonicalSpellingIsShort(String pattern, String canonical) {
        assertArrayEquals(
                canonical.getBytes(StandardCharsets.UTF_8), Glob.of(pattern).canonical());
    }

    @ParameterizedTest
    @CsvSource({
        "/srv/*/x, /srv/, true",
        "/srv/*/x, /srv/a/b/, true",
        "/srv, /srv/, false",
        "*.js, /srv/, true",
        "/s?v/a, /srv/, true",
        "/s?v/a, /srv/b, false",
    })
    void knowsWhetherALongerNameCanMatch(String pattern, String prefix, boolean can) {
        assertEquals(can, Glob.of(pattern).canBegin(prefix));
    }

    @Test
    void matchesManyStarsInBoundedTime() {
        Glob glob = Glob.of("*a".repeat(2000) + "b");
        assertFalse(glob.matches("a".repeat(4096)));
    }

    @Property
    void agreesWithTheNaiveMatcher(@ForAll("patterns") String pattern, @ForAll("names") String name) {
        assertEquals(naive(pattern, 0, name, 0), Glob.of(pattern).matches(name));
    }

    @Property
    void theCanonicalSpellingMeansTheSame(@ForAll("patterns") String pattern, @ForAll("names") String name) {
        Glob glob = Glob.of(pattern);
        Glob again = Glob.of(new String(glob.canonical(), StandardCharsets.UTF_8));
        assertEquals(glob.matches(name), again.matches(name));
        assertArrayEquals(glob.canonical(), again.canonical());
    }

    @Property
    void aLiteralMatchesItselfOnly(@ForAll("names") String text, @ForAll("names") String name) {
        if (!text.isBlank()) {
            assertEquals(text.equals(name), Glob.literal(text).matches(name));
        }
    }

    @Property
    void whatMatchesBeginsAsItCan(@ForAll("patterns") String pattern, @ForAll("names") String name) {
        Glob glob = Glob.of(pattern);
        if (glob.matches(name)) {
            for (int i = 0; i <= name.length(); i++) {
                assertTrue(glob.canBegin(name.substring(0, i)));
            }
            assertTrue(glob.isAny() || name.startsWith(glob.literalPrefix()));
        }
    }

    @Property
    void aPrefixMatchesExactlyWhatBeginsWithIt(@ForAll("patterns") String pattern, @ForAll("names") String name) {
        Glob glob = Glob.of(pattern);
        if (glob.isPrefix()) {
            assertEquals(name.startsWith(glob.literalPrefix()), glob.matches(name));
        }
    }

    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.of("a", "b", "/", "*", "?", "\\*", "\\\\", "\\a", "ä")
                .list()
                .ofMaxSize(7)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of("a", "b", "/", "*", "\\", "ä", "?")
                .list()
                .ofMaxSize(7)
                .map(parts -> String.join("", parts));
    }

    private static boolean naive(String pattern, int p, String name, int n) {
        if (pattern.isBlank()) {
            return true;
        }
        if (p == pattern.length()) {
            return n == name.length();
        }
        char c = pattern.charAt(p);
        if (c == '*') {
            return naive(pattern, p + 1, name, n) || (n < name.length() && naive(pattern, p, name, n + 1));
        }
        if (n == name.length()) {
            return false;
        }
        if (c == '\\') {
            return pattern.charAt(p + 1) == name.charAt(n) && naive(pattern, p + 2, name, n + 1);
        }
        return (c == '?' || c == name.charAt(n)) && naive(pattern, p + 1, name, n + 1);
    }

    @ParameterizedTest
    @CsvSource({
        "/a*, /ab*c, true",
        "/proc/*/stat, /proc/*/mem, false",
        "/proc/*, /proc/*/mem, true",
        "/a/*.log, *.pem, false",
        "/a?, /ab, true",
        "/a?, /a, false",
        "a*b, *, true",
        "'\\*', '?', true",
        "'\\*', 'x', false",
        "a*a, aba, true",
        "'*a', 'b*', true",
    })
    void meetsAnotherPatternInSomeName(String one, String other, boolean meets) {
        assertEquals(meets, Glob.of(one).intersects(Glob.of(other)));
        assertEquals(meets, Glob.of(other).intersects(Glob.of(one)));
    }

    @Test
    void patternsThatTakeTooMuchWorkAreTakenToMeet() {
        String half = "*a".repeat(800);
        assertTrue(Glob.of(half + "b").intersects(Glob.of(half + "c")));
        assertFalse(Glob.of("/b" + half).intersects(Glob.of("/c" + half)), "they begin differently");
    }

    @ParameterizedTest
    @CsvSource({
        "/a/*, /a/*.log, true",
        "/a/*.log, /a/*, false",
        "/a/*, /a/b?c, true",
        "/a/?, /a/*, false",
        "*, /a, true",
        "/a, *, false",
        "/a*b*c, /aXbYc, true",
        "/a*b*c, /a?b*bc, true",
        "'/a\\*', /a*, false",
    })
    void coversWhatMatchesNothingElse(String one, String other, boolean covers) {
        assertEquals(covers, Glob.of(one).covers(Glob.of(other)));
    }

    @Property(tries = 2000)
    void whatMeetsAndCoversIsWhatTheNamesSay(
            @ForAll("patternsOfFewLetters") String one, @ForAll("patternsOfFewLetters") String other) {
        Glob a = Glob.of(one);
        Glob b = Glob.of(other);
        boolean both = false;
        boolean onlyOther = false;
        for (String name : NAMES_OF_FEW_LETTERS) {
            both |= a.matches(name) && b.matches(name);
            onlyOther |= b.matches(name) && !a.matches(name);
        }
        // A name both match need not be longer than the two patterns, of three tokens each, together.
        assertEquals(both, a.intersects(b));
        assertFalse(onlyOther && a.covers(b));
    }

    @Provide
    Arbitrary<String> patternsOfFewLetters() {
        return Arbitraries.of('a', 'b', '*', '?')
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(letters -> {
                    StringBuilder text = new StringBuilder();
                    letters.forEach(text::append);
                    return text.toString();
                });
    }

    private static final List<String> NAMES_OF_FEW_LETTERS = namesOfFewLetters();

    private static List<String> namesOfFewLetters() {
        List<String> names = new ArrayList<>(List.of(""));
        for (int i = 0; names.get(i).length() < 6; i++) {
            names.add(names.get(i) + "a");
            names.add(names.get(i) + "b");
        }
        return names;
    }
}
