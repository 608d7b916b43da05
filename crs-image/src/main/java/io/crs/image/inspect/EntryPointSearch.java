package io.crs.image.inspect;

import io.crs.image.inspect.Compatibility.EntryPoint;
import io.crs.image.inspect.Compatibility.Evidence;
import io.crs.image.inspect.Facts.Elf;
import io.crs.image.inspect.Facts.Script;
import io.crs.image.inspect.FileTree.Lookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the program that runs when a container starts: through PATH, links, and the interpreters of scripts. */
final class EntryPointSearch {
    private static final int MOST_INTERPRETERS = 4;

    private final ImageFiles files;
    private final Command command;
    private final List<String> reasons = new ArrayList<>();
    private final List<Evidence> evidence = new ArrayList<>();

    EntryPointSearch(ImageFiles files, Command command) {
        this.files = files;
        this.command = command;
    }

    /**
     * What was found.
     *
     * @param entryPoint the program a container starts; none if there is nothing to start
     * @param program the file whose code runs first; none if it was not found or is no program
     * @param elf what that file says
     */
    record Found(
            Optional<EntryPoint> entryPoint,
            @Nullable Node program,
            @Nullable Elf elf,
            List<String> reasons,
            List<Evidence> evidence) {}

    Found search() {
        if (command.arguments().isEmpty()) {
            return found(Optional.empty(), null, null);
        }
        String name = command.arguments().get(0);
        Node first = locate(name);
        if (first == null) {
            reasons.add("the entry point " + name + " is not in the image");
            return found(Optional.of(new EntryPoint(name, Optional.empty())), null, null);
        }
        evidence.add(new Evidence("entry point", first.path(), files.layerOf(first)));
        Node at = first;
        for (int i = 0; at != null && at.facts instanceof Script script; i++) {
            if (i == MOST_INTERPRETERS) {
                reasons.add("the entry point is a script of a script, more than " + MOST_INTERPRETERS + " deep");
                at = null;
                break;
            }
            at = interpreter(script);
        }
        if (at != null && at.facts instanceof Elf elf) {
            String kind = first != at ? "script" : elf.isStatic() ? "static" : "dynamic";
            return found(Optional.of(new EntryPoint(first.path(), Optional.of(kind))), at, elf);
        }
        Optional<String> kind = first.facts instanceof Script ? Optional.of("script") : Optional.empty();
        if (at != null) {
            reasons.add(at.path() + " is neither a program nor a script");
        }
        return found(Optional.of(new EntryPoint(first.path(), kind)), null, null);
    }

    private Found found(Optional<EntryPoint> entryPoint, @Nullable Node program, @Nullable Elf elf) {
        return new Found(entryPoint, program, elf, reasons, evidence);
    }

    private @Nullable Node interpreter(Script script) {
        String name = Node.text(script.interpreter());
        if (name.endsWith("/env")) {
            String program = programOfEnv(Node.text(script.argument()));
            if (!program.isEmpty()) {
                name = program;
            }
        }
        Node node = locate(name);
        if (node == null) {
            reasons.add("the interpreter " + name + " is not in the image");
        } else {
            evidence.add(new Evidence("interpreter", node.path(), files.layerOf(node)));
        }
        return node;
    }

    /** {@code env} takes switches and assignments before the program. */
    private static String programOfEnv(String argument) {
        for (String word : argument.split("\\s+", -1)) {
            if (!word.isEmpty() && !word.startsWith("-") && !word.contains("=")) {
                return word;
            }
        }
        return "";
    }

    private @Nullable Node locate(String name) {
        for (String candidate : command.candidates(name)) {
            Lookup lookup = files.tree().find(Node.raw(candidate));
            if (lookup.loops()) {
                reasons.add("the symbolic links of " + candidate + " go in circles");
            }
            Optional<Node> node = lookup.node().filter(Node::isExecutable);
            if (node.isPresent()) {
                return node.get();
            }
        }
        return null;
    }
}
