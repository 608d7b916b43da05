package io.crs.policy.compile;

import io.crs.policy.Action;
import io.crs.policy.AddressPattern;
import io.crs.policy.Glob;
import io.crs.policy.IntegerPattern;
import io.crs.policy.PortPattern;
import io.crs.policy.Rule;
import io.crs.policy.RuleHeader;
import io.crs.policy.RuleType;
import io.crs.syscall.Arch;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.FlagCondition;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.TreeMap;

/** The section of rules, and those of what rules refer to, while they are written. */
final class RuleRecords {
    private final Arch arch;
    private final StringPool strings = new StringPool();
    private final RunPool tags = new RunPool();
    private final MatcherPool matchers = new MatcherPool(strings);
    private final SectionBytes rules = new SectionBytes();
    /** By their bytes, so that the section is in the order the C reader would sort it. */
    private final TreeMap<byte[], Integer> literals = new TreeMap<>(
            Comparator.comparing(bytes -> bytes, (byte[] one, byte[] other) -> Arrays.compareUnsigned(one, other)));

    RuleRecords(Arch arch) {
        this.arch = arch;
    }

    /** Adds a rule and gives its place. */
    int add(int index, Rule rule) {
        int at = rules.grow(TableLayout.RULE_SIZE);
        RuleHeader header = rule.header();
        rules.put8(at + TableLayout.RULE_TYPE, Codes.RULE_TYPES.of(rule.type()));
        rules.put8(at + TableLayout.RULE_ACTION, Codes.ACTIONS.of(header.action()));
        rules.put8(at + TableLayout.RULE_BITS, header.followChildren() ? TableLayout.FOLLOW_CHILDREN : 0);
        rules.put8(at + TableLayout.RULE_SEVERITY, header.severity().orElse(TableLayout.NO_SEVERITY));
        rules.put32(at + TableLayout.RULE_INDEX, index);
        rules.put32(at + TableLayout.RULE_PROGRAM, matchers.glob(header.program()));
        rules.put32(at + TableLayout.RULE_NAME, strings.put(header.name()));
        rules.put32(at + TableLayout.RULE_ID, strings.put(header.id()));
        rules.put32(at + TableLayout.RULE_MESSAGE, strings.put(header.message()));
        rules.put32(
                at + TableLayout.RULE_TAGS,
                tags.put(header.tags().stream().map(strings::put).toList()));
        if (rule instanceof Rule.FileRule file) {
            operand(at, 0, file(file.file(), file));
        } else if (rule instanceof Rule.NetworkRule network) {
            operand(at, 0, matchers.address(network.address()));
            operand(at, 1, matchers.ports(network.port()));
        } else if (rule instanceof Rule.SyscallRule call) {
            addSyscall(at, call);
        }
        return at / TableLayout.RULE_SIZE;
    }

    private void addSyscall(int at, Rule.SyscallRule rule) {
        for (int i = 0; i < TableLayout.OPERANDS; i++) {
            ArgumentRole role = rule.syscall().roles().get(i);
            int matcher = argument(rule, role, rule.arguments().get(i));
            operand(at, i, matcher);
            rules.put8(at + TableLayout.RULE_ROLES + i, matcher == 0 ? TableLayout.ROLE_ANY : code(role));
        }
        FlagCondition condition = rule.syscall().flags().orElse(new FlagCondition(0, 0));
        rules.put32(at + TableLayout.RULE_FLAGS_MASK, condition.mask());
        rules.put32(at + TableLayout.RULE_FLAGS_VALUE, condition.value());
    }

    private void operand(int at, int i, int matcher) {
        rules.put32(at + TableLayout.RULE_OPERANDS + Integer.BYTES * i, matcher);
    }

    private int argument(Rule.SyscallRule rule, ArgumentRole role, String text) {
        return switch (role) {
            case FILENAME, OLD, NEW -> file(Glob.of(text), rule);
            case NAME -> matchers.name(Glob.ofName(text));
            case PORT, LOCAL_PORT -> matchers.ports(PortPattern.of(text));
            case ADDRESS -> matchers.address(AddressPattern.of(text));
            case DOMAIN, TYPE, PROTOCOL, RAW -> matchers.integer(IntegerPattern.of(text, role, arch), rule.action());
        };
    }

    private static int code(ArgumentRole role) {
        return switch (role) {
            case FILENAME, OLD -> TableLayout.ROLE_PATH;
            case NEW -> TableLayout.ROLE_NEW_PATH;
            case PORT -> TableLayout.ROLE_PORT;
            case LOCAL_PORT -> TableLayout.ROLE_LOCAL_PORT;
            case ADDRESS -> TableLayout.ROLE_ADDRESS;
            case NAME -> TableLayout.ROLE_NAME;
            case DOMAIN, TYPE, PROTOCOL, RAW -> TableLayout.ROLE_INTEGER;
        };
    }

    /** A file pattern. A literal one that denies or monitors also names the file by its other links. */
    private int file(Glob glob, Rule rule) {
        if (glob.isLiteral() && glob.literalPrefix().startsWith("/") && rule.action() != Action.ALLOW) {
            literals.merge(
                    glob.literalPrefix().getBytes(StandardCharsets.UTF_8), kind(rule.type()), (one, two) -> one | two);
        }
        return matchers.glob(glob);
    }

    private static int kind(RuleType type) {
        return switch (type) {
            case READ -> TableLayout.LITERAL_READ;
            case WRITE -> TableLayout.LITERAL_WRITE;
            default -> TableLayout.LITERAL_SYSCALL;
        };
    }

    /** The section of literals, whose strings are added now. */
    SectionBytes literals() {
        SectionBytes section = new SectionBytes();
        literals.forEach((path, kinds) -> {
            int at = section.grow(TableLayout.LITS_SIZE);
            section.put32(at, strings.put(new String(path, StandardCharsets.UTF_8)));
            section.put8(at + TableLayout.LITS_KINDS, kinds);
        });
        return section;
    }

    StringPool strings() {
        return strings;
    }

    RunPool tags() {
        return tags;
    }

    MatcherPool matchers() {
        return matchers;
    }

    SectionBytes rules() {
        return rules;
    }
}
