package io.crs.policy.compile;

import io.crs.policy.Limits;
import io.crs.syscall.Arch;
import io.crs.syscall.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The section of limits while it is written. Limits of 0, and of calls the architecture lacks, have no record. */
final class LimitRecords {
    private final StringPool strings;
    private final SectionBytes section = new SectionBytes();

    private LimitRecords(StringPool strings) {
        this.strings = strings;
    }

    /** The section, empty if there are no limits; its strings are added now. */
    static SectionBytes of(Limits limits, Arch arch, StringPool strings) {
        LimitRecords records = new LimitRecords(strings);
        records.add(TableLayout.LIMIT_PROCESSES, limits.maxProcesses(), 0);
        records.add(TableLayout.LIMIT_LIFETIME, limits.maxProcessLifetime(), 0);
        records.addCalls(limits.syscallsPerSecond(), arch);
        records.addPrograms(limits.maxProcessesByName());
        return records.section;
    }

    private void addCalls(Map<Syscall, Integer> limits, Arch arch) {
        Map<Integer, Integer> byNumber = new TreeMap<>();
        limits.forEach((call, number) -> {
            if (CallNumbers.exists(call, arch)) {
                byNumber.put(CallNumbers.of(call, arch), number);
            }
        });
        byNumber.forEach((call, number) -> add(TableLayout.LIMIT_CALLS, number, call));
    }

    private void addPrograms(Map<String, Integer> limits) {
        Map<byte[], Integer> byName = new TreeMap<>(Arrays::compareUnsigned);
        limits.forEach((name, number) -> {
            if (number > 0) {
                byName.put(name.getBytes(StandardCharsets.UTF_8), number);
            }
        });
        byName.forEach((name, number) ->
                add(TableLayout.LIMIT_PROGRAM, number, strings.put(new String(name, StandardCharsets.UTF_8))));
    }

    private void add(int kind, int number, int what) {
        if (number > 0) {
            int at = section.grow(TableLayout.LIMT_SIZE);
            section.put8(at + TableLayout.LIMT_KIND, kind);
            section.put32(at + TableLayout.LIMT_NUMBER, number);
            section.put32(at + TableLayout.LIMT_WHAT, what);
        }
    }
}
