package io.crs.event;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The tokens of a line of plain JSON: keys that are known, strings without escapes, integers.
 *
 * <p>It is fast, and it need not be able to read everything: at the first thing that is not plain it is {@link #unsure}
 * and stays so, and what it returns from then on means nothing. Whatever it is sure of, a JSON parser reads the same.
 * For one thread.
 */
final class PlainJson {
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;
    private static final long SPACES = 0x2020202020202020L;
    private static final long QUOTES = 0x2222222222222222L;
    private static final long BACKSLASHES = 0x5C5C5C5C5C5C5C5CL;
    private static final int MOST_DIGITS = 18;

    private final PlainText.Recent texts;
    private final PlainTime times = new PlainTime();
    private final List<String> array = new ArrayList<>();
    private byte[] bytes = {};
    private int at;
    private int end;
    private boolean unsure;
    private boolean beyondAscii;

    PlainJson(PlainText.Recent texts) {
        this.texts = texts;
    }

    void begin(byte[] line, int from, int to) {
        bytes = line;
        at = from;
        end = to;
        unsure = false;
    }

    boolean unsure() {
        return unsure;
    }

    /** Takes back whatever has been read. */
    void giveUp() {
        unsure = true;
    }

    byte[] bytes() {
        return bytes;
    }

    int at() {
        return at;
    }

    int end() {
        return end;
    }

    void goTo(int place) {
        at = place;
    }

    /** The next byte that is no blank, which is not passed; 0 at the end. A line feed is no blank: it ends the line. */
    private byte peek() {
        while (at < end) {
            byte c = bytes[at];
            if (c > ' ' || (c != ' ' && c != '\t' && c != '\r')) {
                return c;
            }
            at++;
        }
        return 0;
    }

    /** Passes a byte if it comes next. */
    boolean pass(char c) {
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    /** Passes a byte that must come next. */
    void expect(char c) {
        if (!pass(c)) {
            unsure = true;
        }
    }

    /** Passes a key and its colon if it comes next; {@link #peek} has been there. */
    boolean passKey(byte[] quoted) {
        int after = at + quoted.length;
        if (after >= end) {
            return false;
        }
        for (int i = 0; i < quoted.length; i++) {
            if (bytes[at + i] != quoted[i]) {
                return false;
            }
        }
        at = after;
        expect(':');
        return true;
    }

    /** Passes blanks; whether nothing else follows in this line. */
    boolean isAtEnd() {
        byte next = peek();
        return at == end || next == '\n';
    }

    PlainText string() {
        expect('"');
        int from = at;
        int to = endOfString();
        if (unsure) {
            return PlainText.NONE;
        }
        at = to + 1;
        PlainText text = texts.text(bytes, from, to - from);
        // Bytes that are not UTF-8 show as this character, and it may stand there itself: that is for the other reader.
        if (beyondAscii && text.text().indexOf('\uFFFD') >= 0) {
            unsure = true;
        }
        return text;
    }

    /** A string that no other line has. */
    String ownString() {
        expect('"');
        int from = at;
        int to = endOfString();
        if (unsure || beyondAscii) {
            unsure = true;
            return "";
        }
        at = to + 1;
        return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
    }

    /** Where the quote is that ends the string; eight bytes are looked at together. */
    private int endOfString() {
        beyondAscii = false;
        int i = at;
        while (i + Long.BYTES <= end) {
            long eight = (long) PlainText.Recent.LONGS.get(bytes, i);
            long quotes = eight ^ QUOTES;
            long backslashes = eight ^ BACKSLASHES;
            long found = (((eight - SPACES) & ~eight)
                            | ((quotes - ONES) & ~quotes)
                            | ((backslashes - ONES) & ~backslashes)
                            | eight)
                    & HIGH;
            if (found == 0) {
                i += Long.BYTES;
                continue;
            }
            i += Long.numberOfTrailingZeros(found) / Byte.SIZE;
            if (bytes[i] >= 0) {
                break;
            }
            beyondAscii = true;
            i++;
        }
        while (i < end && bytes[i] != '"' && bytes[i] != '\\' && (bytes[i] < 0 || bytes[i] >= ' ')) {
            beyondAscii |= bytes[i] < 0;
            i++;
        }
        if (i >= end || bytes[i] != '"') {
            unsure = true;
        }
        return i;
    }

    /** An integer from {@code min} to {@code max}. */
    long integer(long min, long max) {
        boolean negative = pass('-');
        int from = negative ? at : skipped();
        long value = 0;
        while (at < end && at - from < MOST_DIGITS && isDigit(bytes[at])) {
            value = 10 * value + bytes[at++] - '0';
        }
        boolean zeroFirst = at > from && bytes[from] == '0' && (at - from > 1 || negative);
        value = negative ? -value : value;
        if (at == from || zeroFirst || !isEndOfValue() || value < min || value > max) {
            unsure = true;
        }
        return value;
    }

    private int skipped() {
        peek();
        return at;
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    private boolean isEndOfValue() {
        byte next = peek();
        return next == ',' || next == '}' || next == ']';
    }

    boolean flag() {
        boolean value = peek() == 't';
        String word = value ? "true" : "false";
        for (int i = 0; i < word.length(); i++) {
            if (at >= end || bytes[at++] != word.charAt(i)) {
                unsure = true;
                return false;
            }
        }
        if (!isEndOfValue()) {
            unsure = true;
        }
        return value;
    }

    List<String> strings() {
        expect('[');
        array.clear();
        if (!pass(']')) {
            do {
                array.add(string().text());
            } while (!unsure && pass(','));
            expect(']');
        }
        return unsure ? List.of() : List.copyOf(array);
    }

    /** A time in UTC, such as {@code 2026-11-21T19:20:33.123456Z}. */
    Instant time() {
        expect('"');
        int from = at;
        int to = endOfString();
        Instant time = unsure ? null : times.read(bytes, from, to);
        if (time == null) {
            unsure = true;
            return Instant.EPOCH;
        }
        at = to + 1;
        return time;
    }
}
