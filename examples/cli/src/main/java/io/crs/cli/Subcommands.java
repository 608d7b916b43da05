package io.crs.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * The subcommands of a command, of which only the one is made that is asked for.
 *
 * <p>To make all of them, with every option, takes as long as most of them take to do their work. Where it is not plain
 * which one is meant (help, a wrong name, a file of arguments) all are there.
 */
final class Subcommands {
    private final Map<String, Supplier<Object>> byName = new LinkedHashMap<>();

    /** Adds one, which goes by the name it is also annotated with. */
    Subcommands add(String name, Supplier<Object> command) {
        byName.put(name, command);
        return this;
    }

    /** The command with the subcommand that the arguments begin with, or else with all. */
    CommandLine of(Object command, List<String> args) {
        CommandLine line = new CommandLine(command);
        Supplier<Object> meant = args.isEmpty() ? null : byName.get(args.get(0));
        if (meant == null) {
            byName.values().forEach(each -> line.addSubcommand(each.get()));
        } else {
            line.addSubcommand(meant.get());
        }
        return line;
    }

    /** The arguments from the first that is none of these options. */
    static List<String> afterOptions(List<String> options, List<String> args) {
        int start = 0;
        while (start < args.size() && options.contains(args.get(start))) {
            start++;
        }
        return args.subList(start, args.size());
    }

    /** The arguments without the first. */
    static List<String> afterName(List<String> args) {
        return args.isEmpty() ? args : args.subList(1, args.size());
    }
}
