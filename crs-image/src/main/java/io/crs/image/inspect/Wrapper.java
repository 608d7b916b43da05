package io.crs.image.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program that does little but start another one, which is in its arguments.
 *
 * @param replaced whether it becomes the other program, or waits for it, and nothing of its own matters; a script does
 *     more than that
 * @param command the other program and its arguments
 */
record Wrapper(boolean replaced, List<String> command) {
    private static final Set<String> SHELLS = Set.of("sh", "bash", "dash", "ash", "busybox");
    private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=.*", Pattern.DOTALL);
    private static final Pattern PLAIN_WORDS = Pattern.compile(
            "\\s*(?:(?:exec|[A-Za-z_][A-Za-z0-9_]*=[A-Za-z0-9_./:,+-]*)\\s+)*([A-Za-z0-9_./+-]+)(?:\\s[^|&;()<>]*)?");

    /**
     * Tells what a program starts.
     *
     * @param name the last part of the name it is started by
     * @param arguments its arguments, its own name first
     */
    static Optional<Wrapper> of(String name, List<String> arguments) {
        List<String> rest = arguments.subList(1, arguments.size());
        return switch (name) {
            case "tini", "tini-static" -> command(true, afterOptions(rest, Set.of("-p", "-e")));
            case "dumb-init" -> command(true, afterOptions(rest, Set.of("-r", "--rewrite")));
            case "catatonit" -> command(true, afterOptions(rest, Set.of()));
            case "gosu", "su-exec" -> command(true, rest.isEmpty() ? rest : rest.subList(1, rest.size()));
            case "env" -> command(true, afterEnv(rest));
            default -> scripted(name, rest);
        };
    }

    private static Optional<Wrapper> scripted(String name, List<String> rest) {
        if (name.endsWith("entrypoint.sh")) {
            return command(false, rest);
        }
        int option = rest.indexOf("-c");
        if (!SHELLS.contains(name) || option < 0 || option > 2 || option + 1 == rest.size()) {
            return Optional.empty();
        }
        // Only the plainest text can be read without being a shell.
        Matcher plain = PLAIN_WORDS.matcher(rest.get(option + 1));
        return plain.matches() ? command(false, List.of(plain.group(1))) : Optional.empty();
    }

    private static Optional<Wrapper> command(boolean replaced, List<String> command) {
        return command.isEmpty() ? Optional.empty() : Optional.of(new Wrapper(replaced, List.copyOf(command)));
    }

    private static List<String> afterOptions(List<String> words, Set<String> withValue) {
        int at = 0;
        while (at < words.size() && words.get(at).startsWith("-")) {
            String option = words.get(at++);
            if (option.equals("--")) {
                break;
            }
            at += withValue.contains(option) ? 1 : 0;
        }
        return words.subList(Math.min(at, words.size()), words.size());
    }

    /** {@code env} takes options and assignments before the program; {@code -S} takes them in one text. */
    static List<String> afterEnv(List<String> words) {
        List<String> split = new ArrayList<>();
        for (String word : words) {
            if (split.isEmpty() && word.startsWith("-S")) {
                split.addAll(List.of(word.substring(2).strip().split("\\s+")));
            } else if (split.size() == 1 && split.get(0).isEmpty()) {
                split = new ArrayList<>(List.of(word.strip().split("\\s+")));
            } else {
                split.add(word);
            }
        }
        List<String> rest = afterOptions(split, Set.of("-u", "--unset", "-C", "--chdir"));
        int at = 0;
        while (at < rest.size()
                && (ASSIGNMENT.matcher(rest.get(at)).matches() || rest.get(at).isEmpty())) {
            at++;
        }
        return rest.subList(at, rest.size());
    }
}
