package io.crs.image.registry;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a client must be allowed, as token services name it: {@code repository:team/app:pull}. Some look at the first alone,
 * so the one that matters most goes first.
 *
 * @param repository the repository it is asked in, for which credentials are looked up; blank for the registry as a whole
 * @param names each resource with its actions
 */
record Scope(String repository, List<String> names) {
    Scope {
        names = List.copyOf(names);
    }

    static Scope pull(String repository) {
        return new Scope(repository, List.of("repository:" + repository + ":pull"));
    }

    static Scope push(String repository) {
        return new Scope(repository, List.of("repository:" + repository + ":pull,push"));
    }

    static Scope catalog() {
        return new Scope("", List.of("registry:catalog:*"));
    }

    Scope and(Scope other) {
        Set<String> all = new LinkedHashSet<>(names);
        all.addAll(other.names);
        return new Scope(repository, new ArrayList<>(all));
    }

    /** What a registry says is missing, before all else. */
    Scope asked(String scopes) {
        Set<String> all = new LinkedHashSet<>(List.of(scopes.trim().split("\\s+", -1)));
        all.remove("");
        all.addAll(names);
        return new Scope(repository, new ArrayList<>(all));
    }
}
