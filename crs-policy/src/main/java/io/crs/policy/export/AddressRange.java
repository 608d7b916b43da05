package io.crs.policy.export;

import io.crs.policy.AddressPattern;
import io.crs.policy.IpAddress;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;

/**
 * Consecutive addresses of one family, as numbers.
 *
 * @param v4 whether they are IPv4
 * @param low the first
 * @param high the last
 */
record AddressRange(boolean v4, BigInteger low, BigInteger high) {
    private static final int BITS4 = 32;
    private static final int BITS6 = 128;

    static AddressRange all(boolean v4) {
        return new AddressRange(
                v4, BigInteger.ZERO, BigInteger.ONE.shiftLeft(bits(v4)).subtract(BigInteger.ONE));
    }

    static int bits(boolean v4) {
        return v4 ? BITS4 : BITS6;
    }

    /** The addresses of a pattern; of a glob those that its beginning leaves possible. */
    static List<AddressRange> of(AddressPattern pattern) {
        if (pattern instanceof AddressPattern.Range range) {
            return List.of(new AddressRange(range.low().isIpv4(), number(range.low()), number(range.high())));
        }
        if (pattern instanceof AddressPattern.TextGlob glob) {
            return ofGlob(glob);
        }
        return List.of(all(true), all(false));
    }

    /** Whether the ranges of a pattern are what it matches, and no more. */
    static boolean isExact(AddressPattern pattern) {
        return !(pattern instanceof AddressPattern.TextGlob glob)
                || (glob.glob().isPrefix() && glob.text().matches("([0-9]+\\.){1,3}\\*"));
    }

    private static List<AddressRange> ofGlob(AddressPattern.TextGlob glob) {
        String prefix = glob.glob().literalPrefix();
        String whole = prefix.substring(0, prefix.lastIndexOf('.') + 1);
        if (!whole.matches("([0-9]{1,3}\\.){1,3}")) {
            return List.of(all(true), all(false));
        }
        int octets = whole.split("\\.").length;
        String zeros = whole + "0.".repeat(4 - octets);
        BigInteger low = IpAddress.parse(zeros.substring(0, zeros.length() - 1))
                .map(AddressRange::number)
                .orElse(BigInteger.ZERO);
        BigInteger size = BigInteger.ONE.shiftLeft(BITS4 - Byte.SIZE * octets);
        return low.signum() == 0
                ? List.of(all(true))
                : List.of(new AddressRange(true, low, low.add(size).subtract(BigInteger.ONE)));
    }

    private static BigInteger number(IpAddress address) {
        return new BigInteger(1, address.bytes());
    }

    boolean meets(AddressRange other) {
        return v4 == other.v4 && low.compareTo(other.high) <= 0 && other.low.compareTo(high) <= 0;
    }

    /** The blocks that make up the range, in rising order. */
    List<String> blocks() {
        List<String> blocks = new ArrayList<>();
        BigInteger at = low;
        while (at.compareTo(high) <= 0) {
            int size = at.signum() == 0 ? bits(v4) : at.getLowestSetBit();
            while (at.add(BigInteger.ONE.shiftLeft(size))
                            .subtract(BigInteger.ONE)
                            .compareTo(high)
                    > 0) {
                size--;
            }
            blocks.add(text(at) + "/" + (bits(v4) - size));
            at = at.add(BigInteger.ONE.shiftLeft(size));
        }
        return blocks;
    }

    private String text(BigInteger number) {
        byte[] bytes = new byte[bits(v4) / Byte.SIZE];
        byte[] digits = number.toByteArray();
        int length = Math.min(digits.length, bytes.length);
        System.arraycopy(digits, digits.length - length, bytes, bytes.length - length, length);
        String text = IpAddress.of(bytes).toString();
        return v4 || text.indexOf(':') >= 0 ? text : groups(bytes);
    }

    /** An IPv6 address whose usual text is that of an IPv4 address. */
    private static String groups(byte[] bytes) {
        StringJoiner groups = new StringJoiner(":");
        for (int i = 0; i < bytes.length; i += 2) {
            groups.add(Integer.toHexString(((bytes[i] & 255) << 8) | (bytes[i + 1] & 255)));
        }
        return groups.toString();
    }

    /** Whether the range has addresses by which a machine reaches itself. */
    boolean hasLoopback() {
        List<AddressPattern> loopback = Arrays.asList(AddressPattern.of("127.0.0.0/8"), AddressPattern.of("::1"));
        return loopback.stream().flatMap(pattern -> of(pattern).stream()).anyMatch(this::meets);
    }
}
