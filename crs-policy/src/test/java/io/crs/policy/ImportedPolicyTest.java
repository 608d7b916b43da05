package io.crs.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import io.crs.syscall.Arch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ImportedPolicyTest {
    private static final String HEAD = "\"Name\":\"p\",\"DefaultFileAction\":\"allow\","
            + "\"DefaultNetworkAction\":\"allow\",\"DefaultProgramAction\":\"allow\",";

    private static ImportedPolicy json(String document) throws InvalidPolicyException {
        try {
            return ImportedPolicy.layeredInsightJson(stream(document));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ImportedPolicy rules(String... rules) throws InvalidPolicyException {
        return json("{" + HEAD + "\"Rules\":[" + String.join(",", rules) + "]}");
    }

    private static ImportedPolicy csv(String... lines) throws InvalidPolicyException {
        try {
            return ImportedPolicy.layeredInsightCsv(stream(String.join("\n", lines)), "table");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Action decide(Policy policy, Call call) {
        return ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL)
                .decide(call)
                .action();
    }

    private static List<String> pointers(List<Problem> problems) {
        return problems.stream().map(Problem::pointer).toList();
    }

    private static List<String> refusals(String... rules) {
        return pointers(
                assertThrows(InvalidPolicyException.class, () -> rules(rules)).problems());
    }

    private static Call write(String program, String path) {
        return Call.of("openat").program(program).path(path).flags(1).build();
    }

    /** In classes of its own, since which of the two forms is read first in a JVM once mattered. */
    @Test
    void readsTheDocumentAfterATable() throws Exception {
        List<URL> path = new ArrayList<>();
        for (Class<?> type : List.of(ImportedPolicy.class, Arch.class, JsonFactory.class)) {
            path.add(type.getProtectionDomain().getCodeSource().getLocation());
        }
        try (URLClassLoader fresh =
                new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> imports = fresh.loadClass(ImportedPolicy.class.getName());
            imports.getMethod("layeredInsightCsv", InputStream.class, String.class)
                    .invoke(null, stream("a,/bin/a,0,2,/etc/passwd,,"), "table");
            Object imported = imports.getMethod("layeredInsightJson", InputStream.class)
                    .invoke(null, stream("{" + HEAD + "\"Rules\":[{\"RuleType\":\"write\",\"Action\":\"deny\"}]}"));
            assertTrue(imported.toString().contains("WRITE"), imported.toString());
        }
    }

    @Test
    void readsThePolicyAsAWhole() throws InvalidPolicyException {
        ImportedPolicy imported = json("""
                {"Id":"5fd20b4321dabf0001fdc464","Name":"Prevent sshd","Description":"d","SchemaVersion":"v1.0",
                 "DefaultFileAction":"deny","DefaultNetworkAction":"allow","DefaultProgramAction":"deny",
                 "Suspend":true,"IgnoredSyscalls":["sys_read",1],"Rules":null,
                 "DateCreated":"2018-05-01T10:00:00Z"}""");
        Policy policy = imported.policy();
        assertEquals(
                Policy.named("Prevent sshd")
                        .id("5fd20b4321dabf0001fdc464")
                        .description("d")
                        .mode(PolicyMode.INACTIVE)
                        .defaults(Category.FILE, Action.DENY)
                        .defaults(Category.EXECUTE, Action.DENY)
                        .ignore("read")
                        .ignore("write")
                        .ignoreScope(IgnoreScope.EVERYTHING)
                        .created(java.time.Instant.parse("2018-05-01T10:00:00Z"))
                        .build(),
                policy);
        assertEquals(List.of(), imported.warnings());
    }

    @Test
    void readsLimitsOfScenario() throws InvalidPolicyException {
        Limits limits = json("{" + HEAD + """
                "Limits":{"MaxNumProc":1500,"MaxProcLife":750,
                  "Syscalls":[{"SyscallName":"sys_read","RatePerSec":10}],
                  "Processes":{"ProcessName":"sshd","RatePerSec":20}}}""").policy().limits();
        assertEquals(1500, limits.maxProcesses());
        assertEquals(750, limits.maxProcessLifetime());
        assertEquals(10, limits.syscallsPerSecond().values().iterator().next());
        assertEquals(20, limits.maxProcessesByName().get("sshd"));
    }

    @Test
    void deniedFilesAreNeitherReadNorWritten() throws InvalidPolicyException {
        Policy policy = rules(
                        "{\"Name\":\"x\",\"RuleType\":\"File\",\"Program\":\"/bin/cat\",\"File\":\"/etc/*\",\"Action\":\"deny\"}")
                .policy();
        assertEquals(Action.DENY, decide(policy, Call.open("/bin/cat", "/etc/passwd")));
        assertEquals(Action.DENY, decide(policy, write("/bin/cat", "/etc/passwd")));
        assertEquals(Action.ALLOW, decide(policy, Call.open("/bin/head", "/etc/passwd")));
        assertEquals(
                List.of("x", "x (writing)"),
                policy.rules().stream().map(Rule::name).toList());
    }

    @Test
    void readonlyReadsAndReadwriteDoesBoth() throws InvalidPolicyException {
        String readonly = "{\"RuleType\":\"file\",\"File\":\"/a\",\"Action\":\"readonly\"}";
        String readwrite = "{\"RuleType\":\"file\",\"File\":\"/b\",\"Action\":\"readwrite\"}";
        String deny = "{\"RuleType\":\"file\",\"Action\":\"deny\"}";
        Policy policy = rules(readonly, readwrite, deny).policy();
        assertEquals(Action.ALLOW, decide(policy, Call.open("/p", "/a")));
        assertEquals(Action.DENY, decide(policy, write("/p", "/a")));
        assertEquals(Action.ALLOW, decide(policy, write("/p", "/b")));
        assertEquals(Action.DENY, decide(policy, Call.open("/p", "/c")));
    }

    @Test
    void allowingAFileAllowsToReadItAndWarns() throws InvalidPolicyException {
        ImportedPolicy imported = rules(
                "{\"RuleType\":\"file\",\"File\":\"/a\",\"Action\":\"allow\"}",
                "{\"RuleType\":\"write\",\"Action\":\"deny\"}");
        assertEquals(Action.DENY, decide(imported.policy(), write("/p", "/a")));
        assertEquals(List.of("/Rules/0/Action"), pointers(imported.warnings()));
    }

    @Test
    void keepsTheOrderOfRules() throws InvalidPolicyException {
        String[] documents = IntStream.range(0, 20)
                .mapToObj(i ->
                        "{\"Name\":\"r" + i + "\",\"RuleType\":\"write\",\"File\":\"/" + i + "\",\"Action\":\"deny\"}")
                .toArray(String[]::new);
        assertEquals(
                IntStream.range(0, 20).mapToObj(i -> "r" + i).toList(),
                rules(documents).policy().rules().stream().map(Rule::name).toList());
    }

    @Test
    void stopsTheShellOfAWebServer() throws InvalidPolicyException {
        String byNumber =
                "{\"RuleType\":\"syscall\",\"Program\":\"/usr/sbin/httpd\",\"Syscall\":59,\"Arg1\":\"/bin/sh\",\"Action\":\"deny\"}";
        String execution =
                "{\"RuleType\":\"Execution\",\"Program\":\"/usr/sbin/httpd\",\"File\":\"/bin/sh\",\"Action\":\"deny\"}";
        for (String rule : List.of(byNumber, execution)) {
            Policy policy = rules(rule).policy();
            assertEquals(Action.DENY, decide(policy, Call.execute("/usr/sbin/httpd", "/bin/sh")));
            assertEquals(Action.ALLOW, decide(policy, Call.execute("/usr/sbin/httpd", "/bin/ls")));
            assertEquals(Action.ALLOW, decide(policy, Call.execute("/bin/login", "/bin/sh")));
        }
    }

    @Test
    void theFileOfASyscallRuleIsItsFirstArgument() throws InvalidPolicyException {
        ImportedPolicy imported = rules(
                "{\"RuleType\":\"syscall\",\"Syscall\":\"1\",\"File\":\"/var/www/html/*\",\"Arg1\":\"/x\",\"Action\":\"deny\"}");
        Call call = Call.of("write").program("/p").path("/var/www/html/a").build();
        assertEquals(Action.DENY, decide(imported.policy(), call));
        assertEquals(List.of("/Rules/0/Arg1"), pointers(imported.warnings()));
    }

    @Test
    void aGroupOfCallsBecomesARuleEach() throws InvalidPolicyException {
        Policy policy = rules(
                        "{\"Name\":\"g\",\"RuleType\":\"syscallgroup\",\"Syscall\":\"sys_ptrace, 165\",\"Action\":\"deny\"}")
                .policy();
        assertEquals(
                List.of("g (ptrace)", "g (mount)"),
                policy.rules().stream().map(Rule::name).toList());
        assertEquals(
                List.of("/Rules/0/Syscall"),
                refusals("{\"RuleType\":\"syscallgroup\",\"Syscall\":\"files\",\"Action\":\"deny\"}"));
    }

    @Test
    void aListenerNeitherBindsNorAccepts() throws InvalidPolicyException {
        Policy policy = rules(
                        "{\"RuleType\":\"listener\",\"Program\":\"/usr/sbin/sshd\",\"ListeningPort\":22,\"Action\":\"deny\"}")
                .policy();
        Call bind = Call.of("bind")
                .program("/usr/sbin/sshd")
                .address("0.0.0.0")
                .port(22)
                .build();
        Call accept = Call.of("accept4")
                .program("/usr/sbin/sshd")
                .address("10.0.0.9")
                .port(5000)
                .localPort(22)
                .build();
        assertEquals(Action.DENY, decide(policy, bind));
        assertEquals(Action.DENY, decide(policy, accept));
        assertEquals(
                Action.ALLOW,
                decide(
                        policy,
                        Call.of("bind")
                                .program("/usr/sbin/sshd")
                                .address("0.0.0.0")
                                .port(23)
                                .build()));
    }

    @Test
    void aNetworkRuleWithALocalPortIsAboutTheOtherEnd() throws InvalidPolicyException {
        ImportedPolicy imported = rules(
                "{\"RuleType\":\"network\",\"Program\":\"/usr/bin/curl\",\"ListeningAddr\":\"*\",\"ListeningPort\":80,\"Syscall\":42,\"Action\":\"deny\"}");
        assertEquals(Action.DENY, decide(imported.policy(), Call.connect("/usr/bin/curl", "10.0.0.1", 80)));
        assertEquals(Action.ALLOW, decide(imported.policy(), Call.connect("/usr/bin/curl", "10.0.0.1", 443)));
        assertEquals(Action.ALLOW, decide(imported.policy(), Call.connect("/usr/bin/wget", "10.0.0.1", 80)));
        assertEquals(List.of("/Rules/0/ListeningPort"), pointers(imported.warnings()));
    }

    @Test
    void aNetworkRuleAboutAcceptIsInbound() throws InvalidPolicyException {
        Rule rule = rules(
                        "{\"RuleType\":\"network\",\"ListeningPort\":80,\"RemotePort\":9,\"Syscall\":43,\"Action\":\"deny\"}")
                .policy()
                .rules()
                .get(0);
        assertEquals(RuleType.NETWORK_INBOUND, rule.type());
        assertEquals("80", ((Rule.NetworkRule) rule).port().text());
    }

    @Test
    void everyProblemIsFoundAtOnce() {
        assertEquals(
                List.of(
                        "/Rules/0/RuleTyp",
                        "/Rules/0/RuleType",
                        "/Rules/1/RuleType",
                        "/Rules/2/Action",
                        "/Rules/3/Syscall",
                        "/Rules/4/Arg1",
                        "/Rules/5/File",
                        "/Rules/6/Syscall",
                        "/Rules/7/Action"),
                refusals(
                        "{\"RuleTyp\":\"file\",\"Action\":\"deny\"}",
                        "{\"RuleType\":\"java\",\"Action\":\"deny\"}",
                        "{\"RuleType\":\"write\",\"Action\":\"block\"}",
                        "{\"RuleType\":\"syscall\",\"Action\":\"deny\"}",
                        "{\"RuleType\":\"syscall\",\"Syscall\":42,\"Arg1\":\"90000\",\"Action\":\"deny\"}",
                        "{\"RuleType\":\"file\",\"File\":\"/a\\\\\",\"Action\":\"deny\"}",
                        "{\"RuleType\":\"network\",\"Syscall\":1,\"Action\":\"deny\"}",
                        "{\"RuleType\":\"syscall\",\"Syscall\":101,\"Action\":\"readonly\"}"));
    }

    @Test
    void everythingLeftOutIsReported() throws InvalidPolicyException {
        ImportedPolicy imported = json("""
                {"Id":"abcdef123456","User_Id":"u","Description":"%s","DateCreated":"yesterday","Rules":[
                 {"RuleType":"file","File":"/a","Protocol":"tcp","Syscall":2,"Action":"deny","DateUpdated":"2018"}]}""".formatted("x".repeat(251)));
        assertEquals(
                List.of(
                        "/Rules/0/Protocol",
                        "/Rules/0/Syscall",
                        "/Rules/0/DateUpdated",
                        "/Name",
                        "/Id",
                        "/Description",
                        "/User_Id",
                        "/DefaultFileAction",
                        "/DefaultNetworkAction",
                        "/DefaultProgramAction",
                        "/DateCreated"),
                pointers(imported.warnings()));
        assertEquals("x".repeat(250), imported.policy().description());
    }

    @Test
    void theGuidesRowFiftyFiveIsNamedForWhatItIs() throws InvalidPolicyException {
        ImportedPolicy imported =
                rules("{\"RuleType\":\"syscall\",\"Syscall\":\"sys_setsockopt\",\"Action\":\"deny\"}");
        assertEquals(
                Action.DENY, decide(imported.policy(), Call.of("getsockopt").build()));
        assertEquals(
                Action.ALLOW, decide(imported.policy(), Call.of("setsockopt").build()));
        assertEquals(List.of("/Rules/0/Syscall"), pointers(imported.warnings()));
    }

    @Test
    void readsATableOfRules() throws InvalidPolicyException {
        ImportedPolicy imported = csv(
                "name,program,action,syscall,arg1,arg2,arg3",
                "no cat,/bin/cat,0,2,/etc/passwd,None,None,",
                ",/bin/*,1,sys_open,*,,",
                "",
                "\"a, \"\"b\"\"\",*,0,42,80,10.0.0.0/8,");
        assertEquals(List.of(), imported.warnings());
        assertEquals(
                Policy.named("table")
                        .rule(Rule.syscall("open")
                                .arg(1, "/etc/passwd")
                                .by("/bin/cat")
                                .named("no cat")
                                .deny())
                        .rule(Rule.syscall("open")
                                .arg(1, "*")
                                .by("/bin/*")
                                .named("open")
                                .allow())
                        .rule(Rule.syscall("connect")
                                .arg(1, "80")
                                .arg(2, "10.0.0.0/8")
                                .named("a, \"b\"")
                                .deny())
                        .build(),
                imported.policy());
    }

    @Test
    void anActionOtherThanZeroAllowsAndIsReported() throws InvalidPolicyException {
        ImportedPolicy imported = csv("x,*,deny,ptrace,,,");
        assertEquals(Action.ALLOW, imported.policy().rules().get(0).action());
        assertEquals(List.of("/lines/1/action"), pointers(imported.warnings()));
    }

    @Test
    void everyBadLineIsReported() {
        InvalidPolicyException refused = assertThrows(
                InvalidPolicyException.class,
                () -> csv(
                        "a,*,0,2,/x",
                        "b,*,0,9999,,,",
                        "c,/x\\,0,2,,,",
                        "d,*,0,42,99999,1.2.3,",
                        "e,*,0,,,,",
                        "f,*,0,2,,,,,",
                        "g,*,0,2,\"x,,"));
        assertEquals(
                List.of(
                        "/lines/1/name",
                        "/lines/2/syscall",
                        "/lines/3/program",
                        "/lines/4/arg1",
                        "/lines/4/arg2",
                        "/lines/5/syscall",
                        "/lines/6/name",
                        "/lines/7/arg1"),
                pointers(refused.problems()));
    }

    @Test
    void manyBadLinesAreCounted() {
        String[] lines = IntStream.range(0, 5000).mapToObj(i -> "x").toArray(String[]::new);
        List<Problem> problems =
                assertThrows(InvalidPolicyException.class, () -> csv(lines)).problems();
        assertEquals(1001, problems.size());
        assertEquals("and 4000 more problems", problems.get(1000).message());
    }

    @Test
    void tooManyRulesAreRefused() {
        String line = "x,*,0,101,,,\n";
        InvalidPolicyException refused =
                assertThrows(InvalidPolicyException.class, () -> csv(line.repeat(Policy.MAX_RULES + 1)));
        assertEquals("/lines/100001/name", refused.problems().get(0).pointer());
    }

    @Property
    void anyTextIsImportedOrRefused(@ForAll("soup") String text) throws IOException {
        check(text.getBytes(StandardCharsets.UTF_8));
    }

    @Property
    void anyBytesAreImportedOrRefused(@ForAll @Size(max = 100) byte[] bytes) throws IOException {
        check(bytes);
    }

    private static void check(byte[] bytes) throws IOException {
        try {
            check(ImportedPolicy.layeredInsightJson(new ByteArrayInputStream(bytes)));
        } catch (InvalidPolicyException refused) {
            check(refused.problems());
            assertFalse(refused.problems().isEmpty());
        }
        try {
            check(ImportedPolicy.layeredInsightCsv(new ByteArrayInputStream(bytes), "x"));
        } catch (InvalidPolicyException refused) {
            check(refused.problems());
            assertFalse(refused.problems().isEmpty());
        }
    }

    private static void check(ImportedPolicy imported) {
        try {
            assertEquals(imported.policy(), Policy.read(imported.policy().toJson()));
        } catch (InvalidPolicyException e) {
            throw new AssertionError("does not read what it imported", e);
        }
        check(imported.warnings());
    }

    private static void check(List<Problem> problems) {
        for (Problem problem : problems) {
            assertTrue(problem.pointer().isEmpty() || problem.pointer().startsWith("/"), problem::toString);
            assertTrue(problem.message().chars().noneMatch(Character::isISOControl), problem::message);
        }
    }

    @Provide
    Arbitrary<String> soup() {
        Arbitrary<String> json = Arbitraries.of(
                        "{\"RuleType\":\"file\",\"File\":\"/a\",\"Action\":\"readonly\"}",
                        "{\"RuleType\":\"network\",\"RemotePort\":\"1-\",\"Action\":\"deny\"}",
                        "{\"RuleType\":\"execution\",\"Arg1\":\"\\u0000\",\"Action\":\"deny\"}",
                        "{\"RuleType\":\"listener\",\"ListeningPort\":22,\"ListeningAddr\":\"::1\",\"Action\":\"allow\"}",
                        "{\"RuleType\":\"syscall\",\"Syscall\":\"59,60\",\"Arg1\":7,\"Action\":\"deny\"}",
                        "{\"RuleType\":\"write\",\"Name\":\"\\ud800\",\"Action\":\"deny\"}",
                        "null",
                        "[]")
                .list()
                .ofMaxSize(4)
                .map(rules -> "{" + HEAD + "\"Rules\":[" + String.join(",", rules) + "]}");
        Arbitrary<String> lines = Arbitraries.of(
                        "x", ",", "\"", "0", "2", "sys_open", "/a", "None", "*", "\n", "\\", "54")
                .list()
                .ofMaxSize(40)
                .map(parts -> parts.stream().collect(Collectors.joining()));
        return Arbitraries.oneOf(json, lines);
    }
}
