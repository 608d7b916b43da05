package io.crs.quickstart;

import io.crs.image.instrument.NotInstrumentableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What can be tried in an image nobody here has seen: the parts of the policy its own programs can touch. */
final class OwnImage {

    private final Workshop workshop;

    OwnImage(Workshop workshop) {
        this.workshop = workshop;
    }

    /** With a shell and {@code cat} in the image they are used; without, the image's own command is run for a while. */
    List<Session.Outcome> tryOut(String image) throws IOException, InterruptedException, NotInstrumentableException {
        Session layered = workshop.instrument(image);
        if (layered.works("sh", "-c", "cat /etc/passwd")) {
            return layered.inOneShell("sh", shellAttempts(layered));
        }
        return List.of(layered.ownCommand());
    }

    private static List<Attempt> shellAttempts(Session layered) throws IOException, InterruptedException {
        List<Attempt> attempts = new ArrayList<>();
        if (layered.works("sh", "-c", "test -e /etc/shadow")) {
            attempts.add(Attempt.denied("cat reads /etc/shadow", "cat /etc/shadow", "", "root:", "/etc/shadow"));
            attempts.add(Attempt.denied(
                    "… through a symbolic link", "ln -s /etc/shadow /tmp/s && cat /tmp/s", "", "root:", "/etc/shadow"));
        }
        attempts.add(Attempt.monitored("cat reads /etc/passwd", "cat /etc/passwd", ":", "/etc/passwd"));
        attempts.add(new Attempt(
                "a file is written where the policy names none",
                List.of("echo words > /tmp/w && cat /tmp/w"),
                "words",
                "",
                Optional.empty()));
        return attempts;
    }
}
