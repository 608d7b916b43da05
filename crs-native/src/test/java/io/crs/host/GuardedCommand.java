package io.crs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.agent.AgentBundle;
import io.crs.agent.Platform;
import io.crs.policy.Policy;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command below the real agent, outside any container. */
final class GuardedCommand implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Path folder;
    private final Process process;

    private GuardedCommand(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /** Starts a shell script below a policy; the folder gets the agent, the table, and what both write. */
    static GuardedCommand start(Path folder, Policy policy, Map<String, String> environment, String script)
            throws IOException {
        Path init = folder.resolve(AgentBundle.INIT);
        if (Files.notExists(init)) {
            AgentBundle bundle = new BundledAgents().find(Platform.LINUX_AMD64).orElseThrow();
            Files.write(init, bundle.files().get(0).content());
            Files.setPosixFilePermissions(init, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.write(
                folder.resolve("table"),
                DecisionTable.compile(policy, Arch.X86_64).bytes());
        List<String> command = new ArrayList<>(List.of(init.toString(), "--", "sh", "-c", script));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().keySet().removeIf(name -> name.toUpperCase(java.util.Locale.ROOT)
                .endsWith("_PROXY"));
        builder.environment().put("LI_LOGLEVEL", "info");
        builder.environment().putAll(environment);
        return new GuardedCommand(folder, builder.start());
    }

    String out() throws IOException {
        return Files.readString(folder.resolve("out"));
    }

    String err() throws IOException {
        return Files.readString(folder.resolve("err"));
    }

    /** Whether the agent, or the command, has said this. */
    boolean says(String text) {
        try {
            return err().contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    /** The children of the agent: workers, then couriers, then the application. */
    List<Long> children() throws IOException {
        String path = "/proc/" + process.pid() + "/task/" + process.pid() + "/children";
        return Arrays.stream(Files.readString(Path.of(path)).strip().split(" "))
                .map(Long::valueOf)
                .toList();
    }

    /** Waits for its end, which is with this status. */
    void awaitEnd(int status) throws IOException, InterruptedException {
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), () -> "it does not end");
        assertEquals(status, process.exitValue(), err());
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
