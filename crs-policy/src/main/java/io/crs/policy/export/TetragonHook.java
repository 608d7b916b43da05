package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.IntegerPattern;
import io.crs.policy.Rule;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A hook of a TracingPolicy, as it is put together: where it is, what it looks at, and what it does. For one thread. */
final class TetragonHook {
    private static final int MAX_MESSAGE = 256;
    private static final long LOWER_HALF = 0xFFFFFFFFL;
    private static final long SOCK_NONBLOCK = 0x800;
    private static final long SOCK_CLOEXEC = 0x80000;

    private final String key;
    private final String name;
    private final boolean syscall;
    private List<Object> arguments = List.of();
    private List<Object> conditions = List.of();
    private int error;

    private TetragonHook(String key, String name, boolean syscall) {
        this.key = key;
        this.name = name;
        this.syscall = syscall;
    }

    /** A function of the kernel, by its name. */
    static TetragonHook function(String name) {
        return new TetragonHook("call", name, false);
    }

    /** The entry of a system call. */
    static TetragonHook entry(Syscall call) {
        return new TetragonHook("call", "sys_" + call.name(), true);
    }

    /** A hook of the kernel's security modules. */
    static TetragonHook module(String name) {
        return new TetragonHook("hook", name, false);
    }

    /** The arguments that are looked at, and what must hold of them. */
    TetragonHook where(List<Object> looked, List<Object> held) {
        arguments = looked;
        conditions = held;
        return this;
    }

    /** With what a call fails that is stopped here; without it the hook can only report. */
    TetragonHook failing(int code) {
        error = code;
        return this;
    }

    /** The hook for a rule, which stops calls only if the policy is active. */
    Map<String, Object> of(Rule rule, boolean active) {
        Map<String, Object> selector = new LinkedHashMap<>();
        if (!rule.program().isAny()) {
            TetragonCondition.of(rule.program())
                    .ifPresent(program -> selector.put("matchBinaries", List.of(binary(rule, program))));
        }
        if (!conditions.isEmpty()) {
            selector.put("matchArgs", conditions);
        }
        Map<String, Object> action = new LinkedHashMap<>();
        boolean stops = rule.action() == Action.DENY && active && error != 0;
        action.put("action", stops ? "Override" : "Post");
        if (stops) {
            action.put("argError", error);
        }
        selector.put("matchActions", List.of(action));
        Map<String, Object> hook = new LinkedHashMap<>();
        hook.put(key, name);
        if (key.equals("call")) {
            hook.put("syscall", syscall);
        }
        String message = Yaml.printable(rule.name());
        hook.put("message", message.substring(0, Math.min(message.length(), MAX_MESSAGE)));
        if (!arguments.isEmpty()) {
            hook.put("args", arguments);
        }
        hook.put("selectors", List.of(selector));
        return hook;
    }

    private static Map<String, Object> binary(Rule rule, TetragonCondition program) {
        Map<String, Object> binary = new LinkedHashMap<>();
        binary.put("operator", program.operator().equals("Equal") ? "In" : program.operator());
        binary.put("values", List.of(program.value()));
        if (rule.followChildren()) {
            binary.put("followChildren", true);
        }
        return binary;
    }

    /** Whether a rule that denies or monitors a number looks at the upper half of the register. */
    static boolean isWide(IntegerPattern number) {
        return (number.mask(Action.DENY) & ~LOWER_HALF) != 0;
    }

    static Map<String, Object> numbers(int place, IntegerPattern number, ArgumentRole role) {
        List<String> values = new ArrayList<>();
        for (long flags : role == ArgumentRole.TYPE
                ? new long[] {0, SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_NONBLOCK | SOCK_CLOEXEC}
                : new long[] {0}) {
            long bare = role == ArgumentRole.TYPE ? number.value() & ~(SOCK_NONBLOCK | SOCK_CLOEXEC) : number.value();
            values.add(Long.toUnsignedString((bare | flags) & (isWide(number) ? -1L : LOWER_HALF)));
        }
        Map<String, Object> match = new LinkedHashMap<>();
        match.put("index", place);
        match.put("operator", "Equal");
        match.put("values", values);
        return match;
    }

    static Map<String, Object> argument(int index, String type) {
        Map<String, Object> argument = new LinkedHashMap<>();
        argument.put("index", index);
        argument.put("type", type);
        return argument;
    }

    static Map<String, Object> match(String operator, List<String> values) {
        Map<String, Object> match = new LinkedHashMap<>();
        match.put("index", 0);
        match.put("operator", operator);
        match.put("values", values);
        return match;
    }
}
