package io.crs.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EventJsonPropertyTest {
    @Property(tries = 500)
    void readsWhatItWrote(@ForAll("events") Event event) throws EventFormatException {
        String line = EventJson.write(event);
        assertFalse(line.contains("\n") || line.contains("\r"));
        assertEquals(event, EventJson.read(line));
        assertEquals(event, EventJson.read(line.getBytes(StandardCharsets.UTF_8)));
        assertEquals(line, EventJson.write(EventJson.read(line)));
    }

    @Property(tries = 1000)
    void noBytesGiveAnotherExceptionThanItsOwn(@ForAll byte[] bytes) {
        tryToRead(bytes);
    }

    @Property(tries = 2000)
    void noDamageGivesAnotherExceptionThanItsOwn(
            @ForAll("events") Event event,
            @ForAll("places") int place,
            @ForAll byte instead,
            @ForAll("bits") String bit) {
        byte[] line = EventJson.write(event).getBytes(StandardCharsets.UTF_8);
        byte[] cut = java.util.Arrays.copyOf(line, place % (line.length + 1));
        tryToRead(cut);
        line[place % line.length] = instead;
        tryToRead(line);
        String text = EventJson.write(event);
        int at = place % text.length();
        tryToRead((text.substring(0, at) + bit + text.substring(at)).getBytes(StandardCharsets.UTF_8));
        int colon = text.indexOf(':', at);
        if (colon > 0) {
            tryToRead(
                    (text.substring(0, colon + 1) + bit + text.substring(colon + 1)).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void tryToRead(byte[] line) {
        try {
            EventJson.read(line);
        } catch (EventFormatException e) {
            assertTrue(e.column() >= 1 && e.column() <= line.length + 2, e.getMessage());
        }
    }

    @Provide
    Arbitrary<Integer> places() {
        return Arbitraries.integers().between(0, 5000);
    }

    @Provide
    Arbitrary<String> bits() {
        return Arbitraries.of(
                        "{}", "[]", "[", "\"", "null", "1e400", "-0.0", "1E5", "\\", "\\uDFFF", "{\"a\":", "true", "-",
                        "\u0000")
                .list()
                .ofMaxSize(3)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<Event> events() {
        return Arbitraries.oneOf(
                Combinators.combine(
                                headers(),
                                Arbitraries.of(Event.Type.STANDARD, Event.Type.BEHAVIOR),
                                calls(),
                                texts().optional())
                        .as(Event.Call::new),
                Combinators.combine(headers(), calls().optional(), texts().optional())
                        .as(Event.Alert::new),
                Combinators.combine(headers(), longs(), times().optional(), texts().optional())
                        .as(Event.Gap::new),
                Combinators.combine(headers(), texts().optional()).as(Event.Health::new));
    }

    private static Arbitrary<EventHeader> headers() {
        return Combinators.combine(
                        Arbitraries.strings().alpha().numeric().ofMinLength(1).ofMaxLength(26),
                        Arbitraries.longs().greaterOrEqual(0),
                        times(),
                        containers().optional(),
                        longs(),
                        Arbitraries.of(true, false))
                .as(EventHeader::new);
    }

    private static Arbitrary<EventContainer> containers() {
        Arbitrary<EventContainer.Image> images = Combinators.combine(
                        texts().optional(), texts().optional(), texts().optional())
                .as(EventContainer.Image::new);
        return Combinators.combine(texts().optional(), images.optional()).as(EventContainer::new);
    }

    private static Arbitrary<EventCall> calls() {
        return Combinators.combine(
                        Arbitraries.of(Event.Action.class),
                        Arbitraries.of(true, false).optional(),
                        processes(),
                        syscalls(),
                        objects().optional(),
                        policies().optional(),
                        rules().optional(),
                        Arbitraries.of(Event.Via.class).optional())
                .as(EventCall::new);
    }

    private static Arbitrary<EventProcess> processes() {
        return Combinators.combine(
                        Arbitraries.integers().greaterOrEqual(0),
                        ints(Integer.MAX_VALUE),
                        names().optional(),
                        names().optional(),
                        Arbitraries.longs().between(0, 0xFFFFFFFFL).optional().map(EventJsonPropertyTest::toLong))
                .as(EventProcess::new);
    }

    private static Arbitrary<EventSyscall> syscalls() {
        return Combinators.combine(
                        Arbitraries.of("x86_64", "aarch64", "i386", ""),
                        Arbitraries.integers(),
                        texts().optional(),
                        texts().list().ofMaxSize(6),
                        texts().optional())
                .as(EventSyscall::new);
    }

    private static Arbitrary<EventObject> objects() {
        Arbitrary<List<Optional<EventText>>> three = names().optional().list().ofSize(3);
        Arbitrary<List<OptionalInt>> ports = ints(0xFFFF).list().ofSize(2);
        return Combinators.combine(
                        Arbitraries.of(EventObject.Kind.class),
                        three,
                        texts().optional(),
                        texts().optional(),
                        ports,
                        Arbitraries.of(EventObject.Direction.class).optional())
                .as((kind, names, op, address, port, direction) -> new EventObject(
                        kind,
                        names.get(0),
                        names.get(1),
                        names.get(2),
                        op,
                        address,
                        port.get(0),
                        port.get(1),
                        direction));
    }

    private static Arbitrary<EventPolicy> policies() {
        return Combinators.combine(texts().optional(), texts().optional(), texts().optional())
                .as(EventPolicy::new);
    }

    private static Arbitrary<EventRule> rules() {
        return Combinators.combine(
                        Arbitraries.integers().greaterOrEqual(0),
                        texts().optional(),
                        ints(10),
                        texts().list().ofMaxSize(3),
                        texts().optional())
                .as(EventRule::new);
    }

    private static Arbitrary<EventText> names() {
        return Arbitraries.oneOf(
                texts().map(EventText::of),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(20).map(EventText::of));
    }

    /** Anything a Java string can hold that is text: no half of a surrogate pair. */
    private static Arbitrary<String> texts() {
        return Arbitraries.strings().all().ofMaxLength(20).map(JsonFields::wellFormed);
    }

    private static Arbitrary<Instant> times() {
        return Arbitraries.longs()
                .between(
                        Instant.parse("0000-01-01T00:00:00Z").getEpochSecond(),
                        Instant.parse("9999-12-31T23:59:59Z").getEpochSecond())
                .flatMap(second -> Arbitraries.integers()
                        .between(0, 999_999)
                        .map(micro -> Instant.ofEpochSecond(second, micro * 1000L)));
    }

    private static Arbitrary<OptionalLong> longs() {
        return Arbitraries.longs().greaterOrEqual(0).optional().map(EventJsonPropertyTest::toLong);
    }

    private static Arbitrary<OptionalInt> ints(int max) {
        return Arbitraries.integers().between(0, max).optional().map(number -> number.map(OptionalInt::of)
                .orElse(OptionalInt.empty()));
    }

    private static OptionalLong toLong(Optional<Long> number) {
        return number.map(OptionalLong::of).orElse(OptionalLong.empty());
    }
}
