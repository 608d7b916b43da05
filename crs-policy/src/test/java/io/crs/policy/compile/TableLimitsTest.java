package io.crs.policy.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Limits;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.compile.TableLayout.Section;
import io.crs.syscall.Arch;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** The limits of a policy in its table. */
class TableLimitsTest {
    private static final String[] NAMES = {"sshd", "a", "ab", "é", "\uFF5E", "\uD83D\uDE00", "a b", "*", "x".repeat(255)
    };
    private static final int[] WORDS = {0, 1, 4, -1, -499, -501, 1000, 0x7FFFFFFF, 0x80000000};

    private static Syscall call(String name) {
        return SyscallTable.standard().find(name).orElseThrow();
    }

    private static Policy policy(Limits limits) {
        return Policy.named("limited")
                .rule(Rule.read("/etc/shadow").by("/bin/*").deny())
                .limits(limits)
                .build();
    }

    private static DecisionTable table(Limits limits) {
        return DecisionTable.compile(policy(limits), Arch.X86_64);
    }

    private static int number(Random random) {
        return random.nextInt(3) == 0 ? 0 : random.nextInt() >>> (1 + random.nextInt(31));
    }

    private static Limits random(Random random) {
        Map<Syscall, Integer> calls = new HashMap<>();
        Map<String, Integer> programs = new HashMap<>();
        List<Syscall> all = SyscallTable.standard().all();
        for (int i = random.nextInt(6); i > 0; i--) {
            calls.put(all.get(random.nextInt(all.size())), number(random));
            programs.put(NAMES[random.nextInt(NAMES.length)], number(random));
        }
        if (random.nextBoolean()) {
            calls.put(call(random.nextBoolean() ? "getaddrinfo" : "getnameinfo"), number(random));
        }
        return new Limits(number(random), number(random), calls, programs);
    }

    /** What of the limits holds on the architecture. */
    private static Limits on(Arch arch, Limits limits) {
        Map<Syscall, Integer> calls = new HashMap<>(limits.syscallsPerSecond());
        calls.entrySet()
                .removeIf(limit -> limit.getValue() == 0
                        || (!limit.getKey().library()
                                && limit.getKey().number(arch).isEmpty()));
        Map<String, Integer> programs = new HashMap<>(limits.maxProcessesByName());
        programs.values().removeIf(number -> number == 0);
        return new Limits(limits.maxProcesses(), limits.maxProcessLifetime(), calls, programs);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void limitsComeBackFromTheTable(@ForAll long seed) throws InvalidTableException {
        Random random = new Random(seed);
        Limits limits = random(random);
        for (Arch arch : Arch.values()) {
            DecisionTable table = DecisionTable.compile(policy(limits), arch);
            Limits expected = on(arch, limits);
            assertEquals(expected, table.limits());
            assertEquals(
                    expected,
                    DecisionTable.read(table.bytes()).withLogMode(LogMode.NONE).limits());
            byte[] plain = TableCompiler.compile(policy(limits), CompileOptions.of(arch), false);
            assertEquals(expected, DecisionTable.read(plain).limits());
            boolean has = !expected.equals(Limits.NONE);
            assertEquals(has, TableView.of(table.bytes()).has(Section.LIMT));
            assertEquals(has ? 2 : 1, LittleEndian.u16(table.bytes(), TableLayout.HEADER_MINOR));
        }
    }

    @Test
    void recordsStandInOrderBehindAllOtherSections() {
        Limits limits = new Limits(
                7,
                8,
                Map.of(call("write"), 1, call("read"), 2, call("getaddrinfo"), 3, call("getnameinfo"), 4),
                Map.of("\uD83D\uDE00", 5, "\uFF5E", 6, "b", 9, "ab", 10));
        byte[] bytes = table(limits).bytes();
        TableView view = TableView.of(bytes);
        List<String> found = new ArrayList<>();
        for (int i = 0; i < view.count(Section.LIMT); i++) {
            int at = view.limit(i);
            int what = LittleEndian.i32(bytes, at + 8);
            found.add(LittleEndian.i32(bytes, at) + " " + LittleEndian.i32(bytes, at + 4) + " "
                    + (bytes[at] == 3 ? view.text(what) : what));
        }
        assertEquals(
                List.of(
                        "0 7 0",
                        "1 8 0",
                        "2 4 -500",
                        "2 3 -499",
                        "2 2 0",
                        "2 1 1",
                        "3 10 ab",
                        "3 9 b",
                        "3 6 \uFF5E",
                        "3 5 \uD83D\uDE00"),
                found);
        for (Section section : Section.values()) {
            assertTrue(section == Section.LIMT || view.offset(section) < view.offset(Section.LIMT), section.name());
        }
    }

    @Test
    void limitOfACallThatIsElsewhereIsLeftOut() {
        Limits limits = new Limits(0, 0, Map.of(call("open"), 5), Map.of("none", 0));
        DecisionTable table = DecisionTable.compile(policy(limits), Arch.AARCH64);
        assertEquals(Limits.NONE, table.limits());
        byte[] without =
                DecisionTable.compile(policy(Limits.NONE), Arch.AARCH64).bytes();
        assertEquals(without.length, table.bytes().length);
        int behindTheDigest = TableLayout.HEADER_DIGEST + TableLayout.DIGEST_SIZE;
        assertArrayEquals(
                Arrays.copyOfRange(without, behindTheDigest, without.length),
                Arrays.copyOfRange(table.bytes(), behindTheDigest, without.length));
    }

    @Test
    void refusesLimitsThatMeanNothing() {
        byte[] bytes = table(new Limits(3, 0, Map.of(), Map.of("sshd", 5))).bytes();
        int second = TableView.of(bytes).limit(1);
        String nothing = "LIMT 1: no such kind, no number, or no name";
        assertEquals(nothing, refusal(bytes, second, 4));
        assertEquals(nothing, refusal(bytes, second + TableLayout.LIMT_NUMBER, 0));
        assertEquals(nothing, refusal(bytes, second + TableLayout.LIMT_WHAT, 2));
        assertEquals(nothing, refusal(bytes, second + TableLayout.LIMT_WHAT, -4));
        int entry = TableLayout.HEADER_SIZE + Section.LIMT.place * TableLayout.ENTRY_SIZE;
        assertEquals("LIMT 1: records do not fill the section", refusal(bytes, entry + 12, 1));
    }

    private static String refusal(byte[] table, int at, int word) {
        byte[] bytes = table.clone();
        LittleEndian.put32(bytes, at, word);
        TableAssembly.seal(bytes);
        return assertThrows(InvalidTableException.class, () -> DecisionTable.read(bytes))
                .getMessage();
    }

    @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void mutatedLimitsAreRefusedOrRead(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = table(random(random)).bytes();
        TableView view = TableView.of(bytes);
        int entry = TableLayout.HEADER_SIZE + Section.LIMT.place * TableLayout.ENTRY_SIZE;
        int from = view.has(Section.LIMT) ? view.offset(Section.LIMT) : entry;
        for (int i = random.nextInt(5); i >= 0; i--) {
            int size = Math.max(view.size(Section.LIMT), 4);
            int at = random.nextInt(10) == 0 ? entry : from + random.nextInt(size / 4) * 4;
            if (random.nextBoolean()) {
                LittleEndian.put32(bytes, at, WORDS[random.nextInt(WORDS.length)]);
            } else {
                bytes[at + random.nextInt(4)] ^= (byte) (1 << random.nextInt(8));
            }
        }
        TableAssembly.seal(bytes);
        try {
            DecisionTable read = DecisionTable.read(bytes);
            assertTrue(read.limits().maxProcesses() >= 0);
            assertFalse(read.dump().isEmpty());
        } catch (InvalidTableException refused) {
            assertFalse(refused.getMessage().isBlank());
        }
    }

    @Test
    void lowerOfTwoLimitsCounts() throws InvalidTableException {
        byte[] bytes = table(new Limits(9, 7, Map.of(call("read"), 5, call("write"), 4), Map.of("a", 3, "b", 2)))
                .bytes();
        TableView view = TableView.of(bytes);
        for (int i = 1; i < view.count(Section.LIMT); i += 2) {
            int number = LittleEndian.i32(bytes, view.limit(i) + TableLayout.LIMT_NUMBER);
            System.arraycopy(bytes, view.limit(i - 1), bytes, view.limit(i), TableLayout.LIMT_SIZE);
            LittleEndian.put32(bytes, view.limit(i) + TableLayout.LIMT_NUMBER, number);
        }
        TableAssembly.seal(bytes);
        assertEquals(
                new Limits(7, 0, Map.of(call("read"), 4), Map.of("a", 2)),
                DecisionTable.read(bytes).limits());
    }

    @Test
    void whatNoPolicyCanHoldIsLeftOut() throws InvalidTableException {
        byte[] bytes = table(new Limits(9, 0, Map.of(call("read"), 5), Map.of("sshd", 3)))
                .bytes();
        TableView view = TableView.of(bytes);
        LittleEndian.put32(bytes, view.limit(0) + TableLayout.LIMT_NUMBER, -1);
        LittleEndian.put32(bytes, view.limit(1) + TableLayout.LIMT_WHAT, -501);
        bytes[view.string(LittleEndian.i32(bytes, view.limit(2) + TableLayout.LIMT_WHAT))] = '/';
        TableAssembly.seal(bytes);
        assertEquals(
                new Limits(Integer.MAX_VALUE, 0, Map.of(), Map.of()),
                DecisionTable.read(bytes).limits());
    }

    @Test
    void dumpListsTheLimits() {
        String dump = table(new Limits(9, 60, Map.of(call("read"), 5), Map.of("a\u001b", 3)))
                .dump();
        assertTrue(dump.contains("limit    9 processes\nlimit    60 seconds of a process\n"), dump);
        assertTrue(dump.contains("limit    5 read a second\nlimit    3 processes of a\\u001b\n"), dump);
        assertFalse(table(Limits.NONE).dump().contains("limit "), "no limits");
    }
}
