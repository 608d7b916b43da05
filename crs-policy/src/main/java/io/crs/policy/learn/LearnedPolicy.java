package io.crs.policy.learn;

import io.crs.policy.Policy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A policy that was learned, and what speaks for it. Immutable.
 *
 * @param policy the policy: rules that allow, defaults that deny, in permissive mode
 * @param evidence why each rule was learned, in the order of the rules
 * @param heldOut how well the policy foretells what it was not learned from; empty if there was too little to tell
 * @param breadth the share of the image's files that the policy opens for reading or writing, 0 to 1; empty if the image
 *     is not known
 * @param notLearned what was recorded and no rule was made of
 * @param saturation how many different behaviours there were after 1, 2, 4, 8 … observations, and after all: a curve that
 *     has become flat says that more of the same would teach little
 */
public record LearnedPolicy(
        Policy policy,
        List<Evidence> evidence,
        Optional<HeldOut> heldOut,
        OptionalDouble breadth,
        List<NotLearned> notLearned,
        List<Saturation> saturation) {
    /**
     * A point of the curve.
     *
     * @param observations how many observations
     * @param behaviours how many different behaviours in them
     */
    public record Saturation(long observations, long behaviours) {}

    /** Copies the lists. */
    public LearnedPolicy {
        evidence = List.copyOf(evidence);
        notLearned = List.copyOf(notLearned);
        saturation = List.copyOf(saturation);
    }

    /** The share of the calls held out that the policy learned from the others allows, 0 to 1. */
    public OptionalDouble heldOutRecall() {
        return heldOut.map(result -> OptionalDouble.of(result.recall())).orElse(OptionalDouble.empty());
    }

    /**
     * The existing policy with the learned rules that it lacks behind its own. Its rules go first, so what they deny
     * stays denied; all its settings stay. A rule is lacking if no rule of the policy, active or not, is the same but for
     * its name and action, and no active rule decides all that it would.
     *
     * @throws IllegalArgumentException if the rules together are more than a policy holds
     */
    public Policy mergeInto(Policy existing) {
        return Merge.of(existing, policy);
    }

    /**
     * All of it in one line of JSON: {@code {"policy":{…},"evidence":[{"rule","count","first","last","runs"}],
     * "heldOutRecall":0.998,"breadth":0.012,"notLearned":[{"what","reason","count","first","last"}],
     * "heldOut":{"method","parts","seen","allowed","behaviours","behavioursAllowed","missed"},
     * "saturation":[{"observations","behaviours"}]}}; what is not known is null.
     */
    public String toJson() {
        return LearnedJson.write(this);
    }
}
