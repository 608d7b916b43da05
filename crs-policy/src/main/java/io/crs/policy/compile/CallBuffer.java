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

    static final int REQUESTED = 0;
    static final int RESOLVED = 1;
    static final int NEW_REQUESTED = 2;
    static final int NEW_RESOLVED = 3;
    static final int ADDRESS_TEXT = 4;
    static final int NAME = 5;
    static final int PROGRAM = 6;
    static final int ANCESTOR = PROGRAM + PROGRAMS;

    private static final int SLOTS = ANCESTOR + ANCESTORS;
    private static final int UNKNOWN = -1;

    private final TextSlots texts = new TextSlots(SLOTS);
    private final CallAddress address = new CallAddress();
    private int number = UNKNOWN;
    private int flags;
    private int programs;
    private int ancestors;
    private int port;
    private int localPort;
    private final long[] arguments = new long[Call.ARGUMENTS];
    private int known;
    private @Nullable Boolean directory;
    private boolean drift;

    /** The names of the program, if they are those of a call that was taken over. */
    private @Nullable String program;

    private @Nullable String exec;

    /** What one decision finds on its way. */
    final Findings findings = new Findings();

    /** Makes a buffer that knows nothing. */
    public CallBuffer() {
        clear();
    }

    /** Forgets everything. */
    public CallBuffer clear() {
        noPrograms();
        return clearOperands();
    }

    /** Forgets everything but the programs and the ancestors. */
    private CallBuffer clearOperands() {
        texts.forget(0, PROGRAM);
        address.set(CallAddress.Family.UNKNOWN);
        number = UNKNOWN;
        flags = 0;
        port = UNKNOWN;
        localPort = UNKNOWN;
        known = 0;
        directory = null;
        drift = false;
        return this;
    }

    /** Takes over a call. */
    public CallBuffer set(Call call, Arch arch) {
        setPrograms(call);
        clearOperands();
        number = CallNumbers.of(call.syscall(), arch);
        flags = call.flags();
        set(REQUESTED, call.path());
        set(NEW_REQUESTED, call.newPath());
        setAddress(call.address());
        port = call.port().orElse(UNKNOWN);
        localPort = call.localPort().orElse(UNKNOWN);
        for (int i = 0; i < Call.ARGUMENTS; i++) {
            OptionalLong argument = call.args().get(i);
            if (argument.isPresent()) {
                argument(i + 1, argument.getAsLong());
            }
        }
        set(NAME, call.name());
        directory = call.directory().orElse(null);
        drift = call.drift();
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
            texts.set(slot, text.get());
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
        number = callNumber;
        return this;
    }

    /** The flags. */
    public CallBuffer flags(int bits) {
        flags = bits;
        return this;
    }

    /** Forgets the programs and the ancestors. */
    public CallBuffer noPrograms() {
        texts.forget(PROGRAM, PROGRAM + programs);
        texts.forget(ANCESTOR, ANCESTOR + ancestors);
        programs = 0;
        ancestors = 0;
        forgetPrograms();
        return this;
    }

    private void forgetPrograms() {
        program = null;
        findings.forgetPrograms();
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
        if (programs == PROGRAMS) {
            throw new IllegalStateException("a program has at most " + PROGRAMS + " names");
        }
        forgetPrograms();
        return PROGRAM + programs++;
    }

    private int nextAncestor() {
        if (ancestors == ANCESTORS) {
            throw new IllegalStateException("at most " + ANCESTORS + " ancestors count");
        }
        forgetPrograms();
        return ANCESTOR + ancestors++;
    }

    /** The file, or the first of two, by the name that was asked for; the name it resolves to is the same. */
    public CallBuffer path(byte[] utf8, int from, int to) {
        texts.forget(RESOLVED);
        return text(REQUESTED, utf8, from, to);
    }

    /** The file by the name that was asked for, as {@link #path(byte[], int, int)}. */
    public CallBuffer path(String name) {
        texts.forget(RESOLVED);
        return text(REQUESTED, name);
    }

    /** The file's own name, behind {@link #path(byte[], int, int)}, where that is another. */
    public CallBuffer resolved(byte[] utf8, int from, int to) {
        return text(RESOLVED, utf8, from, to);
    }

    /** The second file by the name that was asked for; the name it resolves to is the same. */
    public CallBuffer newPath(byte[] utf8, int from, int to) {
        texts.forget(NEW_RESOLVED);
        return text(NEW_REQUESTED, utf8, from, to);
    }

    /** The second file's own name, behind {@link #newPath}, where that is another. */
    public CallBuffer newResolved(byte[] utf8, int from, int to) {
        return text(NEW_RESOLVED, utf8, from, to);
    }

    /**
     * The IP address of the call.
     *
     * @param network 4 or 16 bytes in network order
     * @throws IllegalArgumentException if there are neither 4 nor 16
     */
    public CallBuffer address(byte[] network) {
        address.set(network);
        texts.forget(ADDRESS_TEXT);
        return this;
    }

    /** The call carries no address. */
    public CallBuffer noAddress() {
        address.set(CallAddress.Family.NONE);
        texts.forget(ADDRESS_TEXT);
        return this;
    }

    /** The address is a socket's path, or of another family that has no text. */
    public CallBuffer otherAddress(String text) {
        address.set(CallAddress.Family.OTHER);
        return text(ADDRESS_TEXT, text);
    }

    /** The port of the address. */
    public CallBuffer port(int value) {
        port = value;
        return this;
    }

    /** The port a connection came in on. */
    public CallBuffer localPort(int value) {
        localPort = value;
        return this;
    }

    /**
     * A raw argument.
     *
     * @param place 1 to 6
     * @param value its 64 bits
     */
    public CallBuffer argument(int place, long value) {
        arguments[place - 1] = value;
        known |= 1 << (place - 1);
        return this;
    }

    /** The host name that a library call looks up. */
    public CallBuffer name(byte[] utf8, int from, int to) {
        return text(NAME, utf8, from, to);
    }

    /** Whether the file is a folder. */
    public CallBuffer directory(boolean folder) {
        directory = folder;
        return this;
    }

    /** Whether the file is an executable that is not in the image, or differs from it. */
    public CallBuffer drift(boolean drifted) {
        drift = drifted;
        return this;
    }

    private CallBuffer text(int slot, byte[] utf8, int from, int to) {
        texts.set(slot, utf8, from, to);
        return this;
    }

    private CallBuffer text(int slot, String text) {
        texts.set(slot, text);
        return this;
    }

    int number() {
        return number;
    }

    int flags() {
        return flags;
    }

    int programs() {
        return programs;
    }

    int ancestors() {
        return ancestors;
    }

    /** The bytes of a text, of which {@link #length} count. */
    byte[] text(int slot) {
        return texts.text(slot);
    }

    /** The number of bytes of a text; −1 if it is not known. */
    int length(int slot) {
        return texts.length(slot);
    }

    /** Where the resolved name of a path is: the requested one stands for it if it is the same. */
    int resolvedOf(int requested) {
        return texts.length(requested + 1) >= 0 ? requested + 1 : requested;
    }

    CallAddress address() {
        return address;
    }

    /** Where the address is as text, which is made where it is needed; −1 if there is none. */
    int addressText() {
        if (address.length() > 0 && texts.length(ADDRESS_TEXT) < 0) {
            texts.set(ADDRESS_TEXT, address.text());
        }
        return texts.length(ADDRESS_TEXT) < 0 ? UNKNOWN : ADDRESS_TEXT;
    }

    int port() {
        return port;
    }

    int localPort() {
        return localPort;
    }

    boolean knows(int argument) {
        return ((known >> argument) & 1) != 0;
    }

    long argument(int i) {
        return arguments[i];
    }

    /** Whether the first file is a folder; null if that is not known. */
    @Nullable
    Boolean directory() {
        return directory;
    }

    boolean drift() {
        return drift;
    }
}
