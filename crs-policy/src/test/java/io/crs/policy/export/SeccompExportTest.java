package io.crs.policy.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.Decision;
import io.crs.policy.DefaultScope;
import io.crs.policy.Endpoint;
import io.crs.policy.FilePath;
import io.crs.policy.IgnoreScope;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.PolicyMode;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.Translation;
import io.crs.policy.template.PolicyTemplates;
import io.crs.syscall.Arch;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SeccompExportTest {
    private static final int TRIES = Integer.getInteger("crs.tries", 60);
    private static final List<String> CALLS = List.of(
            "open",
            "openat",
            "openat2",
            "creat",
            "read",
            "write",
            "unlink",
            "unlinkat",
            "rmdir",
            "rename",
            "link",
            "connect",
            "sendto",
            "accept4",
            "execve",
            "execveat",
            "ptrace",
            "socket",
            "clone",
            "clone3",
            "mount",
            "fchmodat2",
            "newfstatat",
            "lstat",
            "open_by_handle_at");
    private static final List<Long> NUMBERS = List.of(0L, 1L, 2L, 16L, 17L, 0x1_0000_0001L, -100L, 0xFFFFFFFFL, 65L);

    private static Export export(Policy policy) {
        return Export.to(ExportTarget.SECCOMP, policy, ExportOptions.on(Arch.X86_64));
    }

    private static Policy policy(Rule... rules) {
        return Policy.named("p").rules(List.of(rules)).build();
    }

    private static Action decide(Export export, String call, long... registers) {
        return new SeccompInterpreter(export.document()).decide(call, Arrays.copyOf(registers, 6));
    }

    private static List<Fidelity> fidelities(Export export) {
        return export.marks().stream().map(RuleMark::fidelity).toList();
    }

    @Test
    void deniesACallAndItsSiblings() {
        Export export = export(
                policy(Rule.syscall("ptrace").deny(), Rule.syscall("execve").monitor()));
        assertEquals(Action.DENY, decide(export, "ptrace"));
        assertEquals(Action.MONITOR, decide(export, "execve"));
        assertEquals(Action.MONITOR, decide(export, "execveat"));
        assertEquals(Action.ALLOW, decide(export, "getpid"));
        assertEquals(List.of(Fidelity.EXACT, Fidelity.EXACT), fidelities(export));
    }

    @Test
    void tellsNumbersApartInOrder() {
        Export export = export(policy(
                Rule.syscall("socket").arg(1, "AF_UNIX").allow(),
                Rule.syscall("socket").arg(1, "AF_INET").arg(2, "SOCK_STREAM").monitor(),
                Rule.syscall("socket").deny()));
        assertEquals(Action.ALLOW, decide(export, "socket", 1, 1));
        assertEquals(Action.MONITOR, decide(export, "socket", 2, 1 | 02004000));
        assertEquals(Action.DENY, decide(export, "socket", 2, 2));
        assertEquals(Action.DENY, decide(export, "socket", 16, 3));
        assertEquals(
                Action.DENY, decide(export, "socket", 0x1_0000_0001L, 1), "only the number that is meant is allowed");
        assertEquals(Action.MONITOR, decide(export, "socket", 0x1_0000_0002L, 1), "the kernel ignores the upper half");
        assertEquals(List.of(Fidelity.EXACT, Fidelity.EXACT, Fidelity.EXACT), fidelities(export));
    }

    @Test
    void deniesWritingByTheFlagsOfTheOpen() {
        Export export = export(policy(Rule.write("*").deny()));
        assertEquals(Action.ALLOW, decide(export, "openat", -100, 7, 0));
        assertEquals(Action.DENY, decide(export, "openat", -100, 7, 1));
        assertEquals(Action.DENY, decide(export, "openat", -100, 7, 0x200));
        assertEquals(Action.ALLOW, decide(export, "openat", -100, 7, 0x200001), "O_PATH opens nothing");
        assertEquals(Action.DENY, decide(export, "unlink"));
        assertEquals(Action.ALLOW, decide(export, "openat2"), "its flags are behind a pointer");
        RuleMark mark = export.marks().get(0);
        assertEquals(Fidelity.UNDER, mark.fidelity());
        assertTrue(mark.reason().endsWith("not for openat2"), mark.reason());
    }

    @Test
    void whatItCannotSeeItLetsThroughAndSays() {
        Export export = export(policy(
                Rule.read("/etc/shadow").deny(),
                Rule.syscall("ptrace").by("/usr/bin/gdb").allow(),
                Rule.syscall("ptrace").deny(),
                Rule.outbound("10.0.0.0/8").deny(),
                Rule.outbound("*").deny(),
                Rule.syscall("li_getaddrinfo").deny()));
        assertEquals(0, new SeccompInterpreter(export.document()).entries());
        assertEquals(
                List.of(
                        Fidelity.UNSUPPORTED,
                        Fidelity.EXACT,
                        Fidelity.UNSUPPORTED,
                        Fidelity.UNSUPPORTED,
                        Fidelity.UNSUPPORTED,
                        Fidelity.UNSUPPORTED),
                fidelities(export));
        assertTrue(export.marks().stream()
                .filter(mark -> mark.fidelity() == Fidelity.UNSUPPORTED)
                .noneMatch(mark -> mark.reason().isBlank()));
    }

    @Test
    void aPermissivePolicyStopsNothing() {
        Policy policy = policy(Rule.syscall("ptrace").deny()).toBuilder()
                .mode(PolicyMode.PERMISSIVE)
                .build();
        assertEquals(Action.MONITOR, decide(export(policy), "ptrace"));
        Policy inactive = policy.toBuilder().mode(PolicyMode.INACTIVE).build();
        assertEquals(0, new SeccompInterpreter(export(inactive).document()).entries());
    }

    @Test
    void marksTheDefaults() {
        Policy policy = Policy.named("p")
                .defaults(Category.EXECUTE, Action.DENY)
                .defaults(Category.FILE, Action.DENY)
                .rule(Rule.read("*").allow())
                .rule(Rule.write("/tmp/*").allow())
                .build();
        Export export = export(policy);
        assertEquals(Action.DENY, decide(export, "execve"));
        assertEquals(Action.ALLOW, decide(export, "write"));
        assertEquals(
                List.of("defaultFileAction UNSUPPORTED", "defaultExecuteAction EXACT"),
                export.marks().stream()
                        .filter(mark -> mark.index() < 0)
                        .map(mark -> mark.rule() + " " + mark.fidelity())
                        .toList());
    }

    @Test
    void closesIoUringOnlyWhereSomethingIsStopped() {
        assertEquals(Action.DENY, decide(export(policy(Rule.syscall("ptrace").deny())), "io_uring_setup"));
        assertEquals(Action.ALLOW, decide(export(policy()), "io_uring_setup"));
        Export named = export(policy(
                Rule.syscall("ptrace").deny(), Rule.syscall("io_uring_setup").allow()));
        assertEquals(Action.ALLOW, decide(named, "io_uring_setup"));
    }

    @Test
    void isTheFileItWas() throws IOException {
        for (Arch arch : Arch.values()) {
            Export export = Export.to(
                    ExportTarget.SECCOMP,
                    PolicyTemplates.find("container-escape").orElseThrow(),
                    ExportOptions.on(arch));
            Golden.check("seccomp-" + arch.id() + ".json", export.document());
        }
    }

    @Test
    void aHundredThousandRulesAreExported() {
        PolicyBuilder policy = Policy.named("p");
        for (int i = 0; i < Policy.MAX_RULES; i++) {
            policy.rule(
                    switch (i % 4) {
                        case 0 -> Rule.read("/" + i).deny();
                        case 1 -> Rule.write("/" + i).allow();
                        case 2 -> Rule.syscall("ptrace").arg(1, "" + (i + 20)).deny();
                        default ->
                            Rule.outbound("10.0.0.1").ports(i % 60000 + 1).monitor();
                    });
        }
        assertEquals(Policy.MAX_RULES, export(policy.build()).marks().size());
    }

    @Test
    void aFilterStaysWithinTheKernelsBound() {
        PolicyBuilder policy = Policy.named("p");
        for (Syscall call : SyscallTable.standard().on(Arch.X86_64)) {
            policy.rule(Rule.syscall(call.name()).arg(3, "77").allow());
            policy.rule(Rule.syscall(call.name()).deny());
        }
        assertTrue(new SeccompInterpreter(export(policy.build()).document()).entries() <= 768);
    }

    @Test
    void knowsWhereTheTableOfCallsHasFlags() throws IOException {
        Path table = Path.of("..", "crs-spi", "src", "main", "resources", "io", "crs", "syscall", "syscalls.csv");
        for (String line : Files.readAllLines(table)) {
            if (!line.startsWith("#") && !line.startsWith("name,")) {
                String[] fields = line.split(",", -1);
                Syscall call = SyscallTable.standard().find(fields[0]).orElseThrow();
                boolean known = fields[6].matches("arg[1-6]");
                OptionalInt register = known ? OptionalInt.of(fields[6].charAt(3) - '1') : OptionalInt.empty();
                assertEquals(register, SeccompFlags.register(call), line);
                assertEquals(fields[6].endsWith("*"), SeccompFlags.isPointed(call), line);
            }
        }
    }

    @Property(tries = 60)
    void neverStopsWhatThePolicyLetsThroughAndExactIsExact(@ForAll Random random) {
        for (int i = 0; i < Math.max(1, TRIES / 60); i++) {
            check(random);
        }
    }

    private static void check(Random random) {
        Policy policy = policy(random);
        Export export = export(policy);
        SeccompInterpreter profile = new SeccompInterpreter(export.document());
        ReferenceEvaluator evaluator = ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL);
        Map<Integer, Fidelity> marks = new HashMap<>();
        export.marks().stream()
                .filter(mark -> mark.index() >= 0)
                .forEach(mark -> marks.put(mark.index(), mark.fidelity()));
        for (int i = 0; i < 60; i++) {
            Call call = call(random);
            long[] registers =
                    call.args().stream().mapToLong(arg -> arg.orElse(0)).toArray();
            Decision decision = evaluator.decide(call);
            Action expected =
                    decision.action() == Action.DENY && !decision.enforced() ? Action.MONITOR : decision.action();
            Action found = profile.decide(call.syscall().name(), registers);
            assertFalse(found.isStricterThan(expected), () -> text(policy, call, expected, found, export));
            if (decision.ruleIndex() >= 0 && marks.get(decision.ruleIndex()) == Fidelity.EXACT) {
                assertEquals(expected, found, () -> text(policy, call, expected, found, export));
            }
            if (decision.ruleIndex() >= 0 && marks.get(decision.ruleIndex()) == Fidelity.UNSUPPORTED) {
                assertTrue(
                        found == Action.ALLOW || expected != found || isShared(policy, expected),
                        () -> text(policy, call, expected, found, export));
            }
        }
    }

    /** A permissive policy only tells what it would deny, as rules that monitor do. */
    private static Action effect(Policy policy, Action action) {
        return action == Action.DENY && policy.mode() == PolicyMode.PERMISSIVE ? Action.MONITOR : action;
    }

    /** Whether the filter may do what a rule says on account of other rules or defaults. */
    private static boolean isShared(Policy policy, Action effect) {
        return policy.rules().stream()
                                .filter(rule -> effect(policy, rule.action()) == effect)
                                .count()
                        > 1
                || policy.defaultFileAction() == Action.DENY
                || policy.defaultNetworkAction() == Action.DENY
                || policy.defaultExecuteAction() == Action.DENY
                || policy.driftAction() != Action.ALLOW;
    }

    private static String text(Policy policy, Call call, Action expected, Action found, Export export) {
        return expected + " became " + found + " for " + call.toJson(Arch.X86_64) + "\n" + policy.toJson()
                + export.toJson();
    }

    private static <T> T any(Random random, List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static Policy policy(Random random) {
        PolicyBuilder policy = Policy.named("p")
                .mode(random.nextInt(6) == 0 ? PolicyMode.PERMISSIVE : PolicyMode.ACTIVE)
                .translation(random.nextInt(5) == 0 ? Translation.GUIDE : Translation.COMPLETE)
                .defaultScope(any(random, List.of(DefaultScope.values())))
                .ignoreScope(any(random, List.of(IgnoreScope.values())))
                .driftAction(random.nextInt(4) == 0 ? Action.DENY : Action.ALLOW);
        for (Category category : Category.values()) {
            policy.defaults(category, random.nextInt(3) == 0 ? Action.DENY : Action.ALLOW);
        }
        if (random.nextInt(3) == 0) {
            policy.ignore(any(random, CALLS));
        }
        for (int i = random.nextInt(6); i >= 0; i--) {
            policy.rule(rule(random));
        }
        return policy.build();
    }

    private static Rule rule(Random random) {
        String file = any(random, List.of("*", "*", "/a", "/b/*"));
        var builder =
                switch (random.nextInt(7)) {
                    case 0 -> Rule.read(file);
                    case 1 -> Rule.write(file);
                    case 2 -> Rule.outbound(any(random, List.of("*", "*", "10.0.0.1")));
                    case 3 -> Rule.inbound("*").ports(random.nextBoolean() ? "" : "80");
                    default -> {
                        Syscall call =
                                SyscallTable.standard().find(any(random, CALLS)).orElseThrow();
                        var named = Rule.syscall(call.name());
                        for (int place = 0; place < Syscall.ARGUMENTS; place++) {
                            switch (call.roles().get(place)) {
                                case DOMAIN, TYPE, PROTOCOL, RAW -> {
                                    if (random.nextInt(3) == 0) {
                                        named.arg(place + 1, Long.toString(any(random, NUMBERS)));
                                    }
                                }
                                case FILENAME, OLD -> named.arg(place + 1, file);
                                default -> {}
                            }
                        }
                        yield named;
                    }
                };
        if (random.nextInt(4) == 0) {
            builder.by("/bin/x");
        }
        if (random.nextInt(10) == 0) {
            builder.inactive();
        }
        return switch (random.nextInt(3)) {
            case 0 -> builder.allow();
            case 1 -> builder.monitor();
            default -> builder.deny();
        };
    }

    private static Call call(Random random) {
        Syscall syscall = SyscallTable.standard().find(any(random, CALLS)).orElseThrow();
        Call.Builder call = Call.of(syscall)
                .path(FilePath.of(any(random, List.of("/a", "/b/c", "/c"))))
                .newPath(FilePath.of(any(random, List.of("/a", "/b/c", "/c"))))
                .program(any(random, List.of("/bin/x", "/bin/y")))
                .drift(random.nextInt(3) == 0);
        List<Long> registers = new ArrayList<>();
        for (int i = 0; i < Call.ARGUMENTS; i++) {
            registers.add(any(random, NUMBERS));
        }
        int flags = any(
                random,
                List.of(0, 1, 2, 3, 0x40, 0x241, 0x242, 0x200000, 0x200001, 0x400000, 0x100, 0x1000, 0x4100, 0x4000));
        OptionalInt register = SeccompFlags.register(syscall);
        if (register.isPresent()) {
            registers.set(register.getAsInt(), Integer.toUnsignedLong(flags));
        }
        if (register.isPresent() || SeccompFlags.isPointed(syscall)) {
            call.flags(flags);
        }
        for (int i = 0; i < Call.ARGUMENTS; i++) {
            call.arg(i + 1, registers.get(i));
        }
        switch (random.nextInt(4)) {
            case 0 -> call.address("10.0.0.1").port(80).localPort(80);
            case 1 -> call.address("10.0.0.2").port(81).localPort(81);
            case 2 -> call.address("/run/socket");
            default -> call.address(Endpoint.NONE);
        }
        return call.build();
    }
}
