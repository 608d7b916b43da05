package io.crs.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.syscall.Arch;
import io.crs.syscall.SyscallTable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallDocumentTest {
    private static Call read(String json) throws InvalidCallException {
        return Call.read(json, Arch.X86_64);
    }

    private static Call with(String fields) throws InvalidCallException {
        return read("{\"syscall\":\"openat\"," + fields + "}");
    }

    @Test
    void readsEveryField() throws InvalidCallException {
        Call call =
                read("{\"program\":\"/usr/bin/cat\",\"exec\":\"/bin/cat\",\"ancestors\":[\"/bin/sh\",\"/sbin/init\"],"
                        + "\"syscall\":\"renameat2\",\"cwd\":\"/etc\",\"filename\":\"passwd\",\"resolved\":\"/etc/passwd\","
                        + "\"newFilename\":\"x\",\"newResolved\":\"/y\",\"flags\":[\"AT_REMOVEDIR\",4],\"family\":\"AF_INET\","
                        + "\"address\":\"10.0.0.5\",\"port\":443,\"localPort\":\"80\",\"args\":[1,\"0x10\",null,\"\",-1],"
                        + "\"name\":\"A.Example.\",\"directory\":true,\"drift\":true,\"uid\":1000}");
        assertEquals(
                new Call(
                        SyscallTable.standard().find("renameat2").orElseThrow(),
                        Optional.of("/usr/bin/cat"),
                        Optional.of("/bin/cat"),
                        List.of("/bin/sh", "/sbin/init"),
                        FilePath.of("/etc/passwd"),
                        new FilePath(Optional.of("/etc/x"), Optional.of("/y")),
                        0x204,
                        Endpoint.of("10.0.0.5"),
                        OptionalInt.of(443),
                        OptionalInt.of(80),
                        List.of(
                                OptionalLong.of(1),
                                OptionalLong.of(16),
                                OptionalLong.empty(),
                                OptionalLong.empty(),
                                OptionalLong.of(-1),
                                OptionalLong.empty()),
                        Optional.of("a.example"),
                        Optional.of(true),
                        true),
                call);
    }

    @Test
    void whatIsAbsentIsNotKnown() throws InvalidCallException {
        Call call = read("{\"syscall\":\"openat\"}");
        assertEquals(Call.of("openat").build(), call);
        assertTrue(call.programs().isEmpty());
        assertTrue(call.path().isUnknown());
        assertEquals(Endpoint.UNKNOWN, call.address());
        assertEquals(0, call.flags());
        assertFalse(call.drift());
    }

    @ParameterizedTest
    @CsvSource({
        "openat, openat",
        "sys_openat, openat",
        "257, openat",
        "stub_execveat, execveat",
        "322, execveat",
        "499, getaddrinfo",
        "li_getnameinfo, getnameinfo",
        "sys_setsockopt, getsockopt",
    })
    void aCallHasANameOrANumber(String text, String name) throws InvalidCallException {
        assertEquals(name, read("{\"syscall\":\"" + text + "\"}").syscall().name());
        if (text.matches("[0-9]+")) {
            assertEquals(name, read("{\"syscall\":" + text + "}").syscall().name());
        }
    }

    @Test
    void theNumberIsThatOfTheArchitecture() throws InvalidCallException {
        assertEquals(
                "openat", Call.read("{\"syscall\":56}", Arch.AARCH64).syscall().name());
        assertEquals("clone", read("{\"syscall\":56}").syscall().name());
    }

    @Test
    void namesTheWayOutWhereTheArchitectureLacksTheCall() {
        InvalidCallException refused =
                assertThrows(InvalidCallException.class, () -> Call.read("{\"syscall\":\"open\"}", Arch.AARCH64));
        assertTrue(refused.getMessage().contains("open does not exist on aarch64; use openat"), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "/a//b/./c/, /a/b/c",
        "/a/../b, /a/../b",
        "/, /",
        "//, /",
        "/., /",
        "a/./b, a/b",
        "./a, a",
        "., ''",
        "'', ''",
        "'/ ', '/ '",
        "/a\\/b, /a\\/b",
    })
    void foldsTheNamesOfFiles(String name, String folded) {
        assertEquals(new FilePath(Optional.of(folded), Optional.of(folded)), FilePath.of(name));
    }

    @ParameterizedTest
    @CsvSource({
        "passwd, /etc/passwd",
        "./passwd, /etc/passwd",
        "../etc/passwd, /etc/../etc/passwd",
        "., /etc",
        "'', ''",
        "/tmp/x, /tmp/x",
    })
    void cwdMakesRelativeNamesAbsolute(String name, String absolute) throws InvalidCallException {
        Call call = with("\"cwd\":\"/etc\",\"filename\":\"" + name + "\"");
        assertEquals(FilePath.of(absolute), call.path());
    }

    @ParameterizedTest
    @CsvSource({
        "'[\"O_RDONLY\"]', 0",
        "'[\"O_RDWR\",\"O_CREAT\"]', 66",
        "'\"O_WRONLY|O_TRUNC\"', 513",
        "'577', 577",
        "'[\"0x241\"]', 577",
        "'[]', 0",
        "'[\"O_TMPFILE\"]', 0x410000",
        "'4294967295', -1",
    })
    void flagsAreNamesOrNumbers(String json, String flags) throws InvalidCallException {
        assertEquals(Integer.decode(flags), with("\"flags\":" + json).flags());
    }

    @ParameterizedTest
    @CsvSource({
        "'\"address\":\"10.0.0.5\"', 10.0.0.5",
        "'\"address\":\"::ffff:10.0.0.5\"', 10.0.0.5",
        "'\"address\":\"fe80::1%eth0\"', fe80::1",
        "'\"address\":\"0.0.0.0\"', 127.0.0.1",
        "'\"address\":\"::\"', ::1",
        "'\"args\":[\"443\",\"10.0.0.5\"]', 10.0.0.5",
    })
    void anIpAddressIsCanonical(String field, String address) throws InvalidCallException {
        Call call = read("{\"syscall\":\"connect\"," + field + "}");
        assertEquals(new Endpoint.Inet(IpAddress.parse(address).orElseThrow()), call.address());
    }

    @Test
    void anAddressMayBeNoneOrOfAnotherFamily() throws InvalidCallException {
        assertEquals(Endpoint.NONE, with("\"address\":null").address());
        assertEquals(
                new Endpoint.Other("/run/x"), with("\"address\":\"/run/x\"").address());
        assertEquals(new Endpoint.Other("@x"), with("\"address\":\"@x\"").address());
        assertEquals(
                new Endpoint.Other("x"),
                with("\"address\":\"x\",\"family\":\"AF_UNIX\"").address());
        assertEquals(new Endpoint.Other(""), with("\"family\":16").address());
        assertEquals(
                new Endpoint.Other("10.0.0.5"),
                with("\"address\":\"10.0.0.5\",\"family\":\"AF_PACKET\"").address());
    }

    @Test
    void argumentsOfARoleSayWhatIsNotSaidElsewhere() throws InvalidCallException {
        Call connect = read("{\"syscall\":\"connect\",\"args\":[\"443\",\"10.0.0.5\"]}");
        assertEquals(OptionalInt.of(443), connect.port());
        Call said = read("{\"syscall\":\"connect\",\"port\":80,\"args\":[\"443\",\"10.0.0.5\"]}");
        assertEquals(OptionalInt.of(80), said.port());
        Call raw = read("{\"syscall\":\"connect\",\"args\":[3,140737488355328,16]}");
        assertEquals(Endpoint.UNKNOWN, raw.address());
        Call rename = read("{\"syscall\":\"rename\",\"args\":[\"/a\",\"/b\"]}");
        assertEquals(FilePath.of("/a"), rename.path());
        assertEquals(FilePath.of("/b"), rename.newPath());
        Call openat = read("{\"syscall\":\"openat\",\"args\":[\"AT_FDCWD\",\"/a\"]}");
        assertEquals(FilePath.UNKNOWN, openat.path());
        Call open = read("{\"syscall\":\"open\",\"args\":[\"/a\",\"O_RDWR\"]}");
        assertEquals(FilePath.of("/a"), open.path());
        assertEquals(OptionalLong.of(2), open.args().get(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"syscall\":\"getaddrinfo\",\"name\":\"DB.internal.\"}",
                "{\"syscall\":\"getaddrinfo\",\"args\":[\"db.Internal\"]}",
                "{\"syscall\":\"getaddrinfo\",\"address\":\"db.internal\"}"
            })
    void aLibraryCallLooksUpAName(String json) throws InvalidCallException {
        assertEquals(Optional.of("db.internal"), read(json).name());
    }

    @ParameterizedTest
    @CsvSource({
        "'{}', required",
        "'{\"syscall\":\"openta\"}', did you mean \"openat\"?",
        "'{\"syscall\":9999}', no system call has number 9999",
        "'{\"syscall\":\"openat\",\"filname\":\"/a\"}', did you mean \"filename\"?",
        "'{\"syscall\":\"openat\",\"filename\":1}', a number",
        "'{\"syscall\":\"openat\",\"flags\":[\"O_RDONL\"]}', O_RDONL",
        "'{\"syscall\":\"openat\",\"flags\":4294967296}', 32 bits",
        "'{\"syscall\":\"connect\",\"address\":\"10.0.0.256\"}', 10.0.0.256",
        "'{\"syscall\":\"connect\",\"address\":\"\"}', no IP address",
        "'{\"syscall\":\"connect\",\"port\":65536}', 65535",
        "'{\"syscall\":\"connect\",\"port\":\"https\"}', https",
        "'{\"syscall\":\"connect\",\"family\":\"AF_INTE\"}', AF_INET",
        "'{\"syscall\":\"socket\",\"args\":[\"AF_INTE\"]}', AF_INET",
        "'{\"syscall\":\"openat\",\"cwd\":\"etc\",\"filename\":\"a\"}', not absolute",
        "'{\"syscall\":\"openat\",\"args\":[1,2,3,4,5,6,7]}', 6",
        "'{\"syscall\":\"openat\",\"drift\":1}', true or false",
        "'{\"syscall\":\"openat\"', line 1",
        "'{\"syscall\":\"openat\",\"drift\":1,\"cwdd\":1}', '; /cwdd: unknown field'",
        "'{', 'column 2: Unexpected end-of-input: expected close marker for Object'",
        "'-', 'Unexpected end-of-input: No digit'",
        "'{x', 'Unexpected character (''x''): was'",
        "'[]', an object",
        "'', empty",
    })
    void anErrorIsOneClearMessage(String json, String words) {
        InvalidCallException refused = assertThrows(InvalidCallException.class, () -> read(json));
        assertTrue(refused.getMessage().contains(words), refused.getMessage());
        assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
    }

    @Test
    void aDecisionIsOneLineOfJson() {
        assertEquals(
                "{\"action\":\"DENY\",\"enforced\":true,\"blocked\":true,\"rule\":\"a \\\"b\\\"\",\"ruleIndex\":3,"
                        + "\"default\":false,\"events\":[\"STANDARD\",\"BEHAVIOR\"]}",
                new Decision(Action.DENY, true, true, Optional.of("a \"b\""), 3, false, true, true).toJson());
        assertEquals(
                "{\"action\":\"ALLOW\",\"enforced\":false,\"blocked\":false,\"rule\":null,\"ruleIndex\":-1,"
                        + "\"default\":true,\"events\":[]}",
                new Decision(Action.ALLOW, false, false, Optional.empty(), -1, true, false, false).toJson());
    }

    @Property
    void readsWhatItWrites(@ForAll("calls") Call call, @ForAll Arch arch) throws InvalidCallException {
        assertEquals(call, Call.read(call.toJson(arch), arch));
    }

    @Provide
    Arbitrary<Call> calls() {
        Arbitrary<String> texts = Arbitraries.of("/a", "b/c", "", "/ä𝄞", "\"\\\n", "/a/../b");
        Arbitrary<FilePath> paths =
                Combinators.combine(texts.optional(), texts.optional()).as(FilePath::new);
        Arbitrary<Endpoint> endpoints = Arbitraries.of(
                Endpoint.UNKNOWN,
                Endpoint.NONE,
                Endpoint.of("10.0.0.1"),
                Endpoint.of("2001:db8::1"),
                Endpoint.of("/run/x"),
                new Endpoint.Other(""),
                new Endpoint.Other("odd"));
        Arbitrary<OptionalInt> ports = Arbitraries.integers()
                .between(0, 65535)
                .optional()
                .map(port -> port.isPresent() ? OptionalInt.of(port.get()) : OptionalInt.empty());
        Arbitrary<List<OptionalLong>> args = Arbitraries.longs()
                .optional()
                .map(value -> value.isPresent() ? OptionalLong.of(value.get()) : OptionalLong.empty())
                .list()
                .ofSize(6);
        Arbitrary<Call> first = Combinators.combine(
                        Arbitraries.of("openat", "renameat2", "connect", "accept4", "execve", "ptrace", "fchownat"),
                        texts.optional(),
                        texts.optional(),
                        texts.list().ofMaxSize(2),
                        paths,
                        paths,
                        Arbitraries.integers(),
                        endpoints)
                .as((name, program, exec, ancestors, path, newPath, flags, endpoint) -> new Call(
                        SyscallTable.standard().find(name).orElseThrow(),
                        program,
                        exec,
                        ancestors,
                        path,
                        newPath,
                        flags,
                        endpoint,
                        OptionalInt.of(1),
                        OptionalInt.of(1),
                        List.of(Call.of("read").build().args().toArray(OptionalLong[]::new)),
                        Optional.empty(),
                        Optional.empty(),
                        false));
        return Combinators.combine(
                        first,
                        ports,
                        ports,
                        args,
                        Arbitraries.of("a.b", "10.0.0.1").optional(),
                        Arbitraries.of(true, false).optional(),
                        Arbitraries.of(true, false))
                .as((call, port, localPort, integers, name, directory, drift) -> new Call(
                        call.syscall(),
                        call.program(),
                        call.exec(),
                        call.ancestors(),
                        call.path(),
                        call.newPath(),
                        call.flags(),
                        call.address(),
                        // what a role says for an argument goes behind what the call says, so both are there
                        port.isPresent() ? port : OptionalInt.of(7),
                        localPort.isPresent() ? localPort : OptionalInt.of(7),
                        integers,
                        name,
                        directory,
                        drift));
    }
}
