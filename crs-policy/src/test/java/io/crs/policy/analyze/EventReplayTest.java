package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.event.Event;
import io.crs.event.EventCall;
import io.crs.event.EventContainer;
import io.crs.event.EventHeader;
import io.crs.event.EventObject;
import io.crs.event.EventProcess;
import io.crs.event.EventSyscall;
import io.crs.event.EventText;
import io.crs.policy.Action;
import io.crs.policy.Category;
import io.crs.policy.EventCalls;
import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.RuleBuilder;
import io.crs.syscall.Arch;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Events that fill buffers are decided as the calls that {@link EventCalls} makes of them. */
class EventReplayTest {
    private static final List<String> PATHS = List.of(
            "/etc/shadow",
            "/etc/./shadow",
            "/etc//shadow",
            "/etc/shadow/",
            "/etc/shadow/.",
            "/",
            "",
            ".",
            "./a",
            "a",
            "a/.",
            "/etc/..",
            "/etc/.hidden",
            "/etc/\u00e4",
            "/etc/\uD83D\uDE00",
            "/etc/\uD83D",
            "/tmp/x",
            "/tmp/x/y",
            "@socket");
    private static final List<String> PATTERNS =
            List.of("*", "/etc/*", "/etc/shadow", "/etc/.hidden", "/tmp/x", "/tmp/?", "/", "a", "");
    private static final List<String> PROGRAMS = List.of("/usr/bin/a", "/usr/bin/b", "/bin/\uDE00", "");
    private static final List<String> NAMES = List.of(
            "open",
            "openat",
            "openat2",
            "creat",
            "read",
            "write",
            "unlink",
            "rename",
            "renameat2",
            "link",
            "linkat",
            "mkdir",
            "connect",
            "sendto",
            "accept4",
            "execve",
            "execveat",
            "ptrace",
            "socket",
            "getaddrinfo",
            "getnameinfo",
            "no_such");
    private static final List<String> ADDRESSES = List.of(
            "10.0.0.1", "10.1.2.3", "0.0.0.0", "::ffff:10.0.0.1", "::1", "fe80::1%eth0", "/run/socket", "nonsense", "");
    private static final List<String> ARGUMENTS = List.of(
            "AT_FDCWD",
            "3",
            "O_RDONLY",
            "O_WRONLY|O_CREAT",
            "O_RDWR|0x80000",
            "O_PATH",
            "0xzz",
            "/tmp/x",
            "x",
            "/etc/shadow",
            "00");

    private Random random = new Random(0);

    @Property(tries = 400)
    void eventsAreDecidedAsTheirCalls(@ForAll long seed, @ForAll Arch arch) {
        random = new Random(seed);
        Policy policy = policy();
        Policy other = policy();
        boolean against = random.nextBoolean();
        Replay quick = against ? Replay.of(policy, other, arch) : Replay.of(policy, arch);
        Replay slow = against ? Replay.of(policy, other, arch) : Replay.of(policy, arch);
        int skipped = 0;
        List<Event.Call> open = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Event event = event();
            quick.add(event);
            skipped += told(event, arch, slow, open) ? 0 : 1;
        }
        ReplayReport expected = slow.report();
        assertEquals(
                new ReplayReport(
                        arch,
                        expected.events(),
                        skipped,
                        expected.newlyDenied(),
                        expected.newlyAllowed(),
                        expected.perRule(),
                        expected.examples()),
                quick.report());
        assertTrue(expected.events() > 0 && skipped > 0);
    }

    /** However many are taken together, wherever the two events of a hit fall. */
    @Property(tries = 30)
    void manyEventsComeToTheSameAsOneAfterTheOther(@ForAll long seed) {
        random = new Random(seed);
        Policy policy = policy();
        Replay together = Replay.of(policy, Arch.X86_64);
        Replay alone = Replay.of(policy, Arch.X86_64);
        for (int part = 0; part < 3; part++) {
            List<Event> events = new ArrayList<>();
            for (int i = random.nextInt(3000); i > 0; i--) {
                Event event = event();
                events.add(event);
                if (event instanceof Event.Call seen && seen.type() == Event.Type.STANDARD) {
                    events.add(new Event.Call(seen.header(), Event.Type.BEHAVIOR, seen.made(), seen.reason()));
                }
            }
            together.addAll(events);
            events.forEach(alone::add);
        }
        assertEquals(alone.report(), together.report());
    }

    /** Takes an event as a call; false if it is to be skipped. */
    private static boolean told(Event event, Arch arch, Replay slow, List<Event.Call> open) {
        if (!(event instanceof Event.Call seen) || seen.reason().isPresent()) {
            return false;
        }
        EventSyscall made = seen.made().syscall();
        Optional<Syscall> syscall = made.name()
                .flatMap(SyscallTable.standard()::find)
                .filter(call -> call.library() || call.number(arch).isPresent());
        if (syscall.isEmpty() || !Arch.of(made.arch()).equals(Optional.of(arch))) {
            return false;
        }
        if (seen.type() == Event.Type.BEHAVIOR && open.removeIf(one -> isTwin(one, seen))) {
            return true;
        }
        if (seen.type() == Event.Type.STANDARD) {
            open.removeIf(one -> isTwin(one, seen));
            open.add(seen);
        }
        try {
            slow.add(
                    EventCalls.call(syscall.get(), arch, seen.made()),
                    Action.valueOf(seen.made().action().name()));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isTwin(Event.Call a, Event.Call b) {
        return a.header().container().equals(b.header().container())
                && a.made().action() == b.made().action()
                && a.made().process().equals(b.made().process())
                && a.made().syscall().equals(b.made().syscall())
                && a.made().object().equals(b.made().object());
    }

    private Policy policy() {
        PolicyBuilder policy = Policy.named("p").mode(one(List.of(PolicyMode.values())));
        for (Category category : Category.values()) {
            policy.defaults(category, random.nextInt(3) == 0 ? Action.DENY : Action.ALLOW);
        }
        for (int i = random.nextInt(6); i >= 0; i--) {
            RuleBuilder<?> rule =
                    switch (random.nextInt(5)) {
                        case 0 -> Rule.read(one(PATTERNS));
                        case 1 -> Rule.write(one(PATTERNS));
                        case 2 ->
                            Rule.outbound(one(List.of("10.0.0.0/8", "127.0.0.1", "*")))
                                    .ports(443);
                        case 3 -> Rule.syscall(one(List.of("ptrace", "execve", "connect", "rename", "creat")));
                        default -> Rule.syscall("li_getaddrinfo").arg(1, "*.org");
                    };
            RuleBuilder<?> named = random.nextInt(3) == 0 ? rule.by(one(List.of("/usr/bin/a", "*b"))) : rule;
            policy.rule(
                    switch (random.nextInt(3)) {
                        case 0 -> named.named("rule " + i).allow();
                        case 1 -> named.named("rule " + i).monitor();
                        default -> named.named("rule " + i).deny();
                    });
        }
        return policy.build();
    }

    private Event event() {
        Optional<EventContainer> container = some(() -> EventContainer.of(one(List.of("c1", "c2"))));
        EventHeader header = EventHeader.of("e", 1, Instant.EPOCH);
        header = container.isPresent() ? header.in(container.get()) : header;
        return random.nextInt(20) == 0
                ? new Event.Health(header, Optional.empty())
                : new Event.Call(
                        header,
                        one(List.of(Event.Type.STANDARD, Event.Type.BEHAVIOR, Event.Type.BEHAVIOR)),
                        made(),
                        random.nextInt(20) == 0 ? Optional.of("closed") : Optional.empty());
    }

    private EventCall made() {
        EventProcess process = new EventProcess(
                random.nextInt(2), OptionalInt.empty(), name(PROGRAMS), name(PROGRAMS), OptionalLong.empty());
        List<String> arguments = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            arguments.add(one(ARGUMENTS));
        }
        EventSyscall syscall = new EventSyscall(
                one(List.of("x86_64", "x86_64", "aarch64", "arm64", "i386")),
                random.nextInt(3),
                some(() -> random.nextInt(4) == 0
                        ? one(SyscallTable.standard().all()).name()
                        : one(NAMES)),
                arguments,
                Optional.empty());
        return new EventCall(
                one(List.of(Event.Action.values())),
                Optional.empty(),
                process,
                syscall,
                some(this::object),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private EventObject object() {
        return new EventObject(
                one(List.of(EventObject.Kind.values())),
                name(List.of("www.Example.org.", "a", "")),
                name(PATHS),
                name(PATHS),
                some(() -> one(List.of("read", "write"))),
                some(() -> one(ADDRESSES)),
                random.nextBoolean() ? OptionalInt.of(one(List.of(0, 80, 443, 65535, 65536, -1))) : OptionalInt.empty(),
                random.nextBoolean() ? OptionalInt.of(one(List.of(0, 443, 70000))) : OptionalInt.empty(),
                Optional.empty());
    }

    private Optional<EventText> name(List<String> of) {
        return some(() -> EventText.of(one(of)));
    }

    private <T> Optional<T> some(Supplier<T> value) {
        return random.nextInt(5) == 0 ? Optional.empty() : Optional.of(value.get());
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
