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
import io.crs.policy.FilePath;
import io.crs.syscall.Arch;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Makes observations of events, in their order.
 *
 * <p>One hit can give two events, STANDARD and BEHAVIOR, with the same content one after the other: the second is left
 * out. An event that comes twice is known by its id. What an interpreter does is told with the script's name as
 * {@code exec}; that the kernel executed the interpreter has no event of its own, and is added here.
 */
final class EventObservations {
    private static final int REMEMBERED = 1 << 13;

    private final String name;
    private final Recording.Listener listener;
    private final Recent<String, Boolean> ids = new Recent<>(REMEMBERED);
    private final Recent<Content, Event.Type> twins = new Recent<>(REMEMBERED);
    private final Recent<ProcessKey, Execution> executions = new Recent<>(REMEMBERED);

    /** What is the same in two events of one hit. */
    private record Content(
            String run,
            Event.Action action,
            EventProcess process,
            EventSyscall syscall,
            Optional<EventObject> object) {}

    private record ProcessKey(String run, int pid) {}

    /** The last execution of a process: who asked, and for which file. */
    private record Execution(Optional<String> program, Optional<String> file) {}

    EventObservations(String name, Recording.Listener listener) {
        this.name = name;
        this.listener = listener;
    }

    void add(Event event) {
        if (!(event instanceof Event.Call seen) || ids.put(event.header().id(), true) != null) {
            return;
        }
        EventCall made = seen.made();
        String run = event.header()
                .container()
                .flatMap(EventContainer::id)
                .map(id -> name + "#" + id)
                .orElse(name);
        Content content = new Content(run, made.action(), made.process(), made.syscall(), made.object());
        Event.Type other = twins.remove(content);
        if (other != null && other != event.type()) {
            return;
        }
        twins.put(content, event.type());
        Optional<Arch> arch = Arch.of(made.syscall().arch());
        Optional<Syscall> syscall = made.syscall().name().flatMap(SyscallTable.standard()::find);
        if (arch.isEmpty() || syscall.isEmpty() || syscall.get().operation() == OperationClass.NONE) {
            return;
        }
        if (event.header().truncated()) {
            listener.unusable("an event with a name cut short");
            return;
        }
        try {
            Call call = EventCalls.call(syscall.get(), arch.get(), made);
            interpreter(event, run, made);
            tell(event, run, made, call);
        } catch (IllegalArgumentException e) {
            listener.unusable("an event with an address or a port that is none");
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
        if (made.process().exec().isPresent() && program.isPresent()) {
            Execution last = executions.remove(process);
            if (last != null && !program.equals(last.file)) {
                Call.Builder call = Call.of("execve").path(program.get());
                last.program.ifPresent(call::program);
                tell(event, run, made, call.build());
            }
        }
        if (made.object().flatMap(EventObject::op).equals(Optional.of("execute"))) {
            Optional<String> file = made.object().flatMap(EventObject::path).map(EventText::text);
            executions.put(process, new Execution(program, file.map(path -> FilePath.of(path)
                    .names()
                    .get(0))));
        }
    }
}
