package io.crs.policy.learn;

import io.crs.policy.learn.HeldOut.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Holds out parts of what was seen, and tries them against what is learned from the rest. For one thread. */
final class CrossValidation {
    private static final int MAX_MISSED = 100;

    private final Generaliser generaliser;
    private long seen;
    private long allowed;
    private long behaviours;
    private long behavioursAllowed;
    private int parts;
    private final List<String> missed = new ArrayList<>();

    private CrossValidation(Generaliser generaliser) {
        this.generaliser = generaliser;
    }

    /**
     * The result; empty if there is but one part.
     *
     * @param learned the names that were learned from all
     */
    static Optional<HeldOut> of(Memory memory, Generaliser generaliser, Map<Group, List<Memory.Name>> learned) {
        CrossValidation validation = new CrossValidation(generaliser);
        List<Fold> folds = memory.folds();
        for (Fold fold : folds) {
            validation.hold(fold, learned);
        }
        if (validation.parts < 2) {
            return Optional.empty();
        }
        Method method = !folds.get(0).byRun()
                ? Method.SLICES_OF_TIME
                : memory.runs() > TimeSlices.COUNT ? Method.FOLDS_OF_RUNS : Method.LEAVE_ONE_RUN_OUT;
        return Optional.of(new HeldOut(
                method,
                validation.parts,
                validation.seen,
                validation.allowed,
                validation.behaviours,
                validation.behavioursAllowed,
                validation.missed));
    }

    private void hold(Fold fold, Map<Group, List<Memory.Name>> learned) {
        long before = seen;
        learned.forEach((group, names) -> {
            Set<String> believed = generaliser.believed(group, names, Optional.of(fold));
            for (Memory.Name name : names) {
                long held = name.seen().in(fold);
                if (held > 0) {
                    attempt(name, held, believed);
                }
            }
        });
        parts += seen > before ? 1 : 0;
    }

    private void attempt(Memory.Name name, long held, Set<String> believed) {
        seen += held;
        behaviours++;
        if (name.candidates().stream().anyMatch(candidate -> believed.contains(candidate.pattern()))) {
            allowed += held;
            behavioursAllowed++;
        } else if (missed.size() < MAX_MISSED) {
            missed.add(name.behaviour().describe());
        }
    }
}
