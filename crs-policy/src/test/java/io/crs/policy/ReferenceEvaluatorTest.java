package io.crs.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.syscall.Arch;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ReferenceEvaluatorTest {
    static Stream<GoldenCase> golden() {
        return GoldenCase.all().stream();
    }

    @ParameterizedTest
    @MethodSource("golden")
    void decidesAsTheGoldenFoldersSay(GoldenCase golden) {
        assertFalse(golden.calls().isEmpty());
        ReferenceEvaluator evaluator = ReferenceEvaluator.of(golden.policy(), golden.arch(), LogMode.ALL);
        List<String> differences = golden.differences(evaluator::decide);
        assertTrue(differences.isEmpty(), () -> String.join("\n", differences));
    }

    private static Decision decide(Policy policy, LogMode logMode, Call call) {
        return ReferenceEvaluator.of(policy, Arch.X86_64, logMode).decide(call);
    }

    private static Policy only(Rule rule) {
        return Policy.named("p").rule(rule).build();
    }

    private static String events(Decision decision) {
        return (decision.standardEvent() ? "S" : "") + (decision.behaviorEvent() ? "B" : "");
    }

    @ParameterizedTest
    @CsvSource({
        "NONE,                '', '', '', ''",
        "POLICY_MONITOR,      '', '', S,  ''",
        "POLICY_DENY,         '', S,  '', ''",
        "POLICY_MONITOR_DENY, '', S,  S,  ''",
        "POLICY_ALLOW,        S,  '', '', ''",
        "POLICY_ALL,          S,  S,  S,  ''",
        "BEHAVIOR,            B,  B,  B,  B",
        "ALL,                 SB, SB, SB, B",
    })
    void theLogModeSaysWhichEventsThereAre(LogMode logMode, String allow, String deny, String monitor, String none) {
        Call call = Call.open("/usr/bin/cat", "/etc/hosts");
        assertEquals(allow, events(decide(only(Rule.read("/etc/hosts").allow()), logMode, call)));
        assertEquals(deny, events(decide(only(Rule.read("/etc/hosts").deny()), logMode, call)));
        assertEquals(monitor, events(decide(only(Rule.read("/etc/hosts").monitor()), logMode, call)));
        assertEquals(none, events(decide(only(Rule.read("/etc/group").deny()), logMode, call)));
    }

    @ParameterizedTest
    @EnumSource(LogMode.class)
    void theLogModeNeverChangesWhatIsDone(LogMode logMode) {
        Decision decision =
                decide(only(Rule.read("/etc/hosts").deny()), logMode, Call.open("/usr/bin/cat", "/etc/hosts"));
        assertEquals(Action.DENY, decision.action());
        assertTrue(decision.enforced());
        assertTrue(decision.blocked());
    }

    @Test
    void aDefaultDenialIsAHitWithoutARule() {
        Policy policy = Policy.named("p").defaults(Category.FILE, Action.DENY).build();
        Decision decision = decide(policy, LogMode.POLICY_DENY, Call.open("/usr/bin/cat", "/etc/hosts"));
        assertTrue(decision.standardEvent());
        assertTrue(decision.isDefault());
        assertTrue(decision.rule().isEmpty());
        assertEquals(-1, decision.ruleIndex());
    }

    @Test
    void anotherTranslationTakesThePlaceOfThePolicys() {
        Policy policy = only(Rule.read("/etc/shadow").deny());
        Call call = Call.open("/usr/bin/cat", "/etc/shadow");
        assertEquals(Action.DENY, decide(policy, LogMode.ALL, call).action());
        assertEquals(
                Action.ALLOW,
                ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL, Translation.GUIDE)
                        .decide(call)
                        .action());
    }

    @Test
    void refusesACallThatTheArchitectureLacks() {
        ReferenceEvaluator evaluator = ReferenceEvaluator.of(Policy.allowingEverything(), Arch.AARCH64, LogMode.ALL);
        Call call = Call.of("open").build();
        assertThrows(IllegalArgumentException.class, () -> evaluator.decide(call));
    }

    @Test
    void thePolicyOfTheFirstJourneyDeniesShadow() {
        Policy policy = Policy.named("web")
                .rule(Rule.read("/etc/shadow").by("/usr/bin/*").deny())
                .rule(Rule.outbound("10.0.0.0/8").ports(443).allow())
                .defaults(Category.NETWORK, Action.DENY)
                .build();
        assertTrue(decide(policy, LogMode.ALL, Call.open("/usr/bin/cat", "/etc/shadow"))
                .blocked());
        assertFalse(decide(policy, LogMode.ALL, Call.connect("/usr/bin/curl", "10.1.2.3", 443))
                .blocked());
        assertTrue(decide(policy, LogMode.ALL, Call.connect("/usr/bin/curl", "10.1.2.3", 80))
                .blocked());
        assertFalse(decide(policy, LogMode.ALL, Call.execute("/bin/sh", "/usr/bin/cat"))
                .blocked());
    }
}
