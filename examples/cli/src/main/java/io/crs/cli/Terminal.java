package io.crs.cli;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Where a command reads and writes: results go to {@code out}, all else to {@code err}, both in UTF-8 whatever the
 * locale. Writing results reports failure, so that a full disk is not taken for success.
 *
 * @param in standard input
 * @param out standard output, buffered
 * @param err standard error
 * @param interactive whether a person watches standard error and may be shown progress
 */
public record Terminal(InputStream in, OutputStream out, PrintStream err, boolean interactive) {
    private static final int BUFFER = 1 << 16;

    /** The streams of this process. */
    public static Terminal ofProcess() {
        return new Terminal(
                new BufferedInputStream(new FileInputStream(FileDescriptor.in), BUFFER),
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                isTerminal(Path.of("/proc/self/fd/2")));
    }

    /** Whether a descriptor is a terminal: the JDK tells it only of standard input and output together. */
    private static boolean isTerminal(Path descriptor) {
        try {
            return descriptor.toRealPath().toString().matches("/dev/(pts/\\d+|tty\\w*|console)");
        } catch (IOException e) {
            return false; // a pipe or socket, or no /proc here
        }
    }

    /** Prints a line of the result. */
    public void print(String line) throws OutputLost {
        try {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new OutputLost(e);
        }
    }

    /** Hands on what has been printed of the result. */
    public void flush() throws OutputLost {
        try {
            out.flush();
        } catch (IOException e) {
            throw new OutputLost(e);
        }
    }

    /** Prints a message for the person, not part of the result. */
    public void say(String message) {
        err.println("crs: " + message);
    }

    /** Tells a person who watches what is being done. */
    public void progress(String step) {
        if (interactive) {
            say(step);
        }
    }

    /** The same, without progress. */
    public Terminal quiet() {
        return new Terminal(in, out, err, false);
    }

    /** A writer of the result, as picocli wants it. */
    public PrintWriter outWriter() {
        return new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
    }

    /** A writer of messages, as picocli wants it. */
    public PrintWriter errWriter() {
        return new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
    }
}
