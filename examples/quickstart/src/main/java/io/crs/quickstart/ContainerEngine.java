package io.crs.quickstart;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    /** A command that ended: its exit status and all it wrote, on both streams. */
    record Result(int status, String output) {}

    private static final int LONGEST_OUTPUT = 1 << 20;

    /** The engine named by {@code CRS_ENGINE}; docker where the variable is not set. */
    static ContainerEngine ofEnvironment() {
        return new ContainerEngine(Optional.ofNullable(System.getenv("CRS_ENGINE")).orElse("docker"));
    }

    boolean has(String image) throws IOException, InterruptedException {
        return call(60, List.of("image", "inspect", image)).status() == 0;
    }

    /** Writes an image as docker-archive. */
    void save(String image, Path archive) throws IOException, InterruptedException {
        must(call(600, List.of("save", "-o", archive.toString(), image)), "save " + image);
    }

    /** Loads a docker-archive; its images get the names they have in it. */
    void load(Path archive) throws IOException, InterruptedException {
        must(call(600, List.of("load", "-i", archive.toString())), "load " + archive);
    }

    /** Runs a container to its end, without a network but its own loopback, and removes it. */
    Result run(int seconds, List<String> options, String image, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("run", "--rm", "--network", "none"));
        words.addAll(options);
        words.add(image);
        words.addAll(arguments);
        return call(seconds, words);
    }

    /** Ends a container that may be running; an unknown name is no error. */
    void stop(String container) throws IOException, InterruptedException {
        call(60, List.of("stop", "--time", "5", container));
    }

    private Result call(int seconds, List<String> words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(command);
        line.addAll(words);
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        FutureTask<String> output = new FutureTask<>(() -> text(process.getInputStream()));
        Thread reader = new Thread(output, "output of " + command);
        reader.setDaemon(true);
        reader.start();
        try {
            return new Result(
                    process.waitFor(seconds, TimeUnit.SECONDS) ? process.exitValue() : -1,
                    output.get(seconds, TimeUnit.SECONDS));
        } catch (TimeoutException late) {
            return new Result(-1, "no end within " + seconds + " s");
        } catch (ExecutionException broken) {
            throw new IOException("reading what " + command + " says: " + broken.getMessage(), broken);
        } finally {
            process.destroy();
        }
    }

    private static String text(InputStream in) throws IOException {
        byte[] head = in.readNBytes(LONGEST_OUTPUT);
        in.transferTo(java.io.OutputStream.nullOutputStream());
        return new String(head, StandardCharsets.UTF_8);
    }

    private void must(Result result, String what) throws IOException {
        if (result.status() != 0) {
            throw new IOException(
                    command + " " + what + ": " + result.output().strip());
        }
    }
}
