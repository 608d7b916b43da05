package io.crs.policy.analyze;

import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.RuleType;
import io.crs.syscall.Arch;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds for rules of a policy a call that they decide, or proves that there is none. */
final class LivenessProof {
    /** What a rule may take, what all may take, and what each may take when that is spent. */
    private static final long PER_RULE = 4_000_000;

    private static final long IN_ALL = 1_000_000_000;
    private static final long AT_LEAST = 5_000;

    private final PolicyView view;
    private final NearbyRules nearby;
    private final List<Place> places = new ArrayList<>();
    private final Map<Integer, Liveness> known = new HashMap<>();
    private final Budget all = new Budget(IN_ALL);

    /**
     * A part of a shape's calls.
     *
     * @param number which of the shape's parts it is
     * @param named the calls by whose names SYSCALL rules are about it
     */
    record Place(CallShape shape, PolicyView.Part part, int number, List<Syscall> named) {
        /** Whether a rule may decide this part, by what both are about. */
        boolean isFor(Rule rule) {
            boolean about = rule instanceof Rule.SyscallRule call
                    ? named.contains(call.syscall())
                    : part.type().equals(Optional.of(rule.type()));
            return about && (part.below() ? rule.type() == RuleType.WRITE : part.counts(rule.action()));
        }

        /** Equal for parts that all rules see alike. */
        private Object likeness() {
            boolean byName = !named.isEmpty();
            return List.of(
                    part.type(),
                    part.inside(),
                    part.below(),
                    part.onlyIfDenied(),
                    byName && part.second(),
                    named,
                    byName ? shape.syscall().roles() : List.of(),
                    shape.address(),
                    part.below() ? shape.directory() : Optional.empty());
        }
    }

    LivenessProof(Policy policy, Arch arch, NearbyRules nearby) {
        Policy active = policy.toBuilder().mode(PolicyMode.ACTIVE).build();
        this.view = new PolicyView(active, arch);
        this.nearby = nearby;
        Set<Object> seen = new HashSet<>();
        for (CallShape shape : CallClasses.of(List.of(view), arch)) {
            List<PolicyView.Part> parts = view.parts(shape);
            for (int i = 0; i < parts.size(); i++) {
                Place place = new Place(shape, parts.get(i), i, view.named(shape));
                if (seen.add(place.likeness())) {
                    places.add(place);
                }
            }
        }
    }

    /** Whether a rule ever decides; simple parts are looked at before what lies below folders. */
    Liveness of(int index) {
        return known.computeIfAbsent(index, this::search);
    }

    private Liveness search(int index) {
        Budget budget = all.part(PER_RULE, AT_LEAST);
        LivenessSearch search = new LivenessSearch(view, nearby, index, budget);
        for (boolean below : new boolean[] {false, true}) {
            for (Place place : places) {
                if (place.part.below() == below
                        && place.isFor(view.rules().get(index))
                        && !view.rules().get(index).inactive()) {
                    search.look(place);
                }
            }
        }
        all.takeBack(budget);
        return search.result();
    }
}
