package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.DefaultScope;
import io.crs.policy.Glob;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.RuleType;
import io.crs.syscall.OperationClass;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a profile denies by default: what the policy does, but for what some rule permits in a way that a profile cannot say. It
 * would be stopped there.
 */
final class AppArmorDefaults {
    static final String ATTRIBUTES = "times and extended attributes of files are not mediated";

    /** What may be done to a file. */
    enum Right {
        READ,
        WRITE,
        EXECUTE
    }

    private final Policy policy;
    private final Set<Right> wanted = EnumSet.noneOf(Right.class);
    private final Map<Right, String> left = new EnumMap<>(Right.class);
    private boolean widelyExecuted;

    AppArmorDefaults(Policy policy) {
        this.policy = policy;
        if (policy.mode() != PolicyMode.INACTIVE) {
            findWanted();
            findLeft();
        }
    }

    private void findWanted() {
        if (policy.defaultFileAction() == Action.DENY) {
            if (isCovered(RuleType.READ)) {
                wanted.add(Right.READ);
            }
            if (isCovered(RuleType.WRITE)) {
                wanted.add(Right.WRITE);
            }
        }
        boolean named = policy.defaultScope() == DefaultScope.CATEGORY
                || policy.rules().stream().anyMatch(rule -> !rule.inactive() && isExecution(rule));
        if (policy.defaultExecuteAction() == Action.DENY && named) {
            wanted.add(Right.EXECUTE);
        }
    }

    private boolean isCovered(RuleType type) {
        return policy.defaultScope() == DefaultScope.CATEGORY
                || policy.rules().stream().anyMatch(rule -> !rule.inactive() && rule.type() == type);
    }

    private void findLeft() {
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule rule = policy.rules().get(i);
            if (!rule.inactive() && rule.action() != Action.DENY) {
                String why = "rule " + i + " permits what a profile cannot say";
                boolean written = isWritten(rule);
                rights(rule).stream().filter(right -> !written).forEach(right -> left.putIfAbsent(right, why));
                widelyExecuted |= written && isExecution(rule) && !isExact(rule);
            }
        }
        if (wanted.contains(Right.READ) && !denies(Right.WRITE)) {
            left.putIfAbsent(Right.READ, "who may rename a file must be allowed to read it there");
        }
    }

    /** Whether a profile permits a program's executions to all, or those of one name with others. */
    private static boolean isExact(Rule rule) {
        return rule.program().isAny()
                && PathPattern.of(execution(rule)).map(PathPattern::exact).orElse(true);
    }

    static boolean isExecution(Rule rule) {
        return rule instanceof Rule.SyscallRule named && named.syscall().operation() == OperationClass.EXEC;
    }

    private static Glob execution(Rule rule) {
        return Glob.of(((Rule.SyscallRule) rule).arguments().get(0));
    }

    /** Whether a profile can say what a rule is about. */
    static boolean isWritten(Rule rule) {
        if (rule instanceof Rule.FileRule file) {
            return isWritten(file.file());
        }
        return rule instanceof Rule.SyscallRule named
                && isExecution(rule)
                && named.arguments().get(1).isBlank()
                && named.arguments().get(2).isBlank()
                && isWritten(execution(rule));
    }

    private static boolean isWritten(Glob file) {
        return PathPattern.matchesNothing(file) || PathPattern.of(file).isPresent();
    }

    private static Set<Right> rights(Rule rule) {
        if (rule instanceof Rule.SyscallRule named) {
            return switch (named.syscall().operation()) {
                case OPEN -> EnumSet.of(Right.READ, Right.WRITE);
                case READ -> EnumSet.of(Right.READ);
                case WRITE, RENAME, LINK -> EnumSet.of(Right.WRITE);
                case EXEC -> EnumSet.of(Right.EXECUTE);
                case CONNECT, SEND, ACCEPT, NAME, NONE -> EnumSet.noneOf(Right.class);
            };
        }
        return rule instanceof Rule.FileRule file
                ? EnumSet.of(file.access() == Rule.Access.READ ? Right.READ : Right.WRITE)
                : EnumSet.noneOf(Right.class);
    }

    /** Whether the profile denies a right by default. */
    boolean denies(Right right) {
        return wanted.contains(right) && !left.containsKey(right);
    }

    /** The marks of the defaults that deny. */
    List<RuleMark> marks() {
        List<RuleMark> marks = new ArrayList<>();
        if (policy.mode() == PolicyMode.INACTIVE) {
            return marks;
        }
        if (denies(Right.READ) || denies(Right.WRITE)) {
            String why = left.getOrDefault(Right.READ, left.getOrDefault(Right.WRITE, ATTRIBUTES));
            marks.add(new RuleMark(-1, "defaultFileAction", Fidelity.UNDER, why));
        } else if (policy.defaultFileAction() == Action.DENY) {
            String why = left.getOrDefault(
                    Right.READ, left.getOrDefault(Right.WRITE, "no rule about files names its calls"));
            marks.add(new RuleMark(-1, "defaultFileAction", Fidelity.UNSUPPORTED, why));
        }
        if (denies(Right.EXECUTE)) {
            marks.add(new RuleMark(
                    -1,
                    "defaultExecuteAction",
                    widelyExecuted ? Fidelity.UNDER : Fidelity.EXACT,
                    widelyExecuted ? "what is permitted to some programs is permitted to all" : ""));
        } else if (wanted.contains(Right.EXECUTE)) {
            marks.add(new RuleMark(
                    -1, "defaultExecuteAction", Fidelity.UNSUPPORTED, left.getOrDefault(Right.EXECUTE, "")));
        }
        if (policy.defaultNetworkAction() == Action.DENY) {
            marks.add(new RuleMark(-1, "defaultNetworkAction", Fidelity.UNSUPPORTED, "a profile sees no addresses"));
        }
        if (policy.driftAction() == Action.DENY) {
            marks.add(new RuleMark(-1, "driftAction", Fidelity.UNSUPPORTED, "a profile does not know the image"));
        }
        return marks;
    }

    /** What may be done to files by default, as a line of the profile. */
    String line() {
        if (!denies(Right.READ) && !denies(Right.WRITE) && !denies(Right.EXECUTE)) {
            return "file,";
        }
        String permissions = (denies(Right.READ) ? "" : "r")
                + (denies(Right.WRITE) ? "" : "wl")
                + "mk"
                + (denies(Right.EXECUTE) ? "" : "ix");
        return "\"/{,**}\" " + permissions + ",";
    }
}
