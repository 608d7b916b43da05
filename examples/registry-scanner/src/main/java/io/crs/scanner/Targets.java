package io.crs.scanner;

import io.crs.image.registry.Reference;
import io.crs.image.registry.Registry;
import io.crs.image.registry.RegistryAccess;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Goes through what is to be scanned, name by name: a host stands for all its repositories, a repository without a tag for all
 * its tags.
 */
final class Targets {
    private static final Pattern HOST = Pattern.compile("(localhost|[^/]*[.:][^/]*)/?");

    private final RegistryAccess access;
    private final Visitor visitor;

    /** Takes what is found, in order. */
    interface Visitor {
        /** One image to check. */
        void image(Reference reference) throws IOException;

        /** Something that could not be listed. */
        void failed(String name, IOException e) throws IOException;
    }

    Targets(RegistryAccess access, Visitor visitor) {
        this.access = access;
        this.visitor = visitor;
    }

    /**
     * Goes through one name.
     *
     * @throws IllegalArgumentException if it is no name of a registry, a repository or an image
     */
    void visit(String name) throws IOException {
        String text = name.startsWith("docker://") ? name.substring("docker://".length()) : name;
        if (HOST.matcher(text).matches()) {
            registry(text.replaceFirst("/$", ""));
            return;
        }
        Reference reference = Reference.parse(text);
        boolean named = text.indexOf('@') >= 0 || text.lastIndexOf(':') > text.lastIndexOf('/');
        if (named) {
            visitor.image(reference);
        } else {
            repository(reference.registry(), reference.repository());
        }
    }

    /** Checks a name without asking anybody. */
    static void check(String name) {
        String text = name.startsWith("docker://") ? name.substring("docker://".length()) : name;
        Reference.parse(HOST.matcher(text).matches() ? text.replaceFirst("/?$", "/any") : text);
    }

    private void registry(String host) throws IOException {
        List<String> repositories;
        try {
            repositories = Registry.of(host, access).repositories();
        } catch (IOException e) {
            visitor.failed(host, e);
            return;
        }
        for (String repository : sorted(repositories)) {
            repository(host, repository);
        }
    }

    private void repository(String host, String repository) throws IOException {
        List<String> tags;
        try {
            tags = Registry.of(host, access).tags(repository);
        } catch (IOException e) {
            visitor.failed(host + "/" + repository, e);
            return;
        }
        for (String tag : sorted(tags)) {
            try {
                visitor.image(Reference.parse(host + "/" + repository + ":" + tag));
            } catch (IllegalArgumentException e) {
                visitor.failed(host + "/" + repository, new IOException("the registry lists a name that is none", e));
            }
        }
    }

    /** Some registries list in another order each time, and two reports are to be compared. */
    private static List<String> sorted(List<String> names) {
        return names.stream().sorted().toList();
    }
}
