package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.AddressPattern;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.Glob;
import io.crs.policy.IntegerPattern;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.PortPattern;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.RuleHeader;
import io.crs.syscall.Arch;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * What a policy says about one system call as far as its registers show it.
 *
 * <p>In a set of register contents each rule matches, does not, or may match: a program, a path, an address cannot be
 * seen. The mildest and the strictest action a call may come to are found by asking the reference evaluator about
 * policies in which the rules that may match do, or do not. Only what both agree on is the policy's; elsewhere the
 * milder counts, so that a filter never stops what the policy lets through. Sets are halved, bit by bit, where a number
 * that a rule asks for divides them.
 */
final class SeccompCall {
    /** More sets than this and the numbers are left aside: the filter would not fit the kernel's bound. */
    private static final int MAX_CUBES = 256;

    private static final long LOWER_HALF = 0xFFFFFFFFL;

    private static final Glob NO_PROGRAM = Glob.literal("/");

    /** A set of register contents, and the action for it. */
    record Region(Cube cube, Action action) {}

    /** Whether a rule matches in a set of register contents, as far as it can be told. */
    enum Match {
        NEVER,
        MAYBE,
        ALWAYS
    }

    private final Policy policy;
    private final Arch arch;
    private final Syscall call;
    private final List<Rule> rules;
    private final OptionalInt flagRegister;
    private final List<Integer> flagBits;
    private final SeccompVariants variants;
    private boolean exhausted;

    /**
     * The view of a call.
     *
     * @param rules the rules that bear on it, in order; rules that can make no difference may be missing
     * @param divisible whether register contents may be told apart
     */
    SeccompCall(Policy policy, Arch arch, Syscall call, List<Rule> rules, boolean divisible) {
        this.policy =
                policy.toBuilder().mode(PolicyMode.ACTIVE).rules(List.of()).build();
        this.arch = arch;
        this.call = call;
        this.rules = rules;
        exhausted = !divisible;
        flagRegister = SeccompFlags.register(call);
        flagBits = SeccompFlags.bits(call);
        variants = new SeccompVariants(call, policy.driftAction() != Action.ALLOW);
    }

    /** The call's register contents, divided into sets that do not meet. */
    List<Region> regions() {
        List<Region> regions = new ArrayList<>();
        divide(Cube.whole(), regions);
        if (regions.size() > MAX_CUBES) {
            exhausted = true;
            regions.clear();
            divide(Cube.whole(), regions);
        }
        return regions;
    }

    private void divide(Cube cube, List<Region> regions) {
        if (regions.size() > MAX_CUBES) {
            return;
        }
        Action mildest = least(cube);
        Optional<Bit> bit = mildest == most(cube) ? Optional.empty() : nextBit(cube);
        if (bit.isEmpty()) {
            regions.add(new Region(cube, mildest));
        } else {
            divide(cube.with(bit.get().register, bit.get().bit, true), regions);
            divide(cube.with(bit.get().register, bit.get().bit, false), regions);
        }
    }

    private record Bit(int register, long bit) {}

    /** A bit by which a set can be divided so that more is known of it: of the flags, or of a number in a rule. */
    private Optional<Bit> nextBit(Cube cube) {
        if (exhausted) {
            return Optional.empty();
        }
        if (flagRegister.isPresent()) {
            int register = flagRegister.getAsInt();
            for (int bit : flagBits) {
                if ((cube.mask(register) & Integer.toUnsignedLong(bit)) == 0) {
                    return Optional.of(new Bit(register, Integer.toUnsignedLong(bit)));
                }
            }
        }
        for (Rule rule : rules) {
            if (rule instanceof Rule.SyscallRule named && match(rule, cube) == Match.MAYBE) {
                for (int i = 0; i < Syscall.ARGUMENTS; i++) {
                    Optional<IntegerPattern> pattern = number(named, i).filter(number -> !number.isAny());
                    long open =
                            pattern.map(number -> number.mask(rule.action())).orElse(0L) & ~cube.mask(i);
                    if (open != 0) {
                        // The lower half first: all rules about a register look at it, so that they divide it alike.
                        long half = (open & LOWER_HALF) != 0 ? open & LOWER_HALF : open;
                        return Optional.of(new Bit(i, Long.highestOneBit(half)));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Whether a rule matches in a set of register contents, its flags aside. */
    Match match(Rule rule, Cube cube) {
        Match match = rule.program().isAny() ? Match.ALWAYS : Match.MAYBE;
        if (rule instanceof Rule.FileRule file) {
            return file.file().isAny() ? match : Match.MAYBE;
        }
        if (rule instanceof Rule.NetworkRule network) {
            return network.address().isAny() && network.port().isAny() ? match : Match.MAYBE;
        }
        return match((Rule.SyscallRule) rule, match, cube);
    }

    private Match match(Rule.SyscallRule rule, Match byProgram, Cube cube) {
        Match match = byProgram;
        for (int i = 0; i < Syscall.ARGUMENTS; i++) {
            Optional<IntegerPattern> number = number(rule, i);
            if (number.isEmpty()) {
                match = isAny(rule, i) ? match : Match.MAYBE;
            } else if (!number.get().isAny()) {
                switch (cube.relation(
                        i, number.get().mask(rule.action()), number.get().value())) {
                    case FAILS -> {
                        return Match.NEVER;
                    }
                    case SPLITS -> match = Match.MAYBE;
                    case HOLDS -> {}
                }
            }
        }
        return match;
    }

    /** The number that an argument of a rule asks for in this call; empty if it asks for something else. */
    private Optional<IntegerPattern> number(Rule.SyscallRule rule, int place) {
        return switch (call.roles().get(place)) {
            case DOMAIN, TYPE, PROTOCOL, RAW ->
                Optional.of(IntegerPattern.of(
                        rule.arguments().get(place), call.roles().get(place), arch));
            default -> Optional.empty();
        };
    }

    private boolean isAny(Rule.SyscallRule rule, int place) {
        String text = rule.arguments().get(place);
        return switch (call.roles().get(place)) {
            case FILENAME, OLD, NEW -> Glob.of(text).isAny();
            case NAME -> Glob.ofName(text).isAny();
            case PORT, LOCAL_PORT -> PortPattern.of(text).isAny();
            case ADDRESS -> AddressPattern.of(text).isAny();
            case DOMAIN, TYPE, PROTOCOL, RAW -> true;
        };
    }

    private Action least(Cube cube) {
        Action first = bound(cube, SeccompDoubt.MILDEST, false);
        Action second = bound(cube, SeccompDoubt.MILDEST_MONITORED, false);
        return first.compareTo(second) <= 0 ? first : second;
    }

    private Action most(Cube cube) {
        Action first = bound(cube, SeccompDoubt.STRICTEST, true);
        Action second = bound(cube, SeccompDoubt.STRICTEST_MONITORED, true);
        return first.compareTo(second) >= 0 ? first : second;
    }

    private Action bound(Cube cube, SeccompDoubt doubt, boolean strictest) {
        ReferenceEvaluator evaluator = evaluator(policy, rule -> switch (match(rule, cube)) {
            case ALWAYS -> true;
            case MAYBE -> doubt.matches(rule.action());
            case NEVER -> false;
        });
        Action bound = strictest ? Action.ALLOW : Action.DENY;
        for (Call variant : variants.of(cube)) {
            Action action = evaluator.decide(variant).action();
            if (strictest == action.isStricterThan(bound) && action != bound) {
                bound = action;
            }
        }
        return bound;
    }

    private ReferenceEvaluator evaluator(Policy base, Function<Rule, Boolean> matches) {
        return ReferenceEvaluator.of(
                base.toBuilder()
                        .rules(rules.stream()
                                .map(rule -> always(rule, matches.apply(rule)))
                                .toList())
                        .build(),
                arch,
                LogMode.NONE);
    }

    /** The rule without its conditions; or with one that no call of unknown program meets. */
    private static Rule always(Rule rule, boolean matches) {
        RuleHeader header = new RuleHeader(
                Optional.empty(),
                rule.name(),
                false,
                matches ? Glob.ANY : NO_PROGRAM,
                rule.action(),
                OptionalInt.empty(),
                List.of(),
                Optional.empty(),
                false);
        if (rule instanceof Rule.FileRule file) {
            return new Rule.FileRule(header, file.access(), Glob.ANY);
        }
        if (rule instanceof Rule.NetworkRule network) {
            return new Rule.NetworkRule(header, network.direction(), AddressPattern.of("*"), PortPattern.ANY);
        }
        Rule.SyscallRule named = (Rule.SyscallRule) rule;
        return new Rule.SyscallRule(header, named.syscall(), named.syscallText(), List.of("", "", ""));
    }

    /** Whether a rule may have a say about calls in a set, no earlier rule having it for sure. */
    boolean mayDecide(int index, Cube cube) {
        Rule rule = rules.get(index);
        if (match(rule, cube) == Match.NEVER) {
            return false;
        }
        ReferenceEvaluator evaluator = evaluator(
                policy.toBuilder()
                        .defaults(Category.FILE, Action.ALLOW)
                        .defaults(Category.NETWORK, Action.ALLOW)
                        .defaults(Category.EXECUTE, Action.ALLOW)
                        .driftAction(Action.ALLOW)
                        .build(),
                each -> each == rule);
        return variants.of(cube).stream()
                .anyMatch(variant -> evaluator.decide(variant).ruleIndex() == index && !isHidden(index, cube, variant));
    }

    private boolean isHidden(int index, Cube cube, Call variant) {
        for (int i = 0; i < index; i++) {
            Rule earlier = rules.get(i);
            boolean same = earlier.type() == rules.get(index).type() && !(earlier instanceof Rule.SyscallRule);
            boolean whole =
                    earlier instanceof Rule.SyscallRule named && named.syscall().covers(call, variant.flags());
            if ((same || whole) && match(earlier, cube) == Match.ALWAYS) {
                return true;
            }
        }
        return false;
    }

    /** Whether a default, or the drift action, may deny calls in a set. */
    boolean mayDenyByDefault(Cube cube) {
        ReferenceEvaluator evaluator = evaluator(policy, rule -> match(rule, cube) == Match.ALWAYS);
        return variants.of(cube).stream()
                .map(evaluator::decide)
                .anyMatch(decision -> decision.isDefault() && decision.action() == Action.DENY);
    }
}
