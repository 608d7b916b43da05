package io.crs.policy;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.syscall.SyscallTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyDocumentTest {
    private static final String HEAD = "\"name\":\"p\",\"policyMode\":\"ACTIVE\",\"defaultNetworkAction\":\"ALLOW\","
            + "\"defaultFileAction\":\"ALLOW\",\"defaultExecuteAction\":\"DENY\"";

    private static String policy(String more) {
        return "{" + HEAD + (more.isEmpty() ? "" : "," + more) + "}";
    }

    private static String rules(String... rules) {
        return policy("\"rules\":[" + String.join(",", rules) + "]");
    }

    /** A rule with a name and an action, and this beside. */
    private static String rule(String more) {
        return "{\"name\":\"r\",\"action\":\"DENY\"," + more + "}";
    }

    private static List<Problem> problems(String document) {
        return assertThrows(InvalidPolicyException.class, () -> Policy.read(document))
                .problems();
    }

    private static Problem problem(String document) {
        List<Problem> problems = problems(document);
        assertEquals(1, problems.size(), problems::toString);
        return problems.get(0);
    }

    private static Rule onlyRule(String more) throws InvalidPolicyException {
        return Policy.read(rules(rule(more))).rules().get(0);
    }

    @Test
    void readsEveryField() throws InvalidPolicyException {
        Policy policy = Policy.read("""
                {"id":"5fd20b4321dabf0001fdc464","name":"web","description":"the web server","policyMode":"PERMISSIVE",
                 "defaultNetworkAction":"DENY","defaultFileAction":"ALLOW","defaultExecuteAction":"DENY",
                 "ignoredSyscalls":["sys_read","write"],
                 "rules":[
                  {"id":"a","name":"one","inactive":true,"ruleType":"READ","program":"/bin/*","file":"/etc/shadow",
                   "action":"DENY","severity":7,"tags":["x","y"],"message":"no","followChildren":true},
                  {"name":"two","ruleType":"NETWORK_INBOUND","ipAddress":"10.0.0.0/8","port":443,"action":"ALLOW"},
                  {"name":"three","ruleType":"SYSCALL","syscall":"sys_ptrace","arg1":16,"arg2":"","action":"MONITOR"}],
                 "driftAction":"DENY","defaultScope":"RULED_CALLS","ignoreScope":"EVERYTHING","translation":"GUIDE",
                 "onUnreadable":"ALLOW","failMode":"OPEN","onDegraded":"REFUSE",
                 "limits":{"maxProcesses":1500,"maxProcessLifetime":750,"syscallsPerSecond":{"sys_read":10},
                           "maxProcessesByName":{"sshd":20}},
                 "created":"2022-01-03T10:00:00.123Z","updated":"2022-01-03T11:00:00+01:00"}
                """);
        SyscallTable table = SyscallTable.standard();
        assertAll(
                () -> assertEquals(Optional.of("5fd20b4321dabf0001fdc464"), policy.id()),
                () -> assertEquals("web", policy.name()),
                () -> assertEquals("the web server", policy.description()),
                () -> assertEquals(PolicyMode.PERMISSIVE, policy.mode()),
                () -> assertEquals(Action.DENY, policy.defaultAction(Category.NETWORK)),
                () -> assertEquals(Action.ALLOW, policy.defaultAction(Category.FILE)),
                () -> assertEquals(Action.DENY, policy.defaultAction(Category.EXECUTE)),
                () -> assertEquals(
                        List.of(
                                table.find("read").orElseThrow(),
                                table.find("write").orElseThrow()),
                        List.copyOf(policy.ignoredSyscalls())),
                () -> assertEquals(
                        new Rule.FileRule(
                                new RuleHeader(
                                        Optional.of("a"),
                                        "one",
                                        true,
                                        Glob.of("/bin/*"),
                                        Action.DENY,
                                        OptionalInt.of(7),
                                        List.of("x", "y"),
                                        Optional.of("no"),
                                        true),
                                Rule.Access.READ,
                                Glob.of("/etc/shadow")),
                        policy.rules().get(0)),
                () -> assertEquals(
                        Rule.inbound("10.0.0.0/8").ports(443).named("two").allow(),
                        policy.rules().get(1)),
                () -> assertEquals(
                        Rule.syscall("sys_ptrace").arg(1, "16").named("three").monitor(),
                        policy.rules().get(2)),
                () -> assertEquals(Action.DENY, policy.driftAction()),
                () -> assertEquals(DefaultScope.RULED_CALLS, policy.defaultScope()),
                () -> assertEquals(IgnoreScope.EVERYTHING, policy.ignoreScope()),
                () -> assertEquals(Translation.GUIDE, policy.translation()),
                () -> assertEquals(Action.ALLOW, policy.onUnreadable()),
                () -> assertEquals(FailMode.OPEN, policy.failMode()),
                () -> assertEquals(OnDegraded.REFUSE, policy.onDegraded()),
                () -> assertEquals(
                        new Limits(1500, 750, Map.of(table.find("read").orElseThrow(), 10), Map.of("sshd", 20)),
                        policy.limits()),
                () -> assertEquals(Optional.of(Instant.parse("2022-01-03T10:00:00.123Z")), policy.created()),
                () -> assertEquals(Optional.of(Instant.parse("2022-01-03T10:00:00Z")), policy.updated()));
    }

    @Test
    void whatIsOptionalHasItsUsualValue() throws InvalidPolicyException {
        Policy expected =
                Policy.named("p").defaults(Category.EXECUTE, Action.DENY).build();
        assertEquals(expected, Policy.read(policy("")));
        assertEquals(Action.ALLOW, expected.driftAction());
        assertEquals(Action.DENY, expected.onUnreadable());
        assertEquals(FailMode.CLOSED, expected.failMode());
        assertEquals(OnDegraded.WARN, expected.onDegraded());
        assertEquals(DefaultScope.CATEGORY, expected.defaultScope());
        assertEquals(IgnoreScope.EVENTS, expected.ignoreScope());
        assertEquals(Translation.COMPLETE, expected.translation());
        assertEquals(Limits.NONE, expected.limits());
    }

    @Test
    void anOptionalFieldMayBeNull() throws InvalidPolicyException {
        assertEquals(
                Policy.read(rules(rule("\"ruleType\":\"READ\""))),
                Policy.read(policy("\"id\":null,\"limits\":null,\"rules\":["
                        + rule("\"ruleType\":\"READ\",\"file\":null,\"port\":null,\"severity\":null") + "]")));
    }

    @Test
    void blankAndAbsentPatternsMeanAny() throws InvalidPolicyException {
        Rule.FileRule blank = (Rule.FileRule) onlyRule("\"ruleType\":\"WRITE\",\"file\":\" \",\"program\":\"\"");
        assertTrue(blank.file().isAny());
        assertTrue(blank.program().isAny());
        Rule.NetworkRule network = (Rule.NetworkRule) onlyRule("\"ruleType\":\"NETWORK_OUTBOUND\",\"ipAddress\":\"\"");
        assertTrue(network.address().isAny());
        assertTrue(network.port().isAny());
    }

    @ParameterizedTest
    @CsvSource({
        "'\"port\":8080', 8080",
        "'\"port\":\"8080\"', 8080",
        "'\"port\":-1', *",
        "'\"port\":0', *",
        "'\"port\":\"80, 8000-8010\"', '80, 8000-8010'",
    })
    void aPortMayBeANumberOrAText(String field, String text) throws InvalidPolicyException {
        Rule.NetworkRule rule =
                (Rule.NetworkRule) onlyRule("\"ruleType\":\"NETWORK_OUTBOUND\",\"ipAddress\":\"*\"," + field);
        assertEquals(text, rule.port().text());
    }

    @Test
    void acceptsAByteOrderMark() throws IOException, InvalidPolicyException {
        String marked = "\uFEFF" + policy("");
        assertEquals(Policy.read(policy("")), Policy.read(marked));
        assertEquals(Policy.read(policy("")), read(marked.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void acceptsHostBitsInABlock() throws InvalidPolicyException {
        Rule.NetworkRule rule =
                (Rule.NetworkRule) onlyRule("\"ruleType\":\"NETWORK_OUTBOUND\",\"ipAddress\":\"10.1.2.3/8\"");
        assertTrue(rule.address().matches(IpAddress.parse("10.200.0.1").orElseThrow()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sys_ptrace",
                "ptrace",
                "stub_execveat",
                "execveat",
                "syskexec_load",
                "sys_kexec_load",
                "li_getaddrinfo",
                "getaddrinfo",
                "userfaultfd",
                "sys_openat2"
            })
    void aSyscallHasTheKernelsNameAndTheGuides(String name) throws InvalidPolicyException {
        Rule.SyscallRule rule = (Rule.SyscallRule) onlyRule("\"ruleType\":\"SYSCALL\",\"syscall\":\"" + name + "\"");
        assertEquals(name, rule.syscallText());
        assertEquals(SyscallTable.standard().find(name).orElseThrow(), rule.syscall());
    }

    @Test
    void sysSetsockoptIsTheGuidesRow55() throws InvalidPolicyException {
        Rule.SyscallRule guide = (Rule.SyscallRule) onlyRule("\"ruleType\":\"SYSCALL\",\"syscall\":\"sys_setsockopt\"");
        Rule.SyscallRule kernel = (Rule.SyscallRule) onlyRule("\"ruleType\":\"SYSCALL\",\"syscall\":\"setsockopt\"");
        assertEquals("getsockopt", guide.syscall().name());
        assertEquals("setsockopt", kernel.syscall().name());
    }

    @ParameterizedTest
    @CsvSource({
        "/name, '\"policyMode\":\"ACTIVE\",\"defaultNetworkAction\":\"DENY\",\"defaultFileAction\":\"DENY\",\"defaultExecuteAction\":\"DENY\"'",
        "/policyMode, '\"name\":\"p\",\"defaultNetworkAction\":\"DENY\",\"defaultFileAction\":\"DENY\",\"defaultExecuteAction\":\"DENY\"'",
        "/defaultFileAction, '\"name\":\"p\",\"policyMode\":\"ACTIVE\",\"defaultNetworkAction\":\"DENY\",\"defaultExecuteAction\":\"DENY\"'",
    })
    void whatIsRequiredMustBeThere(String pointer, String fields) {
        Problem problem = problem("{" + fields + "}");
        assertEquals(pointer, problem.pointer());
        assertTrue(problem.message().contains("required"), problem.message());
    }

    @ParameterizedTest
    @CsvSource({
        "/rules/0/name, '{\"ruleType\":\"READ\",\"action\":\"DENY\"}'",
        "/rules/0/ruleType, '{\"name\":\"r\",\"action\":\"DENY\"}'",
        "/rules/0/action, '{\"name\":\"r\",\"ruleType\":\"READ\"}'",
        "/rules/0/ipAddress, '{\"name\":\"r\",\"ruleType\":\"NETWORK_INBOUND\",\"action\":\"DENY\"}'",
        "/rules/0/syscall, '{\"name\":\"r\",\"ruleType\":\"SYSCALL\",\"action\":\"DENY\"}'",
    })
    void whatARuleRequiresMustBeThere(String pointer, String rule) {
        Problem problem = problem(rules(rule));
        assertEquals(pointer, problem.pointer());
        assertTrue(problem.message().contains("required"), problem.message());
    }

    @ParameterizedTest
    @CsvSource({
        "/id, '\"id\":\"5fd20b43\"'",
        "/id, '\"id\":12'",
        "/description, '\"description\":[]'",
        "/driftAction, '\"driftAction\":\"deny\"'",
        "/defaultScope, '\"defaultScope\":\"category\"'",
        "/ignoreScope, '\"ignoreScope\":\"ALL\"'",
        "/translation, '\"translation\":\"complete\"'",
        "/onUnreadable, '\"onUnreadable\":\"MONITOR\"'",
        "/failMode, '\"failMode\":true'",
        "/onDegraded, '\"onDegraded\":\"FAIL\"'",
        "/ignoredSyscalls/1, '\"ignoredSyscalls\":[\"read\",\"raed\"]'",
        "/ignoredSyscalls, '\"ignoredSyscalls\":\"read\"'",
        "/rules, '\"rules\":{}'",
        "/rules/0, '\"rules\":[null]'",
        "/limits/maxProcesses, '\"limits\":{\"maxProcesses\":-1}'",
        "/limits/maxProcessLifetime, '\"limits\":{\"maxProcessLifetime\":1.5}'",
        "/limits/maxProcessLifetime, '\"limits\":{\"maxProcessLifetime\":99999999999999999999}'",
        "/limits/syscallsPerSecond/raed, '\"limits\":{\"syscallsPerSecond\":{\"raed\":1}}'",
        "/limits/syscallsPerSecond/sys_read, '\"limits\":{\"syscallsPerSecond\":{\"read\":1,\"sys_read\":1}}'",
        "/limits/maxProcessesByName/~1bin~1sh, '\"limits\":{\"maxProcessesByName\":{\"/bin/sh\":1}}'",
        "/limits/maxProceses, '\"limits\":{\"maxProceses\":1}'",
        "/created, '\"created\":\"yesterday\"'",
        "/created, '\"created\":\"+123456-01-01T00:00:00Z\"'",
        "/updated, '\"updated\":1641204000'",
        "/a~1b~0c, '\"a/b~c\":1'",
        "'/', '\"\":1'",
    })
    void aProblemHasItsPointer(String pointer, String field) {
        assertEquals(pointer, problem(policy(field)).pointer());
    }

    @ParameterizedTest
    @CsvSource({
        "port, '\"ruleType\":\"NETWORK_OUTBOUND\",\"ipAddress\":\"*\",\"port\":65536', 65535",
        "port, '\"ruleType\":\"NETWORK_OUTBOUND\",\"ipAddress\":\"*\",\"port\":\"90-80\"', 80-90",
        "port, '\"ruleType\":\"NETWORK_OUTBOUND\",\"ipAddress\":\"*\",\"port\":80.5', fraction",
        "port, '\"ruleType\":\"NETWORK_OUTBOUND\",\"ipAddress\":\"*\",\"port\":true', true or false",
        "ipAddress, '\"ruleType\":\"NETWORK_OUTBOUND\",\"ipAddress\":\"10.0.0.0/33\"', 32",
        "ipAddress, '\"ruleType\":\"NETWORK_OUTBOUND\",\"ipAddress\":\"10.0.0.9-10.0.0.1\"', 10.0.0.1-10.0.0.9",
        "ipAddress, '\"ruleType\":\"NETWORK_OUTBOUND\",\"ipAddress\":\"example.com\"', example.com",
        "ipAddress, '\"ruleType\":\"NETWORK_OUTBOUND\",\"ipAddress\":\"/run/docker.sock\"', SYSCALL",
        "ipAddress, '\"ruleType\":\"NETWORK_OUTBOUND\",\"ipAddress\":\"fe80::1%eth0\"', zone",
        "file, '\"ruleType\":\"READ\",\"file\":\"/a\\\\\"', backslash",
        "file, '\"ruleType\":\"READ\",\"file\":\"/a\\u0000\"', NUL",
        "file, '\"ruleType\":\"READ\",\"file\":\"/a\\ud834\"', surrogate",
        "file, '\"ruleType\":\"READ\",\"file\":7', a number",
        "program, '\"ruleType\":\"READ\",\"program\":\"\\u0000\"', NUL",
        "file, '\"ruleType\":\"NETWORK_INBOUND\",\"ipAddress\":\"*\",\"file\":\"/a\"', 'ipAddress, port'",
        "syscall, '\"ruleType\":\"READ\",\"syscall\":\"open\"', file",
        "arg1, '\"ruleType\":\"WRITE\",\"arg1\":\"x\"', file",
        "port, '\"ruleType\":\"READ\",\"port\":1', file",
        "ipAddress, '\"ruleType\":\"SYSCALL\",\"syscall\":\"connect\",\"ipAddress\":\"*\"', arg1",
        "syscall, '\"ruleType\":\"SYSCALL\",\"syscall\":\"sys_opne\"', did you mean \"sys_open\"?",
        "syscall, '\"ruleType\":\"SYSCALL\",\"syscall\":\"SYS_OPEN\"', did you mean \"sys_open\"?",
        "arg1, '\"ruleType\":\"SYSCALL\",\"syscall\":\"ptrace\",\"arg1\":\"x\"', no integer",
        "arg1, '\"ruleType\":\"SYSCALL\",\"syscall\":\"ptrace\",\"arg1\":\"0755\"', leading zeros",
        "arg1, '\"ruleType\":\"SYSCALL\",\"syscall\":\"connect\",\"arg1\":\"http\"', no port",
        "arg2, '\"ruleType\":\"SYSCALL\",\"syscall\":\"connect\",\"arg2\":\"example.com\"', no address",
        "arg1, '\"ruleType\":\"SYSCALL\",\"syscall\":\"open\",\"arg1\":\"/a\\\\\"', backslash",
        "arg1, '\"ruleType\":\"SYSCALL\",\"syscall\":\"socket\",\"arg1\":\"SOCK_STREAM\"', AF_INET",
        "severity, '\"ruleType\":\"READ\",\"severity\":11', 0 to 10",
        "severity, '\"ruleType\":\"READ\",\"severity\":\"7\"', 0 to 10",
        "tags, '\"ruleType\":\"READ\",\"tags\":\"x\"', an array",
        "tags/1, '\"ruleType\":\"READ\",\"tags\":[\"x\",\"\"]', blank",
        "inactive, '\"ruleType\":\"READ\",\"inactive\":\"true\"', true or false",
        "fil, '\"ruleType\":\"READ\",\"fil\":\"/a\"', did you mean \"file\"?",
        "fileName, '\"ruleType\":\"READ\",\"fileName\":\"/a\"', the nearest that is known is \"file\"",
        "ruleType, '\"ruleType\":\"Read\"', READ",
    })
    void aRulesProblemSaysWhatAndWhere(String field, String fields, String words) {
        Problem problem = problem(rules(rule(fields)));
        assertEquals("/rules/0/" + field, problem.pointer());
        assertTrue(problem.message().contains(words), problem.message());
    }

    @Test
    void reportsAllProblemsAtOnce() {
        List<String> pointers = problems(
                        "{\"name\":\" \",\"policyMode\":\"active\",\"defaultNetworkAction\":\"MONITOR\",\"nme\":1,"
                                + "\"rules\":[{\"ruleType\":\"READ\",\"port\":1,\"action\":\"deny\"},"
                                + rule("\"ruleType\":\"NETWORK_INBOUND\",\"ipAddress\":\"x\",\"port\":99999") + "]}")
                .stream()
                .map(Problem::pointer)
                .sorted()
                .toList();
        assertEquals(
                Stream.of(
                                "/name",
                                "/policyMode",
                                "/defaultNetworkAction",
                                "/nme",
                                "/defaultFileAction",
                                "/defaultExecuteAction",
                                "/rules/0/name",
                                "/rules/0/port",
                                "/rules/0/action",
                                "/rules/1/ipAddress",
                                "/rules/1/port")
                        .sorted()
                        .toList(),
                pointers);
    }

    @Test
    void refusesDuplicateKeys() {
        assertEquals("/name", problem(policy("\"name\":\"again\"")).pointer());
        assertEquals(
                "/rules/0/file",
                problem(rules(rule("\"ruleType\":\"READ\",\"file\":\"/a\",\"file\":\"/b\"")))
                        .pointer());
    }

    @Test
    void refusesDuplicateRuleIds() {
        Problem problem = problem(rules(
                rule("\"ruleType\":\"READ\",\"id\":\"x\""),
                rule("\"ruleType\":\"READ\",\"id\":\"y\""),
                rule("\"ruleType\":\"READ\",\"id\":\"x\"")));
        assertEquals("/rules/2/id", problem.pointer());
        assertTrue(problem.message().contains("/rules/0/id"), problem.message());
    }

    @Test
    void lengthsCountCodePoints() throws InvalidPolicyException {
        String fits = "𝄞".repeat(250);
        assertEquals(
                fits, Policy.read(policy("\"description\":\"" + fits + "\"")).description());
        assertEquals(
                "/description",
                problem(policy("\"description\":\"" + fits + "a\"")).pointer());
    }

    @ParameterizedTest
    @CsvSource({
        "'{', 1",
        "'{\"name\":\"p\"\n\n,,}', 3",
        "'{} {}', 1",
        "'', ",
        "'nul', 1",
        "'{\"name\":NaN}', 1",
        "'{''name'':1}', 1",
        "'{\"name\":\"a\nb\"}', 1",
        "'{/*c*/}', 1",
    })
    void brokenJsonIsOneProblemWithItsPlace(String document, Integer line) {
        Problem problem = problem(document);
        assertEquals("", problem.pointer());
        if (line != null) {
            assertTrue(problem.message().startsWith("line " + line + ", column "), problem.message());
        }
        assertFalse(problem.message().contains("Source"), problem.message());
        assertEquals(1, problem.message().lines().count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "\"x\"", "null", "true"})
    void aPolicyIsAnObject(String document) {
        assertEquals("", problem(document).pointer());
    }

    @Test
    void refusesWhatIsNotUtf8() {
        byte[] bytes = policy("\"description\":\"@\"").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == '@' ? (byte) 0xC1 : bytes[i];
        }
        InvalidPolicyException refused = assertThrows(InvalidPolicyException.class, () -> read(bytes));
        assertTrue(refused.getMessage().contains("UTF-8"), refused.getMessage());
    }

    @Test
    void refusesTooManyRules() {
        String rule = rule("\"ruleType\":\"READ\"");
        Problem problem =
                problem(rules(Stream.generate(() -> rule).limit(100_001).toArray(String[]::new)));
        assertEquals("/rules", problem.pointer());
        assertTrue(problem.message().contains("100001"), problem.message());
    }

    @Test
    void refusesATooLongPattern() {
        assertEquals(
                "/rules/0/file",
                problem(rules(rule("\"ruleType\":\"READ\",\"file\":\"" + "a".repeat(4097) + "\"")))
                        .pointer());
    }

    @Test
    void refusesATooLongDocumentWithoutReadingItAll() throws IOException {
        InputStream endless = new InputStream() {
            private long read;

            @Override
            public int read() {
                throw new AssertionError("reads byte by byte");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                read += length;
                assertTrue(read <= Policy.MAX_DOCUMENT + 100_000L, "reads far beyond the limit");
                Arrays.fill(bytes, offset, offset + length, (byte) ' ');
                return length;
            }
        };
        InvalidPolicyException refused = assertThrows(InvalidPolicyException.class, () -> Policy.read(endless));
        assertTrue(refused.getMessage().contains("64 MiB"), refused.getMessage());
    }

    @Test
    void boundsDepthTextAndProblems() {
        assertTrue(problem(policy("\"x\":" + "[".repeat(100_000))).message().contains("line 1"));
        assertTrue(problem(policy("\"description\":\"" + "a".repeat(1_100_000) + "\""))
                .message()
                .contains("line 1"));
        assertEquals(1001, problems(policy("\"x\":1,".repeat(5000) + "\"x\":1")).size());
    }

    @Test
    void aFileThatFailsIsNoInvalidDocument() {
        assertThrows(NoSuchFileException.class, () -> Policy.read(Path.of("no such file")));
        InputStream failing = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("gone");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                throw new IOException("gone");
            }
        };
        assertThrows(IOException.class, () -> Policy.read(failing));
    }

    @Test
    void writesWhatItReads() throws IOException, InvalidPolicyException {
        Policy policy = Policy.read(rules(
                rule("\"ruleType\":\"READ\",\"file\":\"/ä𝄞*\""),
                rule("\"ruleType\":\"NETWORK_OUTBOUND\",\"ipAddress\":\"*\",\"port\":443"),
                rule("\"ruleType\":\"SYSCALL\",\"syscall\":\"sys_open\",\"arg3\":7")));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        policy.write(out);
        assertEquals(policy, read(out.toByteArray()));
        assertEquals(policy.toJson(), out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void theDigestIsThatOfTheCanonicalDocument() throws InvalidPolicyException {
        Policy policy = Policy.read(policy("\"rules\":[],\"description\":\"\",\"failMode\":\"CLOSED\""));
        assertEquals(Policy.read(policy("")).digest(), policy.digest());
        assertTrue(policy.digest().matches("sha256:[0-9a-f]{64}"));
        assertNotEquals(policy.digest(), policy.toBuilder().name("q").build().digest());
        assertEquals(
                "sha256:189aad065e177d1e4727b30b6e80363e20909059cdb69a8cc32e2622f7e98a99",
                policy.digest(),
                "the canonical document must not change between versions of the library");
    }

    @Test
    void writesAFileAllOrNothing(@TempDir Path folder) throws IOException, InvalidPolicyException {
        Path file = folder.resolve("policy.json");
        Files.writeString(file, "old");
        Policy policy = Policy.named("p").build();
        policy.write(file);
        assertEquals(policy, Policy.read(file));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
        assertThrows(
                IOException.class, () -> policy.write(folder.resolve("none").resolve("policy.json")));
    }

    @Test
    void readingLeavesTheStreamOpen() throws IOException, InvalidPolicyException {
        boolean[] closed = new boolean[1];
        InputStream in = new ByteArrayInputStream(policy("").getBytes(StandardCharsets.UTF_8)) {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        Policy.read(in);
        assertFalse(closed[0]);
    }

    @Test
    void readsAConfiguration() throws InvalidPolicyException {
        Configuration configuration = Configuration.read(
                "{\"id\":\"5fd20b4321dabf0001fdc464\",\"name\":\"c\",\"policyId\":\"5fd20b4321dabf0001fdc465\","
                        + "\"logMode\":\"ALL\",\"isDefaultConfig\":true,\"created\":\"2022-01-03T10:00:00.000Z\"}");
        assertEquals(LogMode.ALL, configuration.logMode());
        assertTrue(configuration.isDefaultConfig());
        assertEquals(configuration, Configuration.read(configuration.toJson()));
        assertEquals(
                LogMode.POLICY_MONITOR_DENY,
                Configuration.read("{\"name\":\"c\"}").logMode());
    }

    @Test
    void aConfigurationsProblemsAreReportedAtOnce() {
        List<String> pointers = assertThrows(
                        InvalidPolicyException.class,
                        () -> Configuration.read("{\"name\":\"" + "n".repeat(257)
                                + "\",\"policyId\":\"x\",\"logMode\":\"all\",\"isDefault\":true}"))
                .problems()
                .stream()
                .map(Problem::pointer)
                .toList();
        assertEquals(List.of("/name", "/policyId", "/logMode", "/isDefault"), pointers);
    }

    @Test
    void logModesAreBits() {
        assertEquals(
                List.of(0, 1, 2, 3, 4, 7, 8, 15),
                Arrays.stream(LogMode.values()).map(LogMode::bits).toList());
    }

    private static Policy read(byte[] bytes) throws IOException, InvalidPolicyException {
        return Policy.read(new ByteArrayInputStream(bytes));
    }
}
