package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Category;
import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.Rule;
import io.crs.policy.analyze.LintReport.Finding;
import io.crs.policy.analyze.LintReport.Kind;
import io.crs.syscall.Arch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageLintTest {
    /** A small image: {@code /bin} is a link to {@code /usr/bin}, and the entry point is a script. */
    private static final ImageFacts IMAGE = new ImageFacts() {
        private static final ImageFile SHELL = new ImageFile("/usr/bin/dash", Optional.empty(), false);
        private static final ImageFile SU = new ImageFile("/usr/bin/su", Optional.empty(), true);
        private static final Map<String, ImageFile> FILES = Map.of(
                "/bin/sh", SHELL,
                "/usr/bin/dash", SHELL,
                "/usr/bin/su", SU,
                "/entry.sh", new ImageFile("/entry.sh", Optional.of("/bin/sh -e"), false),
                "/etc/app.conf", new ImageFile("/etc/app/app.conf", Optional.empty(), false));

        @Override
        public Optional<String> entryPoint() {
            return Optional.of("/entry.sh");
        }

        @Override
        public Optional<ImageFile> find(String path) {
            return Optional.ofNullable(FILES.get(path));
        }

        @Override
        public List<ImageFile> setuidFiles() {
            return List.of(SU);
        }

        @Override
        public List<String> blindSpots() {
            return List.of("/usr/bin/tool is of another architecture");
        }
    };

    private static LintReport lint(PolicyBuilder policy) {
        return PolicyLint.of(policy.build(), Arch.X86_64, IMAGE);
    }

    private static PolicyBuilder policy(Rule... rules) {
        return Policy.named("p").rules(Arrays.asList(rules));
    }

    private static Finding only(LintReport report, Kind kind) {
        assertEquals(1, report.findings(kind).size(), report::toJson);
        return report.findings(kind).get(0);
    }

    @Test
    void blindSpotsAreFindings() {
        assertEquals("", only(lint(policy()), Kind.BLIND_SPOT).pointer());
    }

    @Test
    void aLinksNameAllowsNothing() {
        Finding finding = only(lint(policy(Rule.read("/etc/app.conf").allow())), Kind.SYMLINK);
        assertTrue(finding.message().contains("write /etc/app/app.conf"), finding.message());
        assertTrue(finding.witness().isPresent());
        assertEquals(List.of(), lint(policy(Rule.read("/etc/app.conf").deny())).findings(Kind.SYMLINK));
    }

    @Test
    void aProgramNamedByALinkMayHaveAnotherName() {
        assertEquals(
                "/rules/0/program",
                only(lint(policy(Rule.read("/x").by("/bin/sh").deny())), Kind.SYMLINK)
                        .pointer());
    }

    @Test
    void aProgramTheImageLacksIsFound() {
        assertEquals(
                "/rules/0/program",
                only(lint(policy(Rule.read("/entry.sh").by("/usr/bin/curl").deny())), Kind.ABSENT)
                        .pointer());
        assertEquals(
                List.of(), lint(policy(Rule.read("/run/made/later").deny())).findings(Kind.ABSENT));
    }

    @Test
    void aFileTheImageLacksIsFoundWhateverTheRuleDoesWithIt() {
        assertEquals(
                "/rules/0/file",
                only(lint(policy(Rule.read("/etc/shadoww").deny())), Kind.ABSENT)
                        .pointer());
        only(lint(policy(Rule.syscall("execve").arg(1, "/usr/bin/curl").allow())), Kind.ABSENT);
        assertEquals(
                List.of(), lint(policy(Rule.write("/srv/made/later").deny())).findings(Kind.ABSENT));
    }

    @Test
    void aScriptIsReadByItsInterpreterWhereItMayNotBeExecuted() {
        Rule deny = Rule.syscall("execve").arg(1, "/entry.sh").deny();
        only(lint(policy(deny)), Kind.INTERPRETER);
        assertEquals(
                List.of(), lint(policy(deny, Rule.read("/entry.sh").deny())).findings(Kind.INTERPRETER));
    }

    @Test
    void aSetuidProgramThatARuleAllowsIsFound() {
        Rule all = Rule.syscall("execve").arg(1, "/usr/bin/*").allow();
        Rule su = Rule.syscall("execve").arg(1, "*/su").deny();
        assertEquals("/rules/0", only(lint(policy(all)), Kind.SETUID).pointer());
        assertEquals(List.of(), lint(policy(su, all)).findings(Kind.SETUID));
    }

    @Test
    void theEntryPointAndItsInterpreterMustBeAllowed() {
        PolicyBuilder none = policy().defaults(Category.EXECUTE, Action.DENY);
        assertEquals(2, lint(none).findings(Kind.ENTRY_POINT).size());
        PolicyBuilder script =
                policy(Rule.syscall("execve").arg(1, "/entry.sh").allow()).defaults(Category.EXECUTE, Action.DENY);
        assertTrue(only(lint(script), Kind.ENTRY_POINT).message().contains("/bin/sh"));
        PolicyBuilder both = policy(
                        Rule.syscall("execve").arg(1, "/entry.sh").allow(),
                        Rule.syscall("execve").arg(1, "/usr/bin/dash").allow())
                .defaults(Category.EXECUTE, Action.DENY);
        assertEquals(List.of(), lint(both).findings(Kind.ENTRY_POINT));
    }
}
