package io.crs.policy.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.event.Event;
import io.crs.event.EventCall;
import io.crs.event.EventHeader;
import io.crs.event.EventProcess;
import io.crs.event.EventSyscall;
import io.crs.policy.Limits;
import io.crs.policy.limit.LimitAlert.Kind;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LimitMonitorTest {
    private static final Instant START = Instant.parse("2026-01-01T10:00:00.250Z");
    private static final Syscall READ = SyscallTable.standard().find("read").orElseThrow();
    private static final Syscall READV = SyscallTable.standard().find("readv").orElseThrow();

    private final LimitMonitor monitor =
            new LimitMonitor(new Limits(1500, 750, Map.of(READ, 10, READV, 0), Map.of("sshd", 20)));
    private final List<LimitAlert> alerts = new ArrayList<>();

    private static Instant after(long millis) {
        return START.plusMillis(millis);
    }

    private void read(int times, long millis) {
        for (int i = 0; i < times; i++) {
            alerts.addAll(monitor.called(after(millis), 7, READ));
        }
    }

    private List<Kind> kinds() {
        return alerts.stream().map(LimitAlert::kind).toList();
    }

    @Test
    void theEleventhReadInASecondIsAnAlert() {
        read(10, 0);
        assertEquals(List.of(), alerts);
        read(1, 700);
        assertEquals(List.of(new LimitAlert(Kind.SYSCALL_RATE, "read", 11, 10, after(700), OptionalInt.of(7))), alerts);
        assertEquals(
                "11 calls of read in one second, the limit is 10", alerts.get(0).text());
        read(100, 740);
        assertEquals(1, alerts.size(), "one alert a second is enough");
    }

    @Test
    void theNextSecondOfTheClockBeginsAnew() {
        read(10, 700);
        read(10, 750);
        assertEquals(List.of(), alerts);
        read(1, 800);
        assertEquals(List.of(Kind.SYSCALL_RATE), kinds());
    }

    @Test
    void aLateObservationBeginsNoNewSecond() {
        read(10, 800);
        read(1, 700);
        assertEquals(List.of(Kind.SYSCALL_RATE), kinds());
        read(11, -5000);
        assertEquals(List.of(Kind.SYSCALL_RATE, Kind.SYSCALL_RATE), kinds(), "a clock that was set back");
    }

    @Test
    void zeroIsNoLimit() {
        LimitMonitor free = new LimitMonitor(new Limits(0, 0, Map.of(READ, 0), Map.of("sshd", 0)));
        for (int i = 0; i < 100; i++) {
            assertEquals(List.of(), free.called(START, i, READ));
            assertEquals(List.of(), free.started(START, i, "/usr/sbin/sshd"));
        }
        assertEquals(List.of(), free.tick(START.plusSeconds(1_000_000)));
        for (int i = 0; i < 100; i++) {
            alerts.addAll(monitor.called(START, 1, READV));
        }
        assertEquals(List.of(), alerts);
    }

    @Test
    void theTwentyFirstSshdIsAnAlert() {
        for (int pid = 1; pid <= 20; pid++) {
            alerts.addAll(monitor.started(START, pid, "/usr/sbin/sshd"));
            alerts.addAll(monitor.started(START, 100 + pid, "/usr/bin/ssh"));
        }
        assertEquals(List.of(), alerts);
        alerts.addAll(monitor.started(START, 21, "/opt/sshd"));
        assertEquals(
                List.of(new LimitAlert(Kind.PROCESSES_BY_NAME, "sshd", 21, 20, START, OptionalInt.of(21))), alerts);
        alerts.addAll(monitor.started(START, 22, "/usr/sbin/sshd"));
        alerts.addAll(monitor.exited(START, 22));
        alerts.addAll(monitor.executed(START, 21, "/bin/sh"));
        assertEquals(1, alerts.size());
        alerts.addAll(monitor.executed(START, 21, "/usr/sbin/sshd"));
        assertEquals(2, alerts.size(), "the number has been down to the limit");
    }

    @Test
    void anAgeBeyondTheLimitIsAnAlertOnce() {
        alerts.addAll(monitor.started(START, 1, "/bin/a"));
        alerts.addAll(monitor.started(after(1000), 2, "/bin/a"));
        alerts.addAll(monitor.executed(after(2000), 1, "/usr/sbin/sshd"));
        alerts.addAll(monitor.tick(after(750_000)));
        assertEquals(List.of(), alerts);
        alerts.addAll(monitor.exited(after(750_500), 2));
        alerts.addAll(monitor.tick(after(751_000)));
        assertEquals(
                List.of(new LimitAlert(Kind.PROCESS_LIFETIME, "", 751, 750, after(751_000), OptionalInt.of(1))),
                alerts);
        alerts.addAll(monitor.tick(after(9_000_000)));
        assertEquals(1, alerts.size(), "the second had ended");
    }

    @Test
    void moreProcessesThanTheLimitAreAnAlertEachTime() {
        for (int pid = 0; pid < 1600; pid++) {
            alerts.addAll(monitor.started(START, pid, "/bin/a"));
        }
        assertEquals(List.of(new LimitAlert(Kind.PROCESSES, "", 1501, 1500, START, OptionalInt.of(1500))), alerts);
        for (int pid = 1500; pid < 1600; pid++) {
            monitor.exited(START, pid);
        }
        alerts.addAll(monitor.started(START, 9999, "/bin/a"));
        assertEquals(2, alerts.size());
    }

    @Test
    void aNumberThatIsUsedAgainIsOneProcess() {
        monitor.started(START, 1, "/usr/sbin/sshd");
        monitor.started(START, 1, "/usr/sbin/sshd");
        assertEquals(1, monitor.count());
        monitor.exited(START, 1);
        assertEquals(0, monitor.count());
        monitor.exited(START, 1);
        assertEquals(0, monitor.count());
    }

    @Test
    void hostileNumbersOfProcessesAndNamesAreOnlyCounted() {
        int many = LimitMonitor.MAX_PROCESSES + 1000;
        for (int pid = 0; pid < many; pid++) {
            monitor.started(START, pid, "/tmp/" + pid);
        }
        assertEquals(many, monitor.count());
        assertEquals(1000, monitor.untracked());
        for (int pid = many; pid > 0; pid--) {
            monitor.exited(START, pid - 1);
        }
        assertEquals(0, monitor.count());
        assertEquals(0, monitor.untracked());
    }

    @Test
    void eventsAreObserved() {
        for (int i = 0; i < 11; i++) {
            alerts.addAll(monitor.observe(event(Event.Type.BEHAVIOR, i, "/usr/bin/cat", "read")));
            alerts.addAll(monitor.observe(event(Event.Type.STANDARD, i, "/usr/bin/cat", "read")));
        }
        assertEquals(List.of(Kind.SYSCALL_RATE), kinds());
        assertEquals(11, monitor.count());
        alerts.addAll(monitor.observe(event(Event.Type.BEHAVIOR, 3, "/usr/bin/cat", "exit_group")));
        assertEquals(10, monitor.count());
        for (int i = 20; i < 41; i++) {
            alerts.addAll(monitor.observe(event(Event.Type.BEHAVIOR, i, "/usr/sbin/sshd", "getpid")));
        }
        assertEquals(List.of(Kind.SYSCALL_RATE, Kind.PROCESSES_BY_NAME), kinds());
    }

    private static Event event(Event.Type type, int pid, String exe, String call) {
        return new Event.Call(
                EventHeader.of("e", 1, START),
                type,
                EventCall.of(Event.Action.ALLOW, EventProcess.of(pid, exe), EventSyscall.of("x86_64", 0, call)),
                Optional.empty());
    }

    /** The monitor against a count that keeps everything. */
    @Property(tries = 200)
    void countsAsOneWhoKeepsEverything(@ForAll Random random) {
        int limit = 1 + random.nextInt(5);
        LimitMonitor watched = new LimitMonitor(new Limits(limit, 0, Map.of(READ, limit), Map.of("a", limit)));
        Map<Integer, String> running = new HashMap<>();
        Map<Long, Integer> reads = new HashMap<>();
        long now = 0;
        for (int i = 0; i < 200; i++) {
            now += random.nextInt(300);
            int pid = random.nextInt(12);
            String program = random.nextBoolean() ? "/bin/a" : "/bin/b";
            long before = running.size();
            long named = running.values().stream().filter("/bin/a"::equals).count();
            List<Kind> expected = new ArrayList<>();
            List<LimitAlert> found;
            switch (random.nextInt(3)) {
                case 0 -> {
                    running.put(pid, program);
                    found = watched.executed(after(now), pid, program);
                }
                case 1 -> {
                    running.remove(pid);
                    found = watched.exited(after(now), pid);
                }
                default -> {
                    found = watched.called(after(now), pid, READ);
                    if (reads.merge(after(now).getEpochSecond(), 1, Integer::sum) == limit + 1) {
                        expected.add(Kind.SYSCALL_RATE);
                    }
                }
            }
            long after = running.values().stream().filter("/bin/a"::equals).count();
            if (named <= limit && after > limit) {
                expected.add(Kind.PROCESSES_BY_NAME);
            }
            if (before <= limit && running.size() > limit) {
                expected.add(Kind.PROCESSES);
            }
            assertEquals(expected, found.stream().map(LimitAlert::kind).toList());
            assertEquals(running.size(), watched.count());
        }
        assertTrue(watched.untracked() == 0);
    }
}
