package io.crs.host;

import java.util.Optional;

/**
 * What came of one technique of the self-test for one user.
 *
 * @param id the row's name, such as {@code B1-link}; it stays the same across versions
 * @param section the letter of the section it belongs to, A to I
 * @param technique what was tried, in words
 * @param user as whom: a user's number, or {@code 0>1000} where an agent of root watched a process that became user 1000
 * @param baseline whether it had its effect without the agent; where it had not, to hold it would prove nothing
 * @param result what came of it below the agent
 * @param event whether an event tells of a denial
 * @param why the error it met, how often a race was tried, or why it does not apply here
 * @param limit why it is not promised to be held, here; empty for what is promised
 */
public record SelfTestRow(
        String id,
        char section,
        String technique,
        String user,
        boolean baseline,
        Result result,
        boolean event,
        String why,
        Optional<String> limit) {

    /** What came of a technique. */
    public enum Result {
        /** It had no effect, and an event says so; or what must go on working did. */
        HELD,
        /** It had its effect, or no event tells of the denial, or something that is allowed failed. */
        NOT_HELD,
        /** It does nothing on this host or in this container, also without the agent. */
        NOT_APPLICABLE
    }

    /** Whether a promise was not kept: not held, and no documented limit. */
    public boolean isBroken() {
        return result == Result.NOT_HELD && limit.isEmpty();
    }
}
