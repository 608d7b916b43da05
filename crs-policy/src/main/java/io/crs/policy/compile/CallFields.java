package io.crs.policy.compile;

import io.crs.policy.Call;
import org.jspecify.annotations.Nullable;

/** What is known of a call, as deciding it looks at it; a {@link CallBuffer} fills it in. */
final class CallFields {
    static final int REQUESTED = 0;
    static final int RESOLVED = 1;
    static final int NEW_REQUESTED = 2;
    static final int NEW_RESOLVED = 3;
    /** The names of a file that has none, in the folder that is the first file. */
    static final int INSIDE_REQUESTED = 4;

    static final int INSIDE_RESOLVED = 5;
    static final int ADDRESS_TEXT = 6;
    static final int NAME = 7;
    static final int PROGRAM = 8;
    static final int ANCESTOR = PROGRAM + CallBuffer.PROGRAMS;

    static final int UNKNOWN = -1;

    private static final int SLOTS = ANCESTOR + CallBuffer.ANCESTORS;

    final TextSlots texts = new TextSlots(SLOTS);
    final CallAddress address = new CallAddress();
    /** The number of the call in the kernel; minus the user guide's number of a library call. */
    int number;

    int flags;
    /** How many names the program has, and how many ancestors are known. */
    int programs;

    int ancestors;
    int port;
    int localPort;
    final long[] arguments = new long[Call.ARGUMENTS];
    /** Which arguments are known, bit 0 the first. */
    int known;
    /** Whether the first file is a folder; null if that is not known. */
    @Nullable
    Boolean directory;

    boolean drift;

    /** What one decision finds on its way. */
    final Findings findings = new Findings();

    CallFields() {
        forgetOperands();
    }

    void forgetPrograms() {
        texts.forget(PROGRAM, PROGRAM + programs);
        texts.forget(ANCESTOR, ANCESTOR + ancestors);
        programs = 0;
        ancestors = 0;
        findings.forgetPrograms();
    }

    /** Forgets everything but the programs and the ancestors. */
    void forgetOperands() {
        texts.forget(0, PROGRAM);
        address.set(CallAddress.Family.UNKNOWN);
        number = UNKNOWN;
        flags = 0;
        port = UNKNOWN;
        localPort = UNKNOWN;
        known = 0;
        directory = null;
        drift = false;
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

    /** Makes the names of a file without one in the folder that is the first file. */
    void nameInside() {
        texts.setInside(INSIDE_REQUESTED, REQUESTED);
        texts.setInside(INSIDE_RESOLVED, RESOLVED);
    }

    /** Where the address is as text, which is made where it is needed; −1 if there is none. */
    int addressText() {
        if (address.length() > 0 && texts.length(ADDRESS_TEXT) < 0) {
            texts.set(ADDRESS_TEXT, address.text());
        }
        return texts.length(ADDRESS_TEXT) < 0 ? UNKNOWN : ADDRESS_TEXT;
    }

    boolean knows(int argument) {
        return ((known >> argument) & 1) != 0;
    }
}
