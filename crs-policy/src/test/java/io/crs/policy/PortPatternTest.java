package io.crs.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortPatternTest {
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "*", "-1", "0", " 0 ", "80,0", "443, * ", "-1,80"})
    void blankStarMinusOneAndZeroAreAny(String text) {
        assertSame(PortPattern.ANY, PortPattern.of(text));
    }

    @ParameterizedTest
    @CsvSource({
        "443, 443, true",
        "443, 444, false",
        "8000-8010, 7999, false",
        "8000-8010, 8000, true",
        "8000-8010, 8010, true",
        "8000-8010, 8011, false",
        "'80, 443 ,8000 - 8010', 443, true",
        "'80, 443 ,8000 - 8010', 8005, true",
        "'80, 443 ,8000 - 8010', 81, false",
        "0-1023, 0, true",
        "65535, 65535, true",
    })
    void matchesNumbersRangesAndLists(String pattern, int port, boolean matches) {
        assertEquals(matches, PortPattern.of(pattern).matches(port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "65536",
                "80-65536",
                "http",
                "80,",
                ",80",
                "80,,81",
                "80-",
                "-80",
                "8010-8000",
                "080",
                "80-90-100",
                "4.5",
                "+80",
                "٨٠",
                "99999999999999999999",
                "80;81",
                "-1-5",
                "0x50"
            })
    void refusesWhatIsNoPort(String text) {
        assertThrows(IllegalArgumentException.class, () -> PortPattern.of(text));
    }

    @Test
    void saysHowToTurnAReversedRange() {
        var refused = assertThrows(IllegalArgumentException.class, () -> PortPattern.of("8010-8000"));
        assertTrue(refused.getMessage().contains("8000-8010"), refused.getMessage());
    }

    @Test
    void boundsTheLengthOfAList() {
        assertThrows(IllegalArgumentException.class, () -> PortPattern.of("1,".repeat(3000) + "1"));
    }

    @Property
    void aListMatchesExactlyItsPorts(
            @ForAll @NotEmpty @Size(max = 20) List<@IntRange(min = 1, max = 200) Integer> ports,
            @ForAll @IntRange(max = 201) int port) {
        PortPattern pattern = PortPattern.of(ports.stream().map(String::valueOf).collect(Collectors.joining(",")));
        assertEquals(ports.contains(port), pattern.matches(port));
        for (int i = 1; i < pattern.ranges().size(); i++) {
            assertTrue(pattern.ranges().get(i - 1).high() + 1
                    < pattern.ranges().get(i).low());
        }
    }

    @Property
    void aRangeMatchesBetweenItsEnds(
            @ForAll @IntRange(min = 1, max = 65535) int a,
            @ForAll @IntRange(min = 1, max = 65535) int b,
            @ForAll @IntRange(max = 65535) int port) {
        int low = Math.min(a, b);
        int high = Math.max(a, b);
        assertEquals(
                low <= port && port <= high, PortPattern.of(low + "-" + high).matches(port));
        assertFalse(PortPattern.of(low + "-" + high).isAny());
    }
}
