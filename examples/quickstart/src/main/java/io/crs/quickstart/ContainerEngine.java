package io.crs.quickstart;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The container engine of this machine, by its command: {@code docker}, or {@code podman}, which takes the same words.
 *
 * @param command the command's name, as {@code tools/with-engine} found it
 */
record ContainerEngine(String command) {

    /**
     * What became of a command.
     *
     * @param status its exit status; -1 if it had to be ended
     * @param output all it wrote, on both streams
     */
    record Result(int status, String output) {

        /** Whether it was still running when its time was over. */
        boolean stillRunning() {
            return status == -1;
        }
    }

    private static final int LONGEST_OUTPUT = 1 << 20;
    private static final int STOP_SECONDS = 30;

    /** The engine named by {@code CRS_ENGINE}; docker where the variable is not set. */
    static ContainerEngine ofEnvironment() {
        return new ContainerEngine(
                Optional.ofNullable(System.getenv("CRS_ENGINE")).orElse("docker"));
    }

    boolean has(String image) throws IOException, InterruptedException {
        return call(60, List.of("image", "inspect", image)).status() == 0;
    }

    /** Writes an image as docker-archive. */
    void save(String image, Path archive) throws IOException, InterruptedException {
        must("save " + image, call(600, List.of("save", "-o", archive.toString(), image)));
    }

    /** Loads a docker-archive; its images get the names they have in it. */
    void load(Path archive) throws IOException, InterruptedException {
        must("load " + archive, call(600, List.of("load", "-i", archive.toString())));
    }

    /** Takes an image away; one that is not there, or still used, is no error. */
    void remove(String image) throws IOException {
        try {
            call(60, List.of("image", "rm", image));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs a container without a network but its own loopback, for so many seconds at most, and removes it. */
    Result run(int seconds, List<String> options, String image, List<String> arguments)
            throws IOException, InterruptedException {
        String name = "crs-" + UUID.randomUUID();
        List<String> words = new ArrayList<>(List.of("run", "--rm", "--name", name, "--network", "none"));
        words.addAll(options);
        words.add(image);
        words.addAll(arguments);
        Result result = call(seconds, words);
        if (result.stillRunning()) {
            call(STOP_SECONDS, List.of("stop", "--time", "2", name));
        }
        return result;
    }

    /** Runs the engine's command with these words. */
    Result call(int seconds, List<String> words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(command));
        line.addAll(words);
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        FutureTask<String> output = new FutureTask<>(() -> text(process.getInputStream()));
        Thread reader = new Thread(output, "output of " + command);
        reader.setDaemon(true);
        reader.start();
        try {
            int status = process.waitFor(seconds, TimeUnit.SECONDS) ? process.exitValue() : -1;
            // By its handle: to destroy the process object would close the stream that is still being read.
            process.toHandle().destroy();
            return new Result(status, output.get(STOP_SECONDS, TimeUnit.SECONDS));
        } catch (TimeoutException late) {
            return new Result(-1, "");
        } catch (ExecutionException broken) {
            throw new IOException("reading what " + command + " says: " + broken.getMessage(), broken);
        } finally {
            process.toHandle().destroyForcibly();
        }
    }

    private static String text(InputStream in) throws IOException {
        byte[] head = in.readNBytes(LONGEST_OUTPUT);
        in.transferTo(OutputStream.nullOutputStream());
        return new String(head, StandardCharsets.UTF_8);
    }

    private void must(String what, Result result) throws IOException {
        if (result.status() != 0) {
            throw new IOException(command + " " + what + ": " + result.output().strip());
        }
    }
}
