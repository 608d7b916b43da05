package io.crs.policy.learn;

import io.crs.event.Event;
import io.crs.event.EventCall;
import io.crs.event.EventContainer;
import io.crs.event.EventObject;
import io.crs.event.EventProcess;
import io.crs.event.EventSyscall;
import io.crs.event.EventText;
import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.EventCalls;
import io.crs.syscall.Arch;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Makes observations of events, in their order.
 *
 * <p>One hit can give two events, STANDARD and BEHAVIOR, with the same content one after the other: the second is left
 * out. An event that comes twice is known by its id. What an interpreter does is told with the script's name as
 * {@code exec}; that the kernel executed the interpreter has no event of its own, and is added here.
 */
final class EventObservations {
    private static final int REMEMBERED = 1 << 13;
    private static final int LONGEST_PATH = 4096;
    private static final int LONGEST_ID = 256;

    private final String name;
    private final Recording.Listener listener;
    private final Recent<String, Boolean> ids = new Recent<>(REMEMBERED);
    private final Recent<String, Event.Type> twins = new Recent<>(REMEMBERED);
    private final Recent<ProcessKey, Execution> executions = new Recent<>(REMEMBERED);

    /** What is the same in two events of one hit. */
    private record Content(
            String run,
            Event.Action action,
            EventProcess process,
            EventSyscall syscall,
            Optional<EventObject> object) {}

    private record ProcessKey(String run, int pid) {}

    /** The last execution of a process: who asked, for which name, and the file that is. */
    private record Execution(Optional<String> program, Optional<String> requested, Optional<String> file) {}

    EventObservations(String name, Recording.Listener listener) {
        this.name = name;
        this.listener = listener;
    }

    void add(Event event) {
        if (!(event instanceof Event.Call seen) || ids.put(event.header().id(), true) != null) {
            return;
        }
        EventCall made = seen.made();
        if (event.header().truncated() || !isBounded(event, made)) {
            listener.unusable("an event with a name cut short, or too long");
            return;
        }
        String run = event.header()
                .container()
                .flatMap(EventContainer::id)
                .map(id -> name + "#" + id)
                .orElse(name);
        if (!isTwin(event, new Content(run, made.action(), made.process(), made.syscall(), made.object()))) {
            add(event, run, made);
        }
    }

    private void add(Event event, String run, EventCall made) {
        Optional<Arch> arch = Arch.of(made.syscall().arch());
        Optional<Syscall> syscall = made.syscall().name().flatMap(SyscallTable.standard()::find);
        if (arch.isEmpty() || syscall.isEmpty() || syscall.get().operation() == OperationClass.NONE) {
            return;
        }
        try {
            Call call = EventCalls.call(syscall.get(), arch.get(), made);
            interpreter(event, run, made);
            tell(event, run, made, call);
        } catch (IllegalArgumentException e) {
            listener.unusable("an event with an address, a port or flags that are none");
        }
    }

    /** Whether what is remembered of an event is of a size that an agent writes. */
    private static boolean isBounded(Event event, EventCall made) {
        Optional<String> container = event.header().container().flatMap(EventContainer::id);
        Optional<EventObject> object = made.object();
        return container.map(String::length).orElse(0) <= LONGEST_ID
                && Stream.of(
                                made.process().exe(),
                                made.process().exec(),
                                object.flatMap(EventObject::requested),
                                object.flatMap(EventObject::path))
                        .flatMap(Optional::stream)
                        .allMatch(text -> text.text().length() <= LONGEST_PATH);
    }

    private boolean isTwin(Event event, Content content) {
        String digest = digest(content.toString());
        Event.Type other = twins.remove(digest);
        if (other != null && other != event.type()) {
            return true;
        }
        twins.put(digest, event.type());
        return false;
    }

    /** What a content is remembered by, of one size whatever is in the event. */
    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private void tell(Event event, String run, EventCall made, Call call) {
        listener.seen(new Observation(
                run,
                event.header().time(),
                1,
                Action.valueOf(made.action().name()),
                OptionalInt.of(made.process().pid()),
                call));
    }

    private void interpreter(Event event, String run, EventCall made) {
        ProcessKey process = new ProcessKey(run, made.process().pid());
        Optional<String> program = made.process().exe().map(EventText::text);
        Optional<String> exec = made.process().exec().map(EventText::text);
        Execution last = exec.isPresent() && program.isPresent() ? executions.remove(process) : null;
        // An execution that failed left the process what it was: what it was given to exec is another file then.
        if (last != null && exec.equals(last.requested) && !program.equals(last.file)) {
            Call.Builder call = Call.of("execve").path(program.orElseThrow());
            last.program.ifPresent(call::program);
            tell(event, run, made, call.build());
        }
        if (made.object().flatMap(EventObject::op).equals(Optional.of("execute"))) {
            Optional<String> requested =
                    made.object().flatMap(EventObject::requested).map(EventText::text);
            Optional<String> file = made.object().flatMap(EventObject::path).map(EventText::text);
            executions.put(process, new Execution(program, requested, file));
        }
    }
}
