package io.crs.policy.analyze;

import io.crs.policy.Call;
import java.util.Optional;
import java.util.SortedSet;

/** Whether a rule of a policy ever decides anything. */
sealed interface Liveness {
    /**
     * There is a call that it decides, or a part of it.
     *
     * @param witness the call
     */
    record Alive(Call witness) implements Liveness {}

    /**
     * There is none, since others decide all that it matches: earlier ones, or stricter ones where several have a say.
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
