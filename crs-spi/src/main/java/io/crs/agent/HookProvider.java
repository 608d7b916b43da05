package io.crs.agent;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * A place hooks come from: the agent that goes into images, one bundle a platform.
 *
 * <p>A host that brings its own is asked before this library's. What such an agent needs of an image (a loader, a C library
 * of some version) is read from its files, and an image that lacks it is refused with that reason. Providers are found with {@link ServiceLoader}; an object given to a builder goes before what is found.
 * Implementations may be called from several threads at once.
 */
public interface HookProvider {
    /** Returns the agent for a platform, if there is one here; spellings of one platform count as equal. */
    Optional<AgentBundle> find(Platform platform);

    /** Returns every provider installed beside this library, in the order they are found. */
    static List<HookProvider> installed() {
        return ServiceLoader.load(HookProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /**
     * Returns a provider that asks all the given ones.
     *
     * <p>It never picks one of two: when several have an agent for the same platform, asking for that platform throws
     * an {@link IllegalStateException} that lists them.
     */
    static HookProvider of(List<HookProvider> providers) {
        List<HookProvider> all = List.copyOf(providers);
        return platform -> onlyOne(all, platform);
    }

    private static Optional<AgentBundle> onlyOne(List<HookProvider> providers, Platform platform) {
        List<HookProvider> having = providers.stream()
                .filter(provider -> provider.find(platform).isPresent())
                .toList();
        if (having.size() > 1) {
            throw new IllegalStateException("several agents for " + platform + ", from "
                    + having.stream()
                            .map(provider -> provider.getClass().getName())
                            .toList()
                    + ": give the one to use to the builder");
        }
        return having.stream().findFirst().flatMap(provider -> provider.find(platform));
    }
}
