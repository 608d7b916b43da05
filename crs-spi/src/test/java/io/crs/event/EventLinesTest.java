package io.crs.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class EventLinesTest {
    /** What was told, a text for each line. */
    private static final class Told implements EventLines.Listener {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void event(long line, Event event) {
            lines.add(line + " " + event.header().seq());
        }

        @Override
        public void rejected(long line, EventFormatException why) {
            lines.add(line + " " + why.getMessage());
        }
    }

    private static String line(long seq) {
        return "{\"v\":1,\"id\":\"e" + seq + "\",\"seq\":" + seq
                + ",\"time\":\"2026-11-21T19:20:33Z\",\"type\":\"HEALTH\"}";
    }

    private static List<String> told(byte[] bytes) throws IOException {
        Told told = new Told();
        EventLines.read(new ByteArrayInputStream(bytes), told);
        return told.lines;
    }

    private static List<String> told(String text) throws IOException {
        return told(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void tellsEventsByTheirLines() throws IOException {
        assertEquals(List.of("1 5", "2 6"), told(line(5) + "\n" + line(6) + "\n"));
        assertEquals(List.of("1 5", "2 6"), told(line(5) + "\n" + line(6)));
    }

    @Test
    void passesOverBlankLinesCarriageReturnsAndAByteOrderMark() throws IOException {
        assertEquals(List.of("2 5", "5 6"), told("\uFEFF\n" + line(5) + "\r\n\r\n \t\n" + line(6) + "\r\n"));
        assertEquals(List.of("1 5"), told("\uFEFF" + line(5)));
    }

    @Test
    void findsNothingInNothing() throws IOException {
        assertEquals(List.of(), told(""));
        assertEquals(List.of(), told("\n\n"));
        assertEquals(List.of(), told("\uFEFF"));
    }

    @Test
    void saysWhichLineIsNoEvent() throws IOException {
        List<String> told = told(line(1) + "\nnonsense\n" + line(3) + "\n{}\n");
        assertEquals(4, told.size());
        assertTrue(told.get(1).startsWith("2 not JSON"), told.get(1));
        assertEquals("3 3", told.get(2));
        assertTrue(told.get(3).startsWith("4 v is missing"), told.get(3));
    }

    @Test
    void aByteOrderMarkInTheMiddleIsWrong() throws IOException {
        assertTrue(told(line(1) + "\n\uFEFF" + line(2)).get(1).startsWith("2 not JSON"));
    }

    @Test
    void aLineThatIsTooLongIsOneThatIsWrong() throws IOException {
        String blank = " ".repeat(EventJson.LONGEST_LINE - line(2).length());
        String fits = line(1) + "\n" + line(2) + blank + "\n" + line(3) + "\n";
        assertEquals(List.of("1 1", "2 2", "3 3"), told(fits));
        for (int more : new int[] {1, 1 << 10, 1 << 20, 5 << 20}) {
            String longer = line(1) + "\n" + line(2) + blank + " ".repeat(more) + "\n" + line(3) + "\n";
            List<String> told = told(longer);
            assertEquals(3, told.size(), told.toString());
            assertEquals("2 the line is longer than 1048576 (column 1048577)", told.get(1));
            assertEquals("3 3", told.get(2));
        }
        assertEquals(1, told("x".repeat(4 << 20)).size());
    }

    @Test
    void keepsTheOrderOfManyBlocks() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int lines = 50_000;
        for (int i = 1; i <= lines; i++) {
            bytes.writeBytes(((i % 1000 == 0 ? "wrong" : line(i)) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        List<String> told = told(bytes.toByteArray());
        assertEquals(lines, told.size());
        for (int i = 1; i <= lines; i++) {
            String expected = i % 1000 == 0 ? i + " not JSON" : i + " " + i;
            assertTrue(told.get(i - 1).startsWith(expected), told.get(i - 1));
        }
    }

    @Property(tries = 200)
    void tellsWhatReadingLineByLineTells(@ForAll Random random) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(40); i >= 0; i--) {
            switch (random.nextInt(8)) {
                case 0 -> text.append("wrong");
                case 1 -> text.append(line(i).replace("e", "\\u0065"));
                case 2 -> text.append(line(i), 0, random.nextInt(20));
                case 3 -> text.append("x".repeat(random.nextInt(1 << 19)));
                default -> text.append(line(i));
            }
            text.append(random.nextInt(5) == 0 ? "\n\n" : "\n");
        }
        Told expected = new Told();
        String[] lines = text.toString().split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            byte[] bytes = lines[i].getBytes(StandardCharsets.UTF_8);
            if (bytes.length > 0) {
                try {
                    expected.event(i + 1, EventJson.readAny(bytes, 0, bytes.length));
                } catch (EventFormatException e) {
                    expected.rejected(i + 1, e);
                }
            }
        }
        Told told = new Told();
        EventLines.read(new InPieces(text.toString().getBytes(StandardCharsets.UTF_8), random), told);
        assertEquals(expected.lines, told.lines);
    }

    /** Gives a few bytes at a time, as a pipe does. */
    private static final class InPieces extends ByteArrayInputStream {
        private final Random random;

        InPieces(byte[] bytes, Random random) {
            super(bytes);
            this.random = random;
        }

        @Override
        public synchronized int read(byte[] room, int from, int length) {
            return super.read(room, from, Math.min(length, 1 + random.nextInt(1 << 17)));
        }
    }

    @Test
    void tellsThatTheStreamFailed() throws IOException {
        InputStream closed = InputStream.nullInputStream();
        closed.close();
        assertThrows(IOException.class, () -> EventLines.read(closed, new Told()));
    }

    @Test
    void whatTheListenerThrowsEndsTheReading() {
        EventLines.Listener full = new EventLines.Listener() {
            @Override
            public void event(long line, Event event) {
                throw new IllegalStateException("full");
            }

            @Override
            public void rejected(long line, EventFormatException why) {}
        };
        byte[] many = (line(1) + "\n").repeat(20_000).getBytes(StandardCharsets.UTF_8);
        assertThrows(IllegalStateException.class, () -> EventLines.read(new ByteArrayInputStream(many), full));
    }

    @Test
    void stopsWhenItIsInterrupted() {
        byte[] many = (line(1) + "\n").repeat(20_000).getBytes(StandardCharsets.UTF_8);
        Thread.currentThread().interrupt();
        try {
            assertThrows(
                    InterruptedIOException.class, () -> EventLines.read(new ByteArrayInputStream(many), new Told()));
        } finally {
            assertTrue(Thread.interrupted());
        }
    }
}
