package io.crs.host;

import io.crs.agent.AgentBundle;
import io.crs.agent.AgentFile;
import io.crs.agent.Enforcement;
import io.crs.agent.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a command of this host is run under a policy, with all processes it starts: the agent is started, and starts it.
 *
 * <p>The command gets this process's standard streams, environment, working folder and rights. Nothing is installed: the
 * agent and the decision table lie in a folder of their own, which only this user can enter, until the run is closed.
 * Immutable, safe for all threads; each setting gives a new object.
 */
public final class LocalRun {
    private final byte[] table;
    private final AgentBundle agent;
    private final Optional<Path> events;
    private final Path folder;
    private final Enforcement enforcement;

    private LocalRun(byte[] table, AgentBundle agent, Optional<Path> events, Path folder, Enforcement enforcement) {
        this.table = table;
        this.agent = agent;
        this.events = events;
        this.folder = folder;
        this.enforcement = enforcement;
    }

    /**
     * A run under a decision table, with the bundled agent and strict enforcement, without events, in the folder for
     * temporary files.
     *
     * @param table the bytes of the decision table
     * @throws IOException if there is no agent for this host's platform, or something of the host speaks against it; the
     *     message says which
     */
    public static LocalRun under(byte[] table) throws IOException {
        Path folder = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
        return new LocalRun(
                table.clone(),
                agent(Platform.host(), HostProbe.ofThisHost()),
                Optional.empty(),
                folder,
                Enforcement.STRICT);
    }

    static AgentBundle agent(Platform platform, HostProbe probe) throws IOException {
        AgentBundle agent = new BundledAgents()
                .find(platform)
                .orElseThrow(() -> new IOException("there is no agent for " + platform
                        + " in this build, which brings those for " + BundledAgents.available()
                        + "; build crs-native on such a host, or run where there is one"));
        List<String> obstacles = probe.obstacles();
        if (!obstacles.isEmpty()) {
            throw new IOException("the agent cannot run on this host: " + String.join("; ", obstacles));
        }
        return agent;
    }

    /** The same run with events appended to a file, one JSON object a line. */
    public LocalRun events(Path file) {
        return new LocalRun(table, agent, Optional.of(file), folder, enforcement);
    }

    /** The same run with its files below another folder, on a file system that allows execution. */
    public LocalRun folder(Path parent) {
        return new LocalRun(table, agent, events, parent, enforcement);
    }

    /** The same run with another enforcement. */
    public LocalRun enforcement(Enforcement other) {
        return new LocalRun(table, agent, events, folder, other);
    }

    /**
     * Starts a command.
     *
     * @param command the program, looked up in {@code PATH}, and its arguments
     * @throws IllegalArgumentException if the command is empty
     * @throws IOException if the agent's files cannot be written, or the agent cannot be started; nothing is left behind
     */
    public RunningCommand start(List<String> command) throws IOException {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("there is no command to run");
        }
        PrivateFolder own = PrivateFolder.create(folder);
        try {
            for (AgentFile file : agent.files()) {
                own.write(file.path(), file.mode(), file.content());
            }
            Path tableFile = own.write("table", 0600, table);
            Process process = new ProcessBuilder(arguments(own.path().resolve(AgentBundle.INIT), tableFile, command))
                    .inheritIO()
                    .start();
            return new RunningCommand(process, own);
        } catch (IOException | RuntimeException e) {
            own.closeAfter(e);
            throw e;
        }
    }

    private List<String> arguments(Path program, Path tableFile, List<String> command) {
        List<String> arguments = new ArrayList<>(List.of(program.toString(), "--table", tableFile.toString()));
        events.ifPresent(file -> arguments.addAll(List.of("--events", "file:" + file.toAbsolutePath())));
        arguments.addAll(List.of("--enforcement", enforcement.id(), "--"));
        command.forEach(argument -> arguments.add(Objects.requireNonNull(argument, "argument")));
        return arguments;
    }
}
