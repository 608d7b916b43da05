package io.crs.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A set of ports: a number, a range {@code 8000-8010}, or several of them with commas between. Blank, {@code *},
 * {@code -1} and {@code 0}, alone or in a list, make it {@link #ANY}, which also matches a port that is not known.
 *
 * <p>Two patterns are equal if they are written the same. Immutable.
 */
public final class PortPattern {
    /** The highest port. */
    public static final int MAX_PORT = 65535;

    /** The pattern that matches every port, also one that is not known. */
    public static final PortPattern ANY = new PortPattern("*", List.of());

    private static final int MAX_LENGTH = 4096;
    private static final Pattern RANGE = Pattern.compile("\\s*(\\d+)\\s*-\\s*(\\d+)\\s*");

    /**
     * The ports from one to another.
     *
     * @param low the first port, 0 to 65535
     * @param high the last, not below {@code low}
     */
    public record Range(int low, int high) {
        /**
         * Checks the ends.
         *
         * @throws IllegalArgumentException if they are no ports, or in the wrong order
         */
        public Range {
            if (low < 0 || high > MAX_PORT || low > high) {
                throw new IllegalArgumentException(low + "-" + high + " is no range of ports");
            }
        }
    }

    private final String text;
    private final List<Range> ranges;

    private PortPattern(String text, List<Range> ranges) {
        this.text = text;
        this.ranges = ranges;
    }

    /**
     * The pattern with this text.
     *
     * @throws IllegalArgumentException if it is not of the form above, a range is reversed or a port above 65535
     */
    public static PortPattern of(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("a list of ports has at most " + MAX_LENGTH + " characters");
        }
        if (text.isBlank()) {
            return ANY;
        }
        List<Range> ranges = new ArrayList<>();
        boolean any = false;
        for (String element : text.split(",", -1)) {
            if (isAny(element)) {
                any = true;
            } else {
                ranges.add(range(element));
            }
        }
        return any ? ANY : new PortPattern(text, merged(ranges));
    }

    private static boolean isAny(String element) {
        String bare = element.strip();
        return bare.equals("*") || bare.equals("-1") || bare.equals("0");
    }

    private static Range range(String element) {
        var parts = RANGE.matcher(element);
        int low = port(parts.matches() ? parts.group(1) : element.strip());
        int high = parts.matches() ? port(parts.group(2)) : low;
        if (low > high) {
            throw new IllegalArgumentException(
                    "the range " + element.strip() + " is reversed, write " + high + "-" + low);
        }
        return new Range(low, high);
    }

    private static int port(String digits) {
        if (!digits.matches("0|[1-9][0-9]*")) {
            throw new IllegalArgumentException(Quoted.of(digits)
                    + " is no port; write a number, a range as 8000-8010, or a list of them by commas");
        }
        if (digits.length() > 5 || Integer.parseInt(digits) > MAX_PORT) {
            throw new IllegalArgumentException("port " + Quoted.of(digits) + " is beyond " + MAX_PORT);
        }
        return Integer.parseInt(digits);
    }

    private static List<Range> merged(List<Range> ranges) {
        List<Range> merged = new ArrayList<>();
        for (Range range :
                ranges.stream().sorted(Comparator.comparingInt(Range::low)).toList()) {
            Range last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null && range.low() <= last.high() + 1) {
                merged.set(merged.size() - 1, new Range(last.low(), Math.max(last.high(), range.high())));
            } else {
                merged.add(range);
            }
        }
        return List.copyOf(merged);
    }

    /** The pattern as it was written; {@code *} for {@link #ANY}. */
    public String text() {
        return text;
    }

    /** Whether this is {@link #ANY}. */
    public boolean isAny() {
        return ranges.isEmpty();
    }

    /** The ports as ranges in rising order that neither overlap nor touch; empty for {@link #ANY}. */
    public List<Range> ranges() {
        return ranges;
    }

    /** Whether a known port matches. */
    public boolean matches(int port) {
        return isAny() || ranges.stream().anyMatch(range -> range.low() <= port && port <= range.high());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PortPattern pattern && text.equals(pattern.text);
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
