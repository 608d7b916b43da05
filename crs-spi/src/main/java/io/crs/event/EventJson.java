package io.crs.event;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * The text form of an event: one JSON object on one line.
 *
 * <p>Reading takes lines from agents, which may be anybody: a line is bounded, and whatever is wrong with it comes out
 * as an {@link EventFormatException} with the column. Keys that are not known are passed over, so that a newer agent
 * can say more. Writing puts the keys in their documented order and leaves out what is unknown. For every event,
 * reading what was written gives an equal event. Safe for all threads.
 */
public final class EventJson {
    /** The version of the format, the {@code v} of every line. */
    public static final int VERSION = 1;

    /** The longest line that is read, in bytes of UTF-8 or characters, without the line feed: 1 MiB. */
    public static final int LONGEST_LINE = 1 << 20;

    private EventJson() {}

    /**
     * Reads one line.
     *
     * @throws EventFormatException if it is not an event
     */
    public static Event read(String line) throws EventFormatException {
        if (line.length() > LONGEST_LINE) {
            throw tooLong();
        }
        return EventReader.read(JsonFields.parse(line));
    }

    /**
     * Reads one line of UTF-8.
     *
     * @throws EventFormatException if it is not UTF-8 or not an event
     */
    public static Event read(byte[] line) throws EventFormatException {
        return read(line, 0, line.length);
    }

    /**
     * Reads one line of UTF-8 out of a larger array.
     *
     * @throws EventFormatException if it is not UTF-8 or not an event
     */
    public static Event read(byte[] bytes, int offset, int length) throws EventFormatException {
        if (length > LONGEST_LINE) {
            throw tooLong();
        }
        PlainReader plain = PlainReader.ofOneLine();
        Event event = plain.read(bytes, offset, offset + length);
        return event != null && plain.end() == offset + length ? event : readAny(bytes, offset, length);
    }

    /** Reads a line that need not be plain. */
    static Event readAny(byte[] bytes, int offset, int length) throws EventFormatException {
        if (length > LONGEST_LINE) {
            throw tooLong();
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer chars = CharBuffer.allocate(length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes, offset, length), chars, true);
        if (result.isError()) {
            throw new EventFormatException("not UTF-8", chars.position() + 1);
        }
        return read(chars.flip().toString());
    }

    /** Writes an event as one line, without a line feed. */
    public static String write(Event event) {
        return EventWriter.write(event);
    }

    private static EventFormatException tooLong() {
        return new EventFormatException("the line is longer than " + LONGEST_LINE, LONGEST_LINE + 1);
    }
}
