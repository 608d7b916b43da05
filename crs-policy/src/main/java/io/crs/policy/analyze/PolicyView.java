package io.crs.policy.analyze;

import io.crs.policy.Action;
import io.crs.policy.AddressPattern;
import io.crs.policy.Evaluation;
import io.crs.policy.FilePath;
import io.crs.policy.Glob;
import io.crs.policy.IntegerPattern;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.PortPattern;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.RuleHeader;
import io.crs.policy.RuleType;
import io.crs.policy.Translation;
import io.crs.syscall.Arch;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A policy as the analysis sees it: for each shape of calls its parts and their defaults, as the reference evaluator
 * tells them, and for each rule the conditions that a call must meet for the rule to match a part.
 */
final class PolicyView {
    private static final Glob NOBODY = Glob.of("?");

    private final Policy policy;
    private final Arch arch;
    private final ReferenceEvaluator defaults;
    private final List<Syscall> named;

    /** Sees a policy as if it were active, so that rules can be judged before they are. */
    PolicyView(Policy policy, Arch arch) {
        this.policy = policy;
        this.arch = arch;
        this.defaults = ReferenceEvaluator.of(withoutMatches(policy), arch, LogMode.NONE);
        this.named = policy.rules().stream()
                .filter(rule -> !rule.inactive())
                .flatMap(rule -> rule instanceof Rule.SyscallRule call ? Stream.of(call.syscall()) : Stream.empty())
                .distinct()
                .toList();
    }

    /**
     * One part of the calls of a shape.
     *
     * @param type the rules about it, beside SYSCALL rules
     * @param second whether it is about the second file
     * @param inside whether it is about a file without a name in the folder that is the file
     * @param below whether it is about what lies below the file
     * @param onlyIfDenied whether it counts only where a rule denies it
     * @param otherwise what it comes to where no rule matches
     */
    record Part(
            Optional<RuleType> type,
            boolean second,
            boolean inside,
            boolean below,
            boolean onlyIfDenied,
            Action otherwise) {
        Part withoutDefault() {
            return new Part(type, second, inside, below, onlyIfDenied, Action.ALLOW);
        }

        /** Whether it has a say where a rule with an action decides it. */
        boolean counts(Action action) {
            return !onlyIfDenied || action == Action.DENY;
        }

        private static Part of(Evaluation.Part part) {
            boolean second =
                    part.path().equals(CallShape.SECOND) && !part.path().equals(FilePath.UNKNOWN);
            boolean inside = part.path().equals(CallShape.INSIDE);
            return new Part(part.type(), second, inside, part.below(), part.onlyIfDenied(), part.action());
        }
    }

    List<Rule> rules() {
        return policy.rules();
    }

    /** The parts of a shape's calls; none where nothing is evaluated. */
    List<Part> parts(CallShape shape) {
        return defaults.evaluate(shape.example()).parts().stream().map(Part::of).toList();
    }

    /** A policy with the same defaults everywhere, none of whose rules matches a call of no known program. */
    private static Policy withoutMatches(Policy policy) {
        Set<Object> seen = new HashSet<>();
        List<Rule> rules = policy.rules().stream()
                .filter(rule -> !rule.inactive())
                .filter(rule -> seen.add(rule instanceof Rule.SyscallRule named ? named.syscall() : rule.type()))
                .map(PolicyView::ofNobody)
                .toList();
        return policy.toBuilder().mode(PolicyMode.ACTIVE).rules(rules).build();
    }

    private static Rule ofNobody(Rule rule) {
        RuleHeader header = new RuleHeader(
                Optional.empty(),
                rule.name(),
                false,
                NOBODY,
                rule.action(),
                rule.severity(),
                List.of(),
                Optional.empty(),
                false);
        return withHeader(rule, header);
    }

    /** A rule that wants the same operands, with another header. */
    static Rule withHeader(Rule rule, RuleHeader header) {
        if (rule instanceof Rule.FileRule file) {
            return new Rule.FileRule(header, file.access(), file.file());
        }
        if (rule instanceof Rule.NetworkRule network) {
            return new Rule.NetworkRule(header, network.direction(), network.address(), network.port());
        }
        Rule.SyscallRule named = (Rule.SyscallRule) rule;
        return new Rule.SyscallRule(header, named.syscall(), named.syscallText(), named.arguments());
    }

    /** The calls that SYSCALL rules name and that make those rules be about a shape. */
    List<Syscall> named(CallShape shape) {
        return named.stream().filter(call -> covers(call, shape)).toList();
    }

    /** Whether a rule may match a part of a shape's calls, by what both are about. */
    boolean isAbout(Rule rule, CallShape shape, Part part) {
        if (rule.inactive()) {
            return false;
        }
        return rule instanceof Rule.SyscallRule named
                ? covers(named.syscall(), shape)
                : part.type().equals(Optional.of(rule.type()));
    }

    private boolean covers(Syscall named, CallShape shape) {
        return named.equals(shape.syscall())
                || (policy.translation() == Translation.COMPLETE && named.covers(shape.syscall(), shape.flags()));
    }

    /** Where a rule that is about a part matches it: where all conditions of one of these lists hold. */
    List<List<Condition>> conditions(Rule rule, CallShape shape, Part part) {
        if (rule instanceof Rule.SyscallRule named) {
            return byProgram(rule, arguments(named, shape));
        }
        if (rule instanceof Rule.NetworkRule network) {
            return byProgram(rule, List.of(conditions(network)));
        }
        Glob file = ((Rule.FileRule) rule).file();
        if (part.below()) {
            return above(rule, file, shape, part);
        }
        return byProgram(rule, part.inside() ? inside(file, rule) : named(file, part.second(), rule));
    }

    private static List<List<Condition>> inside(Glob file, Rule rule) {
        if (file.isAny()) {
            return List.of(List.of());
        }
        List<List<Condition>> conditions = new ArrayList<>();
        names(false, rule).forEach(operand -> conditions.add(List.of(new Condition.Inside(operand, file))));
        return conditions;
    }

    private List<List<Condition>> above(Rule rule, Glob file, CallShape shape, Part part) {
        if (file.isAny() || shape.directory().equals(Optional.of(false))) {
            return List.of();
        }
        List<List<Condition>> conditions = new ArrayList<>();
        for (Operand operand : names(part.second(), rule)) {
            conditions.add(
                    List.of(new Condition.Above(operand, file, shape.directory().isPresent())));
        }
        return byProgram(rule, conditions);
    }

    /** Where the walk over the rules that name something below a folder ends behind this rule. */
    List<List<Condition>> ends(Rule rule, CallShape shape, Part part) {
        if (rule instanceof Rule.SyscallRule) {
            return conditions(rule, shape, part);
        }
        Glob file = ((Rule.FileRule) rule).file();
        if (file.isAny()) {
            return byProgram(rule, List.of(List.of()));
        }
        List<List<Condition>> conditions = new ArrayList<>();
        if (file.isPrefix()) {
            names(part.second(), rule).forEach(operand -> conditions.add(List.of(new Condition.Over(operand, file))));
        }
        return byProgram(rule, conditions);
    }

    /** The names of a file that a rule looks at: what a rule allows must really be the file. */
    private static List<Operand> names(boolean second, Rule rule) {
        return rule.action() == Action.ALLOW
                ? List.of(Operand.resolved(second))
                : List.of(Operand.resolved(second), Operand.requested(second));
    }

    private static List<List<Condition>> named(Glob file, boolean second, Rule rule) {
        if (file.isAny()) {
            return List.of(List.of());
        }
        List<List<Condition>> conditions = new ArrayList<>();
        names(second, rule).forEach(operand -> conditions.add(List.of(new Condition.Named(operand, file))));
        return conditions;
    }

    private static List<Condition> conditions(Rule.NetworkRule rule) {
        List<Condition> conditions = new ArrayList<>();
        if (!rule.address().isAny()) {
            conditions.add(new Condition.Addressed(Operand.ADDRESS, rule.address()));
        }
        if (!rule.port().isAny()) {
            boolean outbound = rule.direction() == Rule.Direction.OUTBOUND;
            conditions.add(new Condition.Port(outbound ? Operand.PORT : Operand.LOCAL_PORT, rule.port()));
        }
        return conditions;
    }

    private List<List<Condition>> arguments(Rule.SyscallRule rule, CallShape shape) {
        List<List<Condition>> all = List.of(List.of());
        for (int place = 0; place < Syscall.ARGUMENTS; place++) {
            all = each(all, argument(rule, shape, place));
        }
        return all;
    }

    private List<List<Condition>> argument(Rule.SyscallRule rule, CallShape shape, int place) {
        String text = rule.arguments().get(place);
        ArgumentRole role = shape.syscall().roles().get(place);
        return switch (role) {
            case FILENAME, OLD -> named(Glob.of(text), false, rule);
            case NEW -> named(Glob.of(text), true, rule);
            case PORT -> one(PortPattern.of(text).isAny(), new Condition.Port(Operand.PORT, PortPattern.of(text)));
            case LOCAL_PORT ->
                one(PortPattern.of(text).isAny(), new Condition.Port(Operand.LOCAL_PORT, PortPattern.of(text)));
            case ADDRESS -> {
                AddressPattern pattern = AddressPattern.of(text);
                yield one(pattern.isAny(), new Condition.Addressed(Operand.ADDRESS, pattern));
            }
            case NAME -> one(Glob.ofName(text).isAny(), new Condition.Named(Operand.NAME, Glob.ofName(text)));
            case DOMAIN, TYPE, PROTOCOL, RAW -> {
                IntegerPattern pattern = IntegerPattern.of(text, role, arch);
                yield one(pattern.isAny(), new Condition.Numeric(Operand.argument(place), pattern, rule.action()));
            }
        };
    }

    private static List<List<Condition>> one(boolean any, Condition test) {
        return List.of(any ? List.of() : List.of(test));
    }

    private static List<List<Condition>> byProgram(Rule rule, List<List<Condition>> conditions) {
        if (rule.program().isAny()) {
            return conditions;
        }
        List<List<Condition>> programs = new ArrayList<>(List.of(
                List.of(new Condition.Named(Operand.PROGRAM, rule.program())),
                List.of(new Condition.Named(Operand.EXEC, rule.program()))));
        if (rule.followChildren()) {
            programs.add(List.of(new Condition.Named(Operand.ANCESTORS, rule.program())));
        }
        return each(programs, conditions);
    }

    /** Every list of one with every list of the other. */
    private static List<List<Condition>> each(List<List<Condition>> some, List<List<Condition>> others) {
        List<List<Condition>> all = new ArrayList<>();
        for (List<Condition> one : some) {
            for (List<Condition> other : others) {
                List<Condition> both = new ArrayList<>(one);
                both.addAll(other);
                all.add(both);
            }
        }
        return all;
    }
}
