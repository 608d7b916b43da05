package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Call;
import io.crs.policy.FilePath;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Leaving out the rules that cannot match changes no answer. */
class NearbyRulesTest {
    @Property(tries = 12, shrinking = ShrinkingMode.OFF)
    void decidesLikeAllRulesAndLikeTheTable(@ForAll long seed, @ForAll SmallUniverse.Subject subject) {
        Random random = new Random(seed);
        Policy policy = new SmallUniverse(random).policy(subject, random.nextInt(12));
        NearbyRules nearby = new NearbyRules(policy, Arch.X86_64);
        ReferenceEvaluator reference = ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL);
        DecisionTable table = DecisionTable.compile(policy, Arch.X86_64).withLogMode(LogMode.ALL);
        for (Call call : SmallUniverse.calls(subject)) {
            assertEquals(
                    reference.decide(call),
                    nearby.decide(call),
                    () -> call.toJson(Arch.X86_64) + " in " + policy.toJson());
            assertEquals(reference.decide(call), table.decide(call));
        }
    }

    @Test
    void leavesOutWhatCannotMatch() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            rules.add(Rule.read("/srv/" + i + "/*").deny());
            rules.add(Rule.read("*/key" + i + "/?").deny());
            rules.add(Rule.outbound("10.1." + i % 256 + ".0/24").deny());
            rules.add(Rule.inbound("*").ports(i + 1).deny());
            rules.add(Rule.syscall("execve").arg(1, "/bin/" + i).deny());
            rules.add(Rule.syscall("ptrace").by("/bin/" + i).deny());
        }
        NearbyRules nearby = new NearbyRules(Policy.named("many").rules(rules).build(), Arch.X86_64);
        for (Call call : List.of(
                Call.open("/bin/7", "/srv/9/key8/x"),
                Call.execute("/bin/sh", "/bin/17"),
                Call.connect("/bin/3", "10.1.2.3", 9),
                Call.of("ptrace").program("/bin/5").build())) {
            assertTrue(nearby.near(call).size() < 20, () -> nearby.near(call) + " for " + call);
        }
    }

    @Test
    void aRenamedFolderIsKnownByBothNames() {
        Policy policy = Policy.named("p")
                .rule(Rule.write("/other").deny())
                .rule(Rule.write("/srv/a/b").deny())
                .build();
        NearbyRules nearby = new NearbyRules(policy, Arch.X86_64);
        for (List<String> names : List.of(List.of("/srv/a", "/x"), List.of("/x", "/srv/a"))) {
            FilePath folder = new FilePath(Optional.of(names.get(0)), Optional.of(names.get(1)));
            Call call =
                    Call.of("rename").path(folder).newPath(FilePath.of("/y")).build();
            assertEquals(1, nearby.decide(call).ruleIndex());
        }
    }
}
