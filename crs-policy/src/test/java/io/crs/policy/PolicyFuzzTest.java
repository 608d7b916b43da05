package io.crs.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.syscall.Arch;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class PolicyFuzzTest {
    @Property
    void readsWhatItWrites(@ForAll("policies") Policy policy) throws InvalidPolicyException {
        Policy again = Policy.read(policy.toJson());
        assertEquals(policy, again);
        assertEquals(policy.toJson(), again.toJson());
        assertEquals(policy.digest(), again.digest());
    }

    @Property
    void randomBytesAreReadOrRefused(@ForAll @Size(max = 200) byte[] bytes) throws IOException {
        readOrRefuse(bytes);
    }

    @Property
    void randomJsonIsReadOrRefused(@ForAll("soup") String document) throws IOException {
        readOrRefuse(document.getBytes(StandardCharsets.UTF_8));
        readOrRefuse(document);
    }

    @Property
    void aChangedDocumentIsReadOrRefused(@ForAll("policies") Policy policy, @ForAll Random random) throws IOException {
        byte[] bytes = policy.toJson().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i <= random.nextInt(4); i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = bytes[random.nextInt(bytes.length)];
                case 2 -> bytes = java.util.Arrays.copyOf(bytes, at + 1);
                default -> {
                    int length = Math.min(random.nextInt(30), bytes.length - at);
                    System.arraycopy(bytes, at, bytes, random.nextInt(bytes.length - length + 1), length);
                }
            }
        }
        readOrRefuse(bytes);
    }

    @Property
    void aChangedCallIsReadOrRefused(@ForAll Random random) {
        String text = "{\"program\":\"/usr/bin/cat\",\"syscall\":\"openat\",\"filename\":\"/a\",\"flags\":[\"O_RDWR\"],"
                + "\"address\":\"10.0.0.1\",\"port\":443,\"args\":[\"1\",2,null],\"family\":\"AF_INET\",\"drift\":true}";
        StringBuilder changed = new StringBuilder(text);
        for (int i = 0; i <= random.nextInt(4); i++) {
            changed.setCharAt(random.nextInt(text.length()), (char) random.nextInt(random.nextBoolean() ? 128 : 65536));
        }
        for (Arch arch : Arch.values()) {
            try {
                Call call = Call.read(changed.toString(), arch);
                assertEquals(
                        call.toJson(arch), Call.read(call.toJson(arch), arch).toJson(arch));
            } catch (InvalidCallException refused) {
                assertFalse(String.valueOf(refused.getMessage()).isBlank());
            }
        }
    }

    private static void readOrRefuse(byte[] bytes) throws IOException {
        try {
            check(Policy.read(new ByteArrayInputStream(bytes)));
        } catch (InvalidPolicyException refused) {
            check(refused);
        }
        try {
            Configuration.read(new ByteArrayInputStream(bytes));
        } catch (InvalidPolicyException refused) {
            check(refused);
        }
    }

    private static void readOrRefuse(String document) {
        try {
            check(Policy.read(document));
        } catch (InvalidPolicyException refused) {
            check(refused);
        }
    }

    private static void check(Policy policy) {
        try {
            assertEquals(policy, Policy.read(policy.toJson()));
        } catch (InvalidPolicyException e) {
            throw new AssertionError("does not read what it wrote", e);
        }
    }

    private static void check(InvalidPolicyException refused) {
        assertFalse(refused.problems().isEmpty());
        for (Problem problem : refused.problems()) {
            assertTrue(problem.pointer().isEmpty() || problem.pointer().startsWith("/"), problem::toString);
            assertFalse(problem.message().isBlank());
            assertTrue(problem.message().chars().noneMatch(Character::isISOControl), problem::message);
        }
    }

    @Provide
    Arbitrary<String> soup() {
        return Arbitraries.of(
                        "{",
                        "}",
                        "[",
                        "]",
                        ":",
                        ",",
                        "\"name\"",
                        "\"rules\"",
                        "\"ruleType\"",
                        "\"READ\"",
                        "\"SYSCALL\"",
                        "\"action\"",
                        "\"DENY\"",
                        "\"policyMode\"",
                        "\"ACTIVE\"",
                        "\"limits\"",
                        "\"arg1\"",
                        "null",
                        "1",
                        "-1",
                        "true",
                        "1e9",
                        "\"\\u0000\"",
                        "\"\\ud800\"",
                        " ",
                        "\n",
                        "\"ipAddress\"",
                        "\"*\"",
                        "\uFEFF")
                .list()
                .ofMaxSize(60)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<Policy> policies() {
        Arbitrary<PolicyBuilder> heads = Combinators.combine(
                        names(),
                        Arbitraries.of(PolicyMode.values()),
                        Arbitraries.of(Action.ALLOW, Action.DENY),
                        Arbitraries.of(Action.values()),
                        Arbitraries.of(SyscallTable.standard().all()).list().ofMaxSize(3),
                        limits(),
                        rules().list().ofMaxSize(4),
                        Arbitraries.longs().between(0, 4_000_000_000_000L).optional())
                .as((name, mode, action, drift, ignored, limits, rules, time) -> {
                    PolicyBuilder builder = Policy.named(name)
                            .mode(mode)
                            .defaults(Category.FILE, action)
                            .driftAction(drift)
                            .ignoreAll(ignored)
                            .limits(limits)
                            .rules(rules);
                    time.map(Instant::ofEpochMilli).ifPresent(builder::created);
                    return builder;
                });
        return Combinators.combine(
                        heads,
                        Arbitraries.of(DefaultScope.values()),
                        Arbitraries.of(IgnoreScope.values()),
                        Arbitraries.of(Translation.values()),
                        Arbitraries.of(FailMode.values()),
                        Arbitraries.of(OnDegraded.values()),
                        Arbitraries.of(Action.ALLOW, Action.DENY),
                        Arbitraries.of("", "5fd20b4321dabf0001fdc464"))
                .as((builder, scope, ignore, translation, fail, degraded, unreadable, id) -> {
                    builder.defaultScope(scope)
                            .ignoreScope(ignore)
                            .translation(translation)
                            .failMode(fail)
                            .onDegraded(degraded)
                            .onUnreadable(unreadable)
                            .defaults(Category.NETWORK, unreadable)
                            .description(id);
                    return (id.isEmpty() ? builder : builder.id(id)).build();
                });
    }

    private static Arbitrary<String> names() {
        return Arbitraries.of("a", "web server", "ä𝄞", "\"quoted\"\\", "line\nfeed", " x ", "/etc/*");
    }

    private static Arbitrary<Limits> limits() {
        Arbitrary<Integer> counts = Arbitraries.of(0, 1, 20, Integer.MAX_VALUE);
        return Combinators.combine(counts, counts, counts, counts)
                .as((a, b, c, d) -> new Limits(
                        a, b, a == 0 ? Map.of() : Map.of(syscall("read"), c), b == 0 ? Map.of() : Map.of("sshd", d)));
    }

    private static Syscall syscall(String name) {
        return SyscallTable.standard().find(name).orElseThrow();
    }

    private static Arbitrary<Rule> rules() {
        Arbitrary<String> globs = Arbitraries.of("", "*", "/a*", "/ä?", "\\*", "/x/**/y", " ");
        Arbitrary<RuleBuilder<?>> files = Combinators.combine(globs, Arbitraries.of(true, false))
                .as((glob, read) -> read ? Rule.read(glob) : Rule.write(glob));
        Arbitrary<RuleBuilder<?>> networks = Combinators.combine(
                        Arbitraries.of("*", "10.0.0.0/8", "::1", "10.0.*", "10.0.0.1-10.0.0.9"),
                        Arbitraries.of("", "80", "80, 443", "1-9"),
                        Arbitraries.of(true, false))
                .as((address, ports, out) -> (out ? Rule.outbound(address) : Rule.inbound(address)).ports(ports));
        Arbitrary<RuleBuilder<?>> calls = Combinators.combine(
                        Arbitraries.of("sys_open", "ptrace", "connect", "sys_setsockopt", "li_getaddrinfo"),
                        Arbitraries.of("", "16", "*"))
                .as((name, argument) -> Rule.syscall(name).arg(1, argument));
        return Combinators.combine(
                        Arbitraries.oneOf(files, networks, calls),
                        names(),
                        globs,
                        Arbitraries.integers().between(0, 63))
                .as((builder, name, program, bits) -> {
                    builder.named(name).by(program);
                    if ((bits & 1) != 0) {
                        builder.inactive();
                    }
                    if ((bits & 2) != 0) {
                        builder.severity(bits & 7).tags("x", name);
                    }
                    if ((bits & 4) != 0) {
                        builder.followChildren().message(name);
                    }
                    return bits < 20 ? builder.deny() : bits < 40 ? builder.allow() : builder.monitor();
                });
    }

    @Property
    void problemsOfManyRulesAreAllFound(@ForAll @Size(min = 1, max = 30) List<Boolean> good) {
        StringBuilder document = new StringBuilder(
                "{\"name\":\"p\",\"policyMode\":\"ACTIVE\","
                        + "\"defaultNetworkAction\":\"ALLOW\",\"defaultFileAction\":\"ALLOW\",\"defaultExecuteAction\":\"ALLOW\",\"rules\":[");
        for (int i = 0; i < good.size(); i++) {
            document.append(i == 0 ? "" : ",")
                    .append("{\"name\":\"r\",\"ruleType\":\"READ\",\"action\":\"")
                    .append(good.get(i) ? "DENY\"}" : "deny\"}");
        }
        List<String> expected = java.util.stream.IntStream.range(0, good.size())
                .filter(i -> !good.get(i))
                .mapToObj(i -> "/rules/" + i + "/action")
                .toList();
        try {
            Policy.read(document.append("]}").toString());
            assertTrue(expected.isEmpty());
        } catch (InvalidPolicyException refused) {
            assertEquals(
                    expected, refused.problems().stream().map(Problem::pointer).toList());
        }
    }
}
