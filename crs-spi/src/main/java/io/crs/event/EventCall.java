package io.crs.event;

import java.util.Objects;
import java.util.Optional;

/**
 * One call of one process, and what the policy said of it.
 *
 * @param action what the policy said
 * @param enforced whether the policy's mode enforces what it says; empty if unknown
 * @param process who called
 * @param syscall what was called
 * @param object what the call was about
 * @param policy the policy that was asked
 * @param rule the rule that decided; empty if a default did
 * @param via who saw the call
 */
public record EventCall(
        Event.Action action,
        Optional<Boolean> enforced,
        EventProcess process,
        EventSyscall syscall,
        Optional<EventObject> object,
        Optional<EventPolicy> policy,
        Optional<EventRule> rule,
        Optional<Event.Via> via) {
    /** Checks that nothing is null. */
    public EventCall {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(enforced, "enforced");
        Objects.requireNonNull(process, "process");
        Objects.requireNonNull(syscall, "syscall");
        Objects.requireNonNull(object, "object");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(via, "via");
    }

    /** A call of which only this is known. */
    public static EventCall of(Event.Action action, EventProcess process, EventSyscall syscall) {
        return new EventCall(
                action,
                Optional.empty(),
                process,
                syscall,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
