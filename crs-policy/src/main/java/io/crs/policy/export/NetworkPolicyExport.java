package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The export to a Kubernetes {@code NetworkPolicy}. Such a policy only allows; so what the rules come to is worked out
 * for each stretch of addresses, and what is left open is written. It never stops what the policy lets through.
 */
final class NetworkPolicyExport {
    private static final String LOOPBACK = "traffic of a pod with itself is never stopped";

    private static final String ABOUT = "a NetworkPolicy is about connections alone";

    private final Policy policy;
    private final ExportOptions options;
    private final NetworkWay out;
    private final NetworkWay in;
    private final boolean tooMany;

    private NetworkPolicyExport(Policy policy, ExportOptions options) {
        this.policy = policy;
        this.options = options;
        out = new NetworkWay(policy, Rule.Direction.OUTBOUND);
        in = new NetworkWay(policy, Rule.Direction.INBOUND);
        tooMany = out.isTooLong() || in.isTooLong();
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
            rules.put("ingress", NetworkOpenings.of(in));
        }
        if (isWritten() && out.restricts()) {
            types.add("Egress");
            rules.put("egress", NetworkOpenings.of(out));
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
        return out.deniesByDefault() || in.deniesByDefault()
                ? new RuleMark(-1, name, Fidelity.UNDER, LOOPBACK)
                : new RuleMark(-1, name, Fidelity.UNSUPPORTED, "no network rule names its calls");
    }

    private String unwritten() {
        return tooMany
                ? "more than " + NetworkWay.MAX_RULES + " network rules are not written"
                : "a permissive policy stops nothing, and the network does not report";
    }

    private RuleMark mark(int index, Rule rule) {
        if (policy.mode() == PolicyMode.INACTIVE || rule.inactive()) {
            return new RuleMark(index, rule.name(), Fidelity.EXACT, "inactive: it decides nothing");
        }
        for (NetworkWay way : List.of(out, in)) {
            Optional<NetworkWay.Stretch> stretch = way.at(index);
            if (stretch.isPresent()) {
                return mark(rule, stretch.get(), way);
            }
        }
        return new RuleMark(index, rule.name(), Fidelity.UNSUPPORTED, ABOUT);
    }

    private RuleMark mark(Rule rule, NetworkWay.Stretch stretch, NetworkWay way) {
        boolean denies = rule.action() == Action.DENY;
        String unseen = rule instanceof Rule.SyscallRule
                ? "a NetworkPolicy sees no system calls"
                : rule.program().isAny()
                        ? "its addresses are no blocks; the beginning of the glob counts"
                        : "a NetworkPolicy sees no programs";
        if (denies && !isWritten()) {
            return new RuleMark(stretch.index(), rule.name(), Fidelity.UNSUPPORTED, unwritten());
        }
        if (rule.action() == Action.MONITOR) {
            return new RuleMark(
                    stretch.index(), rule.name(), Fidelity.UNDER, "it lets through, and the network does not report");
        }
        if (!stretch.certain()) {
            return denies
                    ? new RuleMark(stretch.index(), rule.name(), Fidelity.UNSUPPORTED, unseen)
                    : new RuleMark(stretch.index(), rule.name(), Fidelity.OVER, unseen);
        }
        if (denies && way.isShielded(stretch)) {
            return new RuleMark(
                    stretch.index(), rule.name(), Fidelity.UNDER, "an earlier rule of some programs allows to all");
        }
        if (denies && stretch.addresses().stream().anyMatch(AddressRange::hasLoopback)) {
            return new RuleMark(stretch.index(), rule.name(), Fidelity.UNDER, LOOPBACK);
        }
        return new RuleMark(stretch.index(), rule.name(), Fidelity.EXACT, "");
    }
}
