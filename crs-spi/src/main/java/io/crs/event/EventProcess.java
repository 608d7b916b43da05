package io.crs.event;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The process that made a call.
 *
 * @param pid its number in the container; 0 where it has none there
 * @param ppid its parent's number in the container
 * @param exe the file it executes, symbolic links resolved
 * @param exec the path that was given to exec: a script's own, where {@code exe} is its interpreter
 * @param uid its effective user number, 0 to 4294967295
 */
public record EventProcess(
        int pid, OptionalInt ppid, Optional<EventText> exe, Optional<EventText> exec, OptionalLong uid) {
    /** Checks that nothing is null. */
    public EventProcess {
        Objects.requireNonNull(ppid, "ppid");
        Objects.requireNonNull(exe, "exe");
        Objects.requireNonNull(exec, "exec");
        Objects.requireNonNull(uid, "uid");
    }

    /** A process known by number and executable. */
    public static EventProcess of(int pid, String exe) {
        return new EventProcess(
                pid, OptionalInt.empty(), Optional.of(EventText.of(exe)), Optional.empty(), OptionalLong.empty());
    }
}
