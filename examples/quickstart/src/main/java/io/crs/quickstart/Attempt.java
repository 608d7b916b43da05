package io.crs.quickstart;

import io.crs.event.Event;
import io.crs.event.EventCall;
import io.crs.event.EventObject;
import io.crs.event.EventText;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
     * @param action what the policy said
     * @param object the path, or address, it is about
     */
    record ExpectedEvent(Event.Action action, String object) {

        /** Whether an event tells of it: by the name that was asked for, the name of what was there, or the address. */
        boolean matches(Event event) {
            return event.call()
                    .filter(call -> call.action() == action)
                    .flatMap(EventCall::object)
                    .map(this::isAbout)
                    .orElse(false);
        }

        private boolean isAbout(EventObject about) {
            return Stream.of(
                            about.requested().map(EventText::text), about.path().map(EventText::text), about.address())
                    .flatMap(Optional::stream)
                    .anyMatch(object::equals);
        }
    }

    static Attempt allowed(String what, String snippet, String shows) {
        return new Attempt(what, List.of(snippet), shows, "", Optional.empty());
    }

    static Attempt monitored(String what, String snippet, String shows, String object) {
        return new Attempt(
                what, List.of(snippet), shows, "", Optional.of(new ExpectedEvent(Event.Action.MONITOR, object)));
    }

    static Attempt denied(String what, String snippet, String shows, String hides, String object) {
        return new Attempt(
                what, List.of(snippet), shows, hides, Optional.of(new ExpectedEvent(Event.Action.DENY, object)));
    }

    /** Whether the output is what it must be. */
    boolean heldBy(String output) {
        return output.contains(shows) && (hides.isEmpty() || !output.contains(hides));
    }
}
