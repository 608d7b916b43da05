package io.crs.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The self-test: every known way past the agent, tried on this host without the agent and below it.
 *
 * <p>What tries is a program of its own, {@code crs-selftest}, which lies beside the agent in this library and never gets
 * into an image. As root it tries everything three times: as root, as user 1000, and as a process that root's agent
 * watches and that became user 1000. Immutable, safe for all threads; each setting gives a new object.
 */
public final class SelfTest {
    private final Compiler compiler;
    private final List<String> only;
    private final Path folder;
    private final Optional<Path> kept;

    /** Makes decision tables for this host; this module does not know policies. */
    @FunctionalInterface
    public interface Compiler {
        /**
         * Returns the bytes of a decision table.
         *
         * @param policy the policy, a JSON document
         * @throws IOException if it cannot be compiled
         */
        byte[] compile(String policy) throws IOException;
    }

    private SelfTest(Compiler compiler, List<String> only, Path folder, Optional<Path> kept) {
        this.compiler = compiler;
        this.only = only;
        this.folder = folder;
        this.kept = kept;
    }

    /**
     * A self-test of all techniques, in the folder for temporary files.
     *
     * @param compiler is given the policy of the self-test, which names the folder it works in, when it runs
     */
    public static SelfTest with(Compiler compiler) {
        Path folder = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
        return new SelfTest(compiler, List.of(), folder, Optional.empty());
    }

    /** The same self-test of some rows alone: those whose ids are, or begin with, one of these; all if there are none. */
    public SelfTest only(List<String> ids) {
        for (String id : ids) {
            if (!id.matches("[A-Za-z0-9_-]+")) {
                throw new IllegalArgumentException("\"" + id + "\" is no id of a row");
            }
        }
        return new SelfTest(compiler, List.copyOf(ids), folder, kept);
    }

    /** The same self-test with its files below another folder, on a file system that allows execution. */
    public SelfTest folder(Path parent) {
        return new SelfTest(compiler, only, parent, kept);
    }

    /** The same self-test, which works in this folder, not there yet, and leaves there what the last technique left. */
    public SelfTest keep(Path place) {
        return new SelfTest(compiler, only, folder, Optional.of(place));
    }

    /**
     * Tries the techniques. Takes minutes for all of them.
     *
     * @param listener is told each row as it is known
     * @throws IOException if there is no agent for this host's platform, something of the host speaks against it, or the
     *     program fails; the message says which
     * @throws InterruptedException if the thread is interrupted; the program is stopped then, and its files are removed
     */
    public SelfTestReport run(Consumer<SelfTestRow> listener) throws IOException, InterruptedException {
        SelfTestFiles files = SelfTestFiles.ofThisHost();
        PrivateFolder own = PrivateFolder.create(folder.toRealPath());
        try (own) {
            /* Other users try too. */
            Files.setPosixFilePermissions(own.path(), PosixFilePermissions.fromString("rwxr-xr-x"));
            Path place =
                    kept.isPresent() ? kept.get().toAbsolutePath() : own.path().resolve("place");
            Path program = files.write(own, compiler.compile(SelfTestFiles.policy(List.of(place))));
            return new SelfTestProcess(program, place, only, kept.isPresent()).run(listener);
        }
    }

    /**
     * Writes what the self-test needs into a folder, to be mounted into a container, whose entry point the program in it
     * becomes. There it works in {@code /tmp/crs-selftest}, or {@code /dev/shm/crs-selftest} where that cannot be made.
     *
     * @param target a folder that is empty or not there
     * @throws IOException if there is no agent for this host's platform, or the files cannot be written
     */
    public void write(Path target) throws IOException {
        SelfTestFiles files = SelfTestFiles.ofThisHost();
        byte[] table = compiler.compile(SelfTestFiles.policy(SelfTestFiles.PLACES));
        Files.createDirectories(target);
        try (Stream<Path> there = Files.list(target)) {
            if (there.findAny().isPresent()) {
                throw new DirectoryNotEmptyException(target.toString());
            }
        }
        files.write(target, table);
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = SelfTest.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("this build lacks its resource " + name);
            }
            return in.readAllBytes();
        }
    }

    static String text(String name) throws IOException {
        return new String(resource(name), UTF_8);
    }
}
