package io.crs.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.crs.agent.AgentBundle;
import io.crs.agent.AgentFile;
import io.crs.agent.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** The files of a self-test: the program that tries, the agent it tries to get past, and the policy it is held to. */
record SelfTestFiles(AgentFile program, AgentFile agent) {
    /** Where the program works if it is told nothing else: the first of them that it can make. */
    static final List<Path> PLACES = List.of(Path.of("/tmp/crs-selftest"), Path.of("/dev/shm/crs-selftest"));

    private static final String PROGRAM = "crs-selftest";
    private static final String AGENT = "crs-init";
    private static final String TABLE = "table";
    private static final String README = """
            Tries every known way past the agent in a container, and prints which are held:

                docker run --rm -v %s:/selftest:ro --entrypoint /selftest/crs-selftest IMAGE
            """;

    static SelfTestFiles ofThisHost() throws IOException {
        Platform platform = Platform.host();
        AgentBundle bundle = LocalRun.agent(platform, HostProbe.ofThisHost());
        byte[] agent = bundle.files().stream()
                .filter(file -> file.path().equals(AgentBundle.INIT))
                .findFirst()
                .orElseThrow()
                .content();
        byte[] program = SelfTest.resource(
                "/META-INF/crs/agent/" + platform.os() + "-" + platform.architecture() + "/" + PROGRAM);
        return new SelfTestFiles(new AgentFile(PROGRAM, 0755, program), new AgentFile(AGENT, 0755, agent));
    }

    /** The policy of the techniques as a JSON document, with its rules about files once for each folder. */
    static String policy(List<Path> places) throws IOException {
        String template = SelfTest.text("/META-INF/crs/selftest/policy.json");
        List<String> lines = new ArrayList<>();
        for (String line : template.lines().toList()) {
            if (line.contains("@DIR@")) {
                places.forEach(place -> lines.add(line.replace("@DIR@", pattern(place))));
            } else {
                lines.add(line);
            }
        }
        return String.join("\n", lines);
    }

    /** A folder as a pattern that means only itself, within a JSON text. */
    private static String pattern(Path place) {
        return place.toString()
                .replaceAll("[*?\\\\]", "\\\\$0")
                .replace("\\", "\\\\")
                .replace("\"", "\\\"");
    }

    /** Writes the files of a run; where the program is. */
    Path write(PrivateFolder folder, byte[] table) throws IOException {
        folder.write(AGENT, agent.mode(), agent.content());
        folder.write(TABLE, 0644, table);
        return folder.write(PROGRAM, program.mode(), program.content());
    }

    /** Writes the files to be mounted somewhere, and how. */
    void write(Path folder, byte[] table) throws IOException {
        write(folder, new AgentFile(AGENT, agent.mode(), agent.content()));
        write(folder, new AgentFile(TABLE, 0644, table));
        write(folder, new AgentFile(PROGRAM, program.mode(), program.content()));
        String readme = README.formatted(folder.toAbsolutePath());
        write(folder, new AgentFile("README", 0644, readme.getBytes(UTF_8)));
    }

    private static void write(Path folder, AgentFile file) throws IOException {
        Path path = Files.write(folder.resolve(file.path()), file.content());
        String mode = file.mode() == 0755 ? "rwxr-xr-x" : "rw-r--r--";
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
