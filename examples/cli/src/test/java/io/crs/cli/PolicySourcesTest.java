package io.crs.cli;

import static io.crs.cli.Shell.crs;
import static io.crs.cli.Shell.crsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.crs.cli.Shell.Outcome;
import io.crs.policy.template.PolicyTemplates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code import} and {@code templates}: where policies come from. */
class PolicySourcesTest {
    @TempDir
    Path folder;

    @Test
    void anImportedTableOfRulesDecidesAsItSays() throws IOException {
        String table = Files.writeString(
                        folder.resolve("web.csv"), "shadow,/bin/cat,0,sys_open,/etc/shadow,,\nrest,*,1,2,*,*,*\n")
                .toString();
        String policy = folder.resolve("web.json").toString();

        Outcome imported = crs("policy", "import", table, "--from", "layint-csv", "-o", policy);
        Outcome decided = crsWith(
                "{\"syscall\":\"open\",\"program\":\"/bin/cat\",\"filename\":\"/etc/shadow\"}\n",
                "policy",
                "decide",
                policy,
                "--engine",
                "reference",
                "--arch",
                "x86_64");

        assertEquals(ExitCode.DONE, imported.exit(), imported.err());
        assertEquals("DENY", decided.json().get("action").asText(), decided.err());
        assertTrue(Files.readString(Path.of(policy)).contains("\"web\""), "named for the file");
    }

    @Test
    void aTableThatIsShortOfFieldsIsRefusedWithItsLine() throws IOException {
        Outcome outcome =
                crsWith("good,*,0,2,,,\nshort,*,0\n", "policy", "import", "-", "--from", "layint-csv", "--json");

        assertEquals(ExitCode.INVALID, outcome.exit());
        JsonNode problems = outcome.json().get("problems");
        assertEquals(1, problems.size(), outcome.out());
        assertTrue(problems.get(0).get("pointer").asText().startsWith("/lines/2"), outcome.out());
    }

    @Test
    void anUnknownFormIsNamedWithTheKnownOnes() {
        Outcome outcome = crs("policy", "import", "x", "--from", "csv");

        assertEquals(ExitCode.INVALID, outcome.exit());
        assertTrue(outcome.err().contains("layint-json, layint-csv"), outcome.err());
    }

    @ParameterizedTest
    @MethodSource("io.crs.policy.template.PolicyTemplates#names")
    void everyTemplateIsListedAndPrintedAsAValidPolicy(String name) throws IOException {
        assertTrue(crs("policy", "templates").out().contains(name + " "));

        Outcome printed = crs("policy", "templates", name);

        assertEquals(
                ExitCode.DONE, crsWith(printed.out(), "policy", "validate", "-").exit());
    }

    @Test
    void theListOfTemplatesIsOneDocument() throws IOException {
        JsonNode templates = crs("policy", "templates", "--json").json().get("templates");

        assertEquals(PolicyTemplates.names(), templates.findValuesAsText("name"));
        assertTrue(templates.get(0).get("rules").isInt());
    }

    @Test
    void aMisspeltTemplateIsToldTheNearest() {
        Outcome outcome = crs("policy", "templates", "no-shel");

        assertEquals(ExitCode.INVALID, outcome.exit());
        assertTrue(outcome.err().contains("did you mean \"no-shell\"?"), outcome.err());
    }
}
