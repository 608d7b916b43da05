package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.syscall.Arch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** What is said of the difference of random policies is tried out on thousands of calls that meet them often. */
class PolicyDiffPropertyTest {
    private static final int CALLS = Integer.getInteger("crs.analyze.calls", 2_000);

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void aChangedPolicyIsEquivalentExactlyIfNoCallTells(@ForAll long seed, @ForAll SmallUniverse.Subject subject) {
        Random random = new Random(seed);
        SmallUniverse universe = new SmallUniverse(random);
        Policy before = universe.policy(subject, 1 + random.nextInt(6));
        check(universe, subject, before, changed(before, random, universe, subject));
    }

    @Property(tries = 50, shrinking = ShrinkingMode.OFF)
    void twoPoliciesAreEquivalentExactlyIfNoCallTells(@ForAll long seed, @ForAll SmallUniverse.Subject subject) {
        Random random = new Random(seed);
        SmallUniverse universe = new SmallUniverse(random);
        check(
                universe,
                subject,
                universe.policy(subject, random.nextInt(5)),
                universe.policy(subject, random.nextInt(5)));
    }

    private static void check(SmallUniverse universe, SmallUniverse.Subject subject, Policy before, Policy after) {
        PolicyDiff diff = PolicyDiff.between(before, after, Arch.X86_64);
        String policies = before.toJson() + "\n" + after.toJson() + "\n" + diff.toJson();
        ReferenceEvaluator old = ReferenceEvaluator.of(before, Arch.X86_64, LogMode.ALL);
        ReferenceEvaluator young = ReferenceEvaluator.of(after, Arch.X86_64, LogMode.ALL);
        assertEquals(0, diff.undecided(), policies);
        assertEquals(diff.equivalent(), diff.differences().isEmpty(), policies);
        for (PolicyDiff.Difference difference : diff.differences()) {
            assertEquals(old.decide(difference.witness()), difference.before());
            assertEquals(young.decide(difference.witness()), difference.after());
            assertTrue(tells(difference.before(), difference.after()));
        }
        for (int i = 0; i < CALLS && diff.equivalent(); i++) {
            Call call = universe.call(subject);
            assertFalse(
                    tells(old.decide(call), young.decide(call)),
                    () -> call.toJson(Arch.X86_64) + " tells\n" + policies);
        }
    }

    private static boolean tells(Decision one, Decision other) {
        return one.action() != other.action()
                || one.enforced() != other.enforced()
                || one.blocked() != other.blocked()
                || (one.isDefault() != other.isDefault() && one.action() == Action.ALLOW);
    }

    /** A policy with one thing changed: a rule left out, put in, moved or replaced, or the mode. */
    private static Policy changed(Policy policy, Random random, SmallUniverse universe, SmallUniverse.Subject subject) {
        List<Rule> rules = new ArrayList<>(policy.rules());
        int place = random.nextInt(rules.size());
        switch (random.nextInt(6)) {
            case 0 -> rules.remove(place);
            case 1 -> rules.add(place, universe.rule(subject));
            case 2 -> Collections.swap(rules, place, random.nextInt(rules.size()));
            case 3 -> rules.set(place, universe.rule(subject));
            case 4 -> rules.add(rules.get(place));
            default -> {
                PolicyMode[] modes = PolicyMode.values();
                return policy.toBuilder()
                        .mode(modes[random.nextInt(modes.length)])
                        .build();
            }
        }
        return policy.toBuilder().rules(rules).build();
    }
}
