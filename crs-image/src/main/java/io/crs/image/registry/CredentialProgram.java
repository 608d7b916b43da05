package io.crs.image.registry;

import io.crs.image.format.Json;
import io.crs.image.format.MalformedException;
import io.crs.secret.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Programs that keep credentials for Docker: {@code docker-credential-NAME get}, asked by standard input. */
final class CredentialProgram {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final int LONGEST = 64 << 10;
    private static final long SECONDS = 60;

    /** Asks a helper; it has none where it says so. What it prints besides is not repeated: it could be a secret. */
    Optional<Credentials> find(String name, String registry) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw new IOException(
                    "\"" + name + "\" in the Docker configuration is not the name of a credential helper");
        }
        String program = "docker-credential-" + name;
        Process process;
        try {
            process = new ProcessBuilder(program, "get")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new IOException(
                    "the Docker configuration names the credential helper " + program
                            + ", which cannot be run: install it," + " or give credentials otherwise",
                    e);
        }
        try {
            byte[] output = ask(process, registry);
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(program + " did not answer within " + SECONDS + " seconds");
            }
            return read(program, process.exitValue(), output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + program + " was asked");
        } finally {
            process.destroyForcibly();
        }
    }

    private static byte[] ask(Process process, String registry) throws IOException {
        // A helper that hangs with its output open is ended, which ends the read as well.
        process.onExit().orTimeout(SECONDS, TimeUnit.SECONDS).exceptionally(late -> {
            process.destroyForcibly();
            return process;
        });
        try (OutputStream in = process.getOutputStream()) {
            in.write((registry + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It need not read what it was asked for to say that it has nothing.
        }
        try (InputStream out = process.getInputStream()) {
            return out.readNBytes(LONGEST);
        }
    }

    private static Optional<Credentials> read(String program, int status, byte[] output) throws IOException {
        String text = new String(output, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
        if (status != 0) {
            if (text.contains("not found")) {
                return Optional.empty();
            }
            throw new IOException(program + " failed with status " + status);
        }
        try {
            Json json = Json.parse(output, "an answer");
            String secret = json.text("Secret").orElse("");
            return secret.isEmpty()
                    ? Optional.empty()
                    : Optional.of(credentials(json.text("Username").orElse(""), secret));
        } catch (MalformedException | IllegalArgumentException e) {
            throw new IOException(program + " gave no readable answer");
        }
    }

    /** The user {@code <token>} stands for an identity token. */
    static Credentials credentials(String user, String secret) {
        return user.equals("<token>") ? Credentials.identityToken(secret) : Credentials.password(user, secret);
    }
}
