package io.crs.policy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A pattern of file, program or host names.
 *
 * <p>{@code *} stands for any run of characters, {@code /} included and also for none; {@code ?} for one character (a
 * Unicode code point); {@code \} takes the next character as it is. All else stands for itself, in its case. A pattern
 * that is blank or has nothing but {@code *} is {@link #ANY}: it also matches a name that is not known.
 *
 * <p>Two globs are equal if they are written the same. Immutable.
 */
public final class Glob {
    /** The longest pattern, in bytes of UTF-8. */
    public static final int MAX_BYTES = 4096;

    /** The pattern that matches everything, also what is not known. */
    public static final Glob ANY = new Glob("*", new int[] {Glob.RUN}, false);

    /** Pairs of patterns with more pairs of places than this are taken to intersect. */
    private static final long MAX_PLACES = 1 << 20;

    private static final int RUN = -1;
    private static final int ONE = -2;

    private final String text;
    private final int[] tokens;
    private final boolean ofNames;

    private Glob(String text, int[] tokens, boolean ofNames) {
        this.text = text;
        this.tokens = tokens;
        this.ofNames = ofNames;
    }

    /**
     * The pattern with this text.
     *
     * @throws IllegalArgumentException if it is too long, ends in a lone {@code \}, or has a NUL or half a surrogate
     *     pair in it
     */
    public static Glob of(String text) {
        int[] tokens = parse(text);
        return text.isBlank() || isAny(tokens) ? ANY : new Glob(text, tokens, false);
    }

    /**
     * The pattern of host names with this text: ASCII letters match in either case, and a dot at the end, of the
     * pattern or of the name, does not count.
     *
     * @throws IllegalArgumentException as {@link #of}
     */
    public static Glob ofName(String text) {
        int[] tokens = Arrays.stream(parse(text)).map(Glob::lowerCase).toArray();
        if (tokens.length > 1 && tokens[tokens.length - 1] == '.') {
            tokens = Arrays.copyOf(tokens, tokens.length - 1);
        }
        return text.isBlank() || isAny(tokens) ? ANY : new Glob(text, tokens, true);
    }

    /** The pattern that matches exactly this text. */
    public static Glob literal(String text) {
        return of(escape(text));
    }

    /** A host name as patterns of names compare it: ASCII letters in lower case, without a dot at the end. */
    static String foldName(String name) {
        int end = name.length() > 1 && name.endsWith(".") ? name.length() - 1 : name.length();
        int[] folded = name.substring(0, end).codePoints().map(Glob::lowerCase).toArray();
        return new String(folded, 0, folded.length);
    }

    private static int lowerCase(int c) {
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }

    private static boolean isAny(int[] tokens) {
        return tokens.length == 1 && tokens[0] == RUN;
    }

    private static int[] parse(String text) {
        int[] points = text.codePoints().toArray();
        int[] tokens = new int[points.length];
        int count = 0;
        for (int i = 0; i < points.length; i++) {
            int c = check(points[i]);
            if (c == '*') {
                if (count == 0 || tokens[count - 1] != RUN) {
                    tokens[count++] = RUN;
                }
            } else if (c == '\\') {
                if (++i == points.length) {
                    throw new IllegalArgumentException(
                            Quoted.of(text) + " ends in a lone \\; write \\\\ for a backslash");
                }
                tokens[count++] = check(points[i]);
            } else {
                tokens[count++] = c == '?' ? ONE : c;
            }
        }
        if (text.length() > MAX_BYTES || text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new IllegalArgumentException("a pattern has at most " + MAX_BYTES + " bytes");
        }
        return Arrays.copyOf(tokens, count);
    }

    private static int check(int c) {
        if (c == 0) {
            throw new IllegalArgumentException("a pattern has no NUL character");
        }
        if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
            throw new IllegalArgumentException("a pattern has no half of a surrogate pair");
        }
        return c;
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?");
    }

    /** The pattern as it was written; {@code *} for {@link #ANY}. */
    public String text() {
        return text;
    }

    /** Whether this is {@link #ANY}. */
    public boolean isAny() {
        return isAny(tokens);
    }

    /** Whether the pattern has no wildcard, so that it matches one name only: its {@link #literalPrefix}. */
    public boolean isLiteral() {
        return Arrays.stream(tokens).noneMatch(token -> token < 0);
    }

    /** Whether the pattern is a literal text with one {@code *} at its end, and so matches all that begins with it. */
    public boolean isPrefix() {
        return tokens.length > 0
                && tokens[tokens.length - 1] == RUN
                && Arrays.stream(tokens, 0, tokens.length - 1).noneMatch(token -> token < 0);
    }

    /** What stands before the first wildcard, without escapes: how every name that matches begins. */
    public String literalPrefix() {
        int end = 0;
        while (end < tokens.length && tokens[end] >= 0) {
            end++;
        }
        return new String(tokens, 0, end);
    }

    /**
     * The pattern in its one canonical spelling, as UTF-8: runs of {@code *} are one, only {@code *}, {@code ?} and
     * {@code \} are escaped, and a pattern of names is folded.
     */
    public byte[] canonical() {
        StringBuilder canonical = new StringBuilder();
        for (int token : tokens) {
            switch (token) {
                case RUN -> canonical.append('*');
                case ONE -> canonical.append('?');
                default -> canonical.append(escape(Character.toString(token)));
            }
        }
        return canonical.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Whether a known name matches. */
    public boolean matches(String name) {
        return reached(ofNames ? foldName(name) : name).get(tokens.length);
    }

    /** Whether some name that begins with this text can match. */
    public boolean canBegin(String prefix) {
        return !reached(ofNames ? foldName(prefix) : prefix).isEmpty();
    }

    /**
     * Whether some name matches both patterns, which are both, or neither, of host names. Never wrong when false; true
     * also where two long patterns would take too much work.
     */
    public boolean intersects(Glob other) {
        if (isLiteral()) {
            return other.matches(literalPrefix());
        }
        if (other.isLiteral()) {
            return matches(other.literalPrefix());
        }
        String prefix = literalPrefix();
        String otherPrefix = other.literalPrefix();
        if (!prefix.startsWith(otherPrefix) && !otherPrefix.startsWith(prefix)) {
            return false;
        }
        return (long) tokens.length * other.tokens.length > MAX_PLACES || isReachedWith(other);
    }

    private boolean isReachedWith(Glob other) {
        // Place j is in the row of place i if some text leads to both at once.
        BitSet row = new BitSet();
        row.set(0);
        for (int i = 0; i <= tokens.length && !row.isEmpty(); i++) {
            boolean run = i < tokens.length && tokens[i] == RUN;
            BitSet next = new BitSet();
            for (int j = row.nextSetBit(0); j >= 0; j = row.nextSetBit(j + 1)) {
                boolean otherRun = j < other.tokens.length && other.tokens[j] == RUN;
                if (otherRun || (run && j < other.tokens.length)) {
                    row.set(j + 1);
                }
                if (run || (otherRun && i < tokens.length)) {
                    next.set(j);
                } else if (i < tokens.length && j < other.tokens.length && meet(tokens[i], other.tokens[j])) {
                    next.set(j + 1);
                }
            }
            if (i == tokens.length) {
                return row.get(other.tokens.length);
            }
            row = next;
        }
        return false;
    }

    private static boolean meet(int token, int other) {
        return token == other || token == ONE || other == ONE;
    }

    /**
     * Whether the other pattern can be seen to match nothing that this one does not. Never wrong when true; false also
     * where only a search would tell, as with {@code *?} and {@code ?*}.
     */
    public boolean covers(Glob other) {
        if (isAny() || other.isAny()) {
            return isAny();
        }
        BitSet row = new BitSet();
        row.set(0);
        for (int token : tokens) {
            BitSet next = new BitSet();
            for (int j = row.nextSetBit(0); j >= 0; j = row.nextSetBit(j + 1)) {
                if (token == RUN) {
                    next.set(j, other.tokens.length + 1);
                    break;
                }
                if (j < other.tokens.length && other.tokens[j] != RUN && (token == ONE || token == other.tokens[j])) {
                    next.set(j + 1);
                }
            }
            row = next;
        }
        return row.get(other.tokens.length);
    }

    /**
     * The places in the pattern that reading the text can lead to; a place is the number of tokens behind it. A set of
     * places at a time, so that the work is bounded by the product of the lengths whatever the pattern.
     */
    private BitSet reached(String name) {
        BitSet places = new BitSet(tokens.length + 1);
        enter(0, places);
        for (int i = 0; i < name.length() && !places.isEmpty(); ) {
            int c = name.codePointAt(i);
            i += Character.charCount(c);
            int read = Character.getType(c) == Character.SURROGATE ? 0xFFFD : c;
            BitSet next = new BitSet(tokens.length + 1);
            for (int place = places.nextSetBit(0); place >= 0; place = places.nextSetBit(place + 1)) {
                if (place < tokens.length && tokens[place] == RUN) {
                    enter(place, next);
                } else if (place < tokens.length && (tokens[place] == ONE || tokens[place] == read)) {
                    enter(place + 1, next);
                }
            }
            places = next;
        }
        return places;
    }

    private void enter(int place, BitSet places) {
        places.set(place);
        if (place < tokens.length && tokens[place] == RUN) {
            places.set(place + 1);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Glob glob && text.equals(glob.text) && ofNames == glob.ofNames;
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
