package io.crs.policy.analyze;

import io.crs.policy.AddressPattern;
import io.crs.policy.Endpoint;
import io.crs.policy.IpAddress;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Address patterns by number, found by the addresses they may match: a range lies under the bits its ends share. */
final class AddressIndex {
    private final Map<Bits, List<Integer>> ranges = new HashMap<>();
    private final BitSet ipv4Lengths = new BitSet();
    private final BitSet ipv6Lengths = new BitSet();
    private final GlobIndex texts = new GlobIndex();

    /** The first bits of an address. */
    private record Bits(boolean ipv4, int count, BigInteger value) {
        static Bits of(IpAddress address, int count) {
            BigInteger number = new BigInteger(1, address.bytes());
            return new Bits(address.isIpv4(), count, number.shiftRight(size(address) - count));
        }

        private static int size(IpAddress address) {
            return address.isIpv4() ? 32 : 128;
        }
    }

    /** Adds a pattern that does not match any address. */
    void add(AddressPattern pattern, int number) {
        if (pattern instanceof AddressPattern.TextGlob text) {
            texts.add(text.glob(), number);
        } else if (pattern instanceof AddressPattern.Range range) {
            BigInteger difference = new BigInteger(1, range.low().bytes())
                    .xor(new BigInteger(1, range.high().bytes()));
            int shared = Bits.size(range.low()) - difference.bitLength();
            ranges.computeIfAbsent(Bits.of(range.low(), shared), bits -> new ArrayList<>())
                    .add(number);
            (range.low().isIpv4() ? ipv4Lengths : ipv6Lengths).set(shared);
        }
    }

    /** Adds the numbers of all patterns that match an address, and perhaps of others. */
    void find(Endpoint endpoint, BitSet found) {
        if (endpoint instanceof Endpoint.Other other) {
            texts.find(other.text(), found);
        } else if (endpoint instanceof Endpoint.Inet inet) {
            IpAddress address = inet.address();
            BitSet lengths = address.isIpv4() ? ipv4Lengths : ipv6Lengths;
            lengths.stream()
                    .mapToObj(length -> Bits.of(address, length))
                    .forEach(bits -> ranges.getOrDefault(bits, List.of()).forEach(found::set));
            texts.find(address.toString(), found);
        }
    }
}
