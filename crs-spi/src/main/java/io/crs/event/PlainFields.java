package io.crs.event;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The fields of a line, as far as they have come. */
final class PlainFields {
    @Nullable
    String id;

    long seq = -1;

    @Nullable
    Instant time;

    Event.@Nullable Type type;
    Event.@Nullable Action action;
    Optional<Boolean> enforced = Optional.empty();
    Optional<EventContainer> container = Optional.empty();

    @Nullable
    EventProcess process;

    @Nullable
    EventSyscall syscall;

    Optional<EventObject> object = Optional.empty();
    Optional<EventPolicy> policy = Optional.empty();
    Optional<EventRule> rule = Optional.empty();
    Optional<Event.Via> via = Optional.empty();
    OptionalLong count = OptionalLong.empty();
    Optional<Instant> since = Optional.empty();
    Optional<String> reason = Optional.empty();
    boolean truncated;
    OptionalLong lost = OptionalLong.empty();
    boolean versioned;

    @Nullable
    Event event() {
        if (!versioned || id == null || id.isBlank() || id.length() > EventHeader.LONGEST_ID) {
            return null;
        }
        if (seq < 0 || time == null || type == null) {
            return null;
        }
        EventHeader header = new EventHeader(id, seq, time, container, lost, truncated);
        return switch (type) {
            case STANDARD, BEHAVIOR -> call(header, type);
            case ALERT -> alert(header);
            case GAP -> new Event.Gap(header, count, since, reason);
            case HEALTH -> new Event.Health(header, reason);
        };
    }

    private @Nullable Event call(EventHeader header, Event.Type of) {
        EventCall made = made();
        return made == null ? null : new Event.Call(header, of, made, reason);
    }

    private @Nullable Event alert(EventHeader header) {
        if (process == null && syscall == null) {
            return new Event.Alert(header, Optional.empty(), reason);
        }
        EventCall made = made();
        return made == null ? null : new Event.Alert(header, Optional.of(made), reason);
    }

    private @Nullable EventCall made() {
        return action == null || process == null || syscall == null
                ? null
                : new EventCall(action, enforced, process, syscall, object, policy, rule, via);
    }
}
