package io.crs.policy.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.crs.policy.Action;
import io.crs.policy.Category;
import io.crs.policy.IgnoreScope;
import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.RuleBuilder;
import io.crs.policy.template.PolicyTemplates;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExportDocumentsTest {
    private static final ExportOptions OPTIONS = new ExportOptions(Arch.X86_64, "", Map.of("app", "web"));

    private static Export export(ExportTarget target, Policy policy) {
        return Export.to(target, policy, OPTIONS);
    }

    private static Policy policy(Rule... rules) {
        return Policy.named("Web shop").rules(List.of(rules)).build();
    }

    private static List<Fidelity> fidelities(ExportTarget target, Rule... rules) {
        return export(target, policy(rules)).marks().stream()
                .map(RuleMark::fidelity)
                .toList();
    }

    private static Policy sample() {
        return policy(
                Rule.read("/etc/shadow")
                        .named("hashes")
                        .severity(8)
                        .tags("mitre:T1003.008")
                        .deny(),
                Rule.write("/var/www/*")
                        .named("site")
                        .message("the site does not change")
                        .deny(),
                Rule.write("/etc/cron*/*.sh").named("jobs").monitor(),
                Rule.read("/srv/*").by("/usr/bin/cat").named("cat").deny(),
                Rule.syscall("execve").arg(1, "*/nc").named("netcat").deny(),
                Rule.syscall("execve")
                        .arg(1, "/bin/sh")
                        .by("/usr/sbin/nginx")
                        .named("shell")
                        .deny(),
                Rule.syscall("ptrace").named("tracing").deny(),
                Rule.syscall("socket")
                        .arg(1, "AF_INET")
                        .arg(2, "SOCK_RAW")
                        .named("raw")
                        .deny(),
                Rule.syscall("mount").named("mount").monitor(),
                Rule.outbound("203.0.113.9").named("bad").deny(),
                Rule.outbound("10.0.0.0/8")
                        .ports("80, 8000-8010")
                        .named("inside")
                        .allow(),
                Rule.outbound("*").ports(25).named("mail").monitor(),
                Rule.inbound("*").named("in").deny(),
                Rule.read("/old").named("off").inactive().deny(),
                Rule.syscall("li_getaddrinfo")
                        .arg(1, "*.example.com")
                        .named("names")
                        .deny());
    }

    @ParameterizedTest
    @EnumSource(ExportTarget.class)
    void isTheFileItWas(ExportTarget target) throws IOException {
        Export export = export(target, sample());
        String end = target == ExportTarget.SECCOMP ? ".json" : target == ExportTarget.APPARMOR ? ".txt" : ".yaml";
        Golden.check("sample-" + target.id() + end, export.document());
        StringBuilder marks = new StringBuilder();
        export.marks().forEach(mark -> marks.append(mark.index())
                .append(' ')
                .append(mark.rule())
                .append(": ")
                .append(mark.fidelity())
                .append(mark.reason().isEmpty() ? "" : ", " + mark.reason())
                .append('\n'));
        Golden.check("sample-" + target.id() + ".marks.txt", marks.toString());
    }

    @ParameterizedTest
    @EnumSource(ExportTarget.class)
    void everyTemplateIsExported(ExportTarget target) {
        for (String name : PolicyTemplates.names()) {
            Policy policy = PolicyTemplates.find(name).orElseThrow();
            checkMarks(policy, export(target, policy));
            check(target, export(target, policy).document());
        }
    }

    @ParameterizedTest
    @EnumSource(ExportTarget.class)
    void aHundredThousandRulesAreExported(ExportTarget target) {
        PolicyBuilder policy = Policy.named("p").defaults(Category.FILE, Action.DENY);
        for (int i = 0; i < Policy.MAX_RULES; i++) {
            policy.rule(
                    switch (i % 5) {
                        case 0 -> Rule.read("/a/*" + i).deny();
                        case 1 -> Rule.write("/" + i + "*x").allow();
                        case 2 -> Rule.syscall("execve").arg(1, "/bin/" + i).deny();
                        case 3 -> Rule.inbound("10.0.0.1").ports(i % 60000 + 1).monitor();
                        default ->
                            Rule.syscall("ptrace")
                                    .arg(1, "" + (i + 20))
                                    .by("/bin/x")
                                    .deny();
                    });
        }
        Policy large = policy.build();
        checkMarks(large, export(target, large));
    }

    private static void checkMarks(Policy policy, Export export) {
        List<Integer> indices = export.marks().stream().map(RuleMark::index).toList();
        int rules = policy.rules().size();
        assertEquals(IntStream.range(0, rules).boxed().toList(), indices.subList(0, rules), "each rule has its mark");
        assertTrue(indices.subList(rules, indices.size()).stream().allMatch(index -> index == -1));
        for (RuleMark mark : export.marks()) {
            assertFalse(mark.fidelity() != Fidelity.EXACT && mark.reason().isBlank(), mark::toString);
        }
    }

    @Test
    void aDenialWithAnExceptionIsLeftOutWhereThereIsNoOrder() {
        Rule exception = Rule.read("/etc/ssl/*").allow();
        Rule denial = Rule.read("/etc/*").deny();
        Rule other = Rule.read("/usr/*").deny();
        for (ExportTarget target : List.of(ExportTarget.APPARMOR, ExportTarget.KUBEARMOR, ExportTarget.TETRAGON)) {
            List<Fidelity> marks = fidelities(target, exception, denial, other);
            assertEquals(Fidelity.EXACT, marks.get(0));
            assertEquals(Fidelity.UNSUPPORTED, marks.get(1), target.id());
            assertFalse(marks.get(2) == Fidelity.UNSUPPORTED, target.id());
        }
        assertEquals(
                List.of(Fidelity.EXACT, Fidelity.UNDER, Fidelity.UNDER),
                fidelities(ExportTarget.FALCO, exception, denial, other));
    }

    @Test
    void anExceptionMayBeOfAnotherType() {
        List<Fidelity> marks = fidelities(
                ExportTarget.TETRAGON,
                Rule.read("/a").allow(),
                Rule.syscall("openat").deny(),
                Rule.syscall("bpf").deny());
        assertEquals(List.of(Fidelity.EXACT, Fidelity.UNSUPPORTED, Fidelity.EXACT), marks);
    }

    @Test
    void aMessageOfAHookIsCutWhereTetragonEndsIt() {
        Policy policy = policy(Rule.syscall("bpf").named("x".repeat(1000)).deny());
        JsonNode hook = YamlReader.documents(
                        export(ExportTarget.TETRAGON, policy).document())
                .get(0)
                .at("/spec/kprobes/0");
        assertEquals("x".repeat(256), hook.get("message").asText());
    }

    @Test
    void callsThatThePolicyLeavesOutAreMarked() {
        Policy policy = policy(
                        Rule.read("/etc/shadow").deny(), Rule.syscall("mount").deny())
                .toBuilder()
                .ignore("mount")
                .ignoreScope(IgnoreScope.EVERYTHING)
                .build();
        assertEquals(
                2, export(ExportTarget.APPARMOR, policy).marks(Fidelity.OVER).size());
        assertEquals(
                0, export(ExportTarget.SECCOMP, policy).marks(Fidelity.OVER).size());
    }

    @Test
    void falcoReportsWhatNoEarlierRuleMatched() {
        String document = export(
                        ExportTarget.FALCO,
                        policy(
                                Rule.read("/etc/ssl/*").allow(),
                                Rule.read("/etc/*").monitor()))
                .document();
        List<JsonNode> items = new ArrayList<>();
        YamlReader.documents(document).get(0).forEach(items::add);
        JsonNode rule =
                items.stream().filter(item -> item.has("rule")).findFirst().orElseThrow();
        assertEquals(
                "container.id != host and crs_web_shop_r1 and not (crs_web_shop_r0)",
                rule.get("condition").asText());
    }

    @Test
    void aPermissivePolicyStopsNothing() {
        Policy policy = sample().toBuilder().mode(PolicyMode.PERMISSIVE).build();
        assertFalse(export(ExportTarget.APPARMOR, policy).document().contains("deny"));
        assertTrue(export(ExportTarget.APPARMOR, policy).document().contains("complain"));
        assertFalse(export(ExportTarget.KUBEARMOR, policy).document().contains("Block"));
        assertFalse(export(ExportTarget.TETRAGON, policy).document().contains("Override"));
    }

    @Test
    void aProfileDeniesByDefaultWhatNoRuleAllows() {
        Policy policy = Policy.named("p")
                .defaults(Category.FILE, Action.DENY)
                .defaults(Category.EXECUTE, Action.DENY)
                .rule(Rule.read("/etc/*").allow())
                .rule(Rule.syscall("execve").arg(1, "/bin/app").allow())
                .build();
        List<String> lines =
                export(ExportTarget.APPARMOR, policy).document().lines().toList();
        assertTrue(lines.contains("  \"/{,**}\" mk,"), lines::toString);
        assertTrue(lines.contains("  \"/etc/**\" r,"), lines::toString);
        assertTrue(lines.contains("  \"/bin/app{,/}\" ix,"), lines::toString);
    }

    @Test
    void namesAndLabelsAreThoseOfKubernetes() {
        assertThrows(IllegalArgumentException.class, () -> new ExportOptions(Arch.X86_64, "a b", Map.of()));
        assertThrows(
                IllegalArgumentException.class, () -> new ExportOptions(Arch.X86_64, "", Map.of("app", "x\ny: z")));
        assertThrows(IllegalArgumentException.class, () -> new ExportOptions(Arch.X86_64, "", Map.of("a:b", "x")));
        assertEquals("uber-policy-2", ResourceName.of("\u00dcber Policy (2)"));
        assertEquals("crs-policy", ResourceName.of("\u2603"));
        assertTrue(ResourceName.isValid(ResourceName.with("x".repeat(63), "r99999")));
    }

    @Property(tries = 100)
    void noTextOfAPolicyIsSyntax(@ForAll("hostile") Policy policy) {
        for (ExportTarget target : ExportTarget.values()) {
            Export export = export(target, policy);
            checkMarks(policy, export);
            check(target, export.document());
        }
    }

    private static void check(ExportTarget target, String document) {
        if (target != ExportTarget.SECCOMP) {
            Simulator.of(target, document); // it understands every line, or throws
        }
        switch (target) {
            case SECCOMP -> new SeccompInterpreter(document);
            case APPARMOR -> checkProfile(document);
            case FALCO ->
                YamlReader.documents(document)
                        .forEach(items -> items.forEach(item -> checkKeys(
                                item,
                                Set.of(
                                        "required_engine_version",
                                        "macro",
                                        "rule",
                                        "desc",
                                        "condition",
                                        "output",
                                        "priority",
                                        "tags"))));
            case KUBEARMOR ->
                YamlReader.documents(document).forEach(object -> {
                    checkKeys(object, Set.of("apiVersion", "kind", "metadata", "spec"));
                    checkKeys(
                            object.path("spec"),
                            Set.of(
                                    "severity",
                                    "tags",
                                    "message",
                                    "selector",
                                    "file",
                                    "process",
                                    "network",
                                    "syscalls",
                                    "action"));
                });
            case TETRAGON, NETWORK_POLICY -> {
                List<JsonNode> objects = YamlReader.documents(document);
                assertEquals(1, objects.size());
                checkKeys(objects.get(0), Set.of("apiVersion", "kind", "metadata", "spec"));
                checkKeys(
                        objects.get(0).get("spec"),
                        Set.of("podSelector", "kprobes", "lsmhooks", "policyTypes", "ingress", "egress"));
            }
        }
    }

    private static void checkKeys(JsonNode node, Set<String> known) {
        node.fieldNames().forEachRemaining(key -> assertTrue(known.contains(key), key));
    }

    private static void checkProfile(String document) {
        List<String> all = document.lines().toList();
        assertTrue(all.get(0).startsWith("# "));
        int comments =
                (int) all.stream().takeWhile(line -> line.startsWith("# ")).count();
        List<String> lines = all.subList(comments - 1, all.size());
        assertTrue(lines.get(1).matches("profile [a-z0-9-]+ flags=\\([a-z_,]+\\) \\{"), lines.get(1));
        assertEquals("}", lines.get(lines.size() - 1));
        for (String line : lines.subList(2, lines.size() - 1)) {
            assertTrue(
                    line.matches(
                            "  (deny |audit )?([a-z0-9_]+( [a-z0-9]+)?|\"[A-Za-z0-9/._+:%~*?{},-]+\" [rwlmkix]+),"),
                    line);
        }
    }

    @Provide
    Arbitrary<Policy> hostile() {
        Arbitrary<String> texts = Arbitraries.of(
                "/etc/passwd",
                "/a\" r,\n  capability",
                "x: y",
                "- a",
                "/a'b",
                "%proc.name",
                "/a) or (evt.type=open",
                "/a#b",
                "/{a,b}",
                "/@{HOME}",
                "/a\\\\b",
                "/[a-z]*",
                "/a//b",
                "/a/./b",
                "/\u2028x",
                "/\u00e4",
                "*\n---\n",
                "/**",
                "?x",
                "/a b",
                "\"",
                "/x/*",
                "*/nc",
                "/a^b",
                "{{ .Values }}",
                "/a$b",
                "yes",
                "~",
                "null",
                "0x1F",
                "/{a",
                "/a}b,c",
                "/q\\*",
                "/a' or proc.name exists or '",
                "/a%evt.num",
                "/\uD83D\uDE00",
                "/a\r\n}\nprofile x {",
                "/a??b",
                "/a`b`");
        Arbitrary<Rule> rules = Combinators.combine(
                        texts, texts, texts, Arbitraries.integers().between(0, 6), Arbitraries.of(Action.values()))
                .as((name, file, program, kind, action) -> {
                    RuleBuilder<?> rule =
                            switch (kind) {
                                case 0 -> Rule.read(file);
                                case 1 -> Rule.write(file);
                                case 2 -> Rule.syscall("execve").arg(1, file);
                                case 3 -> Rule.syscall("open").arg(1, file);
                                case 6 -> Rule.write("*").inactive();
                                case 4 -> Rule.syscall("connect").arg(2, "/run/x\n");
                                default -> Rule.outbound("10.*");
                            };
                    rule.named(name).message(program).tags(name);
                    if (kind % 2 == 0) {
                        rule.by(program);
                    }
                    return switch (action) {
                        case ALLOW -> rule.allow();
                        case MONITOR -> rule.monitor();
                        case DENY -> rule.deny();
                    };
                });
        return Combinators.combine(
                        texts,
                        rules.list().ofMaxSize(6),
                        Arbitraries.of(Action.ALLOW, Action.DENY),
                        Arbitraries.of(PolicyMode.values()))
                .as((name, list, action, mode) -> Policy.named(name)
                        .mode(mode)
                        .defaults(Category.FILE, action)
                        .defaults(Category.EXECUTE, action)
                        .rules(list)
                        .build());
    }
}
