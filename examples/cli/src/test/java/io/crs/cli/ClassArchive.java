package io.crs.cli;

import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.RegistryFixture;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes the archive of classes ({@code crs.jar.jsa}) that {@code tools/crs} starts the JVM with: a command spends a third of
 * its time on finding and verifying classes otherwise. In it is what a command loads that does the most of all: it reads a
 * policy, and instruments an image in a registry.
 */
final class ClassArchive {
    private static final long LONGEST_SECONDS = 60;

    private final Path jar;
    private final List<String> image;

    private ClassArchive(Path jar, List<String> image) {
        this.jar = jar;
        this.image = image;
    }

    /** Makes the archive beside the jar, or says why there is none: the command does without, only slower. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path jar = Path.of(args[0]).toRealPath();
        Path archive = Path.of(jar + ".jsa");
        Path made = Path.of(archive + ".making");
        Files.deleteIfExists(archive);
        Files.deleteIfExists(made);
        try (RegistryFixture registry = new RegistryFixture()) {
            registry.image(
                    "app",
                    "1",
                    ImageFixture.of(ProgramFixture.debian("2.36", "2.36-9+deb12u14"))
                            .entryPoint("/usr/bin/app"));
            String app = "docker://" + registry.host() + "/app:";
            ClassArchive classes = new ClassArchive(
                    jar, List.of("image", "instrument", app + "1", app + "2", "--plain-http", "--policy", args[1]));
            // The second time its layers are known, as those of most images are.
            String refused = classes.run("-Xshare:auto") + classes.run("-XX:ArchiveClassesAtExit=" + made);
            if (refused.isEmpty() && Files.exists(made)) {
                // The JVM does not look whether the file is whole: one that was cut off would end it.
                try (FileChannel file = FileChannel.open(made)) {
                    file.force(true);
                }
                Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
            } else {
                System.out.println("no archive of classes, the command will start slower: " + refused);
            }
        }
    }

    private String run(String setting) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xlog:cds*=off", setting, "-jar", jar.toString()));
        command.addAll(image);
        Path said = jar.resolveSibling("class-archive.log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("XDG_CACHE_HOME", jar.resolveSibling("cache").toString());
        Process process = builder.start();
        if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return "it took longer than " + LONGEST_SECONDS + " seconds";
        }
        return process.exitValue() == 0 ? "" : Files.readString(said);
    }
}
