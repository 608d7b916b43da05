package io.crs.image.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RetryTest {
    @Test
    void readsWhenToComeAgain() {
        assertEquals(Optional.of(Duration.ofSeconds(2)), Retry.wait("2"));
        assertEquals(Optional.of(Duration.ofMillis(500)), Retry.wait("0.5"));
        assertEquals(Optional.of(Duration.ZERO), Retry.wait("-3"));
        assertEquals(Optional.of(Duration.ZERO), Retry.wait("Wed, 21 Oct 2015 07:28:00 GMT"));
        String soon = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusHours(1));
        Duration wait = Retry.wait(soon).orElseThrow();
        assertTrue(
                wait.compareTo(Duration.ofMinutes(55)) > 0 && wait.compareTo(Duration.ofMinutes(61)) < 0,
                wait.toString());
    }

    @Property
    void whateverElseItSaysCountsAsNothing(@ForAll String text) {
        Retry.wait(text).ifPresent(wait -> assertTrue(!wait.isNegative()));
    }
}
