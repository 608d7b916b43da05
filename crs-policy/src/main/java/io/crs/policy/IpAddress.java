package io.crs.policy;

import java.util.Arrays;
import java.util.Optional;

/**
 * An IPv4 or IPv6 address. An IPv4 address in IPv6 form ({@code ::ffff:10.0.0.1}) is the IPv4 address. Text is never
 * looked up. Addresses order by family, then by value. Immutable.
 */
public final class IpAddress implements Comparable<IpAddress> {
    private static final int V4 = 4;
    private static final int V6 = 16;
    private static final int MAPPED_AT = 12;
    private static final int GROUPS = 8;
    private static final int LONGEST = 45;

    private final byte[] bytes;

    private IpAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * The address with these bytes, in network order.
     *
     * @throws IllegalArgumentException if they are neither 4 nor 16
     */
    public static IpAddress of(byte[] bytes) {
        if (bytes.length != V4 && bytes.length != V6) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
        }
        return new IpAddress(isMapped(bytes) ? Arrays.copyOfRange(bytes, MAPPED_AT, V6) : bytes.clone());
    }

    /**
     * The address a text names: four decimal numbers without leading zeros, or IPv6 by RFC 4291. Empty for anything
     * else, a zone id ({@code %eth0}), brackets or blanks included.
     */
    public static Optional<IpAddress> parse(String text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        return bytesOf(text).map(IpAddress::of);
    }

    /** An end of an IPv6 range, which stays IPv6 even where it looks like an IPv4 address in IPv6 form. */
    static IpAddress unfolded(byte[] bytes) {
        return new IpAddress(bytes.clone());
    }

    /** The bytes a text names, before an IPv4 address in IPv6 form is made IPv4. */
    static Optional<byte[]> bytesOf(String text) {
        return text.indexOf(':') < 0 ? dottedQuad(text) : colons(text);
    }

    private static boolean isMapped(byte[] bytes) {
        return bytes.length == V6 && Arrays.equals(bytes, 0, MAPPED_AT, mappedPrefix(), 0, MAPPED_AT);
    }

    private static byte[] mappedPrefix() {
        byte[] prefix = new byte[MAPPED_AT];
        prefix[MAPPED_AT - 2] = -1;
        prefix[MAPPED_AT - 1] = -1;
        return prefix;
    }

    private static Optional<byte[]> dottedQuad(String text) {
        String[] parts = text.split("\\.", -1);
        byte[] bytes = new byte[V4];
        if (parts.length != V4) {
            return Optional.empty();
        }
        for (int i = 0; i < V4; i++) {
            if (!parts[i].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[i]) > 255) {
                return Optional.empty();
            }
            bytes[i] = (byte) Integer.parseInt(parts[i]);
        }
        return Optional.of(bytes);
    }

    private static Optional<byte[]> colons(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return Optional.empty();
        }
        Optional<byte[]> head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        Optional<byte[]> tail = groups(gap < 0 ? "" : text.substring(gap + 2), true);
        if (head.isEmpty() || tail.isEmpty()) {
            return Optional.empty();
        }
        int length = head.get().length + tail.get().length;
        if (gap < 0 ? length != V6 : length > V6 - 2) {
            return Optional.empty();
        }
        byte[] bytes = Arrays.copyOf(head.get(), V6);
        System.arraycopy(tail.get(), 0, bytes, V6 - tail.get().length, tail.get().length);
        return Optional.of(bytes);
    }

    /** Groups of hexadecimal digits; the last may be an IPv4 address where the text ends the address. */
    private static Optional<byte[]> groups(String text, boolean last) {
        if (text.isEmpty()) {
            return Optional.of(new byte[0]);
        }
        String[] parts = text.split(":", -1);
        byte[] bytes = new byte[parts.length * 2 + 2];
        int length = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean quad = last && i == parts.length - 1 && parts[i].indexOf('.') >= 0;
            Optional<byte[]> part = quad ? dottedQuad(parts[i]) : group(parts[i]);
            if (part.isEmpty()) {
                return Optional.empty();
            }
            System.arraycopy(part.get(), 0, bytes, length, part.get().length);
            length += part.get().length;
        }
        return Optional.of(Arrays.copyOf(bytes, length));
    }

    private static Optional<byte[]> group(String digits) {
        if (!digits.matches("[0-9a-fA-F]{1,4}")) {
            return Optional.empty();
        }
        int value = Integer.parseInt(digits, 16);
        return Optional.of(new byte[] {(byte) (value >> 8), (byte) value});
    }

    /** A copy of the bytes, in network order: 4 for IPv4, 16 for IPv6. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Whether this is an IPv4 address. */
    public boolean isIpv4() {
        return bytes.length == V4;
    }

    /** This address, or the loopback address of its family if this is {@code 0.0.0.0} or {@code ::}. */
    public IpAddress orLoopback() {
        for (byte b : bytes) {
            if (b != 0) {
                return this;
            }
        }
        return new IpAddress(isIpv4() ? new byte[] {127, 0, 0, 1} : Arrays.copyOf(loopback6(), V6));
    }

    private static byte[] loopback6() {
        byte[] loopback = new byte[V6];
        loopback[V6 - 1] = 1;
        return loopback;
    }

    @Override
    public int compareTo(IpAddress other) {
        return bytes.length != other.bytes.length
                ? Integer.compare(bytes.length, other.bytes.length)
                : Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress address && Arrays.equals(bytes, address.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The text of RFC 5952: {@code 10.0.0.1}, {@code 2001:db8::1}. */
    @Override
    public String toString() {
        return isIpv4() ? text4() : text6();
    }

    private String text4() {
        return (bytes[0] & 255) + "." + (bytes[1] & 255) + "." + (bytes[2] & 255) + "." + (bytes[3] & 255);
    }

    /** The longest run of two or more zero groups, the first of equals, becomes {@code ::}. */
    private String text6() {
        int gap = -1;
        int gapLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && group(end) == 0) {
                end++;
            }
            if (end - i > gapLength) {
                gap = i;
                gapLength = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == gap) {
                text.append("::");
                i += gapLength - 1;
            } else {
                text.append(i == 0 || (gap >= 0 && i == gap + gapLength) ? "" : ":")
                        .append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }

    private int group(int i) {
        return ((bytes[2 * i] & 255) << 8) | (bytes[2 * i + 1] & 255);
    }
}
