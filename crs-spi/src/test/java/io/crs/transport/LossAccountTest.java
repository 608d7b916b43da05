package io.crs.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.contract.EventLines;
import io.crs.event.Event;
import io.crs.event.EventContainer;
import io.crs.event.EventFormatException;
import io.crs.event.EventHeader;
import io.crs.event.EventJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LossAccountTest {
    private final LossAccount account = new LossAccount();

    private static Event event(String container, int seq, long lost) {
        return new Event.Health(
                new EventHeader(
                        "e" + seq,
                        seq,
                        Instant.ofEpochSecond(seq),
                        Optional.of(EventContainer.of(container)),
                        OptionalLong.of(lost),
                        false),
                Optional.empty());
    }

    private void observe(int... sequence) {
        for (int seq : sequence) {
            account.observe(event("c", seq, 0));
        }
    }

    @Test
    void findsNothingMissingInAWholeStream() {
        observe(1, 2, 3, 4);
        assertTrue(account.total().isNone());
    }

    @Test
    void countsAHoleAndFillsItWithWhatComesLate() {
        observe(1, 2, 6, 7);
        assertEquals(new Loss(3, 0, 0), account.of("c"));
        observe(4);
        assertEquals(2, account.total().missing());
        observe(3, 5);
        assertTrue(account.total().isNone());
    }

    @Test
    void keepsContainersApart() {
        account.observe(event("a", 1, 0));
        account.observe(event("b", 1, 0));
        account.observe(event("a", 2, 0));
        account.observe(event("b", 3, 0));
        assertEquals(new Loss(0, 0, 0), account.of("a"));
        assertEquals(new Loss(1, 0, 0), account.of("b"));
        assertEquals(new Loss(1, 0, 0), account.total());
        assertEquals(new Loss(0, 0, 0), account.of("never heard of"));
    }

    @Test
    void knowsAContainerThatStartedAgain() {
        observe(1, 2, 3, 1, 2, 3);
        assertTrue(account.total().isNone());
        observe(2);
        assertEquals(1, account.total().missing());
    }

    @Test
    void tellsWhatWasBeforeItBeganToListen() {
        observe(100, 101);
        assertEquals(new Loss(0, 0, 99), account.total());
    }

    @Test
    void goesOnFromWhatIsStored() {
        account.resume(List.of(event("c", 7, 4), event("c", 5, 4), event("c", 6, 4)));
        account.observe(event("c", 8, 4));
        assertTrue(account.total().isNone());
        account.observe(event("c", 10, 5));
        assertEquals(new Loss(1, 1, 0), account.total());
    }

    @Test
    void addsWhatTheAgentsReport() throws EventFormatException {
        account.observe(event("a", 1, 0));
        account.observe(event("a", 2, 5));
        account.observe(event("a", 3, 5));
        account.observe(event("b", 1, 2));
        assertEquals(7, account.total().reported());
        account.observe(event("a", 1, 1));
        assertEquals(new Loss(0, 6, 0), account.of("a"));
        account.observe(
                EventJson.read("{\"v\":1,\"id\":\"g\",\"seq\":2,\"time\":\"2026-01-01T00:00:00Z\",\"type\":\"GAP\","
                        + "\"container\":{\"id\":\"a\"},\"count\":10}"));
        assertEquals(18, account.total().reported());
    }

    @Test
    void leavesOutEventsOfNoKnownContainer() throws EventFormatException {
        String line = EventLines.line("a", 5).replace("\"container\":{\"id\":\"" + EventLines.CONTAINER + "\"},", "");
        account.observe(EventJson.read(line.strip()));
        assertTrue(account.total().isNone());
    }

    @Test
    void staysBoundedWhateverAnAgentClaims() {
        account.observe(event("c", 1, 0));
        for (int i = 1; i < 5_000; i++) {
            account.observe(event("c", 2 * i + 1, 0));
        }
        assertEquals(4_999, account.total().missing());
        for (long huge : new long[] {Long.MAX_VALUE - 1, 1, Long.MAX_VALUE - 1}) {
            account.observe(new Event.Health(
                    new EventHeader(
                            "x",
                            huge,
                            Instant.EPOCH,
                            Optional.of(EventContainer.of("c")),
                            OptionalLong.of(Long.MAX_VALUE),
                            false),
                    Optional.empty()));
        }
        assertEquals(Long.MAX_VALUE, account.total().missing());
        assertEquals(Long.MAX_VALUE, account.total().reported());
        for (int i = 0; i < LossAccount.MOST_STREAMS + 10; i++) {
            account.observe(event("many" + i, 1, 0));
        }
        assertEquals(Long.MAX_VALUE, account.total().missing());
    }

    /** Whatever the order after the first: what has not come is what is missing. */
    @Property(tries = 300)
    void missesExactlyWhatHasNotCome(
            @ForAll @IntRange(min = 1, max = 60) int count,
            @ForAll Set<@IntRange(min = 2, max = 60) Integer> lost,
            @ForAll Random random) {
        List<Integer> sent = new ArrayList<>();
        for (int seq = 2; seq <= count; seq++) {
            sent.add(seq);
        }
        sent.removeAll(lost);
        int highest = sent.stream().mapToInt(Integer::intValue).max().orElse(1);
        Collections.shuffle(sent, random);
        LossAccount shuffled = new LossAccount();
        shuffled.observe(event("c", 1, 0));
        sent.forEach(seq -> shuffled.observe(event("c", seq, 0)));
        assertEquals(new Loss(highest - 1 - sent.size(), 0, 0), shuffled.total());
    }
}
