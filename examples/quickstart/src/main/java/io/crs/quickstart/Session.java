package io.crs.quickstart;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs attempts in containers of one image and says of each whether it came out as it must. */
final class Session {

    /** An attempt, what it wrote, and whether that is what it must be. */
    record Outcome(Attempt attempt, String output, boolean held) {}

    private static final String MARK = "=== attempt ";
    private static final int SECONDS = 60;
    private static final int OWN_COMMAND_SECONDS = 5;

    private final ContainerEngine engine;
    private final String image;
    private final List<String> options;

    /**
     * @param options of the engine's {@code run}, for example the mount that carries the events
     */
    Session(ContainerEngine engine, String image, List<String> options) {
        this.engine = engine;
        this.image = image;
        this.options = List.copyOf(options);
    }

    String image() {
        return image;
    }

    /** The options of the engine's {@code run}. */
    List<String> options() {
        return options;
    }

    /** The same image, with more options. */
    Session with(String... more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return new Session(engine, image, all);
    }

    /** One container, and what became of it. */
    ContainerEngine.Result run(String... command) throws IOException, InterruptedException {
        return engine.run(SECONDS, options, image, List.of(command));
    }

    /** All in one container, each in a subshell of the given shell, so that they see each other's files and servers. */
    List<Outcome> inOneShell(String shell, List<Attempt> attempts) throws IOException, InterruptedException {
        StringBuilder script = new StringBuilder("exec 2>&1\n");
        for (int i = 0; i < attempts.size(); i++) {
            script.append("echo; echo '").append(MARK).append(i).append("'\n");
            script.append("( ").append(attempts.get(i).command().get(0)).append(" )\n");
        }
        String all = engine.run(SECONDS, options, image, List.of(shell, "-c", script.toString()))
                .output();
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < attempts.size(); i++) {
            outcomes.add(outcome(attempts.get(i), section(all, i)));
        }
        return outcomes;
    }

    /** A container for each attempt, whose command is the image's own program with these arguments. */
    List<Outcome> oneByOne(List<Attempt> attempts) throws IOException, InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        for (Attempt attempt : attempts) {
            outcomes.add(outcome(
                    attempt,
                    engine.run(SECONDS, options, image, attempt.command()).output()));
        }
        return outcomes;
    }

    /** Whether a command can be run at all. */
    boolean works(String... command) throws IOException, InterruptedException {
        return run(command).status() == 0;
    }

    /** The image's own command, which may go on for ever: it held if it was still there, or ended well, after a while. */
    Outcome ownCommand() throws IOException, InterruptedException {
        ContainerEngine.Result result = engine.run(OWN_COMMAND_SECONDS, options, image, List.of());
        Attempt attempt = Attempt.allowed("the image's own command runs", "", "");
        return new Outcome(attempt, result.output(), result.status() == 0 || result.stillRunning());
    }

    /** An attempt that never ran left no section behind: it did not hold, whatever it had to hide. */
    private static Outcome outcome(Attempt attempt, String output) {
        return new Outcome(attempt, output, !output.isEmpty() && attempt.heldBy(output));
    }

    private static String section(String all, int index) {
        String mark = "\n" + MARK + index + "\n";
        int start = all.indexOf(mark);
        if (start < 0) {
            return "";
        }
        int end = all.indexOf("\n" + MARK + (index + 1) + "\n", start);
        return all.substring(start + 1, end < 0 ? all.length() : end);
    }
}
