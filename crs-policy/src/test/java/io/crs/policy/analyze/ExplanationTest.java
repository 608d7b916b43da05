package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.FilePath;
import io.crs.policy.GoldenCase;
import io.crs.policy.LogMode;
import io.crs.policy.Mismatch;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.analyze.Explanation.Role;
import io.crs.syscall.Arch;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExplanationTest {
    private static final Call CAT = Call.open("/usr/bin/cat", "/etc/shadow");

    private static final Policy POLICY = Policy.named("p")
            .rule(Rule.read("/etc/shadow").named("off").inactive().allow())
            .rule(Rule.read("/etc/shadow").named("vi").by("/usr/bin/vi").allow())
            .rule(Rule.read("/etc/passwd").named("other file").allow())
            .rule(Rule.write("/etc/shadow").named("write").allow())
            .rule(Rule.read("/etc/shadow").named("shadow").deny())
            .rule(Rule.read("/etc/*").named("etc").monitor())
            .rule(Rule.outbound("10.0.0.1").ports(443).named("net").deny())
            .rule(Rule.syscall("ptrace").arg(1, "16").named("ptrace").deny())
            .build();

    private static Explanation explain(Policy policy, Call call) {
        return Explanation.of(policy, Arch.X86_64, call);
    }

    private static List<Integer> indexes(Explanation explanation, Role role) {
        return explanation.rules(role).stream()
                .map(Explanation.RuleReport::index)
                .toList();
    }

    @Test
    void namesTheRuleThatDecidesAndThoseItHides() {
        Explanation explanation = explain(POLICY, CAT);
        assertEquals(List.of(4), indexes(explanation, Role.DECIDES));
        assertEquals(List.of(5), indexes(explanation, Role.HIDDEN));
        assertEquals(4, explanation.rules().get(5).by());
        assertEquals(List.of(0, 1, 2, 3, 6, 7), indexes(explanation, Role.NO_MATCH));
    }

    @Test
    void saysWhyTheOthersDoNotMatch() {
        assertEquals(
                List.of(
                        Mismatch.INACTIVE,
                        Mismatch.PROGRAM,
                        Mismatch.FILE,
                        Mismatch.OTHER_CALL,
                        Mismatch.OTHER_CALL,
                        Mismatch.OTHER_CALL),
                explain(POLICY, CAT).rules(Role.NO_MATCH).stream()
                        .map(rule -> rule.mismatch().orElseThrow())
                        .toList());
        assertEquals(
                Optional.of(Mismatch.PORT),
                explain(POLICY, Call.connect("/usr/bin/curl", "10.0.0.1", 80))
                        .rules()
                        .get(6)
                        .mismatch());
        assertEquals(
                Optional.of(Mismatch.ADDRESS),
                explain(POLICY, Call.connect("/usr/bin/curl", "10.0.0.2", 443))
                        .rules()
                        .get(6)
                        .mismatch());
        assertEquals(
                Optional.of(Mismatch.ARG1),
                explain(POLICY, Call.of("ptrace").arg(1, 17).build())
                        .rules()
                        .get(7)
                        .mismatch());
    }

    @Test
    void aRuleThatDecidesAMilderPartIsOverruled() {
        Policy policy = Policy.named("p")
                .rule(Rule.read("/a").monitor())
                .rule(Rule.write("/a").deny())
                .build();
        Call call = Call.of("openat").path("/a").flags(2).build();
        Explanation explanation = explain(policy, call);
        assertEquals(List.of(1), indexes(explanation, Role.DECIDES));
        assertEquals(List.of(0), indexes(explanation, Role.OVERRULED));
        assertEquals(1, explanation.rules().get(0).by());
        Explanation byDefault = explain(
                Policy.named("p")
                        .rule(Rule.read("/a").allow())
                        .defaults(Category.FILE, Action.DENY)
                        .build(),
                call);
        assertEquals(List.of(0), indexes(byDefault, Role.OVERRULED));
        assertEquals(-1, byDefault.rules().get(0).by());
    }

    @Test
    void whatALinkOnlyReadsHasNoSay() {
        Policy policy = Policy.named("p").rule(Rule.read("/a").monitor()).build();
        Call call = Call.of("link").path("/a").newPath(FilePath.of("/b")).build();
        assertEquals(
                Optional.of(Mismatch.OTHER_CALL),
                explain(policy, call).rules().get(0).mismatch());
    }

    @Test
    void writesJson() {
        Policy policy = Policy.named("p")
                .rule(Rule.read("/a").named("x").deny())
                .rule(Rule.read("/*").named("y").deny())
                .rule(Rule.read("/b").named("z").deny())
                .build();
        assertEquals(
                "{\"call\":{\"syscall\":\"openat\",\"filename\":\"/a\"},"
                        + "\"decision\":{\"action\":\"DENY\",\"enforced\":true,\"blocked\":true,\"rule\":\"x\",\"ruleIndex\":0,"
                        + "\"default\":false,\"events\":[\"STANDARD\",\"BEHAVIOR\"]},"
                        + "\"deciding\":{\"index\":0,\"name\":\"x\"},\"overruled\":[],"
                        + "\"hidden\":[{\"index\":1,\"name\":\"y\",\"by\":0}],"
                        + "\"others\":[{\"index\":2,\"name\":\"z\",\"why\":\"FILE\",\"message\":\"the file is another one\"}]}",
                explain(policy, Call.of("openat").path("/a").build()).toJson());
        assertTrue(explain(policy, Call.of("getpid").build()).toJson().contains("\"deciding\":null"));
    }

    @Test
    void speaksToPeople() {
        List<String> lines = explain(POLICY, CAT).lines();
        assertEquals("DENY by rule 4 \"shadow\"", lines.get(0));
        assertTrue(lines.contains("rule 5 \"etc\" matches, but is hidden by rule 4"), lines::toString);
        assertTrue(lines.contains("rule 1 \"vi\" does not match: the program is another one"), lines::toString);
        assertEquals(8, lines.size());
        assertEquals(
                List.of("ALLOW: nothing is evaluated (not enforced)"),
                explain(POLICY.toBuilder().mode(PolicyMode.INACTIVE).build(), CAT)
                        .lines());
    }

    static Stream<GoldenCase> golden() {
        return GoldenCase.all().stream();
    }

    @ParameterizedTest
    @MethodSource("golden")
    void agreesWithTheDecision(GoldenCase golden) {
        ReferenceEvaluator evaluator = ReferenceEvaluator.of(golden.policy(), golden.arch(), LogMode.ALL);
        for (Call call : golden.calls()) {
            Explanation explanation = Explanation.of(golden.policy(), golden.arch(), call);
            assertEquals(evaluator.decide(call), explanation.decision());
            int deciding = explanation.decision().ruleIndex();
            assertEquals(deciding < 0 ? List.of() : List.of(deciding), indexes(explanation, Role.DECIDES));
        }
    }
}
