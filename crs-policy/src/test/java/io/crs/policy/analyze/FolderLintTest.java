package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.FilePath;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.analyze.LintReport.Finding;
import io.crs.policy.analyze.LintReport.Kind;
import io.crs.syscall.Arch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is found of rules for what lies below a folder that is renamed. */
class FolderLintTest {
    private static Policy policy(Rule... rules) {
        return Policy.named("p")
                .defaults(Category.FILE, Action.DENY)
                .rules(List.of(rules))
                .build();
    }

    private static List<Finding> findings(Policy policy, int rule) {
        return PolicyLint.of(policy, Arch.X86_64).findings().stream()
                .filter(finding -> finding.pointer().equals("/rules/" + rule))
                .toList();
    }

    @Test
    void aStricterRuleBehindHidesOneUnlessTheSearchEndsBetween() {
        Rule alike = Rule.write("/a/?/x").monitor();
        Rule rule = Rule.write("/a/b/x").monitor();
        Rule end = Rule.write("/a/*").by("/p").allow();
        Rule stricter = Rule.write("/a/b/y").deny();
        Finding hidden = findings(policy(alike, rule, stricter), 1).get(0);
        assertEquals(Kind.CONTRADICTORY, hidden.kind());
        assertEquals(List.of(0, 2), hidden.by());
        assertEquals(List.of(), findings(policy(alike, rule, end, stricter), 1));
    }

    /** The earlier refusal does not know that the folder is one, and the permission ends only what is really there. */
    @Test
    void aRuleThatDecidesOnlyByTheRequestedNameIsAlive() {
        Policy policy = policy(
                Rule.write("/a/?/c").deny(),
                Rule.write("/a*").allow(),
                Rule.write("/a/b/c").deny());
        Call call = Call.of("rename")
                .path(new FilePath(Optional.of("/a/b"), Optional.of("/d")))
                .newPath(FilePath.UNKNOWN)
                .build();
        assertEquals(
                2,
                ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL)
                        .decide(call)
                        .ruleIndex());
        assertEquals(List.of(), findings(policy, 2));
    }
}
