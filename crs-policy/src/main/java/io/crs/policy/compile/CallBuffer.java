package io.crs.policy.compile;

import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.policy.FilePath;
import io.crs.policy.IpAddress;
import io.crs.syscall.Arch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
    private static final byte[] NOTHING = {};

    private final byte[][] texts = new byte[SLOTS][];
    private final int[] lengths = new int[SLOTS];
    private int number = UNKNOWN;
    private int flags;
    private int programs;
    private int ancestors;
    private Family family = Family.UNKNOWN;
    private byte[] address = NOTHING;
    private int port;
    private int localPort;
    private final long[] arguments = new long[Call.ARGUMENTS];
    private int known;
    private @Nullable Boolean directory;
    private boolean drift;

    /** What one decision finds on its way. */
    final Findings findings = new Findings();

    /** What is known of an address. */
    enum Family {
        UNKNOWN,
        NONE,
        INET,
        OTHER
    }

    /** Makes a buffer that knows nothing. */
    public CallBuffer() {
        Arrays.fill(texts, NOTHING);
        clear();
    }

    /** Forgets everything. */
    public CallBuffer clear() {
        Arrays.fill(lengths, UNKNOWN);
        number = UNKNOWN;
        flags = 0;
        programs = 0;
        ancestors = 0;
        family = Family.UNKNOWN;
        port = UNKNOWN;
        localPort = UNKNOWN;
        known = 0;
        directory = null;
        drift = false;
        findings.forgetPrograms();
        return this;
    }

    /** Takes over a call. */
    public CallBuffer set(Call call, Arch arch) {
        clear();
        number(CallNumbers.of(call.syscall(), arch));
        flags = call.flags();
        call.programs().forEach(this::program);
        call.ancestors().stream().limit(ANCESTORS).forEach(this::ancestor);
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
        call.name().ifPresent(name -> text(NAME, name));
        directory = call.directory().orElse(null);
        drift = call.drift();
        return this;
    }

    private void set(int slot, FilePath path) {
        path.requested().ifPresent(name -> text(slot, name));
        Optional<String> resolved = path.resolved();
        if (!resolved.equals(path.requested())) {
            resolved.ifPresent(name -> text(slot + 1, name));
        }
    }

    private void setAddress(Endpoint endpoint) {
        if (endpoint instanceof Endpoint.Inet inet) {
            family = Family.INET;
            address = inet.address().bytes();
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
        programs = 0;
        ancestors = 0;
        findings.forgetPrograms();
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
        if (programs == PROGRAMS) {
            throw new IllegalStateException("a program has at most " + PROGRAMS + " names");
        }
        findings.forgetPrograms();
        return PROGRAM + programs++;
    }

    private int nextAncestor() {
        if (ancestors == ANCESTORS) {
            throw new IllegalStateException("at most " + ANCESTORS + " ancestors count");
        }
        findings.forgetPrograms();
        return ANCESTOR + ancestors++;
    }

    /** The file, or the first of two, by the name that was asked for; the name it resolves to is the same. */
    public CallBuffer path(byte[] utf8, int from, int to) {
        lengths[RESOLVED] = UNKNOWN;
        return text(REQUESTED, utf8, from, to);
    }

    /** The file by the name that was asked for, as {@link #path(byte[], int, int)}. */
    public CallBuffer path(String name) {
        lengths[RESOLVED] = UNKNOWN;
        return text(REQUESTED, name);
    }

    /** The file's own name, behind {@link #path(byte[], int, int)}, where that is another. */
    public CallBuffer resolved(byte[] utf8, int from, int to) {
        return text(RESOLVED, utf8, from, to);
    }

    /** The second file by the name that was asked for; the name it resolves to is the same. */
    public CallBuffer newPath(byte[] utf8, int from, int to) {
        lengths[NEW_RESOLVED] = UNKNOWN;
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
        family = Family.INET;
        address = IpAddress.of(network).orLoopback().bytes();
        lengths[ADDRESS_TEXT] = UNKNOWN;
        return this;
    }

    /** The call carries no address. */
    public CallBuffer noAddress() {
        family = Family.NONE;
        lengths[ADDRESS_TEXT] = UNKNOWN;
        return this;
    }

    /** The address is a socket's path, or of another family that has no text. */
    public CallBuffer otherAddress(String text) {
        family = Family.OTHER;
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
        int length = to - from;
        System.arraycopy(utf8, from, room(slot, length), 0, length);
        lengths[slot] = length;
        return this;
    }

    private CallBuffer text(int slot, String text) {
        byte[] room = room(slot, text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                return text(slot, utf8, 0, utf8.length);
            }
            room[i] = (byte) c;
        }
        lengths[slot] = text.length();
        return this;
    }

    private byte[] room(int slot, int length) {
        if (texts[slot].length < length) {
            texts[slot] = new byte[Math.max(64, 2 * length)];
        }
        return texts[slot];
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
        return texts[slot];
    }

    /** The number of bytes of a text; −1 if it is not known. */
    int length(int slot) {
        return lengths[slot];
    }

    /** Where the resolved name of a path is: the requested one stands for it if it is the same. */
    int resolvedOf(int requested) {
        return lengths[requested + 1] >= 0 ? requested + 1 : requested;
    }

    Family family() {
        return family;
    }

    /** The bytes of an IP address, none of any other. */
    byte[] address() {
        return family == Family.INET ? address : NOTHING;
    }

    /** Where the address is as text, which is made where it is needed; −1 if there is none. */
    int addressText() {
        if (family == Family.INET && lengths[ADDRESS_TEXT] < 0) {
            text(ADDRESS_TEXT, IpAddress.of(address).toString());
        }
        return lengths[ADDRESS_TEXT] < 0 ? UNKNOWN : ADDRESS_TEXT;
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
