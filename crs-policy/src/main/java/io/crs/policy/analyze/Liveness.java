package io.crs.policy.analyze;

import io.crs.policy.Call;
import java.util.Optional;
import java.util.SortedSet;

/** Whether a rule of a policy ever decides anything. */
sealed interface Liveness {
    /**
     * There is a call that it decides, or a part of it.
     *
     * @param witness the call; empty if the rule only has a say on what lies below a folder
     */
    record Alive(Optional<Call> witness) implements Liveness {}

    /**
     * There is none, since earlier rules decide all that it matches.
     *
     * @param by these rules
     * @param witness a call it matches and another rule decides
     */
    record Hidden(SortedSet<Integer> by, Optional<Call> witness) implements Liveness {}

    /** It matches no call at all. */
    record Unmatchable() implements Liveness {}

    /** The work to tell was more than allowed. */
    record Undecided() implements Liveness {}
}
