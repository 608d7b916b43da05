package io.crs.policy;

import io.crs.syscall.Syscall;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Numbers that a container should not exceed. A breach is an alert event; it never blocks anything. 0 is no limit.
 *
 * @param maxProcesses processes in the container at a time
 * @param maxProcessLifetime age of a process, in seconds
 * @param syscallsPerSecond calls of one system call in one second, by call
 * @param maxProcessesByName processes of one program at a time, by the program's base name
 */
public record Limits(
        int maxProcesses,
        int maxProcessLifetime,
        Map<Syscall, Integer> syscallsPerSecond,
        Map<String, Integer> maxProcessesByName) {
    /** No limits. */
    public static final Limits NONE = new Limits(0, 0, Map.of(), Map.of());

    /** The most entries of one map. */
    public static final int MAX_ENTRIES = 1024;

    /** The longest base name of a program, in characters. */
    public static final int MAX_NAME = 255;

    /**
     * Checks the numbers, and orders the maps: calls as in the table of calls, programs by name.
     *
     * @throws IllegalArgumentException if a number is negative, a map too large, or a program's name blank, too long or
     *     with a {@code /} in it
     */
    public Limits {
        check("maxProcesses", maxProcesses);
        check("maxProcessLifetime", maxProcessLifetime);
        syscallsPerSecond = sorted(syscallsPerSecond, Comparator.comparingInt(Syscall::index));
        maxProcessesByName = sorted(maxProcessesByName, Comparator.<String>naturalOrder());
        maxProcessesByName.keySet().forEach(Limits::checkProgram);
    }

    private static <K> Map<K, Integer> sorted(Map<K, Integer> limits, Comparator<K> order) {
        if (limits.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException("at most " + MAX_ENTRIES + " limits of a kind");
        }
        TreeMap<K, Integer> sorted = new TreeMap<>(order);
        limits.forEach((key, limit) -> {
            check(key.toString(), limit);
            sorted.put(key, limit);
        });
        return Collections.unmodifiableMap(sorted);
    }

    private static void check(String what, int limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("the limit of " + what + " is negative; 0 is no limit");
        }
    }

    static String checkProgram(String name) {
        Texts.named("the name of a program", name, MAX_NAME);
        if (name.indexOf('/') >= 0) {
            throw new IllegalArgumentException(
                    Quoted.of(name) + " has a / in it; write the program's base name, such as sshd");
        }
        return name;
    }
}
