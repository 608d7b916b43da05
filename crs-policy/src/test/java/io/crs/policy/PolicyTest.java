package io.crs.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {
    @Test
    void aRuleIsNamedForWhatItIsAbout() {
        assertEquals("READ /etc/shadow", Rule.read("/etc/shadow").deny().name());
        assertEquals(
                "OUTBOUND 10.0.0.0/8 port 443",
                Rule.outbound("10.0.0.0/8").ports(443).allow().name());
        assertEquals("sys_ptrace", Rule.syscall("sys_ptrace").deny().name());
        assertEquals("ptrace 16", Rule.syscall("ptrace").arg(1, "16").deny().name());
        String longest = Rule.write("/" + "𝄞".repeat(1000)).deny().name();
        assertTrue(longest.codePointCount(0, longest.length()) <= RuleHeader.MAX_LABEL + 10, longest);
    }

    @Test
    void aBuilderKeepsAllSettings() {
        Rule rule = Rule.inbound("*")
                .ports("80,443")
                .named("web")
                .id("7")
                .by("/usr/sbin/*")
                .followChildren()
                .inactive()
                .severity(3)
                .tags("a", "b")
                .message("m")
                .monitor();
        assertEquals("web", rule.name());
        assertEquals(Optional.of("7"), rule.id());
        assertEquals(Glob.of("/usr/sbin/*"), rule.program());
        assertTrue(rule.followChildren());
        assertTrue(rule.inactive());
        assertEquals(OptionalInt.of(3), rule.severity());
        assertEquals(List.of("a", "b"), rule.tags());
        assertEquals(Optional.of("m"), rule.message());
        assertEquals(Action.MONITOR, rule.action());
        assertEquals(RuleType.NETWORK_INBOUND, rule.type());
    }

    @Test
    void refusesMisuseAtOnce() {
        assertThrows(IllegalArgumentException.class, () -> Rule.syscall("opne"));
        assertThrows(IllegalArgumentException.class, () -> Rule.syscall("open").arg(4, "x"));
        assertThrows(
                IllegalArgumentException.class,
                () -> Rule.syscall("ptrace").arg(1, "x").deny());
        assertThrows(IllegalArgumentException.class, () -> Rule.outbound("example.com"));
        assertThrows(IllegalArgumentException.class, () -> Rule.outbound("/run/docker.sock")
                .deny());
        assertThrows(IllegalArgumentException.class, () -> Rule.read("/a\\"));
        assertThrows(
                IllegalArgumentException.class, () -> Rule.read("/a").named(" ").deny());
        assertThrows(
                IllegalArgumentException.class,
                () -> Rule.read("/a").severity(11).deny());
        assertThrows(
                IllegalArgumentException.class,
                () -> Rule.read("/a").tags("x", "x").deny());
        assertThrows(
                IllegalArgumentException.class,
                () -> Call.of("openat").port(65536).build());
        assertThrows(IllegalArgumentException.class, () -> new Limits(-1, 0, Map.of(), Map.of()));
    }

    @Test
    void anUnknownCallsMessageNamesTheNearest() {
        var refused = assertThrows(IllegalArgumentException.class, () -> Rule.syscall("ptrcae"));
        assertEquals("unknown system call \"ptrcae\", did you mean \"ptrace\"?", refused.getMessage());
    }

    @ParameterizedTest
    @EnumSource(Category.class)
    void aDefaultIsNotMonitor(Category category) {
        PolicyBuilder builder = Policy.named("p").defaults(category, Action.MONITOR);
        assertThrows(IllegalArgumentException.class, builder::build);
    }

    @Test
    void aPolicyKeepsItsOwnListOfRules() {
        List<Rule> rules = new ArrayList<>(List.of(Rule.read("/a").deny()));
        Policy policy = Policy.named("p").rules(rules).build();
        rules.clear();
        assertEquals(1, policy.rules().size());
        assertThrows(UnsupportedOperationException.class, () -> policy.rules().clear());
        assertThrows(UnsupportedOperationException.class, () -> policy.ignoredSyscalls()
                .clear());
    }

    @Test
    void refusesWhatTheDocumentWouldNotTake() {
        Rule rule = Rule.read("/a").id("x").deny();
        assertThrows(
                IllegalArgumentException.class,
                () -> Policy.named("p").rule(rule).rule(rule).build());
        assertThrows(IllegalArgumentException.class, () -> Policy.named("p")
                .rules(Collections.nCopies(Policy.MAX_RULES + 1, Rule.read("/a").deny()))
                .build());
        assertThrows(
                IllegalArgumentException.class,
                () -> Policy.named("p").id("5fd2").build());
        assertThrows(
                IllegalArgumentException.class,
                () -> Policy.named("p").description("d".repeat(251)).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> Policy.named("p").created(Instant.MAX).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> Policy.named("p").updated(Instant.MIN).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> Policy.named("p").onUnreadable(Action.MONITOR).build());
    }

    @Test
    void timesAreInMilliseconds() {
        Policy policy = Policy.named("p")
                .created(Instant.parse("2022-01-03T10:00:00.123456Z"))
                .build();
        assertEquals(Optional.of(Instant.parse("2022-01-03T10:00:00.123Z")), policy.created());
    }

    @Test
    void theDefaultPolicyAllowsEverything() {
        Policy policy = Policy.allowingEverything();
        assertEquals("Default Policy", policy.name());
        assertEquals("Default group policy", policy.description());
        assertTrue(policy.rules().isEmpty());
        for (Category category : Category.values()) {
            assertEquals(Action.ALLOW, policy.defaultAction(category));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.256", "example.com", "", "sock"})
    void anEndpointIsAnAddressOrASocketPath(String text) {
        assertThrows(IllegalArgumentException.class, () -> Endpoint.of(text));
    }

    @Test
    void actionsOrderByStrictness() {
        assertTrue(Action.DENY.isStricterThan(Action.MONITOR));
        assertTrue(Action.MONITOR.isStricterThan(Action.ALLOW));
        assertFalse(Action.ALLOW.isStricterThan(Action.ALLOW));
        assertInstanceOf(Endpoint.Other.class, Endpoint.of("@x"));
    }
}
