package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.analyze.LintReport.Kind;
import io.crs.syscall.Arch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** As many rules as a policy holds: what cannot be proven in bounded time is said to be open, and nothing is guessed. */
class ManyRulesTest {
    private static List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < Policy.MAX_RULES; i++) {
            rules.add(Rule.read("/srv/" + i + "/*").named("r" + i).deny());
        }
        return rules;
    }

    private static Policy policy(List<Rule> rules) {
        return Policy.named("many").rules(rules).build();
    }

    @Test
    void lintJudgesEachByItselfAndLeavesTheRestOpen() {
        List<Rule> rules = rules();
        rules.set(7, Rule.syscall("sys_setsockopt").named("misnamed").deny());

        LintReport report = PolicyLint.of(policy(rules), Arch.X86_64);

        assertEquals("/rules/7/syscall", report.findings(Kind.MISNAMED).get(0).pointer());
        assertEquals(Policy.MAX_RULES, report.undecided());
    }

    @Test
    void theSamePolicyIsEquivalentAndAnotherIsLeftOpen() {
        List<Rule> changed = rules();
        changed.set(50_000, Rule.read("/srv/50000/*").named("r50000").monitor());

        assertTrue(PolicyDiff.between(policy(rules()), policy(rules()), Arch.X86_64)
                .equivalent());
        PolicyDiff diff = PolicyDiff.between(policy(rules()), policy(changed), Arch.X86_64);
        assertFalse(diff.equivalent());
        assertEquals(1, diff.undecided());
        assertEquals("/rules/50000", diff.added().get(0).pointer());
    }
}
