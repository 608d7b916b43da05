package io.crs.image.inspect;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads the head of an ELF file: processor, loader, dynamic or not.
 *
 * <p>It goes by segments, since section headers may be stripped. Every offset is checked against the bytes there are.
 */
final class ElfHeader {
    /** The path given where a loader is named beyond the bytes that were read. */
    static final String FAR_INTERPRETER = "?";

    private static final int MAGIC = 0x7f454c46;
    private static final int SEGMENT_DYNAMIC = 2;
    private static final int SEGMENT_INTERPRETER = 3;
    private static final int TYPE_SHARED = 3;
    private static final int LONGEST_PATH = 4096;

    private final ByteBuffer head;
    private final boolean wide;

    private ElfHeader(ByteBuffer head) {
        this.head = head;
        this.wide = head.get(4) == 2;
    }

    /** Reads a head; empty if it is not that of an ELF executable or library, or is damaged. */
    static Optional<Facts> read(byte[] bytes, int length) {
        if (length < 64 || ByteBuffer.wrap(bytes).getInt() != MAGIC) {
            return Optional.empty();
        }
        boolean big = bytes[5] == 2;
        ByteBuffer head = ByteBuffer.wrap(bytes, 0, length).order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        return new ElfHeader(head).facts();
    }

    private Optional<Facts> facts() {
        int type = head.getShort(16) & 0xffff;
        int machine = head.getShort(18) & 0xffff;
        long table = wide ? head.getLong(32) : head.getInt(28) & 0xffffffffL;
        int entrySize = head.getShort(wide ? 54 : 42) & 0xffff;
        int entries = head.getShort(wide ? 56 : 44) & 0xffff;
        if (entrySize < (wide ? 56 : 32)) {
            return Optional.empty();
        }
        String interpreter = "";
        boolean dynamic = false;
        for (int i = 0; i < entries; i++) {
            long at = table + (long) i * entrySize;
            if (at < 0 || at + entrySize > head.limit()) {
                return Optional.empty();
            }
            int segment = head.getInt((int) at);
            dynamic |= segment == SEGMENT_DYNAMIC;
            if (segment == SEGMENT_INTERPRETER) {
                interpreter = interpreter((int) at);
            }
        }
        return Optional.of(new Facts.Elf(machine, type == TYPE_SHARED, interpreter, dynamic));
    }

    private String interpreter(int at) {
        long offset = wide ? head.getLong(at + 8) : head.getInt(at + 4) & 0xffffffffL;
        long size = wide ? head.getLong(at + 32) : head.getInt(at + 16) & 0xffffffffL;
        if (size < 1 || size > LONGEST_PATH || offset < 0 || offset > head.limit() - size) {
            return FAR_INTERPRETER;
        }
        byte[] text = new byte[(int) size];
        head.get((int) offset, text);
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.ISO_8859_1);
    }
}
