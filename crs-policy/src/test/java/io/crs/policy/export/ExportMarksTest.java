package io.crs.policy.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.Evaluation;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.RuleType;
import io.crs.syscall.Arch;
import io.crs.syscall.OperationClass;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The marks of an export against what the other system would do, on random policies and calls. */
class ExportMarksTest {
    private static final int TRIES = Integer.getInteger("crs.tries", 500);
    private static final int CALLS = 60;
    private static final ExportOptions OPTIONS = new ExportOptions(Arch.X86_64, "web", Map.of("app", "web"));

    @Property(tries = 1)
    void ofAppArmor(@ForAll Random random) {
        check(ExportTarget.APPARMOR, random);
    }

    @Property(tries = 1)
    void ofKubeArmor(@ForAll Random random) {
        check(ExportTarget.KUBEARMOR, random);
    }

    @Property(tries = 1)
    void ofTetragon(@ForAll Random random) {
        check(ExportTarget.TETRAGON, random);
    }

    @Property(tries = 1)
    void ofFalco(@ForAll Random random) {
        check(ExportTarget.FALCO, random);
    }

    @Property(tries = 1)
    void ofNetworkPolicy(@ForAll Random random) {
        check(ExportTarget.NETWORK_POLICY, random);
    }

    @Test
    void aSocketsTypeOfSixtyFourBitsIsComparedWhole() {
        Policy policy = Policy.named("p")
                .rule(Rule.syscall("socket").arg(2, "0x100000002").deny())
                .build();
        Simulator tetragon = new TetragonSimulator(
                Export.to(ExportTarget.TETRAGON, policy, OPTIONS).document());
        assertEquals(Action.ALLOW, tetragon.effect(Call.of("socket").arg(2, 2).build()));
        assertEquals(
                Action.DENY,
                tetragon.effect(Call.of("socket").arg(2, 0x100000002L).build()));
    }

    private static void check(ExportTarget target, Random random) {
        ExportUniverse universe = new ExportUniverse(random);
        for (int i = 0; i < TRIES; i++) {
            Policy policy = universe.policy();
            Export export = Export.to(target, policy, OPTIONS);
            Simulator system = Simulator.of(target, export.document());
            for (int j = 0; j < CALLS; j++) {
                new Comparison(policy, export, universe.call(), system).check();
            }
        }
    }

    /** One call under the policy and in the other system. */
    private static final class Comparison {
        private final Policy policy;
        private final Export export;
        private final Call call;
        private final Decision decision;
        private final List<Evaluation.Part> parts;
        private final Action wanted;
        private final Action found;

        Comparison(Policy policy, Export export, Call call, Simulator system) {
            this.policy = policy;
            this.export = export;
            this.call = call;
            ReferenceEvaluator evaluator = ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL);
            decision = evaluator.decide(call);
            parts = evaluator.evaluate(call).parts();
            boolean reports = decision.action() == Action.DENY && !decision.enforced();
            wanted = reports ? Action.MONITOR : decision.action();
            found = system.effect(call);
        }

        void check() {
            if (found.isStricterThan(wanted)) {
                assertTrue(
                        isLeftOut() || export.marks().stream().anyMatch(this::saysMore),
                        () -> text("does more than any mark says"));
            } else if (wanted.isStricterThan(found)) {
                assertTrue(isMissed(), () -> text("does less than the marks say"));
            }
        }

        /** Hard links are left out of the account with AppArmor, which gives a new name no more rights than the old. */
        private boolean isLeftOut() {
            return export.target() == ExportTarget.APPARMOR && call.syscall().operation() == OperationClass.LINK;
        }

        /** Whether a mark accounts for what is done beyond the policy. */
        private boolean saysMore(RuleMark mark) {
            boolean permits =
                    mark.index() >= 0 && policy.rules().get(mark.index()).action() != Action.DENY;
            boolean named = mark.reason().contains("as well");
            if (mark.reason().contains("leaves out")) {
                return true;
            }
            return switch (mark.fidelity()) {
                case OVER -> (!permits || found == Action.MONITOR) && isMore(mark.index());
                // A permission that is narrower than the rule's leaves the rest to the default; and only reports may
                // be more than the rule asks for, where the reason says so.
                case UNDER -> (permits && hasSay(mark.index())) || (named && found == Action.MONITOR);
                case EXACT, UNSUPPORTED -> false;
            };
        }

        /** Whether a call may be one that is stopped beyond a mark's rule: one about reading stops other reading nowhere. */
        private boolean isMore(int index) {
            boolean reads = index >= 0 && policy.rules().get(index).type() == RuleType.READ;
            return !reads
                    || found == Action.MONITOR
                    || FileAccess.of(call).stream().anyMatch(FileAccess::writes);
        }

        private boolean hasSay(int index) {
            return parts.stream().anyMatch(part -> part.counts() && part.ruleIndex() == index);
        }

        /** Whether all that makes the call's decision is marked as done in part, or not at all. */
        private boolean isMissed() {
            return parts.stream()
                    // That a file which must not be read gets no other name is left out of the account everywhere.
                    .filter(part -> part.counts() && !part.onlyIfDenied() && part.action() == decision.action())
                    .allMatch(part -> isPartly(part.ruleIndex()));
        }

        private boolean isPartly(int index) {
            return export.marks().stream()
                    .filter(mark -> mark.index() == index && (index >= 0 || isDefaultOf(mark)))
                    .anyMatch(mark -> mark.fidelity() == Fidelity.UNDER || mark.fidelity() == Fidelity.UNSUPPORTED);
        }

        private boolean isDefaultOf(RuleMark mark) {
            String field =
                    switch (call.syscall().operation()) {
                        case CONNECT, SEND, ACCEPT -> "defaultNetworkAction";
                        case EXEC -> call.drift() ? "defaultExecuteAction|driftAction" : "defaultExecuteAction";
                        default -> "defaultFileAction";
                    };
            return mark.rule().matches(field);
        }

        private String text(String what) {
            return export.target().id() + " " + what + ": " + wanted + " became " + found + "\n"
                    + call.toJson(Arch.X86_64) + "\n" + decision.toJson() + "\n" + policy.toJson() + "\n"
                    + export.document() + export.marks();
        }
    }
}
