package io.crs.cli;

import static io.crs.cli.Shell.crs;
import static io.crs.cli.Shell.crsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.crs.cli.Shell.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lint}, {@code diff}, {@code replay} and {@code learn}: what they find is shown on the calls they give as witnesses. */
class AnalysisCommandsTest {
    private static final String WIDE =
            "{\"name\":\"wide\",\"ruleType\":\"READ\",\"action\":\"DENY\",\"file\":\"/etc/*\"}";
    private static final String NARROW =
            "{\"name\":\"narrow\",\"ruleType\":\"READ\",\"action\":\"ALLOW\",\"file\":\"/etc/hosts\"}";

    @TempDir
    Path folder;

    private String policy(String name, String... rules) throws IOException {
        return Files.writeString(
                        folder.resolve(name),
                        "{\"name\":\"" + name + "\",\"policyMode\":\"ACTIVE\",\"defaultNetworkAction\":\"ALLOW\","
                                + "\"defaultFileAction\":\"ALLOW\",\"defaultExecuteAction\":\"ALLOW\",\"rules\":["
                                + String.join(",", rules) + "]}")
                .toString();
    }

    private static JsonNode decision(String policy, JsonNode call) throws IOException {
        return crsWith(call + "\n", "policy", "decide", policy, "--arch", "x86_64")
                .json();
    }

    @Test
    void aRuleThatNeverDecidesIsFoundWithACallThatShowsIt() throws IOException {
        String policy = policy("p", WIDE, NARROW);

        Outcome outcome = crs("policy", "lint", policy, "--arch", "x86_64", "--json");

        assertEquals(ExitCode.NO, outcome.exit(), outcome.err());
        JsonNode finding = outcome.json().get("findings").get(0);
        assertEquals("CONTRADICTORY", finding.get("kind").asText());
        assertEquals("/rules/1", finding.get("pointer").asText());
        assertEquals(
                "wide", decision(policy, finding.get("witness")).get("rule").asText());
    }

    @Test
    void aPolicyWithoutFindingsIsDone() throws IOException {
        Outcome outcome = crs("policy", "lint", policy("p", NARROW, WIDE), "--arch", "x86_64");

        assertEquals(ExitCode.DONE, outcome.exit(), outcome.out() + outcome.err());
        assertTrue(outcome.out().contains("0 findings in 2 rules"), outcome.out());
    }

    @Test
    void everyDifferenceIsShownByACallThatTheTwoDecideDifferently() throws IOException {
        String before = policy("before", WIDE);
        String after = policy("after", NARROW, WIDE);

        Outcome outcome = crs("policy", "diff", before, after, "--arch", "x86_64", "--json");

        assertEquals(ExitCode.NO, outcome.exit(), outcome.err());
        JsonNode diff = outcome.json();
        assertFalse(diff.get("equivalent").asBoolean());
        assertEquals("narrow", diff.get("added").get(0).get("name").asText());
        assertFalse(diff.get("differences").isEmpty());
        for (JsonNode difference : diff.get("differences")) {
            assertEquals(
                    "DENY",
                    decision(before, difference.get("witness")).get("action").asText());
            assertEquals(
                    "ALLOW",
                    decision(after, difference.get("witness")).get("action").asText());
        }
    }

    @Test
    void policiesThatDifferInWordsAloneAreProvenEquivalent() throws IOException {
        Outcome outcome = crs(
                "policy", "diff", policy("before", WIDE), policy("after", WIDE, NARROW), "--arch", "x86_64", "--json");

        assertEquals(ExitCode.DONE, outcome.exit(), outcome.out() + outcome.err());
        assertTrue(outcome.json().get("equivalent").asBoolean());
    }

    @Test
    void standardInputIsOnePolicyAtMost() {
        assertEquals(ExitCode.INVALID, crs("policy", "diff", "-", "-").exit());
    }

    @Test
    void replayTellsWhatWouldBeDeniedNow() throws IOException {
        Outcome outcome = crs("policy", "replay", policy("p", WIDE), events("/etc/hosts"), "--json");

        assertEquals(ExitCode.NO, outcome.exit(), outcome.err());
        JsonNode report = outcome.json();
        assertEquals(1, report.get("newlyDenied").asInt());
        assertEquals(1, report.get("perRule").get(0).get("hits").asInt());
        assertEquals(
                "/etc/hosts",
                report.get("examples").get(0).get("call").get("filename").asText(),
                outcome.out());
    }

    @Test
    void replayAgainstAnotherPolicyTellsTheDifferenceAlone() throws IOException {
        String policy = policy("p", WIDE);

        Outcome outcome = crs("policy", "replay", policy, events("/etc/hosts"), "--against", policy, "--json");

        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
        assertEquals(0, outcome.json().get("newlyDenied").asInt());
    }

    @Test
    void replayNamesTheFirstLineThatIsNoEventAndGoesOn() throws IOException {
        String events = events("/etc/hosts");
        Files.writeString(Path.of(events), "nonsense\n" + Files.readString(Path.of(events)));

        Outcome outcome = crs("policy", "replay", policy("p", WIDE), events, "--json");

        assertEquals(ExitCode.INVALID, outcome.exit());
        assertTrue(outcome.err().contains("line 1"), outcome.err());
        assertEquals(1, outcome.json().get("newlyDenied").asInt());
    }

    @Test
    void replayTakesEventsFromStandardInput() throws IOException {
        String event = Files.readString(Path.of(events("/etc/hosts")));

        Outcome outcome =
                crsWith("\uFEFF" + event + "\r\n\n" + event, "policy", "replay", policy("p", WIDE), "-", "--json");

        assertEquals(ExitCode.NO, outcome.exit(), outcome.err());
        assertEquals(2, outcome.json().get("newlyDenied").asInt());
    }

    @Test
    void replayOfNothingFindsNothing() throws IOException {
        Outcome outcome = crsWith("", "policy", "replay", policy("p", WIDE), "-");

        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
        assertTrue(outcome.out().contains("0 calls: 0 newly denied"), outcome.out());
    }

    @Test
    void replayRefusesWhatHoldsNoEvents() throws IOException {
        Path binary = Files.write(folder.resolve("binary"), new byte[3 << 20]);

        Outcome outcome = crs("policy", "replay", policy("p", WIDE), binary.toString());

        assertEquals(ExitCode.INVALID, outcome.exit());
        assertTrue(outcome.err().contains("binary, line 1: the line is longer than 1048576"), outcome.err());
    }

    @Test
    void replayNamesAMissingRecordingBeforeItBegins() throws IOException {
        String missing = folder.resolve("nothing").toString();

        Outcome outcome = crs("policy", "replay", policy("p", WIDE), events("/etc/hosts"), missing);

        assertEquals(ExitCode.FAILED, outcome.exit());
        assertTrue(outcome.err().contains("nothing: no such file or folder"), outcome.err());
        assertEquals("", outcome.out());
    }

    @Test
    void aLearnedPolicyAllowsWhatWasSeenAndDeniesTheRest() throws IOException {
        String events = events("/srv/app/config.yaml");
        Path learned = folder.resolve("learned.json");

        Outcome outcome = crs("policy", "learn", events, "--out", learned.toString(), "--json");

        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
        JsonNode report = outcome.json();
        assertEquals("PERMISSIVE", report.get("policy").get("policyMode").asText());
        assertEquals(1, report.get("evidence").get(0).get("runs").asInt());
        assertTrue(report.get("breadth").isNull());
        assertEquals("ALLOW", read(learned, "/srv/app/config.yaml"));
        assertEquals("DENY", read(learned, "/srv/app/other.yaml"));
    }

    @Test
    void aSecretIsReportedAndNotLearned() throws IOException {
        Outcome outcome = crs("policy", "learn", events("/etc/shadow"));

        assertTrue(outcome.json().get("notLearned").toString().contains("/etc/shadow"), outcome.out());
        assertFalse(outcome.json().get("policy").toString().contains("/etc/shadow"), outcome.out());
    }

    @Test
    void whatAPolicyDeniesStaysDeniedWhenLearnedRulesAreMerged() throws IOException {
        String existing = policy("existing", WIDE);
        Path merged = folder.resolve("merged.json");

        Outcome outcome = crs("policy", "learn", events("/etc/hosts"), "--merge", existing, "--out", merged.toString());

        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
        assertEquals("DENY", read(merged, "/etc/hosts"));
    }

    @Test
    void aFileWithoutEventsTeachesNothing() throws IOException {
        Outcome outcome = crs("policy", "learn", policy("p", WIDE));

        assertEquals(ExitCode.INVALID, outcome.exit());
        assertTrue(outcome.err().contains("no event"), outcome.err());
    }

    @Test
    void aMissingRecordingIsNamed() {
        Outcome outcome = crs("policy", "learn", folder.resolve("nothing").toString());

        assertEquals(ExitCode.FAILED, outcome.exit());
        assertTrue(outcome.err().contains("nothing: no such file or folder"), outcome.err());
    }

    private static String read(Path policy, String path) throws IOException {
        return crsWith(
                        "{\"syscall\":\"openat\",\"program\":\"/usr/bin/app\",\"filename\":\"" + path + "\"}\n",
                        "policy",
                        "decide",
                        policy.toString(),
                        "--arch",
                        "x86_64")
                .json()
                .get("action")
                .asText();
    }

    private String events(String path) throws IOException {
        String event =
                "{\"v\":1,\"id\":\"01KAMZ1B2C3D4E5F6G7H8J9K0M\",\"seq\":1,\"time\":\"2026-11-21T19:20:33.123456Z\","
                        + "\"type\":\"BEHAVIOR\",\"action\":\"ALLOW\",\"enforced\":true,"
                        + "\"process\":{\"pid\":8,\"exe\":\"/usr/bin/app\",\"uid\":0},"
                        + "\"syscall\":{\"arch\":\"x86_64\",\"nr\":257,\"name\":\"openat\",\"args\":[\"AT_FDCWD\",\""
                        + path
                        + "\",\"O_RDONLY\"]},"
                        + "\"object\":{\"kind\":\"file\",\"requested\":\"" + path + "\",\"path\":\"" + path
                        + "\",\"op\":\"read\"}}";
        return Files.write(folder.resolve("events.jsonl"), List.of(event)).toString();
    }
}
