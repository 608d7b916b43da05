package io.crs.policy.compile;

import io.crs.policy.Action;
import io.crs.policy.DefaultScope;
import io.crs.policy.FailMode;
import io.crs.policy.IgnoreScope;
import io.crs.policy.OnDegraded;
import io.crs.policy.PolicyMode;
import io.crs.policy.RuleType;
import io.crs.policy.Translation;
import io.crs.syscall.Arch;
import io.crs.syscall.OperationClass;
import java.util.List;

/**
 * The numbers that stand for the values of an enumeration in a table. They are part of the layout: a test holds them.
 *
 * @param first the number of the first value
 * @param values the values, in the order of their numbers
 */
record Codes<E>(int first, List<E> values) {
    static final Codes<Action> ACTIONS = new Codes<>(0, List.of(Action.values()));
    static final Codes<PolicyMode> MODES = new Codes<>(0, List.of(PolicyMode.values()));
    static final Codes<Translation> TRANSLATIONS = new Codes<>(0, List.of(Translation.values()));
    static final Codes<DefaultScope> DEFAULT_SCOPES = new Codes<>(0, List.of(DefaultScope.values()));
    static final Codes<IgnoreScope> IGNORE_SCOPES = new Codes<>(0, List.of(IgnoreScope.values()));
    static final Codes<FailMode> FAIL_MODES = new Codes<>(0, List.of(FailMode.values()));
    static final Codes<OnDegraded> ON_DEGRADED = new Codes<>(0, List.of(OnDegraded.values()));
    static final Codes<RuleType> RULE_TYPES = new Codes<>(0, List.of(RuleType.values()));
    static final Codes<OperationClass> OPERATIONS = new Codes<>(0, List.of(OperationClass.values()));
    static final Codes<Arch> ARCHES = new Codes<>(1, List.of(Arch.values()));

    /** The number of a value. */
    int of(E value) {
        return first + values.indexOf(value);
    }

    /** The value of a number. */
    E at(int code) {
        return values.get(code - first);
    }

    /** Whether some value has this number. */
    boolean has(int code) {
        return code >= first && code < first + values.size();
    }
}
