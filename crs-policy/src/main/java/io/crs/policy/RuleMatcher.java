package io.crs.policy;

import io.crs.syscall.Arch;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.Syscall;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Whether rules match the parts of one call. */
record RuleMatcher(Call call, Arch arch, Translation translation) {
    /** The first reason why a rule does not match a part of the call; empty if it matches. */
    Optional<Mismatch> mismatch(Rule rule, Part part) {
        if (rule.inactive()) {
            return Optional.of(Mismatch.INACTIVE);
        }
        boolean about = rule instanceof Rule.SyscallRule named
                ? covers(named, call.flags())
                : part.kind().isOf(rule.type());
        if (!about) {
            return Optional.of(Mismatch.OTHER_CALL);
        }
        if (!isBy(rule)) {
            return Optional.of(Mismatch.PROGRAM);
        }
        if (rule instanceof Rule.FileRule file) {
            boolean matches = part.kind() == Part.Kind.BELOW
                    ? isBelow(file, part.path())
                    : matches(file.file(), part.path(), rule.action());
            return matches ? Optional.empty() : Optional.of(Mismatch.FILE);
        }
        return rule instanceof Rule.NetworkRule network ? mismatch(network) : mismatch((Rule.SyscallRule) rule);
    }

    /** Whether a SYSCALL rule names the call, or a sibling of it where siblings count. */
    boolean names(Rule.SyscallRule rule) {
        return rule.syscall().equals(call.syscall())
                || (translation == Translation.COMPLETE
                        && rule.syscall().group().isPresent()
                        && rule.syscall().group().equals(call.syscall().group()));
    }

    private boolean covers(Rule.SyscallRule rule, int flags) {
        return names(rule) && rule.syscall().covers(call.syscall(), flags);
    }

    private boolean isBy(Rule rule) {
        Glob program = rule.program();
        return program.isAny()
                || call.programs().stream().anyMatch(program::matches)
                || (rule.followChildren() && call.ancestors().stream().anyMatch(program::matches));
    }

    /** The names by which a file is known to rules with this action: what a rule allows must really be the file. */
    private static List<String> names(FilePath path, Action action) {
        return action == Action.ALLOW ? path.resolved().stream().toList() : path.names();
    }

    private static boolean matches(Glob pattern, FilePath path, Action action) {
        return pattern.isAny() || names(path, action).stream().anyMatch(pattern::matches);
    }

    /** Whether a rule names something below a folder. */
    private boolean isBelow(Rule.FileRule rule, FilePath folder) {
        Glob file = rule.file();
        return !file.isAny()
                && !call.directory().equals(Optional.of(false))
                && below(folder, rule.action()).stream()
                        .anyMatch(below -> call.directory().isPresent()
                                ? file.canBegin(below)
                                : file.literalPrefix().startsWith(below));
    }

    /** Whether a rule decides all that lies below a folder, so that no later rule can. */
    boolean endsBelow(Rule rule, FilePath folder) {
        if (rule.inactive() || !isBy(rule)) {
            return false;
        }
        if (rule instanceof Rule.FileRule file && rule.type() == RuleType.WRITE) {
            return file.file().isAny()
                    || (file.file().isPrefix()
                            && below(folder, rule.action()).stream()
                                    .anyMatch(below ->
                                            below.startsWith(file.file().literalPrefix())));
        }
        return rule instanceof Rule.SyscallRule named
                && covers(named, call.flags())
                && mismatch(named).isEmpty();
    }

    /** How the names of all that lies below a folder begin. */
    private static List<String> below(FilePath folder, Action action) {
        return names(folder, action).stream()
                .filter(name -> !name.isEmpty())
                .map(name -> name.endsWith("/") ? name : name + "/")
                .toList();
    }

    private Optional<Mismatch> mismatch(Rule.NetworkRule rule) {
        OptionalInt port = rule.direction() == Rule.Direction.OUTBOUND ? call.port() : call.localPort();
        if (!matches(rule.address())) {
            return Optional.of(Mismatch.ADDRESS);
        }
        return matches(rule.port(), port) ? Optional.empty() : Optional.of(Mismatch.PORT);
    }

    private Optional<Mismatch> mismatch(Rule.SyscallRule rule) {
        for (int i = 0; i < Syscall.ARGUMENTS; i++) {
            if (!matches(rule.arguments().get(i), i, rule.action())) {
                return Optional.of(Mismatch.ofArgument(i));
            }
        }
        return Optional.empty();
    }

    private boolean matches(String text, int place, Action action) {
        ArgumentRole role = call.syscall().roles().get(place);
        return switch (role) {
            case FILENAME, OLD -> matches(Glob.of(text), call.path(), action);
            case NEW -> matches(Glob.of(text), call.newPath(), action);
            case PORT -> matches(PortPattern.of(text), call.port());
            case LOCAL_PORT -> matches(PortPattern.of(text), call.localPort());
            case ADDRESS -> matches(AddressPattern.of(text));
            case NAME ->
                Glob.ofName(text).isAny()
                        || call.name().filter(Glob.ofName(text)::matches).isPresent();
            case DOMAIN, TYPE, PROTOCOL, RAW ->
                matches(IntegerPattern.of(text, role, arch), call.args().get(place), action);
        };
    }

    private boolean matches(AddressPattern pattern) {
        if (call.address() instanceof Endpoint.Inet inet) {
            return pattern.matches(inet.address());
        }
        return pattern.isAny()
                || (pattern instanceof AddressPattern.TextGlob text
                        && call.address() instanceof Endpoint.Other other
                        && text.glob().matches(other.text()));
    }

    private static boolean matches(PortPattern pattern, OptionalInt port) {
        return pattern.isAny() || (port.isPresent() && pattern.matches(port.getAsInt()));
    }

    private static boolean matches(IntegerPattern pattern, OptionalLong argument, Action action) {
        return pattern.isAny() || (argument.isPresent() && pattern.matches(argument.getAsLong(), action));
    }
}
