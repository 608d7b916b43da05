package io.crs.quickstart;

import java.util.List;
import java.util.Optional;

/**
 * One thing a program in a container tries, and what must come of it.
 *
 * <p>The effect is what counts: a refused read must not show the secret, a refused write must leave the page as it was. In
 * a container without the layer the attempts that must be refused succeed, so none of them can hold by accident.
 *
 * @param what in words, for the person who reads the result
 * @param command what is run: in the Debian image a shell snippet (one word), in the static image the arguments
 * @param shows text the output must hold; empty when anything will do
 * @param hides text the output must not hold; empty when anything will do
 * @param event the event the attempt must leave behind, if any
 */
record Attempt(String what, List<String> command, String shows, String hides, Optional<ExpectedEvent> event) {

    /**
     * An event that must be among those reported.
     *
     * @param action ALLOW, MONITOR or DENY
     * @param object the path, or address, it is about
     */
    record ExpectedEvent(String action, String object) {}

    static Attempt allowed(String what, String snippet, String shows) {
        return new Attempt(what, List.of(snippet), shows, "", Optional.empty());
    }

    static Attempt monitored(String what, String snippet, String shows, String object) {
        return new Attempt(
                what, List.of(snippet), shows, "", Optional.of(new ExpectedEvent("MONITOR", object)));
    }

    static Attempt denied(String what, String snippet, String shows, String hides, String object) {
        return new Attempt(
                what, List.of(snippet), shows, hides, Optional.of(new ExpectedEvent("DENY", object)));
    }

    /** Whether the output is what it must be. */
    boolean heldBy(String output) {
        return output.contains(shows) && (hides.isEmpty() || !output.contains(hides));
    }
}
