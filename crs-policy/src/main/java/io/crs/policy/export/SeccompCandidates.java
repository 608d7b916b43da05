package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.AddressPattern;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.RuleType;
import io.crs.policy.Translation;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of a policy that bear on each system call, as few as say all. A filter sees neither programs nor names, so
 * that of many rules of one type and action which it cannot tell apart the first stands for all.
 */
final class SeccompCandidates {
    /** More rules about numbers in one call than this are not told apart. */
    private static final int MAX_NUMBERED = 64;

    /**
     * Rules that look alike to a filter.
     *
     * @param rule the first of them
     * @param index its place in the policy
     * @param members the places of all
     */
    record Alike(Rule rule, int index, List<Integer> members) {}

    private record Kind(RuleType type, Action action) {}

    private record NamedKind(Syscall named, Action action) {}

    private final Policy policy;
    private final List<Alike> effects = new ArrayList<>();
    private final Map<Syscall, List<Integer>> bySyscall = new HashMap<>();
    private final Map<String, List<Integer>> byGroup = new HashMap<>();

    SeccompCandidates(Policy policy) {
        this.policy = policy;
        Map<Kind, Alike> kinds = new LinkedHashMap<>();
        Set<RuleType> closed = new HashSet<>();
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule rule = policy.rules().get(i);
            if (rule.inactive()) {
                continue;
            }
            if (rule instanceof Rule.SyscallRule named) {
                bySyscall
                        .computeIfAbsent(named.syscall(), call -> new ArrayList<>())
                        .add(i);
                int index = i;
                named.syscall().group().ifPresent(group -> byGroup.computeIfAbsent(group, name -> new ArrayList<>())
                        .add(index));
            } else if (!closed.contains(rule.type())) {
                if (isAny(rule)) {
                    effects.add(new Alike(rule, i, List.of(i)));
                    closed.add(rule.type());
                } else {
                    int index = i;
                    kinds.computeIfAbsent(new Kind(rule.type(), rule.action()), kind -> {
                                Alike first = new Alike(rule, index, new ArrayList<>());
                                effects.add(first);
                                return first;
                            })
                            .members()
                            .add(i);
                }
            }
        }
    }

    private static boolean isAny(Rule rule) {
        boolean any = rule instanceof Rule.FileRule file
                ? file.file().isAny()
                : rule instanceof Rule.NetworkRule network
                        && network.address() instanceof AddressPattern.Any
                        && network.port().isAny();
        return any && rule.program().isAny();
    }

    /** The places of the SYSCALL rules that name a call, or a sibling where siblings count. */
    private List<Integer> named(Syscall call) {
        boolean siblings =
                policy.translation() == Translation.COMPLETE && call.group().isPresent();
        return siblings ? byGroup.getOrDefault(call.group().get(), List.of()) : bySyscall.getOrDefault(call, List.of());
    }

    /** Whether a rule names a call, or a sibling where siblings count. */
    boolean isNamed(Syscall call) {
        return !named(call).isEmpty();
    }

    /** Whether a call has so few rules about numbers that they can be told apart. */
    boolean isDivisible(Syscall call) {
        return named(call).size() <= MAX_NUMBERED;
    }

    /** The rules that bear on a call, in the order of the policy. */
    List<Alike> of(Syscall call) {
        List<Alike> all = new ArrayList<>();
        boolean few = isDivisible(call);
        Map<NamedKind, Alike> kinds = new HashMap<>();
        for (int i : named(call)) {
            Rule.SyscallRule rule = (Rule.SyscallRule) policy.rules().get(i);
            if (few) {
                all.add(new Alike(rule, i, List.of(i)));
            } else {
                kinds.computeIfAbsent(new NamedKind(rule.syscall(), rule.action()), kind -> {
                            Alike first = new Alike(rule, i, new ArrayList<>());
                            all.add(first);
                            return first;
                        })
                        .members()
                        .add(i);
            }
        }
        if (hasEffect(call.operation())) {
            all.addAll(effects);
        }
        all.sort(Comparator.comparingInt(Alike::index));
        return all;
    }

    private static boolean hasEffect(OperationClass operation) {
        return switch (operation) {
            case OPEN, READ, WRITE, RENAME, LINK, CONNECT, SEND, ACCEPT -> true;
            case EXEC, NAME, NONE -> false;
        };
    }
}
