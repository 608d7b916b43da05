package io.crs.policy.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.FilePath;
import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.RuleBuilder;
import io.crs.syscall.Arch;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** A table decides the same with its index and without it. */
class RuleIndexTest {
    private static final String[] NAMES = {"a", "b", "ab", "ba", "aab", "é", "€", "lib", "x.so"};
    private static final String[] WILD = {"*", "?", "*a", "a*", "*b*", "\\*", "**", "?é", "*.so"};
    private static final String[] ADDRESSES = {
        "10.0.0.1",
        "10.0.0.0/8",
        "10.0.0.0/24",
        "10.0.0.7-10.3.255.9",
        "10.*",
        "0.0.0.0/0",
        "::/0",
        "fe80::/10",
        "fe80::1-fe80::ffff",
        "2001:db8::/33",
        "255.255.255.255",
        "127.0.0.0/8",
        "*"
    };
    private static final String[] CALLED = {
        "10.0.0.1",
        "10.0.0.7",
        "10.0.1.0",
        "10.3.255.9",
        "10.3.255.10",
        "11.0.0.0",
        "fe80::1",
        "fe80::1:0",
        "::",
        "2001:db8::",
        "2001:db8:8000::",
        "255.255.255.255",
        "127.0.0.1",
        "ffff::"
    };
    private static final String[] PORTS = {"", "80", "443", "1-1023", "255-256", "80,443,8000-8100", "65535"};
    private static final int[] CALLED_PORTS = {0, 1, 80, 255, 256, 257, 443, 1023, 1024, 8050, 65535};

    private final Random random = new Random(1);

    private <T> T one(T[] of) {
        return of[random.nextInt(of.length)];
    }

    private String path(int wild) {
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            path.append('/').append(random.nextInt(100) < wild ? one(WILD) : one(NAMES));
        }
        return path.append(random.nextInt(100) < wild ? "*" : "").toString();
    }

    private Rule rule() {
        RuleBuilder<?> rule =
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> Rule.read(path(30));
                    case 3 -> Rule.write(path(30));
                    case 4 -> Rule.outbound(one(ADDRESSES)).ports(one(PORTS));
                    case 5 -> Rule.inbound(one(ADDRESSES)).ports(one(PORTS));
                    case 6 -> Rule.syscall("openat").arg(1, path(30));
                    default -> Rule.syscall("rename").arg(1 + random.nextInt(2), path(30));
                };
        rule.named("rule");
        if (random.nextInt(3) == 0) {
            rule.by(path(15));
            if (random.nextInt(3) == 0) {
                rule.followChildren();
            }
        }
        return switch (random.nextInt(3)) {
            case 0 -> rule.allow();
            case 1 -> rule.monitor();
            default -> rule.deny();
        };
    }

    private Policy policy(int rules) {
        PolicyBuilder policy = Policy.named("random").mode(PolicyMode.ACTIVE);
        for (int i = 0; i < rules; i++) {
            policy.rule(rule());
        }
        return policy.build();
    }

    private Call call() {
        Call.Builder call = Call.of(one(new String[] {"openat", "truncate", "rename", "link", "connect", "accept"}));
        Optional<String> resolved = random.nextInt(3) == 0 ? Optional.of(path(0)) : Optional.empty();
        call.path(new FilePath(Optional.of(path(0)), resolved)).newPath(FilePath.of(path(0)));
        call.program(path(0)).exec(path(0)).ancestors(path(0), path(0)).flags(random.nextInt(3));
        call.address(one(CALLED)).port(CALLED_PORTS[random.nextInt(CALLED_PORTS.length)]);
        return call.localPort(CALLED_PORTS[random.nextInt(CALLED_PORTS.length)]).build();
    }

    private static DecisionTable table(Policy policy, boolean indexed) throws InvalidTableException {
        return DecisionTable.read(TableCompiler.compile(policy, CompileOptions.of(Arch.X86_64), indexed));
    }

    @Property(tries = 150, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void decidesAsTheRulesAskedInTurn(@ForAll long seed) throws InvalidTableException {
        random.setSeed(seed);
        Policy policy = policy(random.nextInt(4) == 0 ? 300 : 40);
        DecisionTable indexed = table(policy, true);
        DecisionTable asked = table(policy, false);
        assertTrue(indexed.bytes().length > asked.bytes().length);
        CallBuffer buffer = new CallBuffer();
        for (int i = 0; i < 500; i++) {
            Call call = call();
            Decision expected = asked.decide(call);
            assertEquals(expected, indexed.decide(call), () -> call + "\n" + asked.dump());
            assertEquals(expected, indexed.decide(buffer.set(call, Arch.X86_64)));
        }
    }

    @Test
    void bufferKeepsProgramsAndForgetsThemWhenTold() throws InvalidTableException {
        DecisionTable table = table(
                Policy.named("p")
                        .mode(PolicyMode.ACTIVE)
                        .rule(Rule.read("/etc/*").by("/bin/cat").deny())
                        .build(),
                true);
        CallBuffer call = new CallBuffer().number(257).program("/bin/cat").path("/etc/passwd");
        assertEquals(Action.DENY, table.decide(call).action());
        assertEquals(Action.ALLOW, table.decide(call.path("/tmp/x")).action());
        assertEquals(Action.DENY, table.decide(call.path("/etc/é")).action());
        assertEquals(
                Action.ALLOW, table.decide(call.noPrograms().program("/bin/ls")).action());
        assertEquals(Action.DENY, table.decide(call.program("/bin/cat")).action());
        assertFalse(table.decide(call.clear().number(257)).blocked());
    }

    @Test
    void anotherTableHasOtherClassesOfPrograms() throws InvalidTableException {
        PolicyBuilder one = Policy.named("one").mode(PolicyMode.ACTIVE);
        PolicyBuilder other = Policy.named("other").mode(PolicyMode.ACTIVE);
        for (String program : new String[] {"/a", "/b", "/c"}) {
            one.rule(Rule.read("/etc/*").by(program).deny());
        }
        other.rule(Rule.read("/etc/*").by("/c").deny());
        CallBuffer call = new CallBuffer().number(257).program("/c").path("/etc/x");
        assertEquals(2, table(one.build(), true).decide(call).ruleIndex());
        assertEquals(0, table(other.build(), true).decide(call).ruleIndex());
    }

    /** Any set of these may match one path: told apart by an automaton they would take 2 to the 300th states. */
    @Test
    void patternsThatNoAutomatonCanHoldAreFoundByTheirPieces() throws InvalidTableException {
        PolicyBuilder policy = Policy.named("p").mode(PolicyMode.ACTIVE);
        for (int i = 0; i < 300; i++) {
            policy.rule(
                    (i % 3 == 0
                            ? Rule.read("*/" + i + "/*").allow()
                            : Rule.read("*/" + i + "/*.c?").deny()));
            policy.rule(Rule.read("/s/*/" + i + "/*b*").monitor());
        }
        DecisionTable indexed = table(policy.build(), true);
        DecisionTable asked = table(policy.build(), false);
        assertTrue(indexed.bytes().length < asked.bytes().length + (1 << 17));
        for (int i = 0; i < 2000; i++) {
            String path = one(new String[] {"/s/", "/t/", "/"}) + random.nextInt(310) + "/" + random.nextInt(310)
                    + one(new String[] {"/x.cc", "/x.c", "/b", "/1/b"});
            FilePath file = new FilePath(Optional.of("/s/x/" + random.nextInt(310) + "/bb"), Optional.of(path));
            Call call = Call.of("openat")
                    .path(random.nextBoolean() ? file : FilePath.of(path))
                    .build();
            assertEquals(asked.decide(call), indexed.decide(call), call::toString);
        }
    }
}
