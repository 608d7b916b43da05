package io.crs.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SyscallTableTest {
    private static final SyscallTable TABLE = SyscallTable.standard();

    record GuideRow(int number, String name, List<String> arguments) {
        static GuideRow of(String line) {
            String[] fields = line.split(",", -1);
            return new GuideRow(Integer.parseInt(fields[0]), fields[1], List.of(fields[2], fields[3], fields[4]));
        }
    }

    /** Appendix A as the user guide prints it. */
    static List<GuideRow> appendixA() throws IOException {
        try (InputStream in = SyscallTableTest.class.getResourceAsStream("appendix-a.csv")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().skip(1).map(GuideRow::of).toList();
        }
    }

    @Test
    void appendixAHasThe328RowsOfTheGuide() throws IOException {
        assertEquals(328, appendixA().size());
        assertEquals(
                328,
                TABLE.all().stream()
                        .filter(call -> call.guideNumber().isPresent())
                        .count());
    }

    @ParameterizedTest
    @MethodSource("appendixA")
    void findsEveryRowOfAppendixAByEitherName(GuideRow row) {
        Syscall call = TABLE.findGuide(row.number()).orElseThrow();
        assertEquals(Optional.of(row.name()), call.guideName());
        assertEquals(Optional.of(call), TABLE.find(row.name()));
        assertEquals(Optional.of(call), TABLE.find(call.name()));
        if (call.library()) {
            assertTrue(call.x86_64().isEmpty() && call.aarch64().isEmpty());
        } else {
            assertEquals(Optional.of(call), TABLE.find(Arch.X86_64, row.number()));
        }
    }

    @ParameterizedTest
    @MethodSource("appendixA")
    void givesTheArgumentsOfAppendixATheirRoles(GuideRow row) {
        List<ArgumentRole> roles = TABLE.findGuide(row.number()).orElseThrow().roles();
        for (int i = 0; i < Syscall.ARGUMENTS; i++) {
            String argument = row.arguments().get(i);
            if (!argument.isEmpty()) {
                String role = argument.equals("socket") ? "PROTOCOL" : argument.toUpperCase(Locale.ROOT);
                assertEquals(ArgumentRole.valueOf(role), roles.get(i));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "sys_open, open",
        "sys_openat2, openat2",
        "sys_pread64, pread64",
        "sys_sysctl, _sysctl",
        "syskexec_load, kexec_load",
        "sys_kexec_load, kexec_load",
        "stub_execveat, execveat",
        "sys_execveat, execveat",
        "userfaultfd, userfaultfd",
        "sys_userfaultfd, userfaultfd",
        "sys_setsockopt, getsockopt",
        "sys_getsockopt, getsockopt",
        "setsockopt, setsockopt",
        "li_getaddrinfo, getaddrinfo",
        "getnameinfo, getnameinfo",
        "fchroot, fchroot",
    })
    void findsACallByEverySpelling(String spelling, String name) {
        assertEquals(Optional.of(name), TABLE.find(spelling).map(Syscall::name));
    }

    @ParameterizedTest
    @CsvSource({"OPEN", "sys_", "sys_sys_open", "sys_getaddrinfo", "stub_open", "''", "'setsockopt '"})
    void findsNothingByAnyOtherSpelling(String spelling) {
        assertEquals(Optional.empty(), TABLE.find(spelling));
    }

    @Property
    void findsNothingByAnyOtherName(@ForAll String name) {
        Assume.that(TABLE.all().stream()
                .noneMatch(call -> name.endsWith(call.name())
                        || call.guideName().filter(name::equals).isPresent()));
        assertEquals(Optional.empty(), TABLE.find(name));
    }

    @Test
    void setsockoptHasNoRowInTheGuide() {
        Syscall call = TABLE.find(Arch.X86_64, 54).orElseThrow();
        assertEquals("setsockopt", call.name());
        assertTrue(call.guideNumber().isEmpty());
        assertEquals(Optional.empty(), TABLE.findGuide(54));
    }

    @ParameterizedTest
    @EnumSource
    void numbersAreUniqueAndLeadBackToTheirCall(Arch arch) {
        Set<Integer> seen = new HashSet<>();
        for (Syscall call : TABLE.on(arch)) {
            int number = call.number(arch).orElseThrow();
            assertTrue(seen.add(number), call::name);
            assertEquals(Optional.of(call), TABLE.find(arch, number));
        }
        assertEquals(Optional.empty(), TABLE.find(arch, -1));
        assertEquals(Optional.empty(), TABLE.find(arch, Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @CsvSource({"X86_64, '337-423'", "AARCH64, '244-259 295-423'"})
    void everyGapIsOneThatTheKernelLeavesFree(Arch arch, String gaps) {
        Set<Integer> free = new HashSet<>();
        for (String gap : gaps.split(" ", -1)) {
            int dash = gap.indexOf('-');
            IntStream.rangeClosed(Integer.parseInt(gap.substring(0, dash)), Integer.parseInt(gap.substring(dash + 1)))
                    .forEach(free::add);
        }
        int last = TABLE.on(arch).stream()
                .mapToInt(call -> call.number(arch).orElseThrow())
                .max()
                .orElseThrow();
        for (int number = 0; number <= last; number++) {
            assertEquals(free.contains(number), TABLE.find(arch, number).isEmpty(), arch + " " + number);
        }
    }

    @Test
    void architecturesCountAlikeFrom424On() {
        for (int number = 424; TABLE.find(Arch.X86_64, number).isPresent(); number++) {
            assertEquals(TABLE.find(Arch.X86_64, number), TABLE.find(Arch.AARCH64, number));
        }
        assertTrue(TABLE.find(Arch.X86_64, 469).isPresent());
    }

    @ParameterizedTest
    @CsvSource({
        "openat, 257, 56",
        "execve, 59, 221",
        "connect, 42, 203",
        "newfstatat, 262, 79",
        "clone, 56, 220",
        "open, 2, ",
        "getdents, 78, ",
        "openat2, 437, 437",
        "file_setattr, 469, 469"
    })
    void numbersAreThoseOfTheKernel(String name, Integer x86, Integer arm) {
        Syscall call = TABLE.find(name).orElseThrow();
        assertEquals(x86, call.number(Arch.X86_64).orElseThrow());
        assertEquals(
                Optional.ofNullable(arm),
                call.number(Arch.AARCH64).stream().boxed().findFirst());
    }

    @Test
    void isOrderedByNumberThenArm64ThenLibrary() {
        List<Syscall> all = TABLE.all();
        for (int i = 0; i < all.size(); i++) {
            assertEquals(i, all.get(i).index());
            if (i > 0) {
                assertTrue(rank(all.get(i - 1)) < rank(all.get(i)), all.get(i)::name);
            }
        }
    }

    private static int rank(Syscall call) {
        if (call.library()) {
            return 2_000_000 + call.guideNumber().orElseThrow();
        }
        return call.x86_64().orElseGet(() -> 1_000_000 + call.aarch64().orElseThrow());
    }

    @Test
    void namesItsSource() {
        assertTrue(TABLE.source().matches("linux-libc-dev \\d+\\.\\S+"), TABLE.source());
    }

    @ParameterizedTest
    @CsvSource({
        "opne, open",
        "OPENAT, openat",
        "sys_conect, sys_connect",
        "stub_execvat, stub_execveat",
        "recvmsgs, recvmsg"
    })
    void suggestsTheNearestName(String wrong, String right) {
        assertEquals(Optional.of(right), TABLE.nearest(wrong));
    }

    @ParameterizedTest
    @CsvSource({"''", "x", "frobnicate", "/etc/passwd"})
    void suggestsNothingWhereNothingIsNear(String wrong) {
        assertEquals(Optional.empty(), TABLE.nearest(wrong));
    }

    @ParameterizedTest
    @CsvSource({
        "maxProces, maxProcesses",
        "DEFAULTFILEACTION, defaultFileAction",
        "defaultNetwrkActn, defaultNetworkAction"
    })
    void comparesNamesInAnyCase(String wrong, String right) {
        List<String> names = List.of("maxProcesses", "defaultFileAction", "defaultNetworkAction");
        assertEquals(Optional.of(right), NearestName.among(names, wrong));
    }

    @ParameterizedTest
    @CsvSource({"fileName, file", "ip, ipAddress", "zz, name", "prog, program"})
    void findsTheNearestHoweverFar(String wrong, String right) {
        assertEquals(Optional.of(right), NearestName.of(List.of("name", "file", "ipAddress", "program"), wrong));
    }

    @Test
    void suggestsNothingForANameOfAnyLength() {
        assertEquals(Optional.empty(), TABLE.nearest("open".repeat(10_000_000)));
    }

    @Property
    void suggestsAKnownNameForAnyOneSlip(@ForAll("slips") String slip) {
        Optional<String> nearest = TABLE.nearest(slip);
        assertTrue(nearest.isPresent(), slip);
        assertTrue(TABLE.find(nearest.get()).isPresent());
        assertTrue(NearestName.distance(nearest.get(), slip, 3) <= 1);
    }

    @Provide
    Arbitrary<String> slips() {
        Arbitrary<String> names = Arbitraries.of(TABLE.all().stream()
                .map(Syscall::name)
                .filter(name -> name.length() > 3)
                .toList());
        return names.flatMap(name -> Arbitraries.integers()
                .between(0, name.length() - 2)
                .map(at -> name.substring(0, at) + name.charAt(at + 1) + name.charAt(at) + name.substring(at + 2)));
    }

    @Property
    void distanceIsThatOfTheWholeMatrix(@ForAll("words") String a, @ForAll("words") String b) {
        int distance = NearestName.distance(a, b, Integer.MAX_VALUE - 1);
        assertEquals(distance, NearestName.distance(b, a, Integer.MAX_VALUE - 1));
        assertEquals(a.equals(b), distance == 0);
        assertTrue(distance <= Math.max(a.length(), b.length()));
        for (int limit = 0; limit < 4; limit++) {
            assertEquals(distance <= limit, NearestName.distance(a, b, limit) <= limit);
        }
    }

    @Provide
    Arbitrary<String> words() {
        return Arbitraries.strings().withChars("abc_").ofMaxLength(7);
    }

    @Test
    void everyCallThatChangesFilesIsOfTheWriteClass() {
        for (String name : """
                write pwrite64 writev pwritev pwritev2 truncate ftruncate fallocate unlink unlinkat symlink symlinkat \
                mkdir mkdirat rmdir mknod mknodat chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat \
                utime utimes futimesat utimensat setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr \
                fremovexattr removexattrat file_setattr""".split(" ", -1)) {
            assertEquals(OperationClass.WRITE, TABLE.find(name).orElseThrow().operation(), name);
        }
    }

    @Test
    void onlyCallsWithoutAnyRoleOrWithARoleFromTheFrontAreThere() {
        for (Syscall call : TABLE.all()) {
            List<ArgumentRole> roles = call.roles();
            int named = (int)
                    roles.stream().filter(role -> role != ArgumentRole.RAW).count();
            assertFalse(roles.subList(0, named).contains(ArgumentRole.RAW), call::name);
        }
        assertEquals(
                List.of(ArgumentRole.PORT, ArgumentRole.ADDRESS, ArgumentRole.LOCAL_PORT),
                TABLE.find("accept").orElseThrow().roles());
        assertEquals(
                List.of(ArgumentRole.OLD, ArgumentRole.NEW, ArgumentRole.RAW),
                TABLE.find("renameat2").orElseThrow().roles());
    }

    @Test
    void siblingsShareClassAndRoles() {
        for (Syscall call : TABLE.all()) {
            List<Syscall> siblings = TABLE.siblings(call);
            assertTrue(siblings.contains(call), call::name);
            assertTrue(call.group().isEmpty() || siblings.size() > 1, call::name);
            for (Syscall sibling : siblings) {
                assertEquals(call.operation(), sibling.operation(), sibling::name);
                assertEquals(call.roles(), sibling.roles(), sibling::name);
                assertEquals(siblings, TABLE.siblings(sibling));
            }
        }
    }

    @Test
    void everyCallOfX86HasItselfOrASiblingOnAarch64OrIsKnownToBeGone() {
        Set<String> gone = new HashSet<>(Arrays.asList("""
                pause alarm getpgrp modify_ldt arch_prctl iopl ioperm set_thread_area get_thread_area time \
                uselib ustat sysfs create_module get_kernel_syms query_module getpmsg putpmsg afs_syscall tuxcall \
                security vserver epoll_ctl_old epoll_wait_old _sysctl uretprobe uprobe""".split(" ", -1)));
        for (Syscall call : TABLE.on(Arch.X86_64)) {
            boolean there = TABLE.siblings(call).stream()
                    .anyMatch(sibling -> sibling.aarch64().isPresent());
            assertEquals(!gone.contains(call.name()), there, call::name);
        }
    }
}
