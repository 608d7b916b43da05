package io.crs.event;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventJsonTest {
    /** Every key there is, in the documented order. */
    private static final String FULL = "{\"v\":1,\"id\":\"01JD0000000000000000000000\",\"seq\":184213,"
            + "\"time\":\"2026-11-21T19:20:33.123456Z\",\"type\":\"STANDARD\",\"action\":\"DENY\",\"enforced\":true,"
            + "\"container\":{\"id\":\"99cfbd11e113\",\"image\":{\"name\":\"registry/app\",\"tag\":\"1.4\",\"digest\":\"sha256:00\"}},"
            + "\"process\":{\"pid\":853,\"ppid\":840,\"exe\":\"/usr/bin/cat\",\"exec\":\"/bin/c\uFFFDt\",\"execBase64\":\"L2Jpbi9j/3Q=\",\"uid\":0},"
            + "\"syscall\":{\"arch\":\"x86_64\",\"nr\":257,\"name\":\"openat\",\"args\":[\"AT_FDCWD\",\"/etc/shadow\",\"O_RDONLY\"],\"errno\":\"EACCES\"},"
            + "\"object\":{\"kind\":\"file\",\"requested\":\"/etc/../etc/shadow\",\"path\":\"/etc/shadow\",\"op\":\"read\"},"
            + "\"policy\":{\"id\":\"p\",\"name\":\"no-shadow\",\"digest\":\"sha256:11\"},"
            + "\"rule\":{\"index\":3,\"name\":\"deny passwd\",\"severity\":8,\"tags\":[\"mitre:T1003.008\"],\"message\":\"m\"},"
            + "\"via\":\"notify\",\"reason\":\"r\",\"truncated\":true,\"lost\":0}";

    private static final String SOCKET = "{\"v\":1,\"id\":\"a\",\"seq\":1,\"time\":\"2026-11-21T19:20:33.000000Z\","
            + "\"type\":\"BEHAVIOR\",\"action\":\"ALLOW\",\"process\":{\"pid\":1},\"syscall\":{\"arch\":\"aarch64\",\"nr\":203},"
            + "\"object\":{\"kind\":\"socket\",\"address\":\"10.0.0.5\",\"port\":443,\"localPort\":0,\"direction\":\"outbound\"}}";

    @Test
    void keepsEveryKeyInTheDocumentedOrder() throws EventFormatException {
        assertEquals(FULL, EventJson.write(EventJson.read(FULL)));
        assertEquals(SOCKET, EventJson.write(EventJson.read(SOCKET)));
    }

    @Test
    void readsWhatItSays() throws EventFormatException {
        Event.Call event = assertInstanceOf(Event.Call.class, EventJson.read(FULL));
        assertEquals(Event.Type.STANDARD, event.type());
        assertEquals(184213, event.header().seq());
        assertEquals(
                Instant.parse("2026-11-21T19:20:33.123456Z"), event.header().time());
        assertEquals(Optional.of("99cfbd11e113"), event.header().container().flatMap(EventContainer::id));
        assertEquals(Event.Action.DENY, event.made().action());
        assertEquals(853, event.made().process().pid());
        assertArrayEquals(
                new byte[] {'/', 'b', 'i', 'n', '/', 'c', (byte) 0xFF, 't'},
                event.made().process().exec().orElseThrow().bytes());
        assertEquals(
                List.of("AT_FDCWD", "/etc/shadow", "O_RDONLY"),
                event.made().syscall().args());
        assertEquals(EventObject.Kind.FILE, event.made().object().orElseThrow().kind());
        assertEquals(8, event.made().rule().orElseThrow().severity().orElseThrow());
    }

    @Test
    void readsTheKindsWithoutACall() throws EventFormatException {
        Event.Gap gap = assertInstanceOf(
                Event.Gap.class,
                EventJson.read("{\"v\":1,\"id\":\"a\",\"seq\":7,\"time\":\"2026-11-21T19:20:33Z\",\"type\":\"GAP\","
                        + "\"count\":12,\"since\":\"2026-11-21T19:20:32Z\",\"reason\":\"full\",\"lost\":40}"));
        assertEquals(OptionalLong.of(12), gap.count());
        assertEquals(OptionalLong.of(40), gap.header().lost());
        assertEquals(Optional.of("full"), gap.reason());
        Event health = EventJson.read(
                "{\"v\":1,\"id\":\"b\",\"seq\":8,\"time\":\"2026-11-21T19:20:33Z\",\"type\":\"HEALTH\",\"reason\":\"up\"}");
        assertEquals(Optional.empty(), health.call());
        Event alert = EventJson.read(
                "{\"v\":1,\"id\":\"c\",\"seq\":9,\"time\":\"2026-11-21T19:20:33Z\",\"type\":\"ALERT\",\"reason\":\"degraded\"}");
        assertEquals(Optional.empty(), alert.call());
    }

    @Test
    void passesOverUnknownKeysAndTakesNullForUnknown() throws EventFormatException {
        String more = FULL.replace("\"pid\":853,", "\"pid\":853,\"cgroup\":[{\"a\":[1.5,null]}],")
                .replace("{\"v\":1,", "{\"v\":1,\"new\":{\"deep\":[[[]]]},\"big\":123456789012345678901234567890,");
        assertEquals(FULL, EventJson.write(EventJson.read(more)));
        Event event = EventJson.read(FULL.replace("\"ppid\":840", "\"ppid\":null"));
        assertTrue(event.call().orElseThrow().process().ppid().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"v\":1                | \"v\":2                | v is 2: this reads version 1 (column 6)",
                "\"v\":1                | \"v\":1.0              | v is not an integer of 0 to 9223372036854775807 (column 6)",
                "\"seq\":184213         | \"seq\":\"184213\"     | seq is not an integer of 0 to 9223372036854775807 (column 48)",
                "\"seq\":184213         | \"seq\":99999999999999999999 | seq is not an integer of 0 to 9223372036854775807 (column 48)",
                "\"seq\":184213         | \"seq\":-1             | seq is not an integer of 0 to 9223372036854775807 (column 48)",
                "\"type\":\"STANDARD\"  | \"type\":\"standard\"  | type is none of those known: \"standard\" (column 99)",
                "\"type\":\"STANDARD\", |                        | type is missing (column 1)",
                "\"pid\":853,           |                        | process.pid is missing (column 251)",
                "\"pid\":853            | \"pid\":{}             | process.pid is not an integer of 0 to 2147483647 (column 258)",
                "\"severity\":8         | \"severity\":11        | rule.severity is not an integer of 0 to 10",
                "\"tags\":[             | \"tags\":[7,           | rule.tags is not an array of strings",
                "\"kind\":\"file\"      | \"kind\":\"FILE\"      | object.kind is none of those known: \"FILE\"",
                "L2Jpbi9j/3Q=           | %%%                    | process.execBase64 is not base 64",
                "\"2026-11-21T19:20:33.123456Z\" | \"yesterday\" | time is not a time such as",
                "2026-11-21             | +12026-11-21           | time is not in the years 0 to 9999",
                "01JD                   | 01JD\\u0000\",\"id\":\"x | not JSON: Duplicate field 'id'",
            })
    void saysWhatIsWrongAndWhere(String part, String instead, String message) {
        assertTrue(FULL.contains(part), part);
        String line = FULL.replace(part, instead == null ? "" : instead);
        EventFormatException error = assertThrows(EventFormatException.class, () -> EventJson.read(line));
        assertTrue(error.getMessage().startsWith(message), error.getMessage());
        assertTrue(error.getMessage().endsWith("(column " + error.column() + ")"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "1",
                "\"x\"",
                "{",
                "{}",
                "{}{}",
                "{\"v\":1}",
                "{\"v\":NaN}",
                "{'v':1}",
                "{\"v\":1,}",
                "// x\n{}",
                "{\"v\":01}",
                "{\"v\":1e999999999}",
                "{\"a\":\"\u0001\"}"
            })
    void refusesWhatIsNoEvent(String line) {
        assertThrows(EventFormatException.class, () -> EventJson.read(line));
    }

    @Test
    void takesTheNumberAProgramChose() throws EventFormatException {
        Event event = EventJson.read(FULL.replace("\"nr\":257,\"name\":\"openat\"", "\"nr\":-2147483648"));
        assertEquals(Integer.MIN_VALUE, event.call().orElseThrow().syscall().nr());
        assertEquals(event, EventJson.read(EventJson.write(event)));
    }

    @Test
    void boundsDepthLengthAndNumbers() {
        assertThrows(EventFormatException.class, () -> EventJson.read("{\"x\":" + "[".repeat(100_000)));
        assertThrows(EventFormatException.class, () -> EventJson.read("{\"x\":".repeat(100_000)));
        assertThrows(EventFormatException.class, () -> EventJson.read("{\"v\":" + "9".repeat(500_000) + "}"));
        String long1 = "{\"x\":\"" + "a".repeat(EventJson.LONGEST_LINE) + "\"}";
        EventFormatException error = assertThrows(EventFormatException.class, () -> EventJson.read(long1));
        assertEquals("the line is longer than 1048576 (column 1048577)", error.getMessage());
        assertThrows(EventFormatException.class, () -> EventJson.read(long1.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void readsBytesOfALargerArrayAndRefusesThoseThatAreNotUtf8() throws EventFormatException {
        byte[] bytes = ("xx" + FULL + "yy").getBytes(StandardCharsets.UTF_8);
        assertEquals(FULL, EventJson.write(EventJson.read(bytes, 2, bytes.length - 4)));
        bytes[2 + 14] = (byte) 0xFF;
        EventFormatException error =
                assertThrows(EventFormatException.class, () -> EventJson.read(bytes, 2, bytes.length - 4));
        assertEquals("not UTF-8 (column 15)", error.getMessage());
    }

    @Test
    void writesAHalfSurrogateAsTheReplacementCharacter() throws EventFormatException {
        Event read = EventJson.read(FULL.replace("deny passwd", "deny \\uD800 passwd"));
        assertEquals(
                "deny \uFFFD passwd",
                read.call().orElseThrow().rule().orElseThrow().name().orElseThrow());
        assertEquals(read, EventJson.read(EventJson.write(read)));
    }
}
