package io.crs.policy.learn;

import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.RuleBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes rules of believed patterns, each with its evidence. For one thread. */
final class RuleMaker {
    private static final int LONGEST_NAME = 200;

    private final TreeMap<Group, TreeMap<String, Seen>> patterns = new TreeMap<>();
    private final Map<String, Integer> names = new HashMap<>();

    /** What a rule is made of: more than a policy holds is never made. */
    void add(Group group, String pattern, Seen seen) {
        patterns.computeIfAbsent(group, g -> new TreeMap<>())
                .computeIfAbsent(pattern, p -> new Seen())
                .add(seen);
    }

    /** The rules, in an order that depends on nothing but the patterns; adds the evidence of each to the list. */
    List<Rule> rules(List<Evidence> evidence) {
        List<Rule> rules = new ArrayList<>();
        patterns.forEach((group, byPattern) -> byPattern.forEach((pattern, seen) -> {
            Rule rule = rule(group, pattern);
            rules.add(rule);
            evidence.add(new Evidence(
                    rule.name(),
                    seen.count(),
                    seen.first(),
                    seen.last(),
                    seen.runs().cardinality()));
        }));
        if (rules.size() > Policy.MAX_RULES) {
            throw new IllegalStateException("names are bounded, and so are rules: " + rules.size());
        }
        return rules;
    }

    private Rule rule(Group group, String pattern) {
        return switch (group.kind()) {
            case EXECUTE -> finish(Rule.syscall("execve").arg(1, pattern), group, "execute " + pattern);
            case READ -> finish(Rule.read(pattern), group, "read " + pattern);
            case WRITE -> finish(Rule.write(pattern), group, "write " + pattern);
            case OUTBOUND ->
                finish(
                        Rule.outbound(Networks.address(pattern)).ports(Networks.port(pattern)),
                        group,
                        "connect to " + pattern.replace(" ", " port "));
            case INBOUND -> finish(Rule.inbound("*").ports(pattern), group, "accept on port " + pattern);
        };
    }

    private Rule finish(RuleBuilder<?> rule, Group group, String what) {
        if (group.program().isEmpty()) {
            return rule.named(unique(what)).allow();
        }
        rule.by(group.program());
        return rule.named(unique(what + " by " + group.program())).allow();
    }

    /** A name of bounded length that no other rule has, so that evidence finds its rule. */
    private String unique(String text) {
        int length = text.codePointCount(0, text.length());
        String name = length <= LONGEST_NAME ? text : text.substring(0, text.offsetByCodePoints(0, LONGEST_NAME)) + "…";
        int before = names.merge(name, 1, Integer::sum);
        return before == 1 ? name : name + " (" + before + ")";
    }
}
