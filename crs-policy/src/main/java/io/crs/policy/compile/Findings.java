package io.crs.policy.compile;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the evaluation of a call finds on its way. It lies in the call's buffer, so that none is made anew. */
final class Findings {
    static final int NO_RULE = TableLayout.NO_RULE;

    private static final int NOT_LOOKED_UP = -1;

    /** The flags of the call with what its form fixes. */
    int flags;
    /** The first SYSCALL rule that matches: it does so for every part. */
    int named;
    /** The code of the strictest action so far. */
    int action;
    /** The place of the rule it is from. */
    int rule;

    /** The table whose classes of programs are known, and these; for the names and for the ancestors. */
    private @Nullable Object table;

    private final int[] classes = new int[CallBuffer.PROGRAMS + CallBuffer.ANCESTORS];

    /** A number of 16 bits as an automaton reads it, the higher byte first; it reads words, so there are more. */
    private final byte[] key = new byte[Short.BYTES + Long.BYTES];

    void forgetPrograms() {
        table = null;
    }

    /** The class of a program, or −1 if it has not been looked up in this table. */
    int programClass(Object ofTable, int slot) {
        if (table != ofTable) {
            Arrays.fill(classes, NOT_LOOKED_UP);
            table = ofTable;
        }
        return classes[slot - CallFields.PROGRAM];
    }

    void programClass(int slot, int found) {
        classes[slot - CallFields.PROGRAM] = found;
    }

    byte[] key(int number) {
        key[0] = (byte) (number >> Byte.SIZE);
        key[1] = (byte) number;
        return key;
    }
}
