package io.crs.policy.analyze;

import io.crs.policy.Action;
import io.crs.policy.AddressPattern;
import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.policy.Glob;
import io.crs.policy.IntegerPattern;
import io.crs.policy.PortPattern;
import java.util.List;

/** Something a rule wants of one operand, and no rule wants of what is not known. Equal conditions accept the same. */
sealed interface Condition {
    Operand operand();

    boolean accepts(Value value);

    /** Whether all conditions of one of some lists hold for a call. */
    static boolean hold(List<List<Condition>> lists, Call call) {
        return lists.stream().anyMatch(conditions -> conditions.stream()
                .allMatch(each -> each.accepts(each.operand().of(call))));
    }

    /** Whether a value can meet both this condition and another of the same operand; true where that is not known. */
    default boolean canMeet(Condition other) {
        return true;
    }

    /** A name that a glob matches. */
    record Named(Operand operand, Glob glob) implements Condition {
        @Override
        public boolean canMeet(Condition other) {
            return operand == Operand.ANCESTORS
                    || !(other instanceof Named named)
                    || (canContinue(glob.literalPrefix(), named.glob.literalPrefix()) && glob.intersects(named.glob));
        }

        private static boolean canContinue(String one, String other) {
            return one.startsWith(other) || other.startsWith(one);
        }

        @Override
        public boolean accepts(Value value) {
            return value instanceof Value.Names names
                    ? names.texts().stream().anyMatch(glob::matches)
                    : value.name().filter(glob::matches).isPresent();
        }
    }

    /** A folder in which a glob matches a file without a name. */
    record Inside(Operand operand, Glob glob) implements Condition {
        @Override
        public boolean accepts(Value value) {
            return value.name()
                    .map(name -> name.isEmpty() ? name : Above.below(name) + "#")
                    .filter(glob::matches)
                    .isPresent();
        }
    }

    /**
     * A folder below which a glob names something.
     *
     * @param folder whether it is known to be a folder, so that it is enough that the glob can match
     */
    record Above(Operand operand, Glob glob, boolean folder) implements Condition {
        @Override
        public boolean accepts(Value value) {
            return value.name()
                    .map(Above::below)
                    .filter(below ->
                            folder ? glob.canBegin(below) : glob.literalPrefix().startsWith(below))
                    .isPresent();
        }

        /** How all names below a folder begin. */
        static String below(String folder) {
            return folder.endsWith("/") ? folder : folder + "/";
        }
    }

    /** A folder below which a glob matches everything. */
    record Over(Operand operand, Glob glob) implements Condition {
        @Override
        public boolean accepts(Value value) {
            return glob.isPrefix()
                    && value.name()
                            .map(Above::below)
                            .filter(below -> below.startsWith(glob.literalPrefix()))
                            .isPresent();
        }
    }

    /** An address that a pattern matches. */
    record Addressed(Operand operand, AddressPattern pattern) implements Condition {
        @Override
        public boolean canMeet(Condition other) {
            return !(pattern instanceof AddressPattern.Range one)
                    || !(other instanceof Addressed addressed)
                    || !(addressed.pattern instanceof AddressPattern.Range two)
                    || (one.low().isIpv4() == two.low().isIpv4()
                            && one.low().compareTo(two.high()) <= 0
                            && two.low().compareTo(one.high()) <= 0);
        }

        @Override
        public boolean accepts(Value value) {
            if (!(value instanceof Value.Address address)) {
                return false;
            }
            if (address.endpoint() instanceof Endpoint.Inet inet) {
                return pattern.matches(inet.address());
            }
            return pattern instanceof AddressPattern.TextGlob text
                    && address.endpoint() instanceof Endpoint.Other other
                    && text.glob().matches(other.text());
        }
    }

    /** A port that a pattern matches. */
    record Port(Operand operand, PortPattern pattern) implements Condition {
        @Override
        public boolean canMeet(Condition other) {
            return !(other instanceof Port port)
                    || pattern.ranges().stream().anyMatch(one -> port.pattern.ranges().stream()
                            .anyMatch(two -> one.low() <= two.high() && two.low() <= one.high()));
        }

        @Override
        public boolean accepts(Value value) {
            return value.known().isPresent()
                    && pattern.matches((int) value.known().getAsLong());
        }
    }

    /** A number that a pattern matches, as rules of an action compare it. */
    record Numeric(Operand operand, IntegerPattern pattern, Action action) implements Condition {
        @Override
        public boolean accepts(Value value) {
            return value.known().isPresent() && pattern.matches(value.known().getAsLong(), action);
        }
    }
}
