package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.Decision;
import io.crs.policy.IgnoreScope;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.PolicyMode;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.analyze.LintReport.Finding;
import io.crs.policy.analyze.LintReport.Kind;
import io.crs.syscall.Arch;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyLintTest {
    private static PolicyBuilder policy(Rule... rules) {
        return Policy.named("p").rules(Arrays.asList(rules));
    }

    private static LintReport lint(Rule... rules) {
        return PolicyLint.of(policy(rules).build(), Arch.X86_64);
    }

    private static PolicyBuilder closed(Rule... rules) {
        PolicyBuilder policy = policy(rules);
        for (Category category : Category.values()) {
            policy.defaults(category, Action.DENY);
        }
        return policy;
    }

    private static Finding only(LintReport report, Kind kind) {
        assertEquals(1, report.findings(kind).size(), report::toJson);
        return report.findings(kind).get(0);
    }

    private static Decision decide(Policy policy, Call call) {
        return ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL).decide(call);
    }

    @Test
    void findsNothingInASoundPolicy() {
        LintReport report = lint(
                Rule.read("/etc/shadow").by("/usr/sbin/sshd").allow(),
                Rule.read("/etc/shadow").deny(),
                Rule.outbound("10.0.0.0/8").ports(443).allow(),
                Rule.syscall("ptrace").deny());
        assertEquals("{\"findings\":[],\"undecided\":0}", report.toJson());
    }

    @Test
    void aRuleBehindAWiderOneOfItsActionIsShadowed() {
        Rule wide = Rule.read("/etc/*").deny();
        Rule narrow = Rule.read("/etc/shadow").by("/bin/cat").deny();
        Finding finding = only(lint(wide, narrow), Kind.SHADOWED);
        assertEquals("/rules/1", finding.pointer());
        assertEquals(List.of(0), finding.by());
        assertEquals(
                0,
                decide(policy(wide, narrow).build(), finding.witness().orElseThrow())
                        .ruleIndex());
        assertEquals(
                1,
                decide(
                                policy(Rule.read("/z").deny(), narrow).build(),
                                finding.witness().orElseThrow())
                        .ruleIndex());
    }

    @Test
    void aRuleBehindAWiderOneOfAnotherActionContradictsIt() {
        Finding finding = only(
                lint(
                        Rule.write("/srv/*").deny(),
                        Rule.write("/srv/up?oad").monitor(),
                        Rule.write("/srv/a").deny()),
                Kind.CONTRADICTORY);
        assertEquals("/rules/1", finding.pointer());
        assertTrue(finding.message().contains("move this rule before rule 0"), finding.message());
    }

    @Test
    void severalRulesTogetherHideOne() {
        Rule[] rules = {
            Rule.outbound("10.0.0.0/9").deny(),
            Rule.outbound("10.128.0.0-10.255.255.255").ports("1-1000").deny(),
            Rule.outbound("10.*").ports("1001-65535").deny(),
            Rule.outbound("10.0.0.0/8").ports("80,443,8080").deny()
        };
        assertEquals(List.of(0, 1, 2), only(lint(rules), Kind.SHADOWED).by());
    }

    @Test
    void whatIsAllowedByItsRealNameDoesNotHideADenialByAnyName() {
        Finding alive =
                only(lint(Rule.read("/etc/*").allow(), Rule.read("/etc/shadow").deny()), Kind.CONTRADICTORY);
        assertTrue(alive.message().contains("it only decides where one is asked for by a name that leads elsewhere"));
        assertEquals(
                "/rules/1",
                only(lint(Rule.read("/etc/*").deny(), Rule.read("/etc/shadow").allow()), Kind.CONTRADICTORY)
                        .pointer());
        assertEquals(
                "/rules/1",
                only(lint(Rule.read("*").allow(), Rule.read("/x").deny()), Kind.CONTRADICTORY)
                        .pointer());
    }

    @Test
    void aDenialOfFewerProgramsLeavesTheOthers() {
        assertEquals(
                List.of(),
                lint(
                                Rule.read("/x").by("/usr/*").deny(),
                                Rule.read("/x").by("/u?r/bin/*").deny())
                        .findings()
                        .stream()
                        .filter(finding -> finding.kind() == Kind.SHADOWED)
                        .filter(finding -> !finding.pointer().equals("/rules/1"))
                        .toList());
        assertEquals(
                List.of(),
                lint(
                                Rule.read("/x").by("/usr/bin/*").deny(),
                                Rule.read("/x").by("/u?r/bin/*").deny())
                        .findings());
        assertEquals(
                List.of(),
                lint(
                                Rule.read("/x").by("/p").deny(),
                                Rule.read("/x").by("/p").followChildren().deny())
                        .findings());
    }

    @Test
    void syscallRulesHideFileRulesOnlyWhereTheyNameAllTheCalls() {
        assertEquals(
                List.of(),
                lint(Rule.syscall("openat").deny(), Rule.read("/x").deny()).findings().stream()
                        .filter(finding -> finding.kind() == Kind.SHADOWED)
                        .toList());
        assertEquals(
                List.of(0),
                only(
                                lint(
                                        Rule.read("*").deny(),
                                        Rule.syscall("read").arg(1, "/x").deny()),
                                Kind.SHADOWED)
                        .by());
    }

    @ParameterizedTest
    @ValueSource(strings = {"etc/passwd", "/etc/", "/etc//passwd", "/etc/./passwd"})
    void aNameThatNoFileHasMatchesNothing(String file) {
        assertEquals(
                "/rules/0", only(lint(Rule.read(file).deny()), Kind.UNMATCHABLE).pointer());
    }

    @Test
    void aRuleForACallThatIsIgnoredEntirelyMatchesNothing() {
        Policy policy = policy(Rule.syscall("ptrace").deny())
                .ignore("ptrace")
                .ignoreScope(IgnoreScope.EVERYTHING)
                .build();
        assertTrue(only(PolicyLint.of(policy, Arch.X86_64), Kind.UNMATCHABLE)
                .message()
                .contains("ignores ptrace"));
    }

    @Test
    void judgesAPolicyThatIsNotActiveYet() {
        Policy policy = policy(Rule.read("*").deny(), Rule.read("/x").deny())
                .mode(PolicyMode.INACTIVE)
                .build();
        only(PolicyLint.of(policy, Arch.X86_64), Kind.SHADOWED);
    }

    @Test
    void aRuleThatIsSwitchedOffNeitherHidesNorIsHidden() {
        assertEquals(
                List.of(),
                lint(
                                Rule.read("/etc/*").inactive().deny(),
                                Rule.read("/etc/shadow").deny(),
                                Rule.read("/etc/shadow").inactive().deny())
                        .findings());
    }

    @Test
    void namesTheCallThatTheGuideMisnames() {
        Finding finding = only(lint(Rule.syscall("sys_setsockopt").deny()), Kind.MISNAMED);
        assertEquals("/rules/0/syscall", finding.pointer());
        assertTrue(finding.message().contains("getsockopt"), finding.message());
        assertEquals(
                List.of(),
                lint(Rule.syscall("setsockopt").deny(), Rule.syscall("sys_open").deny())
                        .findings());
    }

    @Test
    void tellsWhereACallDoesNotExist() {
        Finding finding = only(lint(Rule.syscall("sys_iopl").deny()), Kind.NONPORTABLE);
        assertTrue(finding.message().contains("aarch64"), finding.message());
        LintReport there = PolicyLint.of(policy(Rule.syscall("sys_iopl").deny()).build(), Arch.AARCH64);
        only(there, Kind.NONPORTABLE);
        assertEquals(List.of(), there.findings(Kind.UNMATCHABLE));
        assertEquals(List.of(), lint(Rule.syscall("open").deny()).findings());
    }

    @Test
    void tellsOfArgumentsThatMoveBetweenFormsOfACall() {
        assertEquals(
                "/rules/0/arg2",
                only(lint(Rule.syscall("open").arg(2, "0x41").deny()), Kind.ARGUMENT_PLACE)
                        .pointer());
        assertEquals(List.of(), lint(Rule.syscall("ptrace").arg(1, "16").deny()).findings());
    }

    @Test
    void tellsOfBitsBehindAPrefix() {
        assertEquals(
                "/rules/0/ipAddress",
                only(lint(Rule.outbound("10.1.2.3/8").deny()), Kind.HOST_BITS).pointer());
        assertEquals(
                "/rules/0/arg2",
                only(lint(Rule.syscall("connect").arg(2, "10.1.2.3/8").deny()), Kind.HOST_BITS)
                        .pointer());
        assertEquals(
                List.of(),
                lint(
                                Rule.outbound("10.0.0.0/8").deny(),
                                Rule.inbound("::ffff:10.0.0.0/104").deny(),
                                Rule.inbound("::/0").deny())
                        .findings());
    }

    @Test
    void aProgramNamedWithoutItsFolderIsUnlikely() {
        assertEquals(
                "/rules/0/program",
                only(lint(Rule.read("/x").by("cat").deny()), Kind.SHORT_NAME).pointer());
    }

    @Test
    void aDoorThatStandsWideOpenIsFound() {
        Policy policy = closed(
                        Rule.write("/*").by("/app").allow(),
                        Rule.read("/etc/*").allow(),
                        Rule.outbound("*").allow(),
                        Rule.syscall("execve").allow(),
                        Rule.read("/app/*").allow(),
                        Rule.outbound("10.0.0.0/8").allow())
                .build();
        LintReport report = PolicyLint.of(policy, Arch.X86_64);
        assertEquals(
                List.of("/rules/0", "/rules/1", "/rules/2", "/rules/3"),
                report.findings(Kind.OVERBROAD).stream().map(Finding::pointer).toList());
        for (Finding finding : report.findings(Kind.OVERBROAD)) {
            assertEquals(
                    Action.ALLOW,
                    decide(policy, finding.witness().orElseThrow()).action());
        }
        assertEquals("/rules/0", only(report, Kind.WRITE_AND_EXECUTE).pointer());
    }

    @Test
    void aRuleThatDeniesEverythingIsFound() {
        assertEquals(
                "/rules/0", only(lint(Rule.read("*").deny()), Kind.OVERBROAD).pointer());
        assertEquals(
                "/rules/0",
                only(lint(Rule.syscall("execve").deny()), Kind.OVERBROAD).pointer());
    }

    @Test
    void nothingStartsWhereExecutionIsDeniedAndNeverAllowed() {
        Rule never = Rule.syscall("execve").arg(1, "/app").allow();
        Finding finding = only(
                PolicyLint.of(policy().defaults(Category.EXECUTE, Action.DENY).build(), Arch.X86_64), Kind.ENTRY_POINT);
        assertEquals(
                Action.DENY,
                decide(closed().build(), finding.witness().orElseThrow()).action());
        assertEquals(
                List.of(),
                PolicyLint.of(
                                policy(never)
                                        .defaults(Category.EXECUTE, Action.DENY)
                                        .build(),
                                Arch.X86_64)
                        .findings(Kind.ENTRY_POINT));
        assertEquals(
                2,
                PolicyLint.of(closed().build(), Arch.X86_64)
                        .findings(Kind.ENTRY_POINT)
                        .size());
        assertEquals(
                1,
                PolicyLint.of(
                                policy(Rule.syscall("execve").deny(), never)
                                        .defaults(Category.EXECUTE, Action.DENY)
                                        .build(),
                                Arch.X86_64)
                        .findings(Kind.CONTRADICTORY)
                        .size());
    }

    @Test
    void aRuleBehindAGlobOnTheTextOfIpv6AddressesIsLeftOpen() {
        LintReport report =
                lint(Rule.outbound("?*").deny(), Rule.outbound("::/0").deny());
        assertEquals(List.of(), report.findings(Kind.SHADOWED));
        assertEquals(1, report.undecided());
    }

    @Test
    void writesItsReportAsJson() {
        String json = lint(Rule.read("/etc/*").deny(), Rule.read("/etc/shadow").allow())
                .toJson();
        assertTrue(
                json.startsWith("{\"findings\":[{\"kind\":\"CONTRADICTORY\",\"pointer\":\"/rules/1\",\"by\":[0],"),
                json);
        assertTrue(json.contains("\"witness\":{"), json);
        assertTrue(json.endsWith("\"undecided\":0}"), json);
    }

    @Test
    void contradictsWhereAnEarlierRuleAllowsEveryFileOfARefusal() {
        for (String allowed : List.of("/a", "/a*", "*")) {
            Finding found = only(
                    lint(
                            Rule.read(allowed).allow(),
                            Rule.read("/a").by("/usr/bin/*").deny()),
                    Kind.CONTRADICTORY);
            assertEquals("/rules/1", found.pointer(), allowed);
            assertEquals(List.of(0), found.by(), allowed);
        }
    }

    @Test
    void doesNotContradictWhereTheAllowingRuleIsNarrower() {
        LintReport report = lint(
                Rule.read("/a/b").allow(),
                Rule.read("/c").by("/usr/bin/cat").allow(),
                Rule.read("/a/*").deny(),
                Rule.read("/c").deny());
        assertEquals(List.of(), report.findings(Kind.CONTRADICTORY));
    }
}
