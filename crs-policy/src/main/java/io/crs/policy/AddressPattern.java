package io.crs.policy;

import java.util.Locale;

/**
 * A set of addresses: one address, a CIDR block, a range {@code a-b}, or a glob on the address's text; or a socket path,
 * which only a rule that names a call can ask for.
 */
public sealed interface AddressPattern {
    /** The pattern as it was written; {@code *} for {@link Any}. */
    String text();

    /** Whether this is {@link Any}. */
    default boolean isAny() {
        return this instanceof Any;
    }

    /** Whether a known address matches. */
    boolean matches(IpAddress address);

    /** Every address, also one that is not known. */
    record Any() implements AddressPattern {
        @Override
        public String text() {
            return "*";
        }

        @Override
        public boolean matches(IpAddress address) {
            return true;
        }
    }

    /**
     * The addresses from one to another, of one family.
     *
     * @param text the pattern as it was written
     * @param low the first address
     * @param high the last, of the same family and not below {@code low}
     */
    record Range(String text, IpAddress low, IpAddress high) implements AddressPattern {
        /**
         * Checks the ends.
         *
         * @throws IllegalArgumentException if they are of two families, or in the wrong order
         */
        public Range {
            if (low.isIpv4() != high.isIpv4()) {
                throw new IllegalArgumentException("the ends of " + Quoted.of(text) + " are of different families");
            }
            if (low.compareTo(high) > 0) {
                throw new IllegalArgumentException(
                        "the range " + Quoted.of(text) + " is reversed, write " + high + "-" + low);
            }
        }

        @Override
        public boolean matches(IpAddress address) {
            return address.isIpv4() == low.isIpv4() && low.compareTo(address) <= 0 && address.compareTo(high) <= 0;
        }
    }

    /**
     * The addresses whose text matches a glob: RFC 5952 text in lower case for an IP address, else the socket's path.
     *
     * @param text the pattern as it was written
     * @param glob the glob
     */
    record TextGlob(String text, Glob glob) implements AddressPattern {
        @Override
        public boolean matches(IpAddress address) {
            return glob.matches(address.toString());
        }

        /** Whether the pattern could match the text of an IP address at all. */
        public boolean canMatchIp() {
            return text.matches("[0-9a-fA-F:.*?]+");
        }
    }

    /**
     * The pattern with this text. A text that begins with {@code /} or {@code @} is a glob on the path of a socket.
     * {@code 0.0.0.0} and {@code ::} alone are the loopback address of their family; bits of a CIDR block behind its
     * prefix do not count.
     *
     * @throws IllegalArgumentException if it is of no form above, a range is reversed or of two families, or an address
     *     has a zone id
     */
    static AddressPattern of(String text) {
        if (Glob.of(text).isAny()) {
            return new Any();
        }
        String bare = text.strip();
        if (bare.startsWith("/") || bare.startsWith("@")) {
            return new TextGlob(text, Glob.of(bare));
        }
        if (bare.indexOf('*') >= 0 || bare.indexOf('?') >= 0) {
            TextGlob glob = new TextGlob(text, Glob.of(bare));
            return glob.canMatchIp() ? new TextGlob(text, Glob.of(bare.toLowerCase(Locale.ROOT))) : glob;
        }
        if (bare.indexOf('/') >= 0) {
            return block(text, bare);
        }
        int dash = bare.indexOf('-');
        if (dash >= 0) {
            return new Range(
                    text,
                    address(bare.substring(0, dash).strip()),
                    address(bare.substring(dash + 1).strip()));
        }
        IpAddress address = address(bare).orLoopback();
        return new Range(text, address, address);
    }

    private static IpAddress address(String text) {
        if (text.indexOf('%') >= 0) {
            throw new IllegalArgumentException(Quoted.of(text) + " has a zone id; write the address without it");
        }
        return IpAddress.parse(text)
                .orElseThrow(() -> new IllegalArgumentException(Quoted.of(text)
                        + " is no address; write IPv4, IPv6, a block as 10.0.0.0/8, a range as 10.0.0.1-10.0.0.9,"
                        + " a glob as 10.0.*, or *"));
    }

    /**
     * A block of IPv4 addresses in IPv6 form is one of IPv4; a wider one stays IPv6, where no IPv4 address is.
     */
    private static Range block(String text, String bare) {
        int slash = bare.indexOf('/');
        IpAddress canonical = address(bare.substring(0, slash));
        String digits = bare.substring(slash + 1);
        byte[] low = IpAddress.bytesOf(bare.substring(0, slash)).orElseGet(canonical::bytes);
        int bits = low.length * Byte.SIZE;
        if (!digits.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(digits) > bits) {
            throw new IllegalArgumentException("the prefix of " + Quoted.of(bare) + " is no number from 0 to " + bits);
        }
        int prefix = Integer.parseInt(digits);
        byte[] high = low.clone();
        for (int i = 0; i < low.length; i++) {
            int free = Math.max(0, Math.min(Byte.SIZE, (i + 1) * Byte.SIZE - prefix));
            int mask = (1 << free) - 1;
            low[i] = (byte) (low[i] & ~mask);
            high[i] = (byte) (high[i] | mask);
        }
        IpAddress first = IpAddress.of(low);
        return first.isIpv4() && IpAddress.of(high).isIpv4()
                ? new Range(text, first, IpAddress.of(high))
                : new Range(text, IpAddress.unfolded(low), IpAddress.unfolded(high));
    }
}
