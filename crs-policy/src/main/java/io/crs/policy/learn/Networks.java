package io.crs.policy.learn;

import io.crs.policy.IpAddress;
import io.crs.policy.learn.Candidate.Rung;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The patterns an address and port, as {@code 10.0.0.7 6379}, could be learned by. */
final class Networks {
    private static final int V4_BYTES = 3;
    private static final int V6_BYTES = 8;

    private Networks() {}

    static String address(String object) {
        return object.substring(0, object.indexOf(' '));
    }

    static String port(String object) {
        return object.substring(object.indexOf(' ') + 1);
    }

    /** The address alone; and its block, if addresses are to be grouped. */
    static List<Candidate> candidates(String object, OptionalInt group) {
        List<Candidate> candidates = new ArrayList<>();
        candidates.add(new Candidate(object, object, Rung.NAME));
        if (group.isPresent()) {
            candidates.add(new Candidate(block(address(object)) + " " + port(object), object, Rung.BLOCK));
        }
        return candidates;
    }

    /** The block an address is in: of 256 in IPv4, of a network's 64 bits in IPv6. */
    static String block(String text) {
        IpAddress address = IpAddress.parse(text).orElseThrow();
        byte[] bytes = address.bytes();
        int kept = address.isIpv4() ? V4_BYTES : V6_BYTES;
        for (int i = kept; i < bytes.length; i++) {
            bytes[i] = 0;
        }
        return IpAddress.of(bytes) + "/" + kept * Byte.SIZE;
    }
}
