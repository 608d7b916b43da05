package io.crs.policy.analyze;

import io.crs.event.Event;
import io.crs.event.EventCall;
import io.crs.event.EventContainer;
import io.crs.event.EventObject;
import io.crs.event.EventProcess;
import io.crs.event.EventSyscall;
import io.crs.policy.Action;
import io.crs.policy.Decision;
import io.crs.policy.compile.CallBuffer;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Asks policies about the calls of events, one after the other. For one thread; several lanes are for several. */
final class ReplayLane {
    private static final int MOST = 8;

    private final DecisionTable table;
    private final Optional<DecisionTable> against;
    private final EventBuffers buffers;

    /**
     * What is said of the call of an event. All that is counted stands here: another processor has read the event, and
     * it is not read again.
     *
     * @param made the call, as the event tells of it
     * @param hit what is the same in the other event of the hit
     * @param decision what the policy says; null where no such call can be made
     * @param before what was done, or what the other policy says
     */
    record Answer(
            Event.Type type,
            EventCall made,
            Syscall syscall,
            Hit hit,
            @Nullable Decision decision,
            Action before) {}

    /**
     * What is the same in the two events of one hit.
     *
     * @param hash of what is short, or tells most hits apart: this is asked of nearly every event
     */
    record Hit(
            int hash,
            Optional<EventContainer> container,
            Event.Action action,
            EventProcess process,
            EventSyscall syscall,
            Optional<EventObject> object) {
        static Hit of(Event.Call seen) {
            EventCall made = seen.made();
            int hash = 31 * made.process().pid() + made.syscall().nr();
            for (String argument : made.syscall().args()) {
                hash = 31 * hash + argument.hashCode();
            }
            return new Hit(
                    hash, seen.header().container(), made.action(), made.process(), made.syscall(), made.object());
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private ReplayLane(DecisionTable table, Optional<DecisionTable> against, Arch arch) {
        this.table = table;
        this.against = against;
        this.buffers = new EventBuffers(arch);
    }

    /** A lane for each processor. */
    static List<ReplayLane> all(DecisionTable table, Optional<DecisionTable> against, Arch arch) {
        int processors = Runtime.getRuntime().availableProcessors();
        return IntStream.range(0, Math.max(1, Math.min(MOST, processors)))
                .mapToObj(i -> new ReplayLane(table, against, arch))
                .toList();
    }

    /** The answers for some events, in their order: null where one tells of no call. */
    static @Nullable Answer[] ask(List<ReplayLane> lanes, List<Event> events) {
        List<Event> all = new ArrayList<>(events);
        @Nullable Answer[] answers = new @Nullable Answer[all.size()];
        int n = lanes.size();
        IntStream.range(0, n).parallel().forEach(i -> {
            for (int at = i * all.size() / n; at < (i + 1) * all.size() / n; at++) {
                answers[at] = lanes.get(i).of(all.get(at));
            }
        });
        return answers;
    }

    /** The answer for an event; null if it tells of no call of the architecture that the policy had a say in. */
    @Nullable
    Answer of(Event event) {
        if (!(event instanceof Event.Call seen) || seen.reason().isPresent()) {
            return null;
        }
        EventCall made = seen.made();
        EventBuffers.Known known = buffers.known(made.syscall()).orElse(null);
        if (known == null) {
            return null;
        }
        Hit hit = Hit.of(seen);
        try {
            CallBuffer buffer = buffers.fill(known, made);
            Decision decision = table.decide(buffer);
            Action before = against.isPresent() ? against.get().decide(buffer).action() : done(made);
            return new Answer(seen.type(), made, known.syscall(), hit, decision, before);
        } catch (IllegalArgumentException e) {
            return new Answer(seen.type(), made, known.syscall(), hit, null, done(made));
        }
    }

    private static Action done(EventCall made) {
        return switch (made.action()) {
            case ALLOW -> Action.ALLOW;
            case MONITOR -> Action.MONITOR;
            case DENY -> Action.DENY;
        };
    }
}
