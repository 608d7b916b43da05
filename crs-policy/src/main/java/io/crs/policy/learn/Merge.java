package io.crs.policy.learn;

import io.crs.policy.Glob;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import java.util.ArrayList;
import java.util.List;

/** Adds learned rules to a policy. */
final class Merge {
    private Merge() {}

    static Policy of(Policy existing, Policy learned) {
        List<Rule> rules = new ArrayList<>(existing.rules());
        for (Rule rule : learned.rules()) {
            if (existing.rules().stream().noneMatch(known -> makesNeedless(known, rule))) {
                rules.add(rule);
            }
        }
        return existing.toBuilder().rules(rules).build();
    }

    /** Whether a rule in front of a learned one leaves it nothing to decide, or says the same and is switched off. */
    private static boolean makesNeedless(Rule known, Rule rule) {
        return known.type() == rule.type()
                && (known.inactive()
                        ? known.program().equals(rule.program()) && isAboutTheSame(known, rule)
                        : known.program().covers(rule.program()) && decidesAll(known, rule));
    }

    private static boolean isAboutTheSame(Rule known, Rule rule) {
        if (known instanceof Rule.FileRule file && rule instanceof Rule.FileRule other) {
            return file.file().equals(other.file());
        }
        if (known instanceof Rule.NetworkRule network && rule instanceof Rule.NetworkRule other) {
            return network.address().text().equals(other.address().text())
                    && network.port().equals(other.port());
        }
        return known instanceof Rule.SyscallRule call
                && rule instanceof Rule.SyscallRule other
                && call.syscall().equals(other.syscall())
                && call.arguments().equals(other.arguments());
    }

    /** Whether a rule matches all that a learned one does, the programs aside; the learned one allows a call by its file. */
    private static boolean decidesAll(Rule known, Rule rule) {
        if (known instanceof Rule.FileRule file && rule instanceof Rule.FileRule other) {
            return file.file().covers(other.file());
        }
        if (known instanceof Rule.NetworkRule network && rule instanceof Rule.NetworkRule other) {
            boolean address = network.address().isAny()
                    || network.address().text().equals(other.address().text());
            boolean port = network.port().isAny() || network.port().equals(other.port());
            return address && port;
        }
        return known instanceof Rule.SyscallRule call
                && rule instanceof Rule.SyscallRule other
                && call.syscall().group().isPresent()
                && call.syscall().group().equals(other.syscall().group())
                && Glob.of(call.arguments().get(0))
                        .covers(Glob.of(other.arguments().get(0)))
                && call.arguments().stream().skip(1).allMatch(text -> Glob.of(text)
                        .isAny());
    }
}
