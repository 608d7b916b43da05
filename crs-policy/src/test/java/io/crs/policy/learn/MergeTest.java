package io.crs.policy.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MergeTest {
    private static final Call HOSTS = Call.open("/bin/a", "/etc/hosts");
    private static final Call GROUP = Call.open("/bin/a", "/etc/group");
    private static final Call RUN = Call.execute("/bin/a", "/bin/b");

    private static Policy merge(Policy existing) throws IOException {
        List<Observation> seen = List.of(HOSTS, GROUP, RUN).stream()
                .map(call -> Observation.of("one", Instant.EPOCH, call))
                .toList();
        return PolicyLearner.withDefaults().learn(List.of(Recording.of(seen))).mergeInto(existing);
    }

    private static Action decide(Policy policy, Call call) {
        return ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL)
                .decide(call)
                .action();
    }

    @Test
    void existingRulesGoFirstAndSettingsStay() throws IOException {
        Policy existing = Policy.named("mine")
                .mode(PolicyMode.ACTIVE)
                .rule(Rule.read("/etc/gr*").deny())
                .build();
        Policy merged = merge(existing);
        assertEquals(existing.rules(), merged.rules().subList(0, 1));
        assertEquals(existing, merged.toBuilder().rules(existing.rules()).build());
        assertEquals(Action.DENY, decide(merged, GROUP));
        assertEquals(Action.ALLOW, decide(merged, HOSTS));
        assertEquals(3, merged.rules().size(), "the rule for /etc/group could never decide");
    }

    @Test
    void onlyMissingRulesAreAdded() throws IOException {
        Policy existing = Policy.named("mine")
                .rule(Rule.read("/etc/*").by("/bin/*").allow())
                .rule(Rule.syscall("execveat").arg(1, "/bin/?").monitor())
                .build();
        assertEquals(existing, merge(existing));
    }

    @Test
    void aRuleThatIsSwitchedOffStaysSwitchedOff() throws IOException {
        Policy existing = Policy.named("mine")
                .rule(Rule.read("/etc/hosts").by("/bin/a").inactive().allow())
                .rule(Rule.read("/etc/*").inactive().deny())
                .build();
        assertEquals(4, merge(existing).rules().size());
    }

    @Test
    void aRuleForFewerProgramsIsNotEnough() throws IOException {
        Policy existing = Policy.named("mine")
                .rule(Rule.read("/etc/hosts").by("/bin/b").allow())
                .rule(Rule.write("*").allow())
                .rule(Rule.syscall("execve").arg(1, "/bin/b").arg(2, "1").allow())
                .build();
        assertEquals(6, merge(existing).rules().size());
    }
}
