package io.crs.cli;

import io.crs.host.NativeDecision;
import io.crs.host.NativeDecisionTable;
import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.Policy;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.compile.CallRecord;
import io.crs.policy.compile.CompileOptions;
import io.crs.policy.compile.DecisionTable;
import java.io.IOException;
import java.util.List;

/** Something that decides calls. */
interface Decider extends AutoCloseable {
    /** Which of the implementations of the same decisions. */
    enum Engine {
        /** The decision table, read by the library. */
        JAVA,
        /** The decision table, read by the agent's own code. */
        NATIVE,
        /** The policy itself, rule by rule; slow, and what the others are measured against. */
        REFERENCE
    }

    Decision decide(Call call);

    @Override
    default void close() {}

    /** The policy itself, rule by rule. */
    static Decider reference(Policy policy, CompileOptions options) {
        return ReferenceEvaluator.of(
                policy, options.arch(), options.logMode(), options.translation().orElse(policy.translation()))::decide;
    }

    /** The table, read by the library. */
    static Decider java(DecisionTable table) {
        return table::decide;
    }

    /** The table, read by the agent's own code. */
    static Decider agent(DecisionTable table) throws IOException {
        return new AgentCode(table);
    }

    /** The agent's own code in this process. */
    final class AgentCode implements Decider {
        private static final List<Action> ACTIONS = List.of(Action.ALLOW, Action.MONITOR, Action.DENY);

        private final DecisionTable table;
        private final NativeDecisionTable code;

        private AgentCode(DecisionTable table) throws IOException {
            this.table = table;
            try {
                this.code = NativeDecisionTable.open(table.bytes());
            } catch (UnsupportedOperationException e) {
                throw new IOException(e.getMessage() + "; use --engine java", e);
            }
        }

        @Override
        public Decision decide(Call call) {
            NativeDecision decision = code.decide(CallRecord.encode(call, table.arch()));
            return new Decision(
                    ACTIONS.get(decision.action()),
                    decision.enforced(),
                    decision.blocked(),
                    decision.rule(),
                    decision.ruleIndex(),
                    decision.isDefault(),
                    decision.standardEvent(),
                    decision.behaviorEvent());
        }

        @Override
        public void close() {
            code.close();
        }
    }
}
