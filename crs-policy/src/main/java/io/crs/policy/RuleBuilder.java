package io.crs.policy;

import io.crs.syscall.Syscall;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Rule}: optional settings in any order, then the action, which gives the rule. A rule without a name is
 * named for what it is about. For one thread.
 *
 * @param <B> the builder's own type
 */
public abstract sealed class RuleBuilder<B extends RuleBuilder<B>> {
    private Optional<String> id = Optional.empty();
    private @Nullable String name;
    private boolean inactive;
    private Glob program = Glob.ANY;
    private OptionalInt severity = OptionalInt.empty();
    private List<String> tags = List.of();
    private Optional<String> message = Optional.empty();
    private boolean followChildren;

    private RuleBuilder() {}

    /** The name for people. */
    public B named(String text) {
        name = text;
        return self();
    }

    /** The identifier, unique in the policy. */
    public B id(String text) {
        id = Optional.of(text);
        return self();
    }

    /** The programs whose calls the rule is about, as a {@link Glob}; all of them if not called. */
    public B by(String programs) {
        program = Glob.of(programs);
        return self();
    }

    /** Makes the rule also about the descendants of its programs. */
    public B followChildren() {
        followChildren = true;
        return self();
    }

    /** Switches the rule off. */
    public B inactive() {
        inactive = true;
        return self();
    }

    /** How grave a hit is, 0 to 10. */
    public B severity(int level) {
        severity = OptionalInt.of(level);
        return self();
    }

    /** Labels the events carry. */
    public B tags(String... labels) {
        tags = List.of(labels);
        return self();
    }

    /** A text the events carry. */
    public B message(String text) {
        message = Optional.of(text);
        return self();
    }

    /** The rule that lets such calls through. */
    public Rule allow() {
        return build(Action.ALLOW);
    }

    /** The rule that lets such calls through and reports them. */
    public Rule monitor() {
        return build(Action.MONITOR);
    }

    /** The rule that makes such calls fail. */
    public Rule deny() {
        return build(Action.DENY);
    }

    private Rule build(Action action) {
        String called = name == null ? describe() : name;
        return build(new RuleHeader(id, called, inactive, program, action, severity, tags, message, followChildren));
    }

    abstract B self();

    abstract String describe();

    abstract Rule build(RuleHeader header);

    /** Makes a rule about files. */
    public static final class OfFile extends RuleBuilder<OfFile> {
        private final Rule.Access access;
        private final Glob file;

        OfFile(Rule.Access access, Glob file) {
            this.access = access;
            this.file = file;
        }

        @Override
        OfFile self() {
            return this;
        }

        @Override
        String describe() {
            return access + " " + shorten(file.text());
        }

        @Override
        Rule build(RuleHeader header) {
            return new Rule.FileRule(header, access, file);
        }
    }

    /** Makes a rule about connections. */
    public static final class OfNetwork extends RuleBuilder<OfNetwork> {
        private final Rule.Direction direction;
        private final AddressPattern address;
        private PortPattern port = PortPattern.ANY;

        OfNetwork(Rule.Direction direction, AddressPattern address) {
            this.direction = direction;
            this.address = address;
        }

        /** The ports; all of them if not called. */
        public OfNetwork ports(int... numbers) {
            return ports(IntStream.of(numbers).mapToObj(Integer::toString).collect(Collectors.joining(",")));
        }

        /** The ports, as a {@link PortPattern}; all of them if not called. */
        public OfNetwork ports(String pattern) {
            port = PortPattern.of(pattern);
            return this;
        }

        @Override
        OfNetwork self() {
            return this;
        }

        @Override
        String describe() {
            return shorten(direction + " " + address.text() + (port.isAny() ? "" : " port " + port.text()));
        }

        @Override
        Rule build(RuleHeader header) {
            return new Rule.NetworkRule(header, direction, address, port);
        }
    }

    /** Makes a rule about a system call. */
    public static final class OfSyscall extends RuleBuilder<OfSyscall> {
        private final Syscall syscall;
        private final String text;
        private final String[] arguments = new String[Syscall.ARGUMENTS];

        OfSyscall(Syscall syscall, String text) {
            this.syscall = syscall;
            this.text = text;
            Arrays.fill(arguments, "");
        }

        /**
         * The pattern of one argument; any if not called.
         *
         * @param number 1 to 3
         * @param pattern a pattern of the argument's role
         */
        public OfSyscall arg(int number, String pattern) {
            if (number < 1 || number > Syscall.ARGUMENTS) {
                throw new IllegalArgumentException("a rule has arguments 1 to 3, not " + number);
            }
            arguments[number - 1] = pattern;
            return this;
        }

        @Override
        OfSyscall self() {
            return this;
        }

        @Override
        String describe() {
            return shorten(text + " " + String.join(" ", arguments).strip()).strip();
        }

        @Override
        Rule build(RuleHeader header) {
            return new Rule.SyscallRule(header, syscall, text, List.of(arguments));
        }
    }

    private static String shorten(String text) {
        int length = text.codePointCount(0, text.length());
        return length <= RuleHeader.MAX_LABEL
                ? text
                : text.substring(0, text.offsetByCodePoints(0, RuleHeader.MAX_LABEL - 1)) + "…";
    }
}
