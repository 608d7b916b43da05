package io.crs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Translation;
import io.crs.policy.compile.CallRecord;
import io.crs.policy.compile.CompileOptions;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** The policy itself, its table in Java and its table in C come to the same decisions. */
class TableAgreementTest {
    private static final List<Action> ACTIONS = List.of(Action.ALLOW, Action.MONITOR, Action.DENY);
    private static final int POLICIES = 2000;
    private static final int CALLS = 500;

    @Property(tries = POLICIES, shrinking = ShrinkingMode.OFF)
    void referenceJavaAndNativeAgree(@ForAll long seed) {
        RandomPolicies random = new RandomPolicies(new Random(seed));
        Policy policy = random.policy();
        Arch arch = random.one(Arch.values());
        LogMode logMode = random.logMode();
        Translation translation = random.one(Translation.values());
        CompileOptions options = CompileOptions.of(arch).withLogMode(logMode).withTranslation(translation);
        DecisionTable table = DecisionTable.compile(policy, options);
        ReferenceEvaluator reference = ReferenceEvaluator.of(policy, arch, logMode, translation);
        try (NativeDecisionTable nativeTable = NativeDecisionTable.open(table.bytes())) {
            for (int i = 0; i < CALLS; i++) {
                Call call = random.call(arch);
                Supplier<String> context = () -> policy.toJson() + "\n" + table.dump() + "\n" + call;
                Decision expected = reference.decide(call);
                assertEquals(expected, table.decide(call), context);
                assertEquals(expected, decision(nativeTable.decide(CallRecord.encode(call, arch))), context);
            }
        }
    }

    private static Decision decision(NativeDecision found) {
        return new Decision(
                ACTIONS.get(found.action()),
                found.enforced(),
                found.blocked(),
                found.rule(),
                found.ruleIndex(),
                found.isDefault(),
                found.standardEvent(),
                found.behaviorEvent());
    }
}
