package io.crs.policy.compile;

import io.crs.policy.IpAddress;
import java.util.Arrays;

/** The address of a call in a buffer, in its normal form. */
final class CallAddress {
    static final int IPV4 = 4;
    static final int IPV6 = 16;
    private static final int MAPPED_ZEROS = 10;
    private static final int LOOPBACK_NET = 127;

    /** What is known of an address. */
    enum Family {
        UNKNOWN,
        NONE,
        INET,
        OTHER
    }

    private Family family = Family.UNKNOWN;
    private int length;
    /** An automaton reads words, so there are more than an address has. */
    private final byte[] bytes = new byte[IPV6 + Long.BYTES];

    void set(Family known) {
        family = known;
        length = 0;
    }

    /** An IP address: one of IPv4 in IPv6 form is that of IPv4, the unspecified one is the loopback address. */
    void set(byte[] network) {
        if (network.length != IPV4 && network.length != IPV6) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + network.length);
        }
        int skipped = isMapped(network) ? IPV6 - IPV4 : 0;
        family = Family.INET;
        length = network.length - skipped;
        System.arraycopy(network, skipped, bytes, 0, length);
        if (isZero(bytes, length)) {
            bytes[0] = (byte) (length == IPV4 ? LOOPBACK_NET : 0);
            bytes[length - 1] = 1;
        }
    }

    private static boolean isMapped(byte[] network) {
        return network.length == IPV6
                && isZero(network, MAPPED_ZEROS)
                && network[MAPPED_ZEROS] == -1
                && network[MAPPED_ZEROS + 1] == -1;
    }

    private static boolean isZero(byte[] some, int count) {
        int or = 0;
        for (int i = 0; i < count; i++) {
            or |= some[i];
        }
        return or == 0;
    }

    Family family() {
        return family;
    }

    /** The bytes in network order, of which {@link #length} count. */
    byte[] bytes() {
        return bytes;
    }

    /** 4 or 16; 0 if it is no IP address. */
    int length() {
        return length;
    }

    /** The text of an IP address. */
    String text() {
        return IpAddress.of(Arrays.copyOf(bytes, length)).toString();
    }
}
