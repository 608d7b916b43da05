package io.crs.policy.compile;

import io.crs.policy.compile.TableLayout.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/** Puts the header, the directory and the sections of a table together. */
final class TableAssembly {
    private static final int ALIGNMENT = 8;

    private record Part(Section section, SectionBytes bytes, int count) {}

    private final List<Part> parts = new ArrayList<>();

    /** Adds a section of records. */
    TableAssembly add(Section section, SectionBytes bytes) {
        return add(section, bytes, bytes.size() / section.record);
    }

    /** Adds a section of this many entries. */
    TableAssembly add(Section section, SectionBytes bytes, int count) {
        parts.add(new Part(section, bytes, count));
        return this;
    }

    /** The number of bytes of the table. */
    long size() {
        long total = align(TableLayout.HEADER_SIZE + (long) parts.size() * TableLayout.ENTRY_SIZE);
        for (Part part : parts) {
            total = align(total + part.bytes().size());
        }
        return total;
    }

    /** The table; the rest of the header is left to {@code fill}. */
    byte[] finish(Consumer<byte[]> fill) {
        long total = size();
        if (total > TableLayout.MAX_SIZE) {
            throw new IllegalArgumentException("the decision table would take " + total
                    + " bytes, more than 64 MiB; the policy has too many rules, or too long ones");
        }
        byte[] table = new byte[(int) total];
        int at = (int) align(TableLayout.HEADER_SIZE + (long) parts.size() * TableLayout.ENTRY_SIZE);
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            int entry = TableLayout.HEADER_SIZE + i * TableLayout.ENTRY_SIZE;
            LittleEndian.put32(table, entry, part.section().tag);
            LittleEndian.put32(table, entry + 4, at);
            LittleEndian.put32(table, entry + 8, part.bytes().size());
            LittleEndian.put32(table, entry + 12, part.count());
            part.bytes().copyTo(table, at);
            at = (int) align(at + (long) part.bytes().size());
        }
        System.arraycopy(TableLayout.MAGIC, 0, table, 0, TableLayout.MAGIC.length);
        LittleEndian.put16(table, TableLayout.HEADER_MAJOR, TableLayout.MAJOR);
        LittleEndian.put16(table, TableLayout.HEADER_MINOR, minor());
        LittleEndian.put32(table, TableLayout.HEADER_TOTAL, table.length);
        LittleEndian.put32(table, TableLayout.HEADER_SECTIONS, parts.size());
        fill.accept(table);
        seal(table);
        return table;
    }

    private int minor() {
        boolean hasLimits = parts.stream().anyMatch(part -> part.section() == Section.LIMT);
        return hasLimits ? TableLayout.MINOR_LIMITS : TableLayout.MINOR;
    }

    private static long align(long size) {
        return (size + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Writes the checksum. */
    static void seal(byte[] table) {
        LittleEndian.put32(table, TableLayout.HEADER_CRC, checksum(table));
    }

    /** The CRC-32 of a table, in which the four bytes of the checksum itself count as 0. */
    static int checksum(byte[] table) {
        CRC32 crc = new CRC32();
        crc.update(table, 0, TableLayout.HEADER_CRC);
        crc.update(new byte[Integer.BYTES]);
        int rest = TableLayout.HEADER_CRC + Integer.BYTES;
        crc.update(table, rest, table.length - rest);
        return (int) crc.getValue();
    }
}
