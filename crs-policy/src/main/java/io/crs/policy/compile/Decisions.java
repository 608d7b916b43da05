package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;

import io.crs.policy.Action;
import io.crs.policy.Decision;
import io.crs.policy.LogMode;
import io.crs.policy.PolicyMode;
import io.crs.policy.compile.TableLayout.Section;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All decisions that a table can come to. Each is made when it is first needed. */
final class Decisions {
    private static final int LOG_MONITOR = 1;
    private static final int LOG_DENY = 2;
    private static final int LOG_ALLOW = 4;

    private final TableView view;
    private final boolean enforced;
    private final int logBits;
    private final Decision[] defaults = new Decision[2 * Action.values().length];
    /** Two a rule: whether no event is owed, or perhaps one. A decision is immutable: threads may each make it. */
    private final @Nullable Decision[] byRule;

    Decisions(TableView view, PolicyMode mode) {
        this.view = view;
        this.enforced = mode == PolicyMode.ACTIVE;
        this.logBits = u8(view.bytes, TableLayout.HEADER_LOG);
        this.byRule = new @Nullable Decision[2 * view.count(Section.RULE)];
        for (int action = 0; action < Action.values().length; action++) {
            defaults[2 * action] = make(Codes.ACTIONS.at(action), false, Optional.empty(), -1);
            defaults[2 * action + 1] = make(Codes.ACTIONS.at(action), true, Optional.empty(), -1);
        }
    }

    /** No rule decided. */
    Decision byDefault(boolean silent, int action) {
        return defaults[2 * action + (silent ? 1 : 0)];
    }

    /** The rule at this place decided. */
    Decision byRule(boolean silent, int place) {
        int slot = 2 * place + (silent ? 1 : 0);
        Decision decision = byRule[slot];
        if (decision == null) {
            int rule = view.rule(place);
            decision = make(
                    Codes.ACTIONS.at(u8(view.bytes, rule + TableLayout.RULE_ACTION)),
                    silent,
                    Optional.of(view.text(i32(view.bytes, rule + TableLayout.RULE_NAME))),
                    i32(view.bytes, rule + TableLayout.RULE_INDEX));
            byRule[slot] = decision;
        }
        return decision;
    }

    private Decision make(Action action, boolean silent, Optional<String> rule, int index) {
        boolean hit = rule.isPresent() || action != Action.ALLOW;
        return new Decision(
                action,
                enforced,
                enforced && action == Action.DENY,
                rule,
                index,
                rule.isEmpty(),
                !silent && hit && (logBits & logBit(action)) != 0,
                !silent && (logBits & LogMode.BEHAVIOR.bits()) != 0);
    }

    private static int logBit(Action action) {
        return switch (action) {
            case ALLOW -> LOG_ALLOW;
            case MONITOR -> LOG_MONITOR;
            case DENY -> LOG_DENY;
        };
    }
}
