package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;

import io.crs.policy.compile.TableLayout.Section;
import io.crs.syscall.OperationClass;
import org.jspecify.annotations.Nullable;

/** A row of SYSC: how one system call is decided. Read once, since every decision begins with it. */
final class CallRow {
    private static final OperationClass[] OPERATIONS = OperationClass.values();

    final OperationClass operation;
    /** Whether no events are owed. */
    final boolean silent;
    /** Whether neither rules nor defaults apply. */
    final boolean skipped;
    /** The flags that this form of a function fixes. */
    private final int fixed;

    private final int values;
    /** The SYSCALL rules that name the call, or a sibling of it: LIST. */
    final int named;
    /** The place of these rules in the index; −1 if it has none. */
    final int index;

    private final byte[] defaults = new byte[TableLayout.PARTS];

    private CallRow(byte[] bytes, int at) {
        int bits = u8(bytes, at + TableLayout.SYSC_BITS);
        int place = u8(bytes, at + TableLayout.SYSC_INDEX);
        operation = OPERATIONS[u8(bytes, at + TableLayout.SYSC_OP)];
        silent = (bits & (TableLayout.SYSC_NO_EVENTS | TableLayout.SYSC_SKIPPED)) != 0;
        skipped = (bits & TableLayout.SYSC_SKIPPED) != 0;
        fixed = i32(bytes, at + TableLayout.SYSC_FLAGS_MASK);
        values = i32(bytes, at + TableLayout.SYSC_FLAGS_VALUE);
        named = i32(bytes, at + TableLayout.SYSC_NAMED);
        index = place == 0 ? -1 : place;
        System.arraycopy(bytes, at + TableLayout.SYSC_DEFAULTS, defaults, 0, defaults.length);
    }

    /** The rows of a sound table by their places; null where there is no such call. */
    static @Nullable CallRow[] all(TableView view) {
        @Nullable CallRow[] rows = new @Nullable CallRow[view.count(Section.SYSC)];
        for (int i = 0; i < rows.length; i++) {
            boolean absent = u8(view.bytes, view.row(i) + TableLayout.SYSC_OP) == TableLayout.OP_ABSENT;
            rows[i] = absent ? null : new CallRow(view.bytes, view.row(i));
        }
        return rows;
    }

    /** The flags of a call with what its form fixes. */
    int flags(int ofCall) {
        return (ofCall & ~fixed) | values;
    }

    /** The code of the action on a part for which there is no rule. */
    int defaultAction(int part) {
        return defaults[part];
    }
}
