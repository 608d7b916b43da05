package io.crs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.fixture.HttpFixture.Response;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.RegistryFixture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Credentials that a program on the PATH keeps, as Docker's helpers do. */
class CredentialHelperIT {
    @TempDir
    Path folder;

    private Process check(RegistryFixture registry, String script) throws Exception {
        Path helper = Files.writeString(folder.resolve("docker-credential-crs-test"), "#!/bin/sh\n" + script);
        assertTrue(helper.toFile().setExecutable(true));
        Files.writeString(
                folder.resolve("config.json"), "{\"credHelpers\":{\"" + registry.host() + "\":\"crs-test\"}}");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target", "crs.jar").toString(),
                "image",
                "check",
                registry.host() + "/app:1",
                "--plain-http",
                "--no-cache");
        builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
        builder.environment().put("DOCKER_CONFIG", folder.toString());
        builder.environment().remove("REGISTRY_AUTH_FILE");
        return builder.redirectErrorStream(true).start();
    }

    private static RegistryFixture closed(String user, String password) throws Exception {
        RegistryFixture registry = new RegistryFixture();
        registry.image(
                "app",
                "1",
                ImageFixture.of(ProgramFixture.debian("2.36", "2.36-9")).entryPoint("/usr/bin/app"));
        String wanted =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        registry.fault(request -> request.header("Authorization").equals(wanted)
                ? Optional.empty()
                : Optional.of(Response.of(401, "").with("WWW-Authenticate", "Basic realm=\"test\"")));
        return registry;
    }

    @Test
    void isAskedForTheRegistryAndBelieved() throws Exception {
        try (RegistryFixture registry = closed("kept", "s3cret")) {
            Process process = check(
                    registry,
                    "read -r host; [ \"$1 $host\" = \"get " + registry.host()
                            + "\" ] && echo '{\"Username\":\"kept\",\"Secret\":\"s3cret\"}'");
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), output);
            assertFalse(output.contains("s3cret"), output);
        }
    }

    @Test
    void thatFailsIsNamedAndWhatItPrintsIsNot() throws Exception {
        try (RegistryFixture registry = closed("kept", "s3cret")) {
            Process process = check(registry, "echo s3cret; exit 4");
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(ExitCode.FAILED, process.waitFor(), output);
            assertTrue(output.contains("docker-credential-crs-test failed with status 4"), output);
            assertFalse(output.contains("s3cret"), output);
        }
    }
}
