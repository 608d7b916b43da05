package io.crs.image.inspect;

import io.crs.image.inspect.Compatibility.EntryPoint;
import io.crs.image.inspect.Compatibility.Evidence;
import io.crs.image.inspect.Facts.Elf;
import io.crs.image.inspect.Facts.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the program that runs when a container starts: through PATH, links, wrappers, and the interpreters of scripts. */
final class EntryPointSearch {
    private static final int MOST_INTERPRETERS = 4;
    private static final int MOST_WRAPPERS = 6;

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
        Node decisive = behind(first);
        Node at = interpreted(decisive);
        Optional<EntryPoint> entryPoint = Optional.of(new EntryPoint(first.path(), kind(first)));
        if (at != null && at.facts instanceof Elf elf) {
            return found(entryPoint, at, elf);
        }
        if (at != null) {
            reasons.add(at.path() + " is neither a program nor a script");
        }
        return found(entryPoint, null, null);
    }

    private static Optional<String> kind(Node program) {
        if (program.facts instanceof Script) {
            return Optional.of("script");
        }
        return program.facts instanceof Elf elf ? Optional.of(elf.isStatic() ? "static" : "dynamic") : Optional.empty();
    }

    /**
     * Names what runs behind programs that do little but start another, and returns the program that decides: what is
     * behind those that become it, not what a script is given.
     */
    private Node behind(Node first) {
        Node decisive = first;
        boolean replaced = true;
        List<String> arguments = command.arguments();
        for (int i = 0; i < MOST_WRAPPERS; i++) {
            // Busybox and the like are many programs in one, so it is the name that tells.
            String name = arguments.get(0).substring(arguments.get(0).lastIndexOf('/') + 1);
            Optional<Wrapper> wrapper = Wrapper.of(name, arguments);
            Node next = wrapper.isEmpty() ? null : find(wrapper.get().command().get(0));
            if (wrapper.isEmpty() || next == null) {
                break;
            }
            evidence.add(new Evidence("runs behind " + name, next.path(), files.layerOf(next)));
            replaced &= wrapper.get().replaced();
            decisive = replaced ? next : decisive;
            arguments = wrapper.get().command();
        }
        return decisive;
    }

    private @Nullable Node interpreted(Node program) {
        Node at = program;
        for (int i = 0; at != null && at.facts instanceof Script script; i++) {
            if (i == MOST_INTERPRETERS) {
                reasons.add("the entry point is a script of a script, more than " + MOST_INTERPRETERS + " deep");
                return null;
            }
            at = interpreter(script);
        }
        return at;
    }

    private Found found(Optional<EntryPoint> entryPoint, @Nullable Node program, @Nullable Elf elf) {
        return new Found(entryPoint, program, elf, reasons, evidence);
    }

    private @Nullable Node interpreter(Script script) {
        String name = Node.text(script.interpreter());
        if (name.endsWith("/env")) {
            // The kernel gives all that follows the interpreter as one argument, which -S takes apart.
            List<String> words = Wrapper.afterEnv(
                    List.of(Node.text(script.argument()).strip().split("\\s+", -1)));
            if (!words.isEmpty()) {
                name = words.get(0);
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

    /** Finds a program, and says so where links keep it from being found. */
    private @Nullable Node locate(String name) {
        for (String candidate : command.candidates(name)) {
            if (files.tree().find(Node.raw(candidate)).loops()) {
                reasons.add("the symbolic links of " + candidate + " go in circles");
            }
        }
        return find(name);
    }

    private @Nullable Node find(String name) {
        for (String candidate : command.candidates(name)) {
            Optional<Node> node = files.tree().find(Node.raw(candidate)).node().filter(Node::isExecutable);
            if (node.isPresent()) {
                return node.get();
            }
        }
        return null;
    }
}
