package io.crs.syscall;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The reader of {@code syscalls.csv}. The file is part of the product: a fault in it is a fault of the build. */
final class SyscallFile {
    static final String HEADER = "name,x86_64,aarch64,class,roles,group,flags,guide_number,guide_name";

    private static final String SOURCE = "# source: ";
    private static final Pattern CONDITION = Pattern.compile("0x(\\p{XDigit}{1,8})=0x(\\p{XDigit}{1,8})");
    private static final Pattern PLACE = Pattern.compile("arg[1-6]\\*?");

    private final List<String> lines;

    /** A file of these lines, without their ends. */
    SyscallFile(List<String> lines) {
        this.lines = lines;
    }

    /** The package the numbers come from, as line 1 names it. */
    String source() {
        if (lines.isEmpty() || !lines.get(0).startsWith(SOURCE)) {
            throw new IllegalArgumentException("line 1: expected \"" + SOURCE + "…\"");
        }
        return lines.get(0).substring(SOURCE.length()).strip();
    }

    /**
     * The rows, in the order of the file.
     *
     * @throws IllegalArgumentException if a line breaks the format, naming the line
     */
    List<Syscall> rows() {
        List<Syscall> rows = new ArrayList<>();
        boolean header = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                if (header) {
                    rows.add(row(rows.size(), line.split(",", -1)));
                } else if (!line.equals(HEADER)) {
                    throw new IllegalArgumentException("expected the header " + HEADER);
                }
                header = true;
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        return rows;
    }

    private static Syscall row(int index, String[] fields) {
        if (fields.length != 9) {
            throw new IllegalArgumentException("9 fields expected, found " + fields.length);
        }
        if (fields[0].isEmpty()) {
            throw new IllegalArgumentException("a call without a name");
        }
        OptionalInt guideNumber = number(fields[7]);
        return new Syscall(
                index,
                fields[0],
                number(fields[1]),
                number(fields[2]),
                constant(fields[3], OperationClass::valueOf),
                roles(fields[4]),
                text(fields[5]),
                condition(fields[6]),
                guideNumber,
                text(fields[8]));
    }

    private static List<ArgumentRole> roles(String field) {
        List<ArgumentRole> roles = new ArrayList<>(Collections.nCopies(Syscall.ARGUMENTS, ArgumentRole.RAW));
        String[] names = field.isEmpty() ? new String[0] : field.split(";", -1);
        if (names.length > Syscall.ARGUMENTS) {
            throw new IllegalArgumentException("at most " + Syscall.ARGUMENTS + " roles, found " + names.length);
        }
        for (int i = 0; i < names.length; i++) {
            if (!names[i].equals("-")) {
                roles.set(i, role(names[i]));
            }
        }
        return roles;
    }

    private static ArgumentRole role(String name) {
        if (name.equals("localport")) {
            return ArgumentRole.LOCAL_PORT;
        }
        if (!name.equals(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("a role is written in lower case: " + name);
        }
        return constant(name.toUpperCase(Locale.ROOT), ArgumentRole::valueOf);
    }

    private static Optional<FlagCondition> condition(String field) {
        Matcher matcher = CONDITION.matcher(field);
        if (matcher.matches()) {
            return Optional.of(new FlagCondition(
                    Integer.parseUnsignedInt(matcher.group(1), 16), Integer.parseUnsignedInt(matcher.group(2), 16)));
        }
        if (!field.isEmpty() && !PLACE.matcher(field).matches()) {
            throw new IllegalArgumentException("flags are mask=value in hex, or the place argN: " + field);
        }
        return Optional.empty();
    }

    private static OptionalInt number(String field) {
        if (field.isEmpty()) {
            return OptionalInt.empty();
        }
        int number = Integer.parseInt(field);
        if (number < 0) {
            throw new IllegalArgumentException("a negative number: " + field);
        }
        return OptionalInt.of(number);
    }

    private static Optional<String> text(String field) {
        return field.isEmpty() ? Optional.empty() : Optional.of(field);
    }

    private static <E extends Enum<E>> E constant(String name, Function<String, E> valueOf) {
        try {
            return valueOf.apply(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("unknown word " + name, e);
        }
    }
}
