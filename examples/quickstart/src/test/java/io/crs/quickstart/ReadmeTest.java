package io.crs.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.engine.Crs;
import io.crs.engine.InstrumentOptions;
import io.crs.image.InvalidImageException;
import io.crs.image.location.ImageLocation;
import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.Decision;
import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.Rule;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("crs.root"));

    private Optional<Decision> decided = Optional.empty();

    @Test
    void theLinesCompileAndDecideAsTheySay(@TempDir Path empty) {
        // The last line needs an image; here there is none, and that is what it says.
        assertThrows(InvalidImageException.class, () -> lines("oci:" + empty, "oci:" + empty.resolve("out")));

        assertEquals(Action.DENY, decided.orElseThrow().action());
        assertTrue(decided.orElseThrow().blocked());
    }

    @Test
    void theReadmeShowsTheseLines() throws Exception {
        List<String> shown = between(Files.readAllLines(ROOT.resolve("README.md")), "```java", "```");
        assertEquals(10, shown.size());
        assertEquals(
                shown,
                between(
                        Files.readAllLines(
                                ROOT.resolve("examples/quickstart/src/test/java/io/crs/quickstart/ReadmeTest.java")),
                        "// README begins",
                        "// README ends"));
    }

    private void lines(String source, String destination) throws Exception {
        // README begins
        Rule secrets = Rule.read("/etc/shadow").by("/usr/bin/*").deny();
        Rule site = Rule.write("/var/www/html/*").deny();
        Rule service = Rule.outbound("10.0.0.0/8").ports(443).allow();
        PolicyBuilder web = Policy.named("web").rules(List.of(secrets, site, service));
        Policy policy = web.defaults(Category.NETWORK, Action.DENY).build();
        DecisionTable table = DecisionTable.compile(policy, Arch.X86_64);
        Decision decision = table.decide(Call.open("/usr/bin/cat", "/etc/shadow"));
        decided = Optional.of(decision);
        ImageLocation from = ImageLocation.parse(source);
        ImageLocation to = ImageLocation.parse(destination);
        Crs.standard().instrument(from, to, policy, InstrumentOptions.STANDARD);
        // README ends
    }

    /** The lines between two marks, without the indentation and without what only the test needs. */
    private static List<String> between(List<String> lines, String from, String to) {
        return lines.stream()
                .map(String::strip)
                .dropWhile(line -> !line.equals(from))
                .skip(1)
                .takeWhile(line -> !line.equals(to))
                .filter(line -> !line.startsWith("decided = "))
                .toList();
    }
}
