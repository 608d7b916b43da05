package io.crs.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the quick reader takes for an event, the JSON parser takes for the same event. */
class PlainReaderTest {
    private static final String LINE = "{\"v\":1,\"id\":\"01JD\",\"seq\":7,\"time\":\"2026-11-21T19:20:33.123456Z\","
            + "\"type\":\"STANDARD\",\"action\":\"DENY\",\"enforced\":true,\"container\":{\"id\":\"99cfbd11e113\","
            + "\"image\":{\"name\":\"app\",\"tag\":\"1\",\"digest\":\"sha256:00\"}},\"process\":{\"pid\":853,\"ppid\":8,"
            + "\"exe\":\"/usr/bin/cat\",\"exec\":\"/bin/cat\",\"uid\":4294967295},\"syscall\":{\"arch\":\"x86_64\","
            + "\"nr\":257,\"name\":\"openat\",\"args\":[\"AT_FDCWD\",\"/etc/sch\u00e4dow\",\"O_RDONLY\"],"
            + "\"errno\":\"EACCES\"},\"object\":{\"kind\":\"file\",\"requested\":\"/etc/\uD83D\uDE00\",\"path\":"
            + "\"/etc/shadow\",\"op\":\"read\",\"address\":\"::1\",\"port\":65535,\"localPort\":0,\"direction\":"
            + "\"inbound\"},\"policy\":{\"id\":\"p\",\"name\":\"n\",\"digest\":\"d\"},\"rule\":{\"index\":3,\"name\":\"r\","
            + "\"severity\":10,\"tags\":[\"a\",\"b\"],\"message\":\"m\"},\"via\":\"kernel\",\"count\":1,\"since\":"
            + "\"2024-02-29T00:00:00Z\",\"reason\":\"x\",\"truncated\":false,\"lost\":0}";

    private static final Pattern PLACE = Pattern.compile("[{}\\[\\]:,]|\"[^\"]*\"|-?\\d+|true|false");

    /** What stands for a token or beside one: each is wrong somewhere, and right elsewhere. */
    private static final List<String> TOKENS = List.of(
            "",
            " ",
            "\t",
            "\r",
            "\n",
            "\u0000",
            "null",
            "0",
            "-0",
            "00",
            "1.0",
            "1e3",
            "-1",
            "9223372036854775807",
            "99999999999999999999",
            "65536",
            "4294967296",
            "2147483648",
            "-2147483649",
            "true",
            "True",
            "\"\"",
            "\"a\"",
            "\"x\\ny\"",
            "\"\\u0041\"",
            "\"\uFFFD\"",
            "\"\u007f\"",
            "\"\u0001\"",
            "\"\u00e9\"",
            "[]",
            "[[]]",
            "{}",
            "{",
            "}",
            "]",
            ",",
            ":",
            "\"",
            "//",
            "'a'",
            "\"id\"",
            "\"v\"",
            "\"exe\"",
            "\"name\"",
            "\"execBase64\"",
            "\"L2I=\"",
            "\"new\":[{}],",
            "\"id\":\"twice\",",
            "\"2026-02-29T00:00:00Z\"",
            "\"2026-11-21T24:00:00Z\"",
            "\"2026-11-21T19:20:60Z\"",
            "\"2026-11-21T19:20:33.Z\"",
            "\"2026-11-21T19:20:33.1234567891Z\"",
            "\"2026-11-21T19:20:33.123456789Z\"",
            "\"2026-11-21T19:20Z\"",
            "\"2026-11-21T19:20:33+01:00\"",
            "\"0000-01-01T00:00:00Z\"",
            "\"GAP\"",
            "\"ALERT\"",
            "\"HEALTH\"",
            "\"BEHAVIOR\"",
            "\"gap\"",
            "\"socket\"",
            "\"aarch64\"",
            "\"" + "i".repeat(257) + "\"");

    /** Remembers what the lines before had, as it does in a stream. */
    private final PlainReader reader = PlainReader.ofManyLines();

    private @Nullable Event check(byte[] line) {
        Event event = reader.read(line, 0, line.length);
        Event quick = event != null && reader.end() == line.length ? event : null;
        PlainReader another = PlainReader.ofOneLine();
        Event alone = another.read(line, 0, line.length);
        assertEquals(quick, alone != null && another.end() == line.length ? alone : null);
        if (quick != null) {
            try {
                assertEquals(EventJson.readAny(line, 0, line.length), quick);
            } catch (EventFormatException e) {
                throw new AssertionError("was taken for an event: " + new String(line, StandardCharsets.UTF_8), e);
            }
        }
        return quick;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void readsWhatAgentsWrite() {
        assertNotNull(check(bytes(LINE)));
        assertNotNull(check(bytes(LINE)));
        assertNotNull(check(bytes(LINE.replace(",\"", " ,\t\"")
                .replace(":", ": ")
                .replace("2026-11-21T19: 20: 33", "2026-11-21T19:20:33")
                .replace("T00: 00: 00", "T00:00:00"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"v\":1,\"id\":\"a\",\"seq\":7,\"time\":\"2026-11-21T19:20:33Z\",\"type\":\"GAP\",\"count\":12,"
                        + "\"since\":\"2026-11-21T19:20:32Z\",\"reason\":\"full\",\"lost\":40}",
                "{\"v\":1,\"id\":\"b\",\"seq\":8,\"time\":\"2026-11-21T19:20:33Z\",\"type\":\"HEALTH\",\"reason\":\"up\"}",
                "{\"v\":1,\"id\":\"c\",\"seq\":9,\"time\":\"2026-11-21T19:20:33Z\",\"type\":\"ALERT\",\"reason\":\"low\"}"
            })
    void readsEventsWithoutACall(String line) {
        assertNotNull(check(bytes(line)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"v\":1,",
                "\"id\":\"01JD\",",
                "\"seq\":7,",
                "\"type\":\"STANDARD\",",
                "\"action\":\"DENY\",",
                "\"pid\":853,",
                "\"arch\":\"x86_64\",",
                "\"nr\":257,",
                "\"kind\":\"file\",",
                "\"index\":3,"
            })
    void leavesALineThatLacksSomethingToTheParser(String missing) {
        assertNull(check(bytes(LINE.replace(missing, ""))));
    }

    @Test
    void leavesWhatIsNotPlainToTheParser() {
        assertNull(check(bytes(LINE.replace("/bin/cat", "/bin/c\\\\at"))));
        assertNull(check(bytes(LINE.replace("\"pid\"", "\"new\":1,\"pid\""))));
        assertNull(check(bytes(LINE.replace("\"pid\":853", "\"pid\":853,\"pid\":853"))));
        assertNull(check(bytes(LINE + "{}")));
        byte[] notUtf8 = bytes(LINE);
        notUtf8[LINE.indexOf("/usr/bin")] = (byte) 0xC0;
        assertNull(check(notUtf8));
    }

    @Test
    void stopsAtTheEndOfItsLine() {
        byte[] two = bytes(LINE + "\r\n" + LINE);
        assertNotNull(reader.read(two, 0, two.length));
        assertEquals(bytes(LINE).length + 1, reader.end());
        byte[] broken = bytes(LINE.replace(",\"lost\"", ",\n\"lost\""));
        assertNull(reader.read(broken, 0, broken.length));
    }

    @Property(tries = 1000)
    void readsWhatIsWritten(@ForAll("events") Event event) {
        check(bytes(EventJson.write(event)));
    }

    @Property(tries = 3000)
    void damageIsSeen(@ForAll Random random, @ForAll("events") Event event) {
        String line = random.nextInt(3) > 0 ? LINE : EventJson.write(event);
        for (int i = random.nextInt(3); i >= 0; i--) {
            line = damaged(line, random);
        }
        check(bytes(line));
        byte[] bytes = bytes(line);
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            check(bytes);
            check(Arrays.copyOf(bytes, random.nextInt(bytes.length)));
        }
    }

    /** Another token in the place of one, beside one, or two that change places. */
    private static String damaged(String line, Random random) {
        List<int[]> places = new ArrayList<>();
        for (Matcher found = PLACE.matcher(line); found.find(); ) {
            places.add(new int[] {found.start(), found.end()});
        }
        if (places.isEmpty()) {
            return line;
        }
        int[] place = places.get(random.nextInt(places.size()));
        String token = TOKENS.get(random.nextInt(TOKENS.size()));
        String before = line.substring(0, place[0]);
        return switch (random.nextInt(3)) {
            case 0 -> before + token + line.substring(place[1]);
            case 1 -> before + token + line.substring(place[0]);
            default -> before + line.substring(place[1]);
        };
    }

    @Property(tries = 500)
    void theOrderOfTheKeysDoesNotMatter(@ForAll Random random) {
        List<String> members = new ArrayList<>(List.of(
                "\"v\":1",
                "\"id\":\"a\"",
                "\"seq\":1",
                "\"time\":\"2026-11-21T19:20:33Z\"",
                "\"type\":\"BEHAVIOR\"",
                "\"action\":\"ALLOW\"",
                "\"process\":{\"uid\":1,\"pid\":2}",
                "\"syscall\":{\"nr\":-5,\"arch\":\"i386\"}",
                "\"lost\":2"));
        Collections.shuffle(members, random);
        String line = "{" + String.join(",", members) + "}";
        assertNotNull(check(bytes(line)), line);
        members.add(members.get(random.nextInt(members.size())));
        assertNull(check(bytes("{" + String.join(",", members) + "}")));
    }

    @Provide
    Arbitrary<Event> events() {
        return new EventJsonPropertyTest().events();
    }
}
