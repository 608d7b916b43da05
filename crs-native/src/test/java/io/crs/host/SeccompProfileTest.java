package io.crs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.Decision;
import io.crs.policy.DefaultScope;
import io.crs.policy.FilePath;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.PolicyMode;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.RuleBuilder;
import io.crs.policy.Translation;
import io.crs.policy.export.Export;
import io.crs.policy.export.ExportOptions;
import io.crs.policy.export.ExportTarget;
import io.crs.policy.export.Fidelity;
import io.crs.policy.template.PolicyTemplates;
import io.crs.syscall.Arch;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exported seccomp profiles, compiled by libseccomp as a runtime has it do, and run call by call against the policy. */
class SeccompProfileTest {
    private static final int POLICIES = Integer.getInteger("crs.tries", 40);
    private static final int CALLS = 60;
    private static final int KERNEL_BOUND = 4096;
    private static final int I386 = 0x40000003;
    private static final int X32 = 0x40000000;
    /** The calls that are tried, and which register holds their flags. */
    private static final Map<String, Integer> FLAGS =
            Map.of("open", 1, "openat", 2, "unlinkat", 2, "newfstatat", 3, "clone", 0);

    private static final List<String> NAMES = List.of(
            "open",
            "openat",
            "openat2",
            "creat",
            "read",
            "write",
            "unlink",
            "unlinkat",
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
            "mount",
            "newfstatat",
            "lstat");
    private static final List<Long> NUMBERS =
            List.of(0L, 1L, 2L, 16L, 17L, 0x1_0000_0001L, 0x1_0000_0002L, -100L, 0xFFFFFFFFL, 65L, 0x80802L);
    private static final List<Integer> FLAG_VALUES =
            List.of(0, 1, 2, 3, 0x40, 0x241, 0x242, 0x200000, 0x200001, 0x400000, 0x100, 0x1000, 0x4100, 0x4000);

    @TempDir
    private Path folder;

    private LibSeccomp library;

    /** Without libseccomp nothing can be said; the check of everything demands it. */
    @BeforeEach
    void load() {
        try {
            library = new LibSeccomp();
        } catch (UnsatisfiedLinkError e) {
            assertFalse(Boolean.getBoolean("crs.verify"), "libseccomp.so.2 is missing; tools/setup verify installs it");
            assumeTrue(false, "skipped: libseccomp.so.2 is missing; tools/setup verify installs it");
        }
    }

    private static Export export(Policy policy, Arch arch) {
        return Export.to(ExportTarget.SECCOMP, policy, ExportOptions.on(arch));
    }

    private static int audit(Arch arch) {
        return LibSeccomp.ARCHITECTURES.getOrDefault(arch == Arch.X86_64 ? "SCMP_ARCH_X86_64" : "SCMP_ARCH_AARCH64", 0);
    }

    @ParameterizedTest
    @EnumSource(Arch.class)
    void aRuntimesFilterDoesWhatTheMarksSay(Arch arch) throws IOException {
        Random random = new Random(20240607);
        for (int i = 0; i < POLICIES; i++) {
            Policy policy = policy(random);
            Export export = export(policy, arch);
            BpfProgram filter = library.compile(export.document(), folder);
            for (int j = 0; j < CALLS; j++) {
                check(policy, export, filter, arch, call(random, arch));
            }
        }
    }

    private static void check(Policy policy, Export export, BpfProgram filter, Arch arch, Call call) {
        long[] registers = call.args().stream().mapToLong(arg -> arg.orElse(0)).toArray();
        int result = filter.run(call.syscall().number(arch).orElseThrow(), audit(arch), registers);
        Decision decision = ReferenceEvaluator.of(policy, arch, LogMode.ALL).decide(call);
        boolean reports = decision.action() == Action.DENY && !decision.enforced();
        Action wanted = reports ? Action.MONITOR : decision.action();
        Action found = action(call, result);
        String text =
                wanted + " became " + found + " for " + call.toJson(arch) + "\n" + policy.toJson() + export.toJson();
        assertFalse(found.isStricterThan(wanted), text);
        boolean exact = export.marks().stream()
                .anyMatch(mark -> mark.fidelity() == Fidelity.EXACT
                        && (mark.index() >= 0
                                ? mark.index() == decision.ruleIndex()
                                : decision.ruleIndex() < 0 && mark.rule().equals(defaultOf(call))));
        assertTrue(!exact || found == wanted, text);
    }

    private static Action action(Call call, int result) {
        int errno =
                switch (call.syscall().operation()) {
                    case OPEN, READ, WRITE, RENAME, LINK, EXEC -> 13;
                    default -> 1;
                };
        if (result == (LibSeccomp.ERRNO | errno)) {
            return Action.DENY;
        }
        assertTrue(result == LibSeccomp.ALLOW || result == LibSeccomp.LOG, () -> Integer.toHexString(result));
        return result == LibSeccomp.LOG ? Action.MONITOR : Action.ALLOW;
    }

    private static String defaultOf(Call call) {
        return switch (call.syscall().operation()) {
            case CONNECT, SEND, ACCEPT -> "defaultNetworkAction";
            case EXEC -> "defaultExecuteAction";
            case NONE, NAME -> "";
            default -> "defaultFileAction";
        };
    }

    @ParameterizedTest
    @EnumSource(Arch.class)
    void everyTemplateFitsTheKernelsBound(Arch arch) throws IOException {
        for (String name : PolicyTemplates.names()) {
            Policy policy = PolicyTemplates.find(name).orElseThrow();
            BpfProgram filter = library.compile(export(policy, arch).document(), folder);
            assertTrue(filter.length() <= KERNEL_BOUND, () -> name + " takes " + filter.length() + " instructions");
        }
    }

    @Test
    void manyNumbersInEveryCallFitTheKernelsBound() throws IOException {
        PolicyBuilder policy = Policy.named("p");
        for (Syscall call : SyscallTable.standard().on(Arch.X86_64)) {
            policy.rule(Rule.syscall(call.name()).arg(3, "77").allow());
            policy.rule(Rule.syscall(call.name()).deny());
        }
        BpfProgram filter = library.compile(export(policy.build(), Arch.X86_64).document(), folder);
        assertTrue(filter.length() <= KERNEL_BOUND, () -> filter.length() + " instructions");
    }

    @Test
    void otherAbisOfTheMachineAreClosed() throws IOException {
        Policy policy = Policy.named("p").rule(Rule.syscall("ptrace").deny()).build();
        BpfProgram filter = library.compile(export(policy, Arch.X86_64).document(), folder);
        int x86 = audit(Arch.X86_64);
        assertEquals(LibSeccomp.ERRNO | 1, filter.run(101, x86, 0, 0, 0, 0, 0, 0));
        assertEquals(LibSeccomp.ALLOW, filter.run(39, x86, 0, 0, 0, 0, 0, 0));
        assertEquals(0, filter.run(39, I386, 0, 0, 0, 0, 0, 0), "a call of i386 ends the thread");
        assertEquals(0, filter.run(X32 | 39, x86, 0, 0, 0, 0, 0, 0), "and so does one of x32");
    }

    private static <T> T one(Random random, List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static Policy policy(Random random) {
        PolicyBuilder policy = Policy.named("p")
                .mode(random.nextInt(6) == 0 ? PolicyMode.PERMISSIVE : PolicyMode.ACTIVE)
                .translation(random.nextInt(5) == 0 ? Translation.GUIDE : Translation.COMPLETE)
                .defaultScope(one(random, List.of(DefaultScope.values())));
        for (Category category : Category.values()) {
            policy.defaults(category, random.nextInt(3) == 0 ? Action.DENY : Action.ALLOW);
        }
        for (int i = random.nextInt(6); i >= 0; i--) {
            policy.rule(rule(random));
        }
        return policy.build();
    }

    private static Rule rule(Random random) {
        String file = one(random, List.of("*", "*", "/a", "/b/*"));
        RuleBuilder<?> rule =
                switch (random.nextInt(6)) {
                    case 0 -> Rule.read(file);
                    case 1 -> Rule.write(file);
                    case 2 -> random.nextBoolean() ? Rule.outbound("*") : Rule.inbound("10.0.0.1");
                    default -> call(random, file);
                };
        if (random.nextInt(5) == 0) {
            rule.by("/bin/x");
        }
        return switch (one(random, List.of(Action.values()))) {
            case ALLOW -> rule.allow();
            case MONITOR -> rule.monitor();
            case DENY -> rule.deny();
        };
    }

    private static RuleBuilder<?> call(Random random, String file) {
        Syscall call = SyscallTable.standard().find(one(random, NAMES)).orElseThrow();
        RuleBuilder.OfSyscall rule = Rule.syscall(call.name());
        for (int place = 0; place < Syscall.ARGUMENTS; place++) {
            switch (call.roles().get(place)) {
                case DOMAIN, TYPE, PROTOCOL, RAW -> {
                    if (random.nextInt(3) == 0) {
                        rule.arg(place + 1, Long.toString(one(random, NUMBERS)));
                    }
                }
                case FILENAME, OLD -> rule.arg(place + 1, file);
                default -> {}
            }
        }
        return rule;
    }

    private static Call call(Random random, Arch arch) {
        Syscall syscall;
        do {
            syscall = SyscallTable.standard().find(one(random, NAMES)).orElseThrow();
        } while (syscall.number(arch).isEmpty());
        Call.Builder call = Call.of(syscall)
                .path(FilePath.of(one(random, List.of("/a", "/b/c", "/c"))))
                .newPath(FilePath.of(one(random, List.of("/a", "/b/c", "/c"))))
                .program(one(random, List.of("/bin/x", "/bin/y")))
                .address(one(random, List.of("10.0.0.1", "10.0.0.2", "/run/socket")))
                .port(80)
                .localPort(80);
        int flags = one(random, FLAG_VALUES);
        Integer register = FLAGS.get(syscall.name());
        for (int i = 0; i < Call.ARGUMENTS; i++) {
            boolean holdsFlags = register != null && register == i;
            call.arg(i + 1, holdsFlags ? Integer.toUnsignedLong(flags) : one(random, NUMBERS));
        }
        return (register != null || syscall.name().equals("openat2") ? call.flags(flags) : call).build();
    }
}
