package io.crs.policy.limit;

import io.crs.event.Event;
import io.crs.event.EventCall;
import io.crs.event.EventText;
import io.crs.policy.Limits;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * Watches the limits of a policy in one container. It is told what happens, and when: it has no clock of its own.
 *
 * <p><b>Calls in a second</b> are counted in the seconds of the clock, those of {@link Instant#getEpochSecond}: the
 * count of each call begins anew with the next second. An observation that comes up to a second late counts in the
 * second that is running; a clock set further back begins anew too. The call that passes the limit gives one alert, those
 * after it in that second none.
 *
 * <p><b>Processes at a time</b>, all of them or of one name, give an alert as their number passes the limit, and the next
 * one after it has been down to the limit again. A process has the base name of the program it executes last.
 *
 * <p><b>Age</b> is counted in whole seconds from the start of a process. One that is older than the limit gives one alert, with the
 * first observation, or {@link #tick}, behind that time.
 *
 * <p>Whoever starts processes cannot exhaust the monitor: the processes it knows one by one are bounded, further ones
 * only counted ({@link #untracked}); names are kept only where they have a limit. For one thread.
 */
public final class LimitMonitor {
    /** The most processes that are known one by one. */
    public static final int MAX_PROCESSES = 1 << 17;

    private static final String EXIT = "exit_group";

    private final Limits limits;
    private final Map<Syscall, Window> windows = new HashMap<>();
    private final Map<Integer, Running> processes = new HashMap<>();
    private final Map<String, Integer> byName = new HashMap<>();
    private final TreeSet<Running> young =
            new TreeSet<>(Comparator.comparing(Running::started).thenComparingInt(Running::pid));
    private long untracked;
    private boolean tooMany;

    /** The calls of one system call in one second of the clock. */
    private static final class Window {
        private long second = Long.MIN_VALUE;
        private long calls;

        long count(long now) {
            if (now > second || now < second - 1) {
                second = now;
                calls = 0;
            }
            return ++calls;
        }
    }

    /** A process; its name is kept only if it has a limit. */
    private record Running(int pid, Instant started, Optional<String> name) {}

    /** A monitor that has seen nothing yet. */
    public LimitMonitor(Limits limits) {
        this.limits = limits;
    }

    /** Tells that a process has started; a fork has its parent's program. A number that is in use starts anew. */
    public List<LimitAlert> started(Instant time, int pid, String program) {
        List<LimitAlert> alerts = new ArrayList<>();
        end(pid);
        start(time, pid, program, alerts);
        addOld(time, alerts);
        return alerts;
    }

    /** Tells that a process executes a program now; one that is not known starts with it. */
    public List<LimitAlert> executed(Instant time, int pid, String program) {
        List<LimitAlert> alerts = new ArrayList<>();
        Running known = processes.get(pid);
        if (known == null) {
            start(time, pid, program, alerts);
        } else {
            rename(known, limited(program), time, alerts);
        }
        addOld(time, alerts);
        return alerts;
    }

    /** Tells that a process has ended. */
    public List<LimitAlert> exited(Instant time, int pid) {
        List<LimitAlert> alerts = new ArrayList<>();
        addOld(time, alerts);
        if (!end(pid) && untracked > 0) {
            untracked--;
        }
        tooMany = tooMany && isAbove(count(), limits.maxProcesses());
        return alerts;
    }

    /** Tells that a process has made a call, whatever became of it. Siblings of a call with a limit do not count. */
    public List<LimitAlert> called(Instant time, int pid, Syscall syscall) {
        List<LimitAlert> alerts = new ArrayList<>();
        int limit = limits.syscallsPerSecond().getOrDefault(syscall, 0);
        if (limit > 0) {
            long calls = windows.computeIfAbsent(syscall, call -> new Window()).count(time.getEpochSecond());
            if (calls == limit + 1L) {
                alerts.add(alert(LimitAlert.Kind.SYSCALL_RATE, syscall.name(), calls, limit, time, pid));
            }
        }
        addOld(time, alerts);
        return alerts;
    }

    /** Tells that time has passed, so that old processes are noticed where nothing else happens. */
    public List<LimitAlert> tick(Instant time) {
        List<LimitAlert> alerts = new ArrayList<>();
        addOld(time, alerts);
        return alerts;
    }

    /**
     * Tells of an event of the container. Only BEHAVIOR events count, since a hit may come as two events: the log mode must
     * have them. A process that is not known starts with its first event, and ends with {@code exit_group}; the end of
     * one that is killed is no call, and has to be told by {@link #exited}.
     */
    public List<LimitAlert> observe(Event event) {
        if (event.type() != Event.Type.BEHAVIOR || event.call().isEmpty()) {
            return List.of();
        }
        Instant time = event.header().time();
        EventCall call = event.call().get();
        int pid = call.process().pid();
        String program = call.process().exe().map(EventText::text).orElse("");
        List<LimitAlert> alerts = new ArrayList<>(executed(time, pid, program));
        Optional<String> name = call.syscall().name();
        name.flatMap(SyscallTable.standard()::find).ifPresent(syscall -> alerts.addAll(called(time, pid, syscall)));
        if (name.equals(Optional.of(EXIT))) {
            alerts.addAll(exited(time, pid));
        }
        return alerts;
    }

    /** The number of processes that are running, as far as was told. */
    public long count() {
        return processes.size() + untracked;
    }

    /** How many of them are only counted: their names and ages are not watched. */
    public long untracked() {
        return untracked;
    }

    private void start(Instant time, int pid, String program, List<LimitAlert> alerts) {
        if (processes.size() >= MAX_PROCESSES) {
            untracked++;
        } else {
            Running process = new Running(pid, time, limited(program));
            processes.put(pid, process);
            if (limits.maxProcessLifetime() > 0) {
                young.add(process);
            }
            process.name().ifPresent(name -> enter(name, time, pid, alerts));
        }
        if (!tooMany && isAbove(count(), limits.maxProcesses())) {
            tooMany = true;
            alerts.add(alert(LimitAlert.Kind.PROCESSES, "", count(), limits.maxProcesses(), time, pid));
        }
    }

    private static boolean isAbove(long count, int limit) {
        return limit > 0 && count > limit;
    }

    private boolean end(int pid) {
        Running process = processes.remove(pid);
        if (process == null) {
            return false;
        }
        young.remove(process);
        process.name().ifPresent(this::leave);
        return true;
    }

    private void rename(Running process, Optional<String> name, Instant time, List<LimitAlert> alerts) {
        if (process.name().equals(name)) {
            return;
        }
        Running renamed = new Running(process.pid(), process.started(), name);
        processes.put(process.pid(), renamed);
        if (young.remove(process)) {
            young.add(renamed);
        }
        process.name().ifPresent(this::leave);
        name.ifPresent(text -> enter(text, time, process.pid(), alerts));
    }

    private Optional<String> limited(String program) {
        String name = program.substring(program.lastIndexOf('/') + 1);
        return limits.maxProcessesByName().getOrDefault(name, 0) > 0 ? Optional.of(name) : Optional.empty();
    }

    private void enter(String name, Instant time, int pid, List<LimitAlert> alerts) {
        int count = byName.merge(name, 1, Integer::sum);
        int limit = limits.maxProcessesByName().getOrDefault(name, 0);
        if (count == limit + 1L) {
            alerts.add(alert(LimitAlert.Kind.PROCESSES_BY_NAME, name, count, limit, time, pid));
        }
    }

    private void leave(String name) {
        byName.computeIfPresent(name, (key, count) -> count > 1 ? count - 1 : null);
    }

    private void addOld(Instant time, List<LimitAlert> alerts) {
        Duration tooOld = Duration.ofSeconds(limits.maxProcessLifetime() + 1L);
        while (!young.isEmpty()
                && Duration.between(young.first().started(), time).compareTo(tooOld) >= 0) {
            Running old = young.pollFirst();
            long age = Duration.between(old.started(), time).toSeconds();
            alerts.add(alert(LimitAlert.Kind.PROCESS_LIFETIME, "", age, limits.maxProcessLifetime(), time, old.pid()));
        }
    }

    private static LimitAlert alert(
            LimitAlert.Kind kind, String subject, long observed, int limit, Instant time, int pid) {
        return new LimitAlert(kind, subject, observed, limit, time, OptionalInt.of(pid));
    }
}
