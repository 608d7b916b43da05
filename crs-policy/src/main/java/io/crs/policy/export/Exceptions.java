package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.Glob;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.RuleType;
import io.crs.syscall.OperationClass;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Which rules that deny have an exception in front of them: an earlier rule that lets some of the same calls through. Where
 * denials go before permissions whatever their order, such a rule cannot be written.
 */
final class Exceptions {
    /** Pairs of rules that are compared; further ones are taken to overlap. */
    private static final int MAX_PAIRS = 2_000_000;

    private final List<Rule> rules;
    private final List<Integer> permitting = new ArrayList<>();
    private int pairs;

    Exceptions(Policy policy) {
        rules = policy.rules();
        for (int i = 0; i < rules.size(); i++) {
            if (!rules.get(i).inactive() && rules.get(i).action() != Action.DENY) {
                permitting.add(i);
            }
        }
    }

    /** Whether a rule may have an exception in front of it. */
    boolean hasOne(int index) {
        return hasOne(index, earlier -> true);
    }

    /** Whether a rule may have an exception in front of it of which nothing is reported either. */
    boolean hasSilent(int index) {
        return hasOne(index, earlier -> rules.get(earlier).action() == Action.ALLOW);
    }

    /** Whether a rule may have an exception in front of it that, by its place, is of some kind. */
    boolean hasOne(int index, IntPredicate kind) {
        Rule rule = rules.get(index);
        for (int earlier : permitting) {
            if (earlier >= index) {
                return false;
            }
            if (kind.test(earlier) && (++pairs > MAX_PAIRS || meet(rules.get(earlier), rule))) {
                return true;
            }
        }
        return false;
    }

    private static boolean meet(Rule earlier, Rule rule) {
        if (!earlier.followChildren()
                && !rule.followChildren()
                && !earlier.program().intersects(rule.program())) {
            return false;
        }
        if (earlier instanceof Rule.FileRule one && rule instanceof Rule.FileRule other) {
            return one.access() == other.access() && one.file().intersects(other.file());
        }
        if (earlier instanceof Rule.NetworkRule one && rule instanceof Rule.NetworkRule other) {
            return one.direction() == other.direction();
        }
        if (earlier instanceof Rule.SyscallRule one && rule instanceof Rule.SyscallRule other) {
            boolean same = one.syscall().equals(other.syscall())
                    || (one.syscall().group().isPresent()
                            && one.syscall().group().equals(other.syscall().group()));
            return same && (!hasFile(one) || file(one).intersects(file(other)));
        }
        return isAbout(earlier, rule.type()) || isAbout(rule, earlier.type());
    }

    private static boolean hasFile(Rule.SyscallRule rule) {
        return rule.syscall().operation() == OperationClass.EXEC;
    }

    private static Glob file(Rule.SyscallRule rule) {
        return Glob.of(rule.arguments().get(0));
    }

    /** Whether a rule names a call that rules of another type are about. */
    private static boolean isAbout(Rule rule, RuleType type) {
        if (!(rule instanceof Rule.SyscallRule named)) {
            return false;
        }
        return switch (named.syscall().operation()) {
            case OPEN -> type == RuleType.READ || type == RuleType.WRITE;
            case READ -> type == RuleType.READ;
            case WRITE, RENAME, LINK -> type == RuleType.WRITE;
            case CONNECT, SEND -> type == RuleType.NETWORK_OUTBOUND;
            case ACCEPT -> type == RuleType.NETWORK_INBOUND;
            case EXEC, NAME, NONE -> false;
        };
    }
}
