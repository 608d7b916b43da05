package io.crs.policy.compile;

import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.policy.FilePath;
import io.crs.syscall.Arch;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A call that is filled in anew for each decision, so that deciding makes no garbage.
 *
 * <p>Everything starts unknown; {@link #clear} makes it so again. What is set stays until it is set anew: a reader of
 * events that follows one process sets its program once and the paths again and again, and the table finds out once
 * which rules the program has. Texts are UTF-8, copied, and compared as they are: absolute paths without empty and
 * {@code .} components or a {@code /} at the end, as {@link FilePath} makes them. For one thread.
 */
public final class CallBuffer {
    /** The most program names that count. */
    public static final int PROGRAMS = 4;

    /** The most ancestors that count. */
    public static final int ANCESTORS = 64;

    private final CallFields fields = new CallFields();

    /** The names of the program, if they are those of a call that was taken over. */
    private @Nullable String program;

    private @Nullable String exec;

    /** Makes a buffer that knows nothing. */
    public CallBuffer() {}

    /** Forgets everything. */
    public CallBuffer clear() {
        return noPrograms().noOperands();
    }

    /** Forgets everything but the programs and the ancestors. */
    public CallBuffer noOperands() {
        fields.forgetOperands();
        return this;
    }

    /** Takes over a call. */
    public CallBuffer set(Call call, Arch arch) {
        setPrograms(call);
        fields.forgetOperands();
        fields.number = CallNumbers.of(call.syscall(), arch);
        fields.flags = call.flags();
        set(CallFields.REQUESTED, call.path());
        set(CallFields.NEW_REQUESTED, call.newPath());
        setAddress(call.address());
        fields.port = call.port().orElse(CallFields.UNKNOWN);
        fields.localPort = call.localPort().orElse(CallFields.UNKNOWN);
        for (int i = 0; i < Call.ARGUMENTS; i++) {
            OptionalLong argument = call.args().get(i);
            if (argument.isPresent()) {
                argument(i + 1, argument.getAsLong());
            }
        }
        set(CallFields.NAME, call.name());
        fields.directory = call.directory().orElse(null);
        fields.drift = call.drift();
        return this;
    }

    /** Calls mostly come from the program of the one before: then what is known of it stays. */
    private void setPrograms(Call call) {
        String newProgram = call.program().orElse(null);
        String newExec = call.exec().orElse(null);
        boolean alone = call.ancestors().isEmpty();
        if (alone && newProgram != null && newProgram.equals(program) && Objects.equals(newExec, exec)) {
            return;
        }
        noPrograms();
        if (newProgram != null) {
            program(newProgram);
        }
        if (newExec != null && !newExec.equals(newProgram)) {
            program(newExec);
        }
        for (int i = 0; i < call.ancestors().size() && i < ANCESTORS; i++) {
            ancestor(call.ancestors().get(i));
        }
        program = alone ? newProgram : null;
        exec = newExec;
    }

    private void set(int slot, FilePath path) {
        set(slot, path.requested());
        if (!path.resolved().equals(path.requested())) {
            set(slot + 1, path.resolved());
        }
    }

    private void set(int slot, Optional<String> text) {
        if (text.isPresent()) {
            fields.texts.set(slot, text.get());
        }
    }

    private void setAddress(Endpoint endpoint) {
        if (endpoint instanceof Endpoint.Inet inet) {
            address(inet.address().bytes());
        } else if (endpoint instanceof Endpoint.Other other) {
            otherAddress(other.text());
        } else if (endpoint instanceof Endpoint.None) {
            noAddress();
        }
    }

    /** The number of the call in the kernel; minus the user guide's number of a library call. */
    public CallBuffer number(int callNumber) {
        fields.number = callNumber;
        return this;
    }

    /** The flags. */
    public CallBuffer flags(int bits) {
        fields.flags = bits;
        return this;
    }

    /** Forgets the programs and the ancestors. */
    public CallBuffer noPrograms() {
        program = null;
        fields.forgetPrograms();
        return this;
    }

    /**
     * One more name of the program.
     *
     * @throws IllegalStateException if there are {@value #PROGRAMS} already
     */
    public CallBuffer program(byte[] utf8, int from, int to) {
        return text(nextProgram(), utf8, from, to);
    }

    /** One more name of the program, as {@link #program(byte[], int, int)}. */
    public CallBuffer program(String name) {
        return text(nextProgram(), name);
    }

    /**
     * The program of the next ancestor.
     *
     * @throws IllegalStateException if there are {@value #ANCESTORS} already
     */
    public CallBuffer ancestor(byte[] utf8, int from, int to) {
        return text(nextAncestor(), utf8, from, to);
    }

    /** The program of the next ancestor, as {@link #ancestor(byte[], int, int)}. */
    public CallBuffer ancestor(String name) {
        return text(nextAncestor(), name);
    }

    private int nextProgram() {
        if (fields.programs == PROGRAMS) {
            throw new IllegalStateException("a program has at most " + PROGRAMS + " names");
        }
        changePrograms();
        return CallFields.PROGRAM + fields.programs++;
    }

    private int nextAncestor() {
        if (fields.ancestors == ANCESTORS) {
            throw new IllegalStateException("at most " + ANCESTORS + " ancestors count");
        }
        changePrograms();
        return CallFields.ANCESTOR + fields.ancestors++;
    }

    private void changePrograms() {
        program = null;
        fields.findings.forgetPrograms();
    }

    /** The file, or the first of two, by the name that was asked for; the name it resolves to is the same. */
    public CallBuffer path(byte[] utf8, int from, int to) {
        fields.texts.forget(CallFields.RESOLVED);
        return text(CallFields.REQUESTED, utf8, from, to);
    }

    /** The file by the name that was asked for, as {@link #path(byte[], int, int)}. */
    public CallBuffer path(String name) {
        fields.texts.forget(CallFields.RESOLVED);
        return text(CallFields.REQUESTED, name);
    }

    /** The file's own name, behind {@link #path(byte[], int, int)}, where that is another. */
    public CallBuffer resolved(byte[] utf8, int from, int to) {
        return text(CallFields.RESOLVED, utf8, from, to);
    }

    /** The file's own name, as {@link #resolved(byte[], int, int)}. */
    public CallBuffer resolved(String name) {
        return text(CallFields.RESOLVED, name);
    }

    /** The second file by the name that was asked for; the name it resolves to is the same. */
    public CallBuffer newPath(byte[] utf8, int from, int to) {
        fields.texts.forget(CallFields.NEW_RESOLVED);
        return text(CallFields.NEW_REQUESTED, utf8, from, to);
    }

    /** The second file's own name, behind {@link #newPath}, where that is another. */
    public CallBuffer newResolved(byte[] utf8, int from, int to) {
        return text(CallFields.NEW_RESOLVED, utf8, from, to);
    }

    /**
     * The IP address of the call.
     *
     * @param network 4 or 16 bytes in network order
     * @throws IllegalArgumentException if there are neither 4 nor 16
     */
    public CallBuffer address(byte[] network) {
        fields.address.set(network);
        fields.texts.forget(CallFields.ADDRESS_TEXT);
        return this;
    }

    /** The call carries no address. */
    public CallBuffer noAddress() {
        fields.address.set(CallAddress.Family.NONE);
        fields.texts.forget(CallFields.ADDRESS_TEXT);
        return this;
    }

    /** The address is a socket's path, or of another family that has no text. */
    public CallBuffer otherAddress(String text) {
        fields.address.set(CallAddress.Family.OTHER);
        return text(CallFields.ADDRESS_TEXT, text);
    }

    /** The port of the address. */
    public CallBuffer port(int value) {
        fields.port = value;
        return this;
    }

    /** The port a connection came in on. */
    public CallBuffer localPort(int value) {
        fields.localPort = value;
        return this;
    }

    /**
     * A raw argument.
     *
     * @param place 1 to 6
     * @param value its 64 bits
     */
    public CallBuffer argument(int place, long value) {
        fields.arguments[place - 1] = value;
        fields.known |= 1 << (place - 1);
        return this;
    }

    /** The host name that a library call looks up. */
    public CallBuffer name(byte[] utf8, int from, int to) {
        return text(CallFields.NAME, utf8, from, to);
    }

    /** Whether the file is a folder. */
    public CallBuffer directory(boolean folder) {
        fields.directory = folder;
        return this;
    }

    /** Whether the file is an executable that is not in the image, or differs from it. */
    public CallBuffer drift(boolean drifted) {
        fields.drift = drifted;
        return this;
    }

    private CallBuffer text(int slot, byte[] utf8, int from, int to) {
        fields.texts.set(slot, utf8, from, to);
        return this;
    }

    private CallBuffer text(int slot, String text) {
        fields.texts.set(slot, text);
        return this;
    }

    CallFields fields() {
        return fields;
    }
}
