package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Category;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.analyze.LintReport.Finding;
import io.crs.policy.analyze.LintReport.Kind;
import io.crs.syscall.Arch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Policies of so many rules that no rule can be compared with all others. */
class ManyRulesTest {
    private static final int COUNT = 1_000;

    private static List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            rules.add(Rule.read("/srv/" + i + "/*").named("r" + i).deny());
            rules.add(Rule.read("*/key" + i + "/*").named("k" + i).allow());
            rules.add(Rule.write("/var/" + i)
                    .by("/opt/app" + i % 9 + "/*")
                    .named("w" + i)
                    .allow());
            rules.add(Rule.outbound("10.1." + i % 256 + ".0/24")
                    .ports(i + 1)
                    .named("o" + i)
                    .deny());
            rules.add(Rule.syscall("execve").arg(1, "/opt/" + i).named("x" + i).allow());
        }
        return rules;
    }

    private static Policy policy(List<Rule> rules) {
        return Policy.named("many").rules(rules).build();
    }

    private static PolicyDiff diff(List<Rule> before, List<Rule> after) {
        PolicyDiff diff = PolicyDiff.between(policy(before), policy(after), Arch.X86_64);
        assertEquals(0, diff.undecided());
        ReferenceEvaluator old = ReferenceEvaluator.of(policy(before), Arch.X86_64, LogMode.ALL);
        ReferenceEvaluator young = ReferenceEvaluator.of(policy(after), Arch.X86_64, LogMode.ALL);
        diff.differences().forEach(each -> {
            assertEquals(old.decide(each.witness()), each.before());
            assertEquals(young.decide(each.witness()), each.after());
            assertTrue(PolicyDiff.differ(each.before(), each.after()));
        });
        return diff;
    }

    @Test
    void lintProvesWhichRulesNeverDecideAndLeavesNothingOpen() {
        List<Rule> rules = rules();
        rules.add(Rule.read("/srv/500/file").named("shadowed").deny());
        rules.add(Rule.outbound("10.1.7.9").ports(264).named("contradicted").allow());
        rules.add(Rule.write("/var/3")
                .by("/opt/app4/*")
                .named("another program's")
                .allow());

        LintReport report = PolicyLint.of(policy(rules), Arch.X86_64);

        assertEquals(0, report.undecided());
        Finding shadowed = report.findings(Kind.SHADOWED).get(0);
        assertEquals("/rules/5000", shadowed.pointer());
        assertEquals(List.of(2_500), shadowed.by());
        Finding contradicted = report.findings(Kind.CONTRADICTORY).get(0);
        assertEquals("/rules/5001", contradicted.pointer());
        assertEquals(List.of(263 * 5 + 3), contradicted.by());
        assertEquals(1, report.findings(Kind.SHADOWED).size());
        assertEquals(1, report.findings(Kind.CONTRADICTORY).size());
    }

    @Test
    void aChangedActionShows() {
        List<Rule> changed = rules();
        changed.set(2_500, Rule.read("/srv/500/*").named("r500").monitor());
        PolicyDiff diff = diff(rules(), changed);
        assertEquals("/rules/2500", diff.added().get(0).pointer());
        assertFalse(diff.differences().isEmpty());
    }

    @Test
    void rulesThatMeetNoCallTogetherMayChangePlaces() {
        List<Rule> swapped = rules();
        Collections.swap(swapped, 2_503, 2_504);
        Collections.swap(swapped, 102, 104);
        assertTrue(diff(rules(), swapped).equivalent());
    }

    @Test
    void rulesThatMeetShowWhenTheyChangePlaces() {
        List<Rule> swapped = rules();
        Collections.swap(swapped, 2_500, 2_501);
        PolicyDiff.Difference difference = diff(rules(), swapped).differences().get(0);
        assertTrue(difference.witness().path().resolved().orElseThrow().contains("/key500/"));
    }

    @Test
    void aRuleThatIsHiddenMayGo() {
        List<Rule> more = rules();
        more.add(3_000, Rule.read("/srv/7/x/*").named("hidden").monitor());
        more.add(Rule.syscall("execve")
                .arg(1, "/opt/8")
                .by("/bin/sh")
                .named("hidden too")
                .allow());
        assertTrue(diff(more, rules()).equivalent());
    }

    @Test
    void anotherDefaultShows() {
        Policy open = policy(rules());
        Policy closed = open.toBuilder().defaults(Category.NETWORK, Action.DENY).build();
        PolicyDiff diff = PolicyDiff.between(open, closed, Arch.X86_64);
        assertFalse(diff.equivalent());
        assertFalse(diff.differences().isEmpty());
        assertEquals(List.of(), diff.added());
    }

    @Test
    void anImageIsLookedAt() {
        List<Rule> rules = rules();
        rules.set(9, Rule.read("/bin/absent").named("absent").deny());
        LintReport report = PolicyLint.of(policy(rules), Arch.X86_64, new ImageFacts() {
            @Override
            public Optional<String> entryPoint() {
                return Optional.empty();
            }

            @Override
            public Optional<ImageFile> find(String path) {
                return path.startsWith("/opt/")
                        ? Optional.of(new ImageFile(path, Optional.empty(), false))
                        : Optional.empty();
            }

            @Override
            public List<ImageFile> setuidFiles() {
                return List.of(new ImageFile("/opt/77", Optional.empty(), true));
            }

            @Override
            public List<String> blindSpots() {
                return List.of();
            }
        });
        assertEquals("/rules/9/file", report.findings(Kind.ABSENT).get(0).pointer());
        assertEquals(
                "/rules/" + (77 * 5 + 4), report.findings(Kind.SETUID).get(0).pointer());
    }
}
