package io.crs.host;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A command that runs under a policy. Safe for all threads. */
public final class RunningCommand implements AutoCloseable {
    private static final int GRACE_SECONDS = 10;

    private final Process agent;
    private final PrivateFolder folder;

    /** Looked up while the JVM is well: a signal may come when it is shutting down, and no library can be loaded then. */
    private final Function kill;

    RunningCommand(Process agent, PrivateFolder folder) {
        this.agent = agent;
        this.folder = folder;
        this.kill = NativeLibrary.getInstance("c").getFunction("kill");
    }

    /** The number of the agent's process, which ends when the command does. */
    public long pid() {
        return agent.pid();
    }

    /**
     * Waits for the command to end.
     *
     * @return its exit status; 128 and the signal's number if a signal ended it, 127 if it was not found, 126 if it is
     *     not executable
     */
    public int waitFor() throws InterruptedException {
        return agent.waitFor();
    }

    /**
     * Sends a signal to the agent, which hands it on to the command. Does nothing once the command has ended.
     *
     * @param number the signal's number, such as 15 for SIGTERM
     * @throws IllegalArgumentException if the kernel knows no such signal
     */
    public void signal(int number) {
        if (!agent.isAlive()) {
            return;
        }
        int failed = kill.invokeInt(new Object[] {Math.toIntExact(agent.pid()), number});
        if (failed != 0 && agent.isAlive()) {
            throw new IllegalArgumentException("signal " + number + " cannot be sent to process " + agent.pid());
        }
    }

    /**
     * Ends the command if it still runs, first with SIGTERM, and removes the files of the run.
     *
     * @throws IOException if the files cannot be removed
     */
    @Override
    public void close() throws IOException {
        agent.destroy();
        try {
            if (!agent.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                agent.destroyForcibly();
            }
        } catch (InterruptedException e) {
            agent.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            folder.close();
        }
    }
}
