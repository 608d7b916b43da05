package io.crs.policy.export;

import io.crs.policy.PortPattern;
import io.crs.policy.Rule;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a way of the traffic leaves open, as the rules of a NetworkPolicy: peers and ports. */
final class NetworkOpenings {
    private NetworkOpenings() {}

    /** What is open: peers and ports as the object's field has them. */
    static List<Object> of(NetworkWay way) {
        Map<BitSet, List<AddressRange>> byPorts = new LinkedHashMap<>();
        for (boolean v4 : List.of(true, false)) {
            for (AddressRange part : way.parts(v4)) {
                BitSet open = way.open(part);
                if (!open.isEmpty()) {
                    byPorts.computeIfAbsent(open, key -> new ArrayList<>()).add(part);
                }
            }
        }
        List<Object> rules = new ArrayList<>();
        byPorts.forEach((ports, addresses) -> rules.add(rule(way, ports, addresses)));
        return rules;
    }

    private static Map<String, Object> rule(NetworkWay way, BitSet ports, List<AddressRange> addresses) {
        Map<String, Object> rule = new LinkedHashMap<>();
        List<Object> peers = new ArrayList<>();
        for (boolean v4 : List.of(true, false)) {
            peers.addAll(peers(
                    v4,
                    joined(addresses.stream().filter(range -> range.v4() == v4).toList())));
        }
        rule.put(way.direction() == Rule.Direction.OUTBOUND ? "to" : "from", peers);
        if (!ports.equals(NetworkWay.ports(PortPattern.ANY))) {
            rule.put("ports", numbers(ports));
        }
        return rule;
    }

    private static List<Object> numbers(BitSet ports) {
        List<Object> numbers = new ArrayList<>();
        for (String protocol : List.of("TCP", "UDP", "SCTP")) {
            for (int low = ports.nextSetBit(0); low >= 0; low = ports.nextSetBit(ports.nextClearBit(low))) {
                int high = ports.nextClearBit(low) - 1;
                Map<String, Object> number = new LinkedHashMap<>();
                number.put("protocol", protocol);
                number.put("port", low);
                if (high > low) {
                    number.put("endPort", high);
                }
                numbers.add(number);
            }
        }
        return numbers;
    }

    private static List<AddressRange> joined(List<AddressRange> ranges) {
        List<AddressRange> joined = new ArrayList<>();
        for (AddressRange range : ranges) {
            AddressRange last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last != null && last.high().add(BigInteger.ONE).equals(range.low())) {
                joined.set(joined.size() - 1, new AddressRange(range.v4(), last.low(), range.high()));
            } else {
                joined.add(range);
            }
        }
        return joined;
    }

    /** Ranges of one family as blocks, or as everything with exceptions where that is shorter. */
    private static List<Object> peers(boolean v4, List<AddressRange> ranges) {
        if (ranges.isEmpty()) {
            return List.of();
        }
        List<String> blocks = blocks(ranges);
        List<String> others = blocks(gaps(v4, ranges));
        if (others.size() >= blocks.size()) {
            return blocks.stream()
                    .map(block -> (Object) Map.of("ipBlock", Map.of("cidr", block)))
                    .toList();
        }
        Map<String, Object> block = new LinkedHashMap<>();
        block.put("cidr", AddressRange.all(v4).blocks().get(0));
        if (!others.isEmpty()) {
            block.put("except", others);
        }
        return List.of(Map.of("ipBlock", block));
    }

    private static List<String> blocks(List<AddressRange> ranges) {
        return ranges.stream().flatMap(range -> range.blocks().stream()).toList();
    }

    private static List<AddressRange> gaps(boolean v4, List<AddressRange> ranges) {
        List<AddressRange> gaps = new ArrayList<>();
        BigInteger at = BigInteger.ZERO;
        for (AddressRange range : ranges) {
            if (at.compareTo(range.low()) < 0) {
                gaps.add(new AddressRange(v4, at, range.low().subtract(BigInteger.ONE)));
            }
            at = range.high().add(BigInteger.ONE);
        }
        AddressRange all = AddressRange.all(v4);
        if (at.compareTo(all.high()) <= 0) {
            gaps.add(new AddressRange(v4, at, all.high()));
        }
        return gaps;
    }
}
