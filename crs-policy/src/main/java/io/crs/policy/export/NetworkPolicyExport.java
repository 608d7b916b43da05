package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.AddressPattern;
import io.crs.policy.DefaultScope;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.PortPattern;
import io.crs.policy.Rule;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The export to a Kubernetes {@code NetworkPolicy}. Such a policy only allows; so what the rules come to is worked out
 * for each stretch of addresses, and what is left open is written. It never stops what the policy lets through.
 */
final class NetworkPolicyExport {
    /** More rules than this and none is written: the work and the file would grow with their square. */
    private static final int MAX_RULES = 500;

    private static final String LOOPBACK = "traffic of a pod with itself is never stopped";

    private static final String ABOUT = "a NetworkPolicy is about connections alone";

    /** A rule as far as an address and a port show it. */
    private record Stretch(int index, Action action, List<AddressRange> addresses, BitSet ports, boolean certain) {}

    /** One way of the traffic. */
    private final class Way {
        private final Rule.Direction direction;
        private final List<Stretch> stretches = new ArrayList<>();
        private final Map<Integer, Stretch> byIndex = new HashMap<>();
        private final boolean deniesByDefault;
        private boolean ruled;

        Way(Rule.Direction direction) {
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
        private BitSet open(AddressRange address) {
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

        /** What is open: peers and ports as the object's field has them. */
        List<Object> rules() {
            Map<BitSet, List<AddressRange>> byPorts = new LinkedHashMap<>();
            for (boolean v4 : List.of(true, false)) {
                for (AddressRange part : parts(v4)) {
                    BitSet open = open(part);
                    if (!open.isEmpty()) {
                        byPorts.computeIfAbsent(open, key -> new ArrayList<>()).add(part);
                    }
                }
            }
            List<Object> rules = new ArrayList<>();
            byPorts.forEach((ports, addresses) -> rules.add(rule(ports, addresses)));
            return rules;
        }

        private Map<String, Object> rule(BitSet ports, List<AddressRange> addresses) {
            Map<String, Object> rule = new LinkedHashMap<>();
            List<Object> peers = new ArrayList<>();
            for (boolean v4 : List.of(true, false)) {
                peers.addAll(peers(
                        v4,
                        joined(addresses.stream()
                                .filter(range -> range.v4() == v4)
                                .toList())));
            }
            rule.put(direction == Rule.Direction.OUTBOUND ? "to" : "from", peers);
            if (!ports.equals(ports(PortPattern.ANY))) {
                rule.put("ports", numbers(ports));
            }
            return rule;
        }

        /** The addresses between all ends of rules. */
        private List<AddressRange> parts(boolean v4) {
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
    }

    private final Policy policy;
    private final ExportOptions options;
    private final Way out;
    private final Way in;
    private final boolean tooMany;

    private NetworkPolicyExport(Policy policy, ExportOptions options) {
        this.policy = policy;
        this.options = options;
        out = new Way(Rule.Direction.OUTBOUND);
        in = new Way(Rule.Direction.INBOUND);
        tooMany = Math.max(out.stretches.size(), in.stretches.size()) > MAX_RULES;
    }

    static Export of(Policy policy, ExportOptions options) {
        NetworkPolicyExport export = new NetworkPolicyExport(policy, options);
        return new Export(ExportTarget.NETWORK_POLICY, export.document(), export.marks());
    }

    private boolean isWritten() {
        return policy.mode() == PolicyMode.ACTIVE && !tooMany;
    }

    private String document() {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("podSelector", options.labels().isEmpty() ? Map.of() : Map.of("matchLabels", options.labels()));
        List<String> types = new ArrayList<>();
        Map<String, Object> rules = new LinkedHashMap<>();
        if (isWritten() && in.restricts()) {
            types.add("Ingress");
            rules.put("ingress", in.rules());
        }
        if (isWritten() && out.restricts()) {
            types.add("Egress");
            rules.put("egress", out.rules());
        }
        if (types.isEmpty()) {
            types.add("Egress");
            rules.put("egress", List.of(Map.of()));
        }
        spec.put("policyTypes", types);
        spec.putAll(rules);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("apiVersion", "networking.k8s.io/v1");
        document.put("kind", "NetworkPolicy");
        document.put(
                "metadata", Map.of("name", options.name().isEmpty() ? ResourceName.of(policy.name()) : options.name()));
        document.put("spec", spec);
        return Yaml.write(document);
    }

    private static BitSet ports(PortPattern pattern) {
        BitSet ports = new BitSet(PortPattern.MAX_PORT + 1);
        if (pattern.isAny()) {
            ports.set(1, PortPattern.MAX_PORT + 1);
        }
        pattern.ranges().forEach(range -> ports.set(Math.max(1, range.low()), range.high() + 1));
        return ports;
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

    private List<RuleMark> marks() {
        List<RuleMark> marks = new ArrayList<>();
        for (int i = 0; i < policy.rules().size(); i++) {
            marks.add(mark(i, policy.rules().get(i)));
        }
        DenyingDefaults.of(policy).forEach(name -> marks.add(markDefault(name)));
        return marks;
    }

    private RuleMark markDefault(String name) {
        if (!name.equals("defaultNetworkAction")) {
            return new RuleMark(-1, name, Fidelity.UNSUPPORTED, ABOUT);
        }
        if (!isWritten()) {
            return new RuleMark(-1, name, Fidelity.UNSUPPORTED, unwritten());
        }
        return out.deniesByDefault || in.deniesByDefault
                ? new RuleMark(-1, name, Fidelity.UNDER, LOOPBACK)
                : new RuleMark(-1, name, Fidelity.UNSUPPORTED, "no network rule names its calls");
    }

    private String unwritten() {
        return tooMany
                ? "more than " + MAX_RULES + " network rules are not written"
                : "a permissive policy stops nothing, and the network does not report";
    }

    private RuleMark mark(int index, Rule rule) {
        if (policy.mode() == PolicyMode.INACTIVE || rule.inactive()) {
            return new RuleMark(index, rule.name(), Fidelity.EXACT, "inactive: it decides nothing");
        }
        for (Way way : List.of(out, in)) {
            Stretch stretch = way.byIndex.get(index);
            if (stretch != null) {
                return mark(rule, stretch, way);
            }
        }
        return new RuleMark(index, rule.name(), Fidelity.UNSUPPORTED, ABOUT);
    }

    private RuleMark mark(Rule rule, Stretch stretch, Way way) {
        boolean denies = rule.action() == Action.DENY;
        String unseen = rule instanceof Rule.SyscallRule
                ? "a NetworkPolicy sees no system calls"
                : rule.program().isAny()
                        ? "its addresses are no blocks; the beginning of the glob counts"
                        : "a NetworkPolicy sees no programs";
        if (denies && !isWritten()) {
            return new RuleMark(stretch.index, rule.name(), Fidelity.UNSUPPORTED, unwritten());
        }
        if (rule.action() == Action.MONITOR) {
            return new RuleMark(
                    stretch.index, rule.name(), Fidelity.UNDER, "it lets through, and the network does not report");
        }
        if (!stretch.certain) {
            return denies
                    ? new RuleMark(stretch.index, rule.name(), Fidelity.UNSUPPORTED, unseen)
                    : new RuleMark(stretch.index, rule.name(), Fidelity.OVER, unseen);
        }
        if (denies && way.isShielded(stretch)) {
            return new RuleMark(
                    stretch.index, rule.name(), Fidelity.UNDER, "an earlier rule of some programs allows to all");
        }
        if (denies && stretch.addresses.stream().anyMatch(AddressRange::hasLoopback)) {
            return new RuleMark(stretch.index, rule.name(), Fidelity.UNDER, LOOPBACK);
        }
        return new RuleMark(stretch.index, rule.name(), Fidelity.EXACT, "");
    }
}
