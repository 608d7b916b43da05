package io.crs.policy;

import io.crs.syscall.Syscall;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** The reader of Layered Insight's table of rules: one rule about a system call a line, fields by commas. */
final class LayeredInsightTable {
    private static final List<String> FIELDS = List.of("name", "program", "action", "syscall", "arg1", "arg2", "arg3");
    private static final int ACTION = 2;
    private static final int FIRST_ARGUMENT = 4;
    /** What the tool that wrote such tables put for an absent value. */
    private static final String ABSENT = "None";

    private final String name;
    private final ProblemList problems = new ProblemList("problems");
    private final ProblemList warnings = new ProblemList("warnings");
    private final List<Rule> rules = new ArrayList<>();
    private int line;

    LayeredInsightTable(String name) {
        this.name = name;
    }

    ImportedPolicy read(InputStream in) throws IOException, InvalidPolicyException {
        byte[] bytes = in.readNBytes(Policy.MAX_DOCUMENT + 1);
        if (bytes.length > Policy.MAX_DOCUMENT) {
            throw refused("the table is longer than " + (Policy.MAX_DOCUMENT >> 20) + " MiB");
        }
        read(text(bytes));
        if (problems.count() > 0) {
            throw new InvalidPolicyException(problems.toList());
        }
        try {
            return new ImportedPolicy(Policy.named(name).rules(rules).build(), warnings.toList());
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    private static InvalidPolicyException refused(String message) {
        return new InvalidPolicyException(List.of(new Problem("", message)));
    }

    private static String text(byte[] bytes) throws InvalidPolicyException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw refused("the table is not UTF-8");
        }
    }

    private void read(String text) {
        for (String each : (Iterable<String>) text.lines()::iterator) {
            line++;
            if (each.isBlank() || (line == 1 && each.strip().equalsIgnoreCase(String.join(",", FIELDS)))) {
                continue;
            }
            if (rules.size() == Policy.MAX_RULES) {
                problem(0, "a policy has at most " + Policy.MAX_RULES + " rules");
                return;
            }
            split(each).ifPresent(this::rule);
        }
    }

    private void problem(int field, String message) {
        problems.add(() -> "/lines/" + line + "/" + FIELDS.get(field), message);
    }

    private void warning(int field, String message) {
        warnings.add(() -> "/lines/" + line + "/" + FIELDS.get(field), message);
    }

    /** The fields of the line, also where a comma stands behind the last; quotes as in RFC 4180, within one line. */
    private Optional<List<String>> split(String text) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i <= text.length() && fields.size() <= FIELDS.size() + 1; i++) {
            char c = i < text.length() ? text.charAt(i) : ',';
            if (quoted && i == text.length()) {
                problem(Math.min(fields.size(), FIELDS.size() - 1), "the quotes are not closed");
                return Optional.empty();
            } else if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (c == '"' && (quoted || field.isEmpty())) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString().strip());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        boolean trailing =
                fields.size() == FIELDS.size() + 1 && fields.get(FIELDS.size()).isEmpty();
        if (fields.size() != FIELDS.size() && !trailing) {
            String count = fields.size() > FIELDS.size() ? "more than " + FIELDS.size() : "" + fields.size();
            problem(0, "the line has " + count + " fields, not the " + FIELDS.size() + " " + String.join(",", FIELDS));
            return Optional.empty();
        }
        return Optional.of(fields.subList(0, FIELDS.size()));
    }

    private void rule(List<String> fields) {
        long before = problems.count();
        Optional<Glob> program = attempt(1, () -> Glob.of(absent(fields.get(1))));
        Optional<Syscall> syscall = attempt(3, () -> syscall(absent(fields.get(3))));
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < Syscall.ARGUMENTS; i++) {
            int place = i;
            String argument = absent(fields.get(FIRST_ARGUMENT + i));
            arguments.add(argument);
            syscall.ifPresent(call -> attempt(FIRST_ARGUMENT + place, () -> {
                Rule.SyscallRule.checkArgument(call, place, argument);
                return true;
            }));
        }
        if (problems.count() == before && program.isPresent() && syscall.isPresent()) {
            LayeredInsightRule.misnamed(syscall.get()).ifPresent(text -> warning(3, text));
            attempt(0, () -> rules.add(rule(fields, program.get(), syscall.get(), arguments)));
        }
    }

    private Rule rule(List<String> fields, Glob program, Syscall syscall, List<String> arguments) {
        RuleHeader header = new RuleHeader(
                Optional.empty(),
                fields.get(0).isBlank() ? syscall.name() : fields.get(0),
                false,
                program,
                action(fields.get(ACTION)),
                OptionalInt.empty(),
                List.of(),
                Optional.empty(),
                false);
        return new Rule.SyscallRule(header, syscall, syscall.name(), arguments);
    }

    private Action action(String text) {
        if (!List.of("0", "1", "allow").contains(text)) {
            warning(ACTION, Quoted.of(text) + " counts as allow in such a table; to deny write 0");
        }
        return text.equals("0") ? Action.DENY : Action.ALLOW;
    }

    private static Syscall syscall(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the line names no system call, by number or name");
        }
        return LayeredInsightRule.syscall(text);
    }

    private static String absent(String text) {
        return text.equals(ABSENT) ? "" : text;
    }

    private <T> Optional<T> attempt(int field, Supplier<T> value) {
        try {
            return Optional.of(value.get());
        } catch (IllegalArgumentException e) {
            problem(field, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }
}
