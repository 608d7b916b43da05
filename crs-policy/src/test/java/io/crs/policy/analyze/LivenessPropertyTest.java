package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Call;
import io.crs.policy.Evaluation;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.ReferenceEvaluator;
import io.crs.syscall.Arch;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** What is claimed of random rules is tried out on thousands of calls that meet them often. */
class LivenessPropertyTest {
    private static final int CALLS = Integer.getInteger("crs.analyze.calls", 2_000);

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void everyClaimHoldsForAllCalls(@ForAll long seed, @ForAll SmallUniverse.Subject subject) {
        SmallUniverse universe = new SmallUniverse(new Random(seed));
        Policy policy = universe.policy(subject, 1 + (int) Math.floorMod(seed, 7L));
        List<Liveness> claims = claims(policy);
        ReferenceEvaluator reference = ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL);
        for (int i = 0; i < CALLS; i++) {
            Call call = universe.call(subject);
            for (Evaluation.Part part : reference.evaluate(call).parts()) {
                int decider = part.ruleIndex();
                assertFalse(
                        decider >= 0 && !(claims.get(decider) instanceof Liveness.Alive),
                        () -> claims.get(decider) + " of rule " + decider + " is wrong for " + call.toJson(Arch.X86_64)
                                + " in " + policy.toJson());
            }
        }
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void everyWitnessShowsWhatIsClaimed(@ForAll long seed, @ForAll SmallUniverse.Subject subject) {
        Policy policy = new SmallUniverse(new Random(seed)).policy(subject, 1 + (int) Math.floorMod(seed, 7L));
        List<Liveness> claims = claims(policy);
        ReferenceEvaluator reference = ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL);
        for (int i = 0; i < claims.size(); i++) {
            int rule = i;
            if (policy.rules().get(i).inactive()) {
                assertEquals(new Liveness.Unmatchable(), claims.get(i));
            } else if (claims.get(i) instanceof Liveness.Alive alive) {
                alive.witness()
                        .ifPresent(call -> assertTrue(
                                reference.evaluate(call).parts().stream().anyMatch(part -> part.ruleIndex() == rule)));
            } else if (claims.get(i) instanceof Liveness.Hidden hidden) {
                Call call = hidden.witness().orElseThrow();
                assertTrue(
                        reference.evaluate(call).parts().stream()
                                .anyMatch(part -> part.mismatches().get(rule).isEmpty() && part.ruleIndex() != rule),
                        () -> hidden + " of " + rule + " in " + policy.toJson());
                assertTrue(hidden.by().last() < i);
            }
            assertFalse(claims.get(i) instanceof Liveness.Undecided, () -> rule + " in " + policy.toJson());
        }
    }

    private static List<Liveness> claims(Policy policy) {
        LivenessProof proof = new LivenessProof(policy, Arch.X86_64);
        return IntStream.range(0, policy.rules().size()).mapToObj(proof::of).toList();
    }
}
