package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.AddressPattern;
import io.crs.policy.DefaultScope;
import io.crs.policy.Policy;
import io.crs.policy.PortPattern;
import io.crs.policy.Rule;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** One way of a policy's traffic: its rules as far as addresses and ports show them. */
final class NetworkWay {
    /** More rules than this and none is written: the work and the file would grow with their square. */
    static final int MAX_RULES = 500;

    /** A rule as far as an address and a port show it. */
    record Stretch(int index, Action action, List<AddressRange> addresses, BitSet ports, boolean certain) {}

    private final Rule.Direction direction;
    private final List<Stretch> stretches = new ArrayList<>();
    private final Map<Integer, Stretch> byIndex = new HashMap<>();
    private final boolean deniesByDefault;
    private boolean ruled;

    NetworkWay(Policy policy, Rule.Direction direction) {
        this.direction = direction;
        for (int i = 0; i < policy.rules().size(); i++) {
            add(i, policy.rules().get(i));
        }
        boolean covered = policy.defaultScope() == DefaultScope.CATEGORY || ruled;
        deniesByDefault = policy.defaultNetworkAction() == Action.DENY && covered;
    }

    private void add(int index, Rule rule) {
        if (rule.inactive()) {
            return;
        }
        if (rule instanceof Rule.NetworkRule network && network.direction() == direction) {
            ruled = true;
            boolean certain = rule.program().isAny() && AddressRange.isExact(network.address());
            add(index, rule.action(), network.address(), network.port(), certain);
        } else if (rule instanceof Rule.SyscallRule named && isAbout(named)) {
            add(index, rule.action(), AddressPattern.of("*"), PortPattern.ANY, false);
        }
    }

    /** Beyond the bound a rule is only known to be there. */
    private void add(int index, Action action, AddressPattern address, PortPattern port, boolean certain) {
        boolean known = stretches.size() <= MAX_RULES;
        Stretch stretch = known
                ? new Stretch(index, action, AddressRange.of(address), ports(port), certain)
                : new Stretch(index, action, List.of(), new BitSet(), certain);
        byIndex.put(index, stretch);
        if (known) {
            stretches.add(stretch);
        }
    }

    private boolean isAbout(Rule.SyscallRule rule) {
        return switch (rule.syscall().operation()) {
            case CONNECT, SEND -> direction == Rule.Direction.OUTBOUND;
            case ACCEPT -> direction == Rule.Direction.INBOUND;
            default -> false;
        };
    }

    /** The ports that are open to an address; a rule that only may match allows, and does not deny. */
    BitSet open(AddressRange address) {
        BitSet left = ports(PortPattern.ANY);
        BitSet open = new BitSet();
        for (Stretch stretch : stretches) {
            boolean denies = stretch.action == Action.DENY;
            if ((stretch.certain || !denies) && stretch.addresses.stream().anyMatch(address::meets)) {
                BitSet matched = (BitSet) stretch.ports.clone();
                matched.and(left);
                left.andNot(matched);
                if (!denies) {
                    open.or(matched);
                }
            }
        }
        if (!deniesByDefault) {
            open.or(left);
        }
        return open;
    }

    boolean restricts() {
        return deniesByDefault
                || stretches.stream().anyMatch(stretch -> stretch.certain && stretch.action == Action.DENY);
    }

    /** The addresses between all ends of rules. */
    List<AddressRange> parts(boolean v4) {
        AddressRange all = AddressRange.all(v4);
        TreeSet<BigInteger> starts = new TreeSet<>(List.of(all.low()));
        for (Stretch stretch : stretches) {
            stretch.addresses.stream().filter(range -> range.v4() == v4).forEach(range -> {
                starts.add(range.low());
                starts.add(range.high().add(BigInteger.ONE));
            });
        }
        List<AddressRange> parts = new ArrayList<>();
        for (BigInteger start : starts) {
            BigInteger next = starts.higher(start);
            BigInteger high = next == null ? all.high() : next.subtract(BigInteger.ONE);
            if (start.compareTo(all.high()) <= 0) {
                parts.add(new AddressRange(v4, start, high));
            }
        }
        return parts;
    }

    /** Whether an earlier rule that only may match allows some of what a rule denies. */
    boolean isShielded(Stretch denying) {
        return stretches.stream()
                .filter(earlier -> earlier.index < denying.index && !earlier.certain)
                .filter(earlier -> earlier.action != Action.DENY && earlier.ports.intersects(denying.ports))
                .anyMatch(earlier -> earlier.addresses.stream()
                        .anyMatch(range -> denying.addresses.stream().anyMatch(range::meets)));
    }

    Rule.Direction direction() {
        return direction;
    }

    boolean deniesByDefault() {
        return deniesByDefault;
    }

    /** Whether there are more rules than are written. */
    boolean isTooLong() {
        return stretches.size() > MAX_RULES;
    }

    /** The rule at a place in the policy, if it is about this way. */
    Optional<Stretch> at(int index) {
        return Optional.ofNullable(byIndex.get(index));
    }

    static BitSet ports(PortPattern pattern) {
        BitSet ports = new BitSet(PortPattern.MAX_PORT + 1);
        if (pattern.isAny()) {
            ports.set(1, PortPattern.MAX_PORT + 1);
        }
        pattern.ranges().forEach(range -> ports.set(Math.max(1, range.low()), range.high() + 1));
        return ports;
    }
}
