package io.crs.policy.analyze;

import io.crs.event.EventCall;
import io.crs.event.EventObject;
import io.crs.event.EventProcess;
import io.crs.event.EventSyscall;
import io.crs.event.EventText;
import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.policy.EventCalls;
import io.crs.policy.compile.CallBuffer;
import io.crs.syscall.Arch;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Fills buffers with the calls of events. Most are filled straight from the event; where {@link EventCalls} does more than
 * to copy, it is asked. Each program has a buffer of its own, so that a table looks its rules up once. For one thread.
 */
final class EventBuffers {
    private static final int MOST_PROGRAMS = 256;
    private static final int MOST_ADDRESSES = 1024;
    private static final int LONGEST_ADDRESS = 45;
    private static final int GREATEST_PORT = 0xFFFF;

    private final Arch arch;
    /** Only names of calls that there are, so that it is bounded. */
    private final Map<String, Known> calls = new HashMap<>();

    private final Map<Program, CallBuffer> programs = new HashMap<>();
    private final Map<String, byte[]> addresses = new HashMap<>();
    private Program last = new Program(Optional.empty(), Optional.empty());
    private @Nullable CallBuffer lastBuffer;

    private record Program(Optional<EventText> exe, Optional<EventText> exec) {}

    /**
     * A call of the architecture.
     *
     * @param syscall the call
     * @param number its number; 0 for a library call
     * @param plain whether it is about what its event's object says, and no more
     */
    record Known(Syscall syscall, int number, boolean plain) {
        private static Known of(Syscall syscall, Arch arch) {
            boolean plain =
                    switch (syscall.operation()) {
                        case RENAME, LINK, NAME -> false;
                        default -> true;
                    };
            return new Known(syscall, syscall.number(arch).orElse(0), plain);
        }
    }

    EventBuffers(Arch arch) {
        this.arch = arch;
    }

    /** Which call it was; empty if this architecture has no such call. */
    Optional<Known> known(EventSyscall made) {
        if (made.name().isEmpty() || !isHere(made.arch())) {
            return Optional.empty();
        }
        String name = made.name().get();
        Known known = calls.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Known> found = SyscallTable.standard()
                .find(name)
                .filter(call -> call.library() || call.number(arch).isPresent())
                .map(call -> Known.of(call, arch));
        found.ifPresent(call -> calls.put(name, call));
        return found;
    }

    private boolean isHere(String name) {
        return name.equals(arch.id()) || Arch.of(name).equals(Optional.of(arch));
    }

    /**
     * The buffer with the call of an event, until the next one is filled.
     *
     * @throws IllegalArgumentException where {@link EventCalls#call} throws it
     */
    CallBuffer fill(Known known, EventCall made) {
        CallBuffer buffer = ofProgram(made.process());
        return known.plain && isFilled(buffer, known, made)
                ? buffer
                : buffer.set(EventCalls.call(known.syscall, arch, made), arch);
    }

    private CallBuffer ofProgram(EventProcess process) {
        if (lastBuffer != null && last.exe.equals(process.exe()) && last.exec.equals(process.exec())) {
            return lastBuffer;
        }
        Program program = new Program(process.exe(), process.exec());
        CallBuffer buffer = programs.get(program);
        if (buffer == null) {
            if (programs.size() >= MOST_PROGRAMS) {
                programs.clear();
            }
            buffer = withProgram(program);
            programs.put(program, buffer);
        }
        last = program;
        lastBuffer = buffer;
        return buffer;
    }

    private CallBuffer withProgram(Program program) {
        Call.Builder call = Call.of("execve");
        program.exe.map(EventText::text).ifPresent(call::program);
        program.exec.map(EventText::text).ifPresent(call::exec);
        return new CallBuffer().set(call.build(), arch);
    }

    /** Fills a buffer; false where that takes more than copying. */
    private boolean isFilled(CallBuffer buffer, Known known, EventCall made) {
        OperationClass operation = known.syscall.operation();
        buffer.noOperands().number(known.number);
        if (made.object().isPresent()) {
            if (!isFilled(buffer, made.object().get())) {
                return false;
            }
        } else if (operation == OperationClass.SEND) {
            buffer.noAddress();
        }
        if (operation == OperationClass.OPEN) {
            buffer.flags(EventCalls.flags(arch, made));
        }
        return true;
    }

    private boolean isFilled(CallBuffer buffer, EventObject object) {
        return switch (object.kind()) {
            case FILE -> isFilled(buffer, object.requested(), object.path());
            case SOCKET -> isSocket(buffer, object);
            case PROCESS -> true;
            case NAME -> false;
        };
    }

    private static boolean isFilled(CallBuffer buffer, Optional<EventText> requested, Optional<EventText> path) {
        if (requested.isEmpty() && path.isEmpty()) {
            return true;
        }
        String first = requested.isPresent()
                ? requested.get().text()
                : path.orElseThrow().text();
        String second = path.isPresent() ? path.get().text() : first;
        if (!isFolded(first)) {
            return false;
        }
        buffer.path(first);
        if (second.equals(first)) {
            return true;
        }
        buffer.resolved(second);
        return isFolded(second);
    }

    /** Whether a name of a file is in its normal form, as nearly every one is. */
    private static boolean isFolded(String name) {
        char before = '/';
        int begin = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isSurrogate(c) || (c == '/' && i > 0 && (before == '/' || isDot(name, begin, i)))) {
                return false;
            }
            if (c == '/') {
                begin = i + 1;
            }
            before = c;
        }
        return before != '/' ? !isDot(name, begin, name.length()) : name.length() == 1;
    }

    private static boolean isDot(String name, int begin, int end) {
        return end == begin + 1 && name.charAt(begin) == '.';
    }

    private boolean isSocket(CallBuffer buffer, EventObject object) {
        if (!isPort(object.port()) || !isPort(object.localPort())) {
            return false;
        }
        if (object.address().isPresent()) {
            byte[] network = address(object.address().get());
            if (network.length == 0) {
                return false;
            }
            buffer.address(network);
        } else if (object.path().isPresent()) {
            return false;
        }
        if (object.port().isPresent()) {
            buffer.port(object.port().getAsInt());
        }
        if (object.localPort().isPresent()) {
            buffer.localPort(object.localPort().getAsInt());
        }
        return true;
    }

    private static boolean isPort(OptionalInt port) {
        return port.isEmpty() || (port.getAsInt() >= 0 && port.getAsInt() <= GREATEST_PORT);
    }

    /** The bytes of an IP address; none of what is another, or too long to be one. */
    private byte[] address(String text) {
        byte[] known = addresses.get(text);
        if (known != null) {
            return known;
        }
        byte[] network = text.length() <= LONGEST_ADDRESS && Endpoint.of(text) instanceof Endpoint.Inet inet
                ? inet.address().bytes()
                : new byte[0];
        if (network.length > 0) {
            if (addresses.size() >= MOST_ADDRESSES) {
                addresses.clear();
            }
            addresses.put(text, network);
        }
        return network;
    }
}
