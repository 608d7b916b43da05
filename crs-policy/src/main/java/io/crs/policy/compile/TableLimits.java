package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;

import io.crs.policy.Limits;
import io.crs.policy.compile.TableLayout.Section;
import io.crs.syscall.Arch;
import io.crs.syscall.Syscall;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads the limits of a table. A table that no compiler wrote may hold what no policy can: of two limits of the same the
 * lower one counts, and a call or a program that cannot be is left out.
 */
final class TableLimits {
    private final TableView view;
    private final Arch arch;
    private int processes;
    private int lifetime;
    private final Map<Syscall, Integer> calls = new HashMap<>();
    private final Map<String, Integer> programs = new HashMap<>();

    private TableLimits(TableView view) {
        this.view = view;
        this.arch = Codes.ARCHES.at(u8(view.bytes, TableLayout.HEADER_ARCH));
    }

    static Limits of(TableView view) {
        TableLimits limits = new TableLimits(view);
        for (int i = 0; i < view.count(Section.LIMT); i++) {
            limits.add(view.limit(i));
        }
        return new Limits(limits.processes, limits.lifetime, limits.calls, limits.programs);
    }

    private void add(int record) {
        int unsigned = i32(view.bytes, record + TableLayout.LIMT_NUMBER);
        int number = unsigned < 0 ? Integer.MAX_VALUE : unsigned;
        int what = i32(view.bytes, record + TableLayout.LIMT_WHAT);
        switch (u8(view.bytes, record + TableLayout.LIMT_KIND)) {
            case TableLayout.LIMIT_PROCESSES -> processes = lower(processes, number);
            case TableLayout.LIMIT_LIFETIME -> lifetime = lower(lifetime, number);
            case TableLayout.LIMIT_CALLS ->
                CallNumbers.find(what, arch).ifPresent(call -> calls.merge(call, number, Math::min));
            default -> addProgram(view.text(what), number);
        }
    }

    private void addProgram(String name, int number) {
        boolean known = programs.containsKey(name);
        if (known || (isProgram(name) && programs.size() < Limits.MAX_ENTRIES)) {
            programs.merge(name, number, Math::min);
        }
    }

    /** The lower of two limits, of which the first is 0 if there is none yet. */
    private static int lower(int limit, int number) {
        return limit == 0 ? number : Math.min(limit, number);
    }

    /** What {@link Limits} takes as a program's base name. */
    private static boolean isProgram(String name) {
        return !name.isBlank()
                && name.indexOf('/') < 0
                && name.indexOf('\0') < 0
                && name.codePointCount(0, name.length()) <= Limits.MAX_NAME;
    }
}
