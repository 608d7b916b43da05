package io.crs.policy;

import java.util.List;
import java.util.Optional;

/**
 * How a decision came about: the parts of the call, each decided on its own.
 *
 * @param decision the decision
 * @param parts the parts; empty if the policy is inactive, or the call is one it ignores entirely
 */
public record Evaluation(Decision decision, List<Part> parts) {
    /** Copies the parts. */
    public Evaluation {
        parts = List.copyOf(parts);
    }

    /**
     * How one part of a call was decided.
     *
     * @param what the part, for a person: {@code reading /etc/shadow}
     * @param type the rules that are about it, beside SYSCALL rules; empty if those alone are
     * @param path the file it is about; not known for parts without
     * @param below whether it is about what lies below {@code path}, where every rule that names some of it has a say
     * @param onlyIfDenied whether it has a say only where a rule denies it
     * @param action what it comes to
     * @param ruleIndex the rule that decided it, by its place in the policy; −1 if none did
     * @param counts whether it has a say in the decision
     * @param mismatches for each rule of the policy why it does not match the part; empty if it does
     */
    public record Part(
            String what,
            Optional<RuleType> type,
            FilePath path,
            boolean below,
            boolean onlyIfDenied,
            Action action,
            int ruleIndex,
            boolean counts,
            List<Optional<Mismatch>> mismatches) {
        /** Copies the list. */
        public Part {
            mismatches = List.copyOf(mismatches);
        }
    }
}
