package io.crs.agent;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The agent for one platform: the files that go into the agent's folder of an image.
 *
 * <p>A bundle always holds an executable file named {@value #INIT}: the program that becomes the entry point. It may hold a
 * shared object named {@value #PRELOAD}: programs that enter the container from outside load it and are held to the policy by
 * it.
 * Implementations are immutable, and two calls give equal answers, so that an image comes out with the same digest each
 * time.
 */
public interface AgentBundle {
    /** The path of the program that becomes the entry point. */
    String INIT = "init";

    /** The path of the shared object for programs that enter from outside. */
    String PRELOAD = "libcrs.so";

    /** Returns the platform the agent is built for. */
    Platform platform();

    /** Returns the version of the agent, such as {@code 0.1.0}. */
    String version();

    /** Returns the files, each path once. */
    List<AgentFile> files();

    /** Returns the libraries that are linked into the files, each once. */
    default List<LinkedLibrary> libraries() {
        return List.of();
    }

    /** Returns a bundle of the given files, into which no library is linked. */
    static AgentBundle of(Platform platform, String version, List<AgentFile> files) {
        return of(platform, version, files, List.of());
    }

    /**
     * Returns a bundle of the given files.
     *
     * @throws IllegalArgumentException if a path comes twice, or if {@value #INIT} is missing or not executable
     */
    static AgentBundle of(Platform platform, String version, List<AgentFile> files, List<LinkedLibrary> libraries) {
        Set<String> paths = new HashSet<>();
        for (AgentFile file : files) {
            if (!paths.add(file.path())) {
                throw new IllegalArgumentException("the agent for " + platform + " has " + file.path() + " twice");
            }
        }
        if (files.stream().noneMatch(file -> file.path().equals(INIT) && (file.mode() & 0111) == 0111)) {
            throw new IllegalArgumentException("the agent for " + platform + " has no executable file " + INIT);
        }
        return new FileBundle(platform, version, List.copyOf(files), List.copyOf(libraries));
    }
}
