package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Evaluation;
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
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** What is claimed of random rules is compared with every call of a small universe. */
class LivenessPropertyTest {
    @Property(tries = 15, shrinking = ShrinkingMode.OFF)
    void everyClaimHoldsForEveryCall(@ForAll long seed, @ForAll SmallUniverse.Subject subject) {
        List<Call> calls = SmallUniverse.calls(subject);
        Policy policy = policy(new Random(seed), subject);
        List<Liveness> claims = claims(policy);
        ReferenceEvaluator reference = ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL);
        for (Call call : calls) {
            for (Evaluation.Part part : reference.evaluate(call).parts()) {
                check(policy, claims, call, part);
            }
        }
    }

    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void everyClaimAboutFoldersHoldsForEveryCall(@ForAll long seed) {
        everyClaimHoldsForEveryCall(seed, SmallUniverse.Subject.FOLDERS);
    }

    private static Policy policy(Random random, SmallUniverse.Subject subject) {
        return new SmallUniverse(random)
                .policy(subject, 1 + random.nextInt(9)).toBuilder()
                        .mode(PolicyMode.ACTIVE)
                        .build();
    }

    private static void check(Policy policy, List<Liveness> claims, Call call, Evaluation.Part part) {
        for (int i = 0; i < claims.size(); i++) {
            Rule rule = policy.rules().get(i);
            Liveness claim = claims.get(i);
            boolean matches = part.mismatches().get(i).isEmpty();
            boolean counts = !part.onlyIfDenied() || rule.action() == Action.DENY;
            boolean hidden = claim instanceof Liveness.Hidden by
                    && (part.below()
                            || by.by().stream()
                                    .anyMatch(other ->
                                            part.mismatches().get(other).isEmpty()));
            boolean holds =
                    claim instanceof Liveness.Alive || (part.ruleIndex() != i && (!matches || !counts || hidden));
            String wrong = claim + " of rule " + i;
            assertTrue(holds, () -> wrong + " is wrong for " + call.toJson(Arch.X86_64) + " in " + policy.toJson());
        }
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void everyWitnessShowsWhatIsClaimed(@ForAll long seed, @ForAll SmallUniverse.Subject subject) {
        Policy policy = policy(new Random(seed), subject);
        List<Liveness> claims = claims(policy);
        ReferenceEvaluator reference = ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL);
        for (int i = 0; i < claims.size(); i++) {
            int rule = i;
            if (policy.rules().get(i).inactive()) {
                assertEquals(new Liveness.Unmatchable(), claims.get(i));
            } else if (claims.get(i) instanceof Liveness.Alive alive) {
                assertTrue(reference.evaluate(alive.witness()).parts().stream()
                        .anyMatch(part -> part.ruleIndex() == rule));
            } else if (claims.get(i) instanceof Liveness.Hidden hidden) {
                Call call = hidden.witness().orElseThrow();
                assertTrue(
                        reference.evaluate(call).parts().stream()
                                .anyMatch(part -> part.mismatches().get(rule).isEmpty() && part.ruleIndex() != rule),
                        () -> hidden + " of " + rule + " in " + policy.toJson());
                assertFalse(hidden.by().contains(i));
            }
            assertFalse(claims.get(i) instanceof Liveness.Undecided, () -> rule + " in " + policy.toJson());
        }
    }

    /** Whatever order hundreds of small blocks come in, together they hide the block they make up, and no less does. */
    @Property(tries = 3, shrinking = ShrinkingMode.OFF)
    void manyRulesTogetherHideOne(@ForAll long seed) {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 128; i++) {
            rules.add(Rule.outbound("10." + i + ".0.0/16").deny());
        }
        Collections.shuffle(rules, new Random(seed));
        Rule whole = Rule.outbound("10.0.0.0/9").deny();
        rules.add(whole);
        assertInstanceOf(
                Liveness.Hidden.class,
                claims(Policy.named("p").rules(rules).build()).get(128));
        rules.remove(70);
        assertInstanceOf(
                Liveness.Alive.class,
                claims(Policy.named("p").rules(rules).build()).get(127));
    }

    private static List<Liveness> claims(Policy policy) {
        LivenessProof proof = new LivenessProof(policy, Arch.X86_64, new NearbyRules(policy, Arch.X86_64));
        return IntStream.range(0, policy.rules().size()).mapToObj(proof::of).toList();
    }
}
