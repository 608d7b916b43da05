package io.crs.policy.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.InvalidCallException;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyTemplatesTest {
    private static List<String> names() {
        return PolicyTemplates.names();
    }

    private static Path folder(String place) throws URISyntaxException {
        URL url = Objects.requireNonNull(PolicyTemplatesTest.class.getResource(place), place);
        return Path.of(url.toURI());
    }

    private static List<String> lines(String name, Action action) throws IOException, URISyntaxException {
        String file =
                switch (action) {
                    case DENY -> "denied.jsonl";
                    case ALLOW -> "allowed.jsonl";
                    case MONITOR -> "monitored.jsonl";
                };
        return Files.readAllLines(folder("/templates/" + name).resolve(file));
    }

    @Test
    void namesEveryTemplate() throws IOException, URISyntaxException {
        Path folder = folder("/io/crs/policy/template/no-drift.json").getParent();
        try (Stream<Path> files = Files.list(Objects.requireNonNull(folder))) {
            assertEquals(
                    files.map(file -> file.getFileName().toString())
                            .filter(file -> file.endsWith(".json"))
                            .map(file -> file.substring(0, file.length() - ".json".length()))
                            .sorted()
                            .toList(),
                    PolicyTemplates.names());
        }
        assertEquals(Optional.empty(), PolicyTemplates.find("../template/no-drift"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyRuleIsTaggedWithATechnique(String name) {
        Policy policy = PolicyTemplates.find(name).orElseThrow();
        assertFalse(policy.description().isBlank());
        for (Rule rule : policy.rules()) {
            assertFalse(rule.tags().isEmpty(), rule::name);
            assertTrue(rule.tags().stream().allMatch(tag -> tag.matches("mitre:T\\d{4}(\\.\\d{3})?")), rule::name);
            assertTrue(rule.severity().isPresent(), rule::name);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void stopsWhatItShouldAndNothingElse(String name) throws Exception {
        Policy policy = PolicyTemplates.find(name).orElseThrow();
        ReferenceEvaluator evaluator = ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL);
        Set<Integer> decided = new HashSet<>();
        for (Action action : Action.values()) {
            List<String> calls = lines(name, action);
            assertFalse(action != Action.MONITOR && calls.isEmpty(), "there is no call for " + action);
            for (String line : calls) {
                Decision decision = evaluator.decide(Call.read(line, Arch.X86_64));
                assertEquals(action, decision.action(), line);
                decided.add(decision.ruleIndex());
            }
        }
        for (int i = 0; i < policy.rules().size(); i++) {
            int index = i;
            assertTrue(
                    decided.contains(i),
                    () -> "no call shows what the rule "
                            + policy.rules().get(index).name() + " is for");
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void holdsOnEveryArchitecture(String name) throws Exception {
        Policy policy = PolicyTemplates.find(name).orElseThrow();
        ReferenceEvaluator evaluator = ReferenceEvaluator.of(policy, Arch.AARCH64, LogMode.ALL);
        int denied = 0;
        for (String line : lines(name, Action.DENY)) {
            try {
                assertEquals(
                        Action.DENY,
                        evaluator.decide(Call.read(line, Arch.AARCH64)).action(),
                        line);
                denied++;
            } catch (InvalidCallException lacking) {
                assertTrue(lacking.getMessage().contains("aarch64"), lacking::getMessage);
            }
        }
        assertTrue(denied > 0);
    }
}
