package io.crs.quickstart;

import io.crs.event.Event;
import io.crs.event.EventTable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What came of it all: the events as the user guide shows them, then each attempt.
 *
 * @param events all that arrived, the oldest first
 * @param outcomes of the attempts
 */
record Report(List<Event> events, List<Session.Outcome> outcomes) {

    /** Prints it and says whether every expected outcome held. */
    boolean print(PrintStream out) {
        out.println(EventTable.ofEvents().render(events));
        List<Event> untold = new ArrayList<>(events);
        int held = 0;
        for (Session.Outcome outcome : outcomes) {
            boolean told = outcome.attempt()
                    .event()
                    .map(expected -> told(untold, expected))
                    .orElse(true);
            boolean good = outcome.held() && told;
            held += good ? 1 : 0;
            out.println((good ? "  held   " : "  FAILED ")
                    + outcome.attempt().what()
                    + (told ? "" : " (no event tells of it)"));
            if (!outcome.held()) {
                outcome.output().lines().limit(5).forEach(line -> out.println("           | " + line));
            }
        }
        out.println(held + " of " + outcomes.size() + " expected outcomes held");
        return held == outcomes.size();
    }

    /** Each attempt has an event of its own: what one left behind does not stand for another. */
    private static boolean told(List<Event> untold, Attempt.ExpectedEvent expected) {
        for (Iterator<Event> each = untold.iterator(); each.hasNext(); ) {
            if (expected.matches(each.next())) {
                each.remove();
                return true;
            }
        }
        return false;
    }
}
