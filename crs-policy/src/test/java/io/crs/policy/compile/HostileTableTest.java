package io.crs.policy.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Call;
import io.crs.policy.GoldenCase;
import io.crs.policy.LogMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Bytes that are no sound table are refused, or at worst decide something: nothing else ever comes out. */
class HostileTableTest {
    private static final List<GoldenCase> GOLDEN = GoldenCase.all();
    private static final int[] WORDS = {0, 1, 2, 4, 5, 0x7FFFFFFF, 0x80000000, 0x80000001, -1, -4, 0x10000, 112};

    private static byte[] table(GoldenCase golden) {
        return DecisionTable.compile(golden.policy(), golden.arch()).bytes();
    }

    private static String refusal(byte[] bytes) {
        return assertThrows(InvalidTableException.class, () -> DecisionTable.read(bytes))
                .getMessage();
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] table = table(GOLDEN.get(0));
        for (int length = 0; length < table.length; length++) {
            refusal(Arrays.copyOf(table, length));
        }
    }

    @Test
    void everyFlippedByteIsRefused() {
        byte[] table = table(GOLDEN.get(0));
        for (int i = 0; i < table.length; i++) {
            table[i] ^= 0x10;
            refusal(table);
            table[i] ^= 0x10;
        }
    }

    @Test
    void saysWhatAndWhere() {
        byte[] table = table(GOLDEN.get(0));
        assertEquals("byte 0: not a decision table", refusal("CRSTABLE".getBytes(StandardCharsets.US_ASCII)));
        table[TableLayout.HEADER_MAJOR] = 2;
        assertEquals("major version 2: only 1 is understood", refusal(table));
        table[TableLayout.HEADER_MAJOR] = 1;
        table[TableLayout.HEADER_MODE] = 3;
        assertEquals("byte 16: the checksum is wrong", refusal(table));
        TableAssembly.seal(table);
        assertEquals("byte 21: no such value", refusal(table));
    }

    @Test
    void unknownSectionsAreSkipped() throws InvalidTableException {
        byte[] table = table(GOLDEN.get(0));
        int sections = LittleEndian.i32(table, TableLayout.HEADER_SECTIONS);
        int entry = TableLayout.HEADER_SIZE + sections * TableLayout.ENTRY_SIZE;
        int first = LittleEndian.i32(table, TableLayout.HEADER_SIZE + 4);
        // One entry more in the directory: all sections move up by its size.
        byte[] moved = new byte[table.length + 16];
        System.arraycopy(table, 0, moved, 0, entry);
        System.arraycopy(table, first, moved, first + 16, table.length - first);
        for (int i = 0; i < sections; i++) {
            int offset = TableLayout.HEADER_SIZE + i * TableLayout.ENTRY_SIZE + 4;
            LittleEndian.put32(moved, offset, LittleEndian.i32(moved, offset) + 16);
        }
        LittleEndian.put32(moved, entry, 0x21212121);
        LittleEndian.put32(moved, entry + 4, moved.length / 8 * 8);
        LittleEndian.put32(moved, TableLayout.HEADER_SECTIONS, sections + 1);
        LittleEndian.put32(moved, TableLayout.HEADER_TOTAL, moved.length);
        LittleEndian.put16(moved, TableLayout.HEADER_MINOR, 7);
        TableAssembly.seal(moved);
        DecisionTable read = DecisionTable.read(moved);
        assertTrue(
                GOLDEN.get(0).differences(read.withLogMode(LogMode.ALL)::decide).isEmpty());
    }

    @Property(tries = 3000, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void mutatedTablesAreRefusedOrDecide(@ForAll long seed) {
        Random random = new Random(seed);
        GoldenCase golden = GOLDEN.get(random.nextInt(GOLDEN.size()));
        byte[] table = table(golden);
        int mutations = 1 + random.nextInt(6);
        for (int i = 0; i < mutations; i++) {
            mutate(table, random);
        }
        TableAssembly.seal(table);
        DecisionTable read;
        try {
            read = DecisionTable.read(table);
        } catch (InvalidTableException refused) {
            assertFalse(refused.getMessage().isBlank());
            return;
        }
        if (read.arch() == golden.arch()) {
            for (Call call : golden.calls()) {
                read.decide(call);
            }
        }
        assertFalse(read.limits().toString().isEmpty());
        assertFalse(read.dump().isEmpty());
        assertTrue(read.statistics().bytes() == table.length);
    }

    /** Mostly behind the rows of calls, where the references are. */
    private static void mutate(byte[] table, Random random) {
        int rules = LittleEndian.i32(table, TableLayout.HEADER_SIZE + TableLayout.ENTRY_SIZE + 4);
        int from = random.nextInt(4) == 0 ? 20 : Math.min(Math.max(rules, 20), table.length - 8);
        int at = from + random.nextInt(table.length - from - 4);
        switch (random.nextInt(3)) {
            case 0 -> table[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> table[at] = (byte) random.nextInt();
            default -> LittleEndian.put32(table, at & ~3, WORDS[random.nextInt(WORDS.length)]);
        }
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void randomBytesAreRefused(@ForAll byte[] bytes) {
        refusal(bytes);
        byte[] table = Arrays.copyOf(bytes, TableLayout.HEADER_SIZE + bytes.length);
        System.arraycopy(TableLayout.MAGIC, 0, table, 0, TableLayout.MAGIC.length);
        LittleEndian.put16(table, TableLayout.HEADER_MAJOR, TableLayout.MAJOR);
        LittleEndian.put32(table, TableLayout.HEADER_TOTAL, table.length);
        TableAssembly.seal(table);
        refusal(table);
    }
}
