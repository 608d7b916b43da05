package io.crs.quickstart;

import io.crs.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the container tests share: the images of the quickstart, the probe, and a policy about files everybody may read. */
final class Demo {

    /** World-readable, so that nothing but the policy refuses it; of one length with {@link #ALLOWED}, for the race. */
    static final String SECRET = "/etc/debian_version";

    static final String ALLOWED = "/usr/lib/os-release";
    static final String SECRET_TEXT = "12.";
    static final String ALLOWED_TEXT = "PRETTY_NAME";

    /** The folder of the project. */
    static final Path ROOT = Path.of(System.getProperty("crs.root"));

    private Demo() {}

    static Policy policy(String mode) throws Exception {
        return policy(mode, SECRET);
    }

    /** A policy under which one file is not read. */
    static Policy policy(String mode, String secret) throws Exception {
        return Policy.read("""
                {"name": "container tests", "policyMode": "%s",
                 "defaultNetworkAction": "ALLOW", "defaultFileAction": "ALLOW", "defaultExecuteAction": "ALLOW",
                 "rules": [
                   {"name": "secret", "ruleType": "READ", "file": "%s", "action": "DENY"},
                   {"name": "tool", "ruleType": "SYSCALL", "syscall": "execve", "arg1": "/usr/bin/apt-get", "action": "DENY"},
                   {"name": "site", "ruleType": "WRITE", "file": "/var/www/html/*", "action": "DENY"}]}
                """.formatted(mode, secret));
    }

    /** The names of these images; of the Debian image and the static image if none is given. Made if they are not there. */
    static List<String> images(String... which) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(ROOT.resolve("tools/demo-images").toString()));
        command.addAll(List.of(which));
        Process made = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> names = made.inputReader().lines().toList();
        if (made.waitFor() != 0) {
            throw new IOException("tools/demo-images failed");
        }
        return names;
    }

    /** Builds the probe: static, so that it runs in every image. */
    static Path probe(Path folder) throws IOException, InterruptedException {
        Path probe = folder.resolve("probe");
        Process compiler = new ProcessBuilder(
                        "musl-gcc",
                        "-static",
                        "-no-pie",
                        "-O2",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-o",
                        probe.toString(),
                        ROOT.resolve("examples/quickstart/src/test/c/probe.c").toString())
                .inheritIO()
                .start();
        if (!compiler.waitFor(60, TimeUnit.SECONDS) || compiler.exitValue() != 0 || !Files.isExecutable(probe)) {
            throw new IOException("the probe could not be built");
        }
        return probe;
    }
}
