package io.crs.policy.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.Decision;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.PolicyMode;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.RuleBuilder;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class NetworkPolicyExportTest {
    private static final ExportOptions OPTIONS = new ExportOptions(Arch.X86_64, "web", Map.of("app", "web"));
    private static final List<String> ADDRESSES = List.of(
            "10.0.0.0",
            "10.0.0.5",
            "10.0.0.9",
            "10.0.0.10",
            "10.0.1.0",
            "11.0.0.1",
            "255.255.255.255",
            "1.2.3.4",
            "2001:db8::1",
            "2001:db8::2",
            "2001:db9::",
            "ffff::ffff");

    private static Export export(Policy policy) {
        return Export.to(ExportTarget.NETWORK_POLICY, policy, OPTIONS);
    }

    /** Whether a NetworkPolicy lets a connection through. */
    private static boolean allows(String document, boolean out, String address, int port) {
        Call call = Call.of(out ? "connect" : "accept4")
                .address(address)
                .port(port)
                .localPort(port)
                .build();
        return new NetworkPolicySimulator(document).effect(call) == Action.ALLOW;
    }

    @Test
    void anAllowListIsWhatItAllows() throws IOException {
        Policy policy = Policy.named("Web (1)")
                .defaults(Category.NETWORK, Action.DENY)
                .rule(Rule.outbound("10.0.0.5").ports(5432).named("database").allow())
                .rule(Rule.inbound("10.0.0.0/8")
                        .ports("80, 8000-8010")
                        .named("clients")
                        .allow())
                .rule(Rule.outbound("10.*").by("/usr/bin/curl").named("curl").allow())
                .rule(Rule.outbound("*").ports(53).named("names").monitor())
                .rule(Rule.read("/etc/shadow").deny())
                .build();
        Export export = export(policy);
        Golden.check("network-policy-allow.yaml", export.document());
        assertEquals(
                List.of("EXACT", "EXACT", "OVER", "UNDER", "UNSUPPORTED", "UNDER"),
                export.marks().stream().map(mark -> mark.fidelity().name()).toList());
        assertTrue(allows(export.document(), true, "10.0.0.5", 5432));
        assertFalse(allows(export.document(), true, "11.0.0.5", 5432));
    }

    @Test
    void aDenyListIsAllButWhatItDenies() throws IOException {
        Policy policy = Policy.named("p")
                .rule(Rule.outbound("203.0.113.9").named("bad").deny())
                .rule(Rule.outbound("2001:db8::/32").ports(25).named("mail").deny())
                .rule(Rule.outbound("10.0.0.0/8").by("/bin/sh").named("shell").deny())
                .rule(Rule.syscall("connect").arg(1, "1").named("call").deny())
                .build();
        Export export = export(policy);
        Golden.check("network-policy-deny.yaml", export.document());
        assertEquals(
                List.of("EXACT", "EXACT", "UNSUPPORTED", "UNSUPPORTED"),
                export.marks().stream().map(mark -> mark.fidelity().name()).toList());
        assertTrue(allows(export.document(), false, "203.0.113.9", 80));
    }

    @Test
    void aPermissivePolicyStopsNothing() {
        Policy policy = Policy.named("p")
                .mode(PolicyMode.PERMISSIVE)
                .defaults(Category.NETWORK, Action.DENY)
                .rule(Rule.outbound("*").deny())
                .build();
        assertTrue(allows(export(policy).document(), true, "10.0.0.1", 1));
        assertEquals(2, export(policy).marks(Fidelity.UNSUPPORTED).size());
    }

    @Test
    void veryManyRulesAreNotWrittenAndSaidSo() {
        PolicyBuilder policy = Policy.named("p");
        for (int i = 0; i < 20_000; i++) {
            policy.rule(Rule.outbound("10." + i / 256 + "." + i % 256 + ".1").deny());
        }
        Export export = export(policy.build());
        assertEquals(20_000, export.marks(Fidelity.UNSUPPORTED).size());
        assertTrue(allows(export.document(), true, "10.0.0.1", 1));
    }

    @Property(tries = 100)
    void marksAreTrueToThePolicy(@ForAll Random random) {
        Policy policy = policy(random);
        Export export = export(policy);
        ReferenceEvaluator evaluator = ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL);
        for (int i = 0; i < 30; i++) {
            boolean out = random.nextBoolean();
            String address = any(random, ADDRESSES);
            int port = any(random, List.of(1, 79, 80, 81, 443, 65535));
            Decision decision = evaluator.decide(Call.of(out ? "connect" : "accept4")
                    .program(random.nextBoolean() ? "/bin/x" : "/bin/y")
                    .address(address)
                    .port(out ? port : 1)
                    .localPort(out ? 1 : port)
                    .build());
            boolean allowed = allows(export.document(), out, address, port);
            String text = address + " " + port + " " + decision.toJson() + "\n" + policy.toJson() + export.toJson();
            assertTrue(allowed || decision.action() != Action.DENY || decision.blocked(), text);
            assertTrue(allowed || decision.action() == Action.DENY, text);
            if (decision.ruleIndex() >= 0
                    && export.marks().get(decision.ruleIndex()).fidelity() == Fidelity.EXACT) {
                assertEquals(decision.action() != Action.DENY, allowed, text);
            }
        }
    }

    private static <T> T any(Random random, List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static Policy policy(Random random) {
        PolicyBuilder policy = Policy.named("p")
                .mode(random.nextInt(8) == 0 ? PolicyMode.PERMISSIVE : PolicyMode.ACTIVE)
                .defaults(Category.NETWORK, random.nextBoolean() ? Action.DENY : Action.ALLOW);
        for (int i = random.nextInt(6); i >= 0; i--) {
            String address = any(
                    random,
                    List.of(
                            "*",
                            "10.0.0.5",
                            "10.0.0.0/24",
                            "10.0.0.3-10.0.0.9",
                            "10.*",
                            "10.0.0.*",
                            "1?.0.0.1",
                            "0.0.0.0/0",
                            "2001:db8::/32",
                            "::/0",
                            "2001:db8::1"));
            String ports = any(random, List.of("", "80", "80-443", "1,443"));
            RuleBuilder<?> rule =
                    switch (random.nextInt(5)) {
                        case 0 ->
                            Rule.syscall(random.nextBoolean() ? "connect" : "accept")
                                    .arg(1, ports);
                        case 1, 2 -> Rule.inbound(address).ports(ports);
                        default -> Rule.outbound(address).ports(ports);
                    };
            if (random.nextInt(4) == 0) {
                rule.by("/bin/x");
            }
            policy.rule(
                    switch (random.nextInt(3)) {
                        case 0 -> rule.allow();
                        case 1 -> rule.monitor();
                        default -> rule.deny();
                    });
        }
        return policy.build();
    }
}
